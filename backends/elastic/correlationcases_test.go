package elastic_test

import (
	"bytes"
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

const correlationsFile = "testdata/correlations.txt"

// correlationRules are the rules that the cases refer to.
const correlationRules = `title: a
name: a
logsource: {category: login}
detection: {sel: {event.code: '4625'}, condition: sel}
---
title: b
name: b
logsource: {category: login}
detection: {sel: {event.code: '4624'}, condition: sel}
---
title: c
name: c
logsource: {category: process}
detection: {sel: {process.name|endswith: '.exe'}, filter: {process.name: 'a.exe'}, condition: sel and not filter}
`

// correlationTypes is the schema of the cases that say so.
var correlationTypes = &schema.Schema{Name: "cases", Format: schema.Elastic, Tables: map[string]*schema.Table{"": {Columns: columns(
	schema.Column{Name: "event.code", Type: schema.Keyword},
	schema.Column{Name: "process.name", Type: schema.Keyword},
	schema.Column{Name: "user.name", Type: schema.Keyword},
	schema.Column{Name: "host.ip", Type: schema.IP, Array: true},
	schema.Column{Name: "source.ip", Type: schema.IP},
	schema.Column{Name: "source.address", Type: schema.Keyword},
	schema.Column{Name: "bytes", Type: schema.Keyword},
	schema.Column{Name: "size", Type: schema.Int},
	schema.Column{Name: "ports", Type: schema.Int, Array: true},
	schema.Column{Name: "flag", Type: schema.Bool},
	schema.Column{Name: "message", Type: schema.Text},
)}}}

// ways are the languages and methods whose answers the cases have.
var ways = []struct{ name, target, method string }{
	{"esql", "esql", "sliding"}, {"buckets", "esql", "buckets"}, {"eql", "eql", ""}, {"kql", "kql", ""}, {"lucene", "lucene", ""},
}

// TestCorrelationCases compares the queries of correlations, their warnings
// and errors with those of the file. A case is a line "NAME: section" for each
// correlation, the last one of which is compiled, and then the answers. Its
// names cite the items of the conformance list.
func TestCorrelationCases(t *testing.T) {
	data, err := os.ReadFile(correlationsFile)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	blocks := strings.Split("\n"+string(data), "\n== ")[1:]
	for _, block := range blocks {
		title, rest, _ := strings.Cut(block, "\n")
		var head []string
		for _, line := range strings.Split(rest, "\n") {
			if line == "" || strings.HasPrefix(line, "esql") {
				break
			}
			head = append(head, line)
		}
		fmt.Fprintf(&out, "== %s\n%s\n", title, strings.Join(head, "\n"))
		for _, way := range ways {
			if (way.target == "kql" || way.target == "lucene") && !strings.Contains(title, "filters of single events") {
				continue
			}
			out.WriteString(correlationAnswer(t, head, way.name, backends.Options{Target: way.target, Method: way.method}))
		}
		out.WriteByte('\n')
	}
	if *update {
		if err := os.WriteFile(correlationsFile, out.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if out.String() != string(data) {
		t.Errorf("the answers differ from %s; -update writes them:\n%s", correlationsFile, out.String())
	}
	if len(blocks) < 40 {
		t.Errorf("%s has %d cases only", correlationsFile, len(blocks))
	}
}

// correlationAnswer returns the answer of one language.
func correlationAnswer(t *testing.T, head []string, name string, o backends.Options) string {
	var b strings.Builder
	c, typed := correlationOf(t, head)
	if typed {
		o.Schema = correlationTypes
	}
	compiler, err := backends.New(o)
	if err != nil {
		t.Fatal(err)
	}
	res, err := compiler.Correlation(c)
	for _, e := range sigma.Errors(err) {
		fmt.Fprintf(&b, "%s! %s\n", name, placed(t, e))
	}
	if err != nil {
		return b.String()
	}
	for _, q := range res.Queries {
		fmt.Fprintf(&b, "%s: %s\n", name, strings.ReplaceAll(q.Text, "\n", "\n    "))
	}
	for _, w := range res.Warnings {
		if !slices.Contains(c.Warnings, w) {
			fmt.Fprintf(&b, "%s~ %s\n", name, placed(t, w))
		}
	}
	return b.String()
}

// placed prints an error with what stands at its place.
func placed(t *testing.T, e *sigma.Error) string {
	if !e.IsValid() {
		t.Errorf("no position: %v", e)
		return e.Error()
	}
	line, _ := e.File.Line(e.Line)
	rest := line[e.Col-1:]
	if end := strings.IndexAny(rest, ",}]"); end >= 0 {
		rest = rest[:end]
	}
	return fmt.Sprintf("%s at %q: %s", e.Code, rest, e.Msg)
}

// correlationOf links the last correlation of a case with the rules.
func correlationOf(t testing.TB, head []string) (c *ir.Correlation, typed bool) {
	text, last := correlationRules, ""
	for _, line := range head {
		if line == "typed" {
			typed = true
			continue
		}
		name, section, _ := strings.Cut(line, ": ")
		text += "---\ntitle: " + name + "\nname: " + name + "\ncorrelation: {" + section + "}\n"
		last = name
	}
	docs, err := sigma.Parse("case.yml", []byte(text))
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	set, err := ir.Link(docs, ir.LinkOptions{})
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	for _, x := range set.Correlations {
		if x.Source.Name == last {
			return x, typed
		}
	}
	t.Fatalf("no correlation %s", last)
	return nil, false
}
