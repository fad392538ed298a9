package elastic

import (
	"github.com/sigma-compiler/sigmac/backends/emit"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// A Term is what a test is in a language that writes "field: value".
type Term struct {
	Field string // its name, not yet quoted
	Value string // as the query has it
}

// A TermWriter is how a language writes terms.
type TermWriter struct {
	// Term returns the term of a test; false for a test that is none.
	Term func(p *emit.Printer, f emit.Field, t ir.Test) (Term, bool)
	// Write joins the values that one field may have.
	Write func(field string, values []string) string
}

// Test writes a single test.
func (w *TermWriter) Test(p *emit.Printer, f emit.Field, t ir.Test) emit.Frag {
	term, _ := w.Term(p, f, t)
	return emit.Atom(w.Write(term.Field, []string{term.Value}))
}

// List writes the values of one field as a list. Tests that are no terms
// stand beside it.
func (w *TermWriter) List(p *emit.Printer, f emit.Field, ts []ir.Test) []emit.Frag {
	var names []string
	var values [][]string
	var others []emit.Frag
	for _, t := range ts {
		term, ok := w.Term(p, f, t)
		if !ok {
			others = append(others, p.Test(f, t))
			continue
		}
		i := 0
		for i < len(names) && names[i] != term.Field {
			i++
		}
		if i == len(names) {
			names = append(names, term.Field)
			values = append(values, make([]string, 0, len(ts)))
		}
		values[i] = append(values[i], term.Value)
	}
	arms := make([]emit.Frag, 0, len(names)+len(others))
	for i, name := range names {
		arms = append(arms, emit.Atom(w.Write(name, values[i])))
	}
	return append(arms, others...)
}
