package luceneregexp_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/sigma-compiler/sigmac/backends/elastic/luceneregexp"
	"github.com/sigma-compiler/sigmac/backends/readback"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

var questions = flag.String("questions", "", "write the questions for testdata/Record.java to this file")

// A question is an expression that Lucene was asked about.
type question struct {
	source string
	fold   bool
}

// values are all texts of up to three of these characters, and some longer
// ones.
func values() []string {
	out := []string{"", "007", "1000", "abab", "aabb", "bbb1", "\\d", "d", "|a|", "a.b", "(a)", "ä", "Ä", "\U0001F600"}
	level := []string{""}
	for range 3 {
		var next []string
		for _, v := range level {
			for _, c := range []string{"a", "B", "b", "1", "-", "\n"} {
				next = append(next, v+c)
			}
		}
		out, level = append(out, next...), next
	}
	return out
}

// asked are the questions: noise, which finds how Lucene reads what is no
// expression anywhere else, and expressions put together from parts.
func asked() []question {
	r := rand.New(rand.NewSource(1))
	var out []question
	for range 1500 {
		var b strings.Builder
		for range 1 + r.Intn(7) {
			b.WriteString(noise[r.Intn(len(noise))])
		}
		out = append(out, question{b.String(), r.Intn(3) == 0})
	}
	for range 1500 {
		out = append(out, question{expression(r, 3), r.Intn(3) == 0})
	}
	return out
}

var noise = strings.Split(`a b B 1 . ? * + { } {2} {1,2} {0,} , [ ] ( ) | & ~ # @ < > <1-12> <01-7> - ^ $ " \ \\ \d \W \s \n / ä [^ a-b 0 |( )? .*`, " ")

func expression(r *rand.Rand, depth int) string {
	if depth == 0 || r.Intn(6) == 0 {
		leaves := []string{"a", "b", "B", "1", ".", "ab", "[ab]", "[aA]", "[^b]", "[a-b]", `\d`, `[^\w]`, "@", "<1-12>", `"b1"`, "()", `\-`, "[A-B]", ".*"}
		return leaves[r.Intn(len(leaves))]
	}
	x := func() string { return expression(r, depth-1) }
	switch r.Intn(9) {
	case 0:
		return "(" + x() + "|" + x() + ")"
	case 1:
		return "(" + x() + "&" + x() + ")"
	case 2:
		return "~(" + x() + ")"
	case 3:
		return "(" + x() + ")" + []string{"?", "*", "+", "{2}", "{1,2}", "{0,3}", "{2,}", "{0}"}[r.Intn(8)]
	case 4:
		return x() + "|" + x()
	}
	return x() + x()
}

// TestLucene compares with what Lucene 9.11.1 answers. Lucene 10.3.2 differs in
// one thing here: it folds Ä, too. The answers were recorded with
//
//	go test -run TestLucene -questions q.txt
//	java -cp lucene-core-9.11.1.jar testdata/Record.java <q.txt | gzip -9n >testdata/lucene.txt.gz
func TestLucene(t *testing.T) {
	vs, qs := values(), asked()
	if *questions != "" {
		writeQuestions(t, vs, qs)
		return
	}
	answers := readAnswers(t)
	if len(answers) != len(qs) {
		t.Fatalf("%d answers to %d questions", len(answers), len(qs))
	}
	counts := make(map[string]int)
	for i, q := range qs {
		counts[compare(t, q, vs, answers[i])]++
	}
	t.Log(counts)
	if counts["refused"] < 500 || counts["text"] < 300 || counts["regexp"] < 1000 || counts["foreign"] > 3 {
		t.Errorf("the questions ask too little: %v", counts)
	}
}

// compare checks the answer to a question and says of which kind it was.
func compare(t *testing.T, q question, vs []string, answer string) string {
	test, err := luceneregexp.Translate(q.source, q.fold)
	var e *readback.Error
	switch {
	case errors.As(err, &e) && e.Foreign:
		if q.fold && (strings.Contains(q.source, "()") || strings.Contains(q.source, `""`)) {
			return "empty"
		}
		t.Logf("%q is foreign: %v", q.source, e)
		return "foreign"
	case answer == "T":
		return "large"
	case (err != nil) != (answer == "E"):
		t.Errorf("%q: error %v, Lucene says %.10s", q.source, err, answer)
		return "refused"
	case err != nil:
		if e == nil || e.Offset > len(q.source) {
			t.Errorf("%q: error %v", q.source, err)
		}
		return "refused"
	}
	matches := matcher(t, test)
	for i, v := range vs {
		got := matches(v)
		if got != (answer[i] == '1') {
			t.Errorf("%q (fold %t) on %q: %t, Lucene says %c; it is %s", q.source, q.fold, v, got, answer[i], show(test, nil))
			break
		}
	}
	if _, ok := test.(*ir.Text); ok {
		return "text"
	}
	return "regexp"
}

// matcher returns the function that a test is: an expression as Go runs it,
// of a text one that is made of it.
func matcher(t *testing.T, test ir.Test) func(string) bool {
	switch test := test.(type) {
	case *ir.Regexp:
		return regexp.MustCompile(test.Source).MatchString
	case *ir.Text:
		source := `(?s)\A`
		if !test.Cased {
			source = `(?is)\A`
		}
		for _, e := range test.Pattern {
			source += map[ir.ElementKind]string{ir.Literal: regexp.QuoteMeta(e.Text), ir.Star: ".*", ir.Question: "."}[e.Kind]
		}
		return regexp.MustCompile(source + `\z`).MatchString
	}
	t.Fatalf("a test of type %T", test)
	return nil
}

func writeQuestions(t *testing.T, vs []string, qs []question) {
	var b bytes.Buffer
	for i, v := range vs {
		if i > 0 {
			b.WriteByte('\t')
		}
		b.WriteString(hex.EncodeToString([]byte(v)))
	}
	for _, q := range qs {
		fold := 0
		if q.fold {
			fold = 1
		}
		fmt.Fprintf(&b, "\n%d\t%s", fold, hex.EncodeToString([]byte(q.source)))
	}
	if err := os.WriteFile(*questions, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

func readAnswers(t *testing.T) []string {
	f, err := os.Open("testdata/lucene.txt.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	s := bufio.NewScanner(io.Reader(z))
	for s.Scan() {
		out = append(out, s.Text())
	}
	if s.Err() != nil {
		t.Fatal(s.Err())
	}
	return out
}
