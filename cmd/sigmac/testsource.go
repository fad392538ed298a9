package main

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"gopkg.in/yaml.v3"

	"github.com/sigma-compiler/sigmac/internal/taxonomy"
	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// A testSource is the log source that the events of tests have.
type testSource struct {
	sigma.LogSource
	given []attribute
}

// An attribute is one of a log source, as it is written.
type attribute struct {
	sigma.Pos
	name, value string
	valueAt     sigma.Pos
}

// logSource reads what the events of tests are about.
func (c *caseReader) logSource(n *yaml.Node) *testSource {
	if n.Kind != yaml.MappingNode || len(n.Content) == 0 {
		c.fail(c.pos(n), "such as {product: windows, category: process_creation}", "the log source is no mapping")
		return nil
	}
	var l logSource
	var given []attribute
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		a := attribute{Pos: c.pos(key), name: key.Value, value: value.Value, valueAt: c.pos(value)}
		switch {
		case slices.Contains(l.given, a.name):
			c.fail(a.Pos, "", "the log source has %q twice", a.name)
		case value.Kind != yaml.ScalarNode || value.Value == "":
			c.fail(a.valueAt, "such as {product: windows, category: process_creation}", "the log source has no name for %q", a.name)
		case a.name != "definition": // which has no bearing on matching (L1)
			l.set(a.name, a.value)
			given = append(given, a)
		}
	}
	return &testSource{l.source, given}
}

// sourcesOf returns a function that returns the log sources of all rules of a
// run. Rules are let go after their turn, and few runs need these: the files are
// read again when the first asks. Standard input, which cannot be, is read now.
func sourcesOf(l *library) func() []*sigma.LogSource {
	var all []*sigma.LogSource
	add := func(us []unit) {
		for _, u := range us {
			if r, ok := u.doc.(*sigma.Rule); ok {
				all = append(all, &r.LogSource)
			}
		}
	}
	for i, in := range l.ins {
		if in.path == dash {
			l.files[i] = l.source(i).parse()
			add(l.files[i].units)
		}
	}
	return sync.OnceValue(func() []*sigma.LogSource {
		for _, in := range l.ins {
			if in.path != dash {
				add(readSource(l.app, in).parse().units)
			}
		}
		return all
	})
}

// checkSource returns what is wrong with the log source of a test: a name that
// passes over what is tested and that nobody knows. Such a test could not fail
// where nothing is expected to be found, whatever the rule says.
func (t *tester) checkSource(s *subject, source *testSource) *sigma.Error {
	if source == nil {
		return nil
	}
	own := ownSources(s)
	for _, a := range source.given {
		names := a.of(own)
		switch standard := taxonomy.Names(a.name); {
		case len(names) == 0 && (len(standard) > 0 || len(a.of(t.sources())) > 0):
			// The rule has no such attribute: it is about all of its values.
		case len(names) == 0:
			return t.noAttribute(a)
		case !a.among(names) && !a.among(standard) && !a.among(a.of(t.sources())):
			return t.noName(a, names)
		}
	}
	return nil
}

// ownSources returns the log sources of the rules that are tested, as they are
// written and as the pipelines leave them.
func ownSources(s *subject) []*sigma.LogSource {
	var out []*sigma.LogSource
	for _, r := range s.engine.Rules() {
		out = append(out, &r.LogSource, &r.Source.LogSource)
	}
	return out
}

// of returns the values that log sources have for the attribute.
func (a *attribute) of(sources []*sigma.LogSource) []string {
	var out []string
	for _, l := range sources {
		value := l.Custom[a.name]
		switch a.name {
		case "category":
			value = l.Category
		case "product":
			value = l.Product
		case "service":
			value = l.Service
		}
		if value != "" && !slices.Contains(out, value) {
			out = append(out, value)
		}
	}
	return out
}

// among reports whether the value is one of the names, as log sources are
// compared.
func (a *attribute) among(names []string) bool {
	return slices.ContainsFunc(names, func(n string) bool { return strings.EqualFold(n, a.value) })
}

// noAttribute is the error about an attribute that no log source has.
func (t *tester) noAttribute(a attribute) *sigma.Error {
	known := standardAttributes()
	for _, l := range t.sources() {
		known = appendAttributes(known, &ir.Rule{LogSource: *l})
	}
	return &sigma.Error{Pos: a.Pos, Msg: fmt.Sprintf("no rule has %q in its log source", a.name), Hint: attributeHint(a.name, known)}
}

// noName is the error about a name that no log source has. The rule has others.
func (t *tester) noName(a attribute, own []string) *sigma.Error {
	e := &sigma.Error{Pos: a.valueAt, Msg: fmt.Sprintf(
		"the rule finds none of these events, whatever they are: it is about %s %s, and no rule that was read and no log source of Sigma's taxonomy has the %[1]s %[3]q",
		a.name, list(own), a.value)}
	if near := sigma.Nearest(strings.ToLower(a.value), slices.Concat(own, taxonomy.Names(a.name), a.of(t.sources()))); near != "" {
		e.Hint = "did you mean " + near + "?"
		return e
	}
	for _, other := range standardAttributes() {
		if a.among(taxonomy.Names(other)) {
			e.Hint = fmt.Sprintf("write %s: %s", other, a.value)
			return e
		}
	}
	e.Hint = "run the tests together with the rules about it, or leave it out"
	return e
}
