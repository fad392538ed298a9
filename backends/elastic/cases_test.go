package elastic_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/sigma-compiler/sigmac/backends"
	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/schema"
)

var update = flag.Bool("update", false, "write the answers into testdata/cases.txt")

const casesFile = "testdata/cases.txt"

var targets = []string{"lucene", "kql", "eql", "esql"}

// table is the schema of the cases that say so.
var table = &schema.Table{Columns: columns(
	schema.Column{Name: "port", Type: schema.Int},
	schema.Column{Name: "ratio", Type: schema.Float},
	schema.Column{Name: "flag", Type: schema.Bool},
	schema.Column{Name: "addr", Type: schema.IP},
	schema.Column{Name: "addrs", Type: schema.IP, Array: true},
	schema.Column{Name: "when", Type: schema.Time},
	schema.Column{Name: "key", Type: schema.Keyword},
	schema.Column{Name: "twin", Type: schema.Keyword, Caseless: "twin.caseless"},
	schema.Column{Name: "low", Type: schema.Caseless},
	schema.Column{Name: "cmd", Type: schema.Wildcard},
	schema.Column{Name: "body", Type: schema.Text},
	schema.Column{Name: "args", Type: schema.Keyword, Array: true},
	schema.Column{Name: "message", Type: schema.Text},
)}

func columns(cs ...schema.Column) map[string]schema.Column {
	out := make(map[string]schema.Column, len(cs))
	for _, c := range cs {
		out[c.Name] = c
	}
	return out
}

// A section is one case of the file: lines of options and of the detection,
// then the answer of each language.
type section struct {
	name      string
	detection []string
	settings  map[string]string
	typed     bool
	answers   map[string][]string
}

// TestCases compares the queries of the four languages, their warnings and
// errors with those of the file. Its names cite the items of the conformance
// list (W4, M7, N13), of the list of others' mistakes (Q1 to Q32, and with
// the language before it L1, E1, Q1 of its second part), and of the
// languages' sections.
func TestCases(t *testing.T) {
	data, err := os.ReadFile(casesFile)
	if err != nil {
		t.Fatal(err)
	}
	sections := parseCases(string(data))
	var out bytes.Buffer
	for _, s := range sections {
		fmt.Fprintf(&out, "== %s\n%s", s.name, s.head())
		for _, target := range targets {
			got := s.compile(t, target)
			out.WriteString(strings.Join(got, "\n") + "\n")
			if !*update && !slices.Equal(got, s.answers[target]) {
				t.Errorf("%s:\n got %s\nwant %s", s.name, strings.Join(got, "\n     "), strings.Join(s.answers[target], "\n     "))
			}
		}
		out.WriteByte('\n')
	}
	if *update {
		if err := os.WriteFile(casesFile, out.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if len(sections) < 60 {
		t.Errorf("%s has %d cases only", casesFile, len(sections))
	}
}

// parseCases reads the file. An answer begins with the language's name.
func parseCases(text string) []*section {
	var all []*section
	for _, block := range strings.Split("\n"+text, "\n== ")[1:] {
		lines := strings.Split(strings.TrimSpace(block), "\n")
		s := &section{name: lines[0], settings: map[string]string{}, answers: map[string][]string{}}
		for _, line := range lines[1:] {
			word, rest, _ := strings.Cut(line, " ")
			switch target := strings.TrimRight(word, ":~!"); {
			case word == "option":
				k, v, _ := strings.Cut(rest, "=")
				s.settings[k] = v
			case word == "typed":
				s.typed = true
			case slices.Contains(targets, target):
				s.answers[target] = append(s.answers[target], line)
			default:
				s.detection = append(s.detection, line)
			}
		}
		all = append(all, s)
	}
	return all
}

// head returns the lines of the case before the answers.
func (s *section) head() string {
	var b strings.Builder
	for _, k := range []string{"case", "widen", "keyword_fields", "index"} {
		if v, ok := s.settings[k]; ok {
			fmt.Fprintf(&b, "option %s=%s\n", k, v)
		}
	}
	if s.typed {
		b.WriteString("typed\n")
	}
	return b.String() + strings.Join(s.detection, "\n") + "\n"
}

// compile returns the lines of the answer: "lucene: query", "lucene~ warning",
// "lucene! error". A line feed of a query is printed as a sign.
func (s *section) compile(t *testing.T, target string) []string {
	settings := map[string]string{}
	b := backends.Find(target)
	for k, v := range s.settings {
		if b.Setting(k) != nil {
			settings[k] = v
		}
	}
	c, err := backends.New(backends.Options{Target: target, Settings: settings})
	if err != nil {
		t.Fatal(err)
	}
	r := s.rule(t)
	res, err := c.Rule(r)
	var out []string
	if err != nil {
		for _, e := range sigma.Errors(err) {
			out = append(out, target+"! "+describe(t, e))
		}
		return out
	}
	for _, q := range res.Queries {
		out = append(out, target+": "+strings.ReplaceAll(q.Text, "\n", "⏎"))
	}
	for _, w := range res.Warnings {
		out = append(out, target+"~ "+describe(t, w))
	}
	return out
}

// describe prints an error with its place in the detection. All have one.
func describe(t *testing.T, e *sigma.Error) string {
	if !e.IsValid() {
		t.Errorf("no position: %v", e)
	}
	return fmt.Sprintf("%d:%d %s: %s", e.Line-4, e.Col-2, e.Code, e.Msg)
}

// rule returns the rule of the case. Its detection starts on the fifth line.
func (s *section) rule(t *testing.T) *ir.Rule {
	text := "title: t\nlogsource:\n  category: c\ndetection:\n"
	condition := "  condition: sel\n"
	for _, line := range s.detection {
		if strings.HasPrefix(line, "condition:") {
			condition = ""
		}
		text += "  " + line + "\n"
	}
	rule, err := sigma.ParseRule("case", []byte(text+condition))
	if err != nil {
		t.Fatalf("%s: %v", s.name, err)
	}
	r, err := ir.Build(rule)
	if err != nil {
		t.Fatalf("%s: %v", s.name, err)
	}
	if s.typed {
		r.Table = table
	}
	return r
}
