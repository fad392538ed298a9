package eval_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/sigma-compiler/sigmac/sigma/eval"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// jsonTexts are right and wrong JSON of all kinds.
var jsonTexts = []string{
	`{}`, ` {"a":1} `, `{"a":"b","c":[1,2,{"d":null}],"e":{"f":true,"g":false}}`, `{"a":-0.5e+10,"b":0,"c":1E5,"d":12}`, `{"a" : "x" , "b" : 2 }`,
	`{"\u0061\n":"\ud83d\ude00\u00e9\/\\\"\b\f\r\t"}`, `{"a":"\ud83d","b":"\ude00\ud83d"}`, `{"a":[],"b":{},"c":[[],[[]]]}`, `{"":""}`, "{\"a\":\"\xff\xc3\"}",
	``, ` `, `[]`, `1`, `{`, `{"a"}`, `{"a":}`, `{"a":1,}`, `{,"a":1}`, `{"a":1}}`, `{"a":1} x`, `{"a":01}`, `{"a":1.}`, `{"a":.5}`, `{"a":1e}`, `{"a":+1}`,
	`{"a":-}`, `{"a":"x}`, `{"a":"\x"}`, `{"a":"\u12g4"}`, "{\"a\":\"\n\"}", "{\"a\n\":1}", `{"a":tru}`, `{"a":nul}`, `{"a":[1,]}`, `{"a":[,1]}`, `{"a":[1 2]}`, `{"a":[1}`, `{"a":{]}`,
	`{a:1}`, `{"a":'b'}`, `{"a":1 "b":2}`, `{"a":NaN}`, `{"a":Infinity}`, `{"a":"b",}`, `{"a":"b" "c":1}`, `{"a":"b","c"}`, `{"a":"b",1}`, `{"a":"\`, `{"a":1,"b":02}`, `{"a":1,"b":3,}`,
	"\ufeff{}",
}

// TestJSON checks that what is read is what encoding/json reads.
func TestJSON(t *testing.T) {
	for _, text := range jsonTexts {
		checkJSON(t, []byte(text))
	}
}

// checkJSON compares with encoding/json: whether the text is an object, and
// which texts are its leaves.
func checkJSON(t *testing.T, text []byte) {
	t.Helper()
	var want map[string]any
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	ok := json.Valid(text) && bytes.HasPrefix(bytes.TrimLeft(text, " \n\r\t"), []byte("{")) && d.Decode(&want) == nil
	var j eval.JSON
	err := j.Parse(text)
	if (err == nil) != ok {
		t.Fatalf("%q: %v, and encoding/json says %t", text, err, ok)
	}
	var syntax *eval.SyntaxError
	if err != nil && (!errors.As(err, &syntax) || syntax.Offset < 0 || syntax.Offset > len(text)) {
		t.Fatalf("%q: %v", text, err)
	}
	if !utf8.Valid(text) {
		return // names that are not UTF-8 are compared as they stand
	}
	for name, x := range want {
		if s, isText := x.(string); isText && strings.Count(string(text), ":") == 1 && !strings.Contains(name, " ") {
			r := textRule(name, s)
			e, err := eval.Compile([]*ir.Rule{r}, eval.Options{})
			if err != nil {
				t.Fatal(err)
			}
			if ms, err := e.MatchJSON(text, nil); err != nil || len(ms) != 1 {
				t.Fatalf("%q: the field %q is not %q", text, name, s)
			}
		}
	}
}

// textRule is the rule that a field equals a text, case as written.
func textRule(field, text string) *ir.Rule {
	return &ir.Rule{Where: []ir.Expr{&ir.Match{Field: field, Test: &ir.Text{Pattern: ir.Plain(text), Cased: true}}}}
}

func FuzzJSON(f *testing.F) {
	for _, text := range jsonTexts {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) { checkJSON(t, text) })
}

func TestNext(t *testing.T) {
	var j eval.JSON
	rest := []byte(` {"a":1}{"a":2}` + "\n" + `{"a":3} `)
	var left []int
	for len(bytes.TrimSpace(rest)) > 0 {
		var err error
		if rest, err = j.Next(rest); err != nil {
			t.Fatal(err)
		}
		left = append(left, len(rest))
	}
	if fmt.Sprint(left) != "[16 9 1]" {
		t.Errorf("what is left behind each object: %v", left)
	}
}

func TestSyntaxError(t *testing.T) {
	err := new(eval.JSON).Parse([]byte(`{"a":1,"b":}`))
	if want := "the event is not a JSON object: there is no value at byte 11"; err == nil || err.Error() != want {
		t.Errorf("%v\nwant %s", err, want)
	}
}

// TestDuplicates: no value can be hidden behind another of its name.
func TestDuplicates(t *testing.T) {
	for _, text := range []string{`{"a":"evil","a":"good"}`, `{"a":"good","a":"evil"}`, `{"a":{"b":1},"a":"evil"}`} {
		if !matches(t, "s:\n  a: evil\ncondition: s", parsed(t, text)) {
			t.Errorf("%s does not match", text)
		}
	}
	if !matches(t, "s:\n  a.b: 1\n  a.c: 2\ncondition: s", parsed(t, `{"a":{"b":1},"a":{"c":2}}`)) {
		t.Error("the members of an object that stands twice are not read")
	}
}
