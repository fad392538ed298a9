package synth

import (
	"fmt"
	"strings"

	"github.com/sigma-compiler/sigmac/sigma/eval"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// describe says in words what a leaf asks for.
func (m *model) describe(leaf int) string {
	l := &m.leaves[leaf]
	name := l.field
	if name == "" {
		name = "the event"
	}
	return name + " " + eval.Describe(l.test, l.field)
}

// why says in words what an event is about: a test of the rule.
func (mk *maker) why(leaf int) string {
	return mk.search(leaf) + mk.m.describe(leaf)
}

// search returns the name of the search that a leaf is in, with a colon.
func (mk *maker) search(leaf int) string {
	if name := mk.f.search(mk.at[leaf]); name != "" {
		return name + ": "
	}
	return ""
}

// form returns what tests have in common that are written alike: their type,
// and what is special in their texts.
func (mk *maker) form(leaf int) string {
	l := &mk.m.leaves[leaf]
	switch t := l.test.(type) {
	case *ir.Text:
		shape, _ := t.Pattern.Shape()
		s := fmt.Sprintf("%s %t", shape, t.Cased)
		for _, e := range t.Pattern {
			switch e.Kind {
			case ir.Literal:
				s += oddities(e.Text)
			case ir.Question:
				s += "?"
			case ir.Dash:
				s += "-"
			}
		}
		return s
	case *ir.Regexp:
		return "re " + t.Source
	case *ir.CIDR:
		return fmt.Sprintf("cidr %t", t.Prefix.Addr().Is4())
	case *ir.Compare:
		return t.Op.String()
	}
	return fmt.Sprintf("%T", l.test)
}

// oddities returns the characters of a text that languages have to escape,
// each once.
func oddities(s string) string {
	odd := ""
	for _, r := range s {
		switch {
		case r > 126:
			r = '~'
		case !strings.ContainsRune("*?\"'\\ %$`", r):
			continue
		}
		if !strings.ContainsRune(odd, r) {
			odd += string(r)
		}
	}
	return odd
}
