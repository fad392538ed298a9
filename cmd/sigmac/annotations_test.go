package main

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
)

// parseCommand reads a line of a log as GitHub's runner does: white space
// before it is left out, the command ends at the next "::", properties are
// separated by commas.
func parseCommand(line string) (name string, properties map[string]string, text string, ok bool) {
	head, ok := strings.CutPrefix(strings.TrimSpace(line), "::")
	if !ok {
		return "", nil, "", false
	}
	head, text, ok = strings.Cut(head, "::")
	if !ok {
		return "", nil, "", false
	}
	name, list, _ := strings.Cut(head, " ")
	properties = map[string]string{}
	unescape := strings.NewReplacer("%0D", "\r", "%0A", "\n", "%3A", ":", "%2C", ",", "%25", "%")
	for p := range strings.SplitSeq(list, ",") {
		if key, value, ok := strings.Cut(p, "="); ok {
			properties[strings.TrimSpace(key)] = unescape.Replace(value)
		}
	}
	return name, properties, unescape.Replace(text), true
}

func TestAnnotation(t *testing.T) {
	for want, a := range map[string]annotation{
		"::error::x\n":                        {level: "error", text: "x"},
		"::error file=a.yml::x\n":             {level: "error", file: "a.yml", text: "x"},
		"::warning file=a.yml,line=3::x\n":    {level: "warning", file: "a.yml", line: 3, text: "x"},
		"::notice title=50%25%2C ok::a: b,\n": {level: "notice", title: "50%, ok", text: "a: b,"},
		"::error file=a%3Ab%2Cc.yml,line=3,col=5,endColumn=9,title=t::1%0A2%0D%25\n": {
			level: "error", file: "a:b,c.yml", line: 3, col: 5, end: 9, title: "t", text: "1\n2\r%"},
	} {
		if got := string(a.appendTo(nil)); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// FuzzAnnotation: whatever the texts are, an annotation is one command with
// these texts, and nothing else in its place.
func FuzzAnnotation(f *testing.F) {
	f.Add("title", "file.yml", "text")
	f.Add("a\n::error::b", "x,title=y::z", "\r\n::stop-commands::t\n##[group]")
	f.Add("%0A::add-mask::", "%3A%2C", "%25%0D")
	f.Fuzz(func(t *testing.T, title, file, text string) {
		a := annotation{level: "error", title: title, file: file, line: 1, text: text}
		out := string(a.appendTo(nil))
		if strings.Count(out, "\n") != 1 || strings.Contains(out, "\r") {
			t.Fatalf("%q is not one line", out)
		}
		name, properties, got, ok := parseCommand(strings.TrimSuffix(out, "\n") + "|")
		if !ok || name != "error" || properties["title"] != title || properties["file"] != file || got != text+"|" {
			t.Fatalf("%q is read as %s %q %q", out, name, properties, got)
		}
	})
}

func TestAnnotateLimit(t *testing.T) {
	var list []annotation
	for i := range 12 {
		list = append(list, annotation{level: "error", text: fmt.Sprint(i)}, annotation{level: "warning", text: fmt.Sprint(i)})
	}
	var b bytes.Buffer
	if err := annotate(&b, list); err != nil {
		t.Fatal(err)
	}
	out := b.String()
	if strings.Count(out, "::error::") != 10 || strings.Count(out, "::warning::") != 10 || strings.Count(out, "::notice title=sigmac::4 more are not shown here") != 1 {
		t.Errorf("%s", out)
	}
}

func TestInert(t *testing.T) {
	for in, want := range map[string]string{
		"a::b":                     "a::b",
		"  ::error::x\n":           "  : :error::x\n",
		"a\n\t::x::y\r\n::z":       "a\n\t: :x::y\r\n: :z",
		"a ##[group]b":             "a ## [group]b",
		"\u00a0::error::x":         "\u00a0: :error::x",
		"rules/a.yml:1:2: error: ": "rules/a.yml:1:2: error: ",
	} {
		got := inert(in)
		if got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
		for line := range strings.Lines(got) {
			if _, _, _, ok := parseCommand(line); ok {
				t.Errorf("%q is a command", line)
			}
		}
	}
}
