package jinja_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/sigma-compiler/sigmac/sigma/pipeline/jinja"
	"github.com/sigma-compiler/sigmac/sigma/pipeline/pydata"
)

// differs says why a template's answer is another than Jinja2's.
var differs = map[string]string{
	"{{ 1, 2 }}": tuples,
	"{{ rule.map|dictsort }} {{ {'B': 2, 'a': 1}|dictsort }} {{ {'B': 1, 'a': 2}|dictsort(by='value', reverse=true) }} {{ rule.map|items|list }}": tuples,
}

const tuples = "a tuple is a list here, and prints as one"

// TestJinja2 compares with what Jinja2 3.1.6 makes of the same templates
// (testdata/record.py): the same text, or an error where it has one.
func TestJinja2(t *testing.T) {
	values := context(t)
	f, err := os.Open("testdata/jinja2.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	n := 0
	for lines.Scan() {
		n++
		var want struct{ Template, Out, Error string }
		if err := json.Unmarshal(lines.Bytes(), &want); err != nil {
			t.Fatal(err)
		}
		source, autoescape := strings.CutPrefix(want.Template, "#autoescape\n")
		out, err := render(source, autoescape, values)
		switch {
		case differs[want.Template] != "":
			if err == nil && out == want.Out {
				t.Errorf("%q does not differ any more", want.Template)
			}
		case (err != nil) != (want.Error != ""):
			t.Errorf("%q\ngot  %q, %v\nwant %q, %s", want.Template, out, err, want.Out, want.Error)
		case err == nil && out != want.Out:
			t.Errorf("%q\ngot  %q\nwant %q", want.Template, out, want.Out)
		}
	}
	if n < 100 || lines.Err() != nil {
		t.Errorf("%d templates, %v", n, lines.Err())
	}
}

// context returns the values of the recorded templates.
func context(t testing.TB) map[string]any {
	t.Helper()
	text, err := os.ReadFile("testdata/context.json")
	if err != nil {
		t.Fatal(err)
	}
	v, err := pydata.FromJSON(bytes.TrimSpace(text))
	if err != nil {
		t.Fatal(err)
	}
	m := plain(v).(*pydata.Map)
	out := make(map[string]any)
	for _, k := range m.Keys() {
		out[k], _ = m.Get(k)
	}
	return out
}

// plain returns a value whose numbers are Go's.
func plain(v any) any {
	switch v := v.(type) {
	case json.Number:
		if i, err := v.Int64(); err == nil {
			return i
		}
		f, _ := v.Float64()
		return f
	case pydata.List:
		for i := range v {
			v[i] = plain(v[i])
		}
	case *pydata.Map:
		for _, k := range v.Keys() {
			x, _ := v.Get(k)
			v.Set(k, plain(x))
		}
	}
	return v
}

func render(source string, autoescape bool, values map[string]any) (string, error) {
	tpl, err := jinja.Compile(source, autoescape)
	if err != nil {
		return "", err
	}
	return tpl.Render(values, 1<<20)
}
