package verify

import (
	"bytes"
	"encoding/json"
	"errors"

	"github.com/sigma-compiler/sigmac/backends/emit"
	"github.com/sigma-compiler/sigmac/backends/readback"
	"github.com/sigma-compiler/sigmac/sigma/eval"
	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/schema"
	"github.com/sigma-compiler/sigmac/sigma/synth"
)

// An Unread is a query that was not read. Where Err.Foreign is set the query
// may be right; else the language refuses it.
type Unread struct {
	Query string
	Err   *readback.Error
}

// Error returns the reason with the place in the query.
func (u *Unread) Error() string { return u.Err.Error() + ": " + u.Query }

// Read reads queries of the backend's language that a rule, in the names of
// the target, was compiled to, and returns a rule that means what they find
// together. Its fields are those of the given rule: the columns that the query
// computes are taken as they are.
func Read(b *emit.Backend, mapped *ir.Rule, queries []string) (*ir.Rule, *Unread) {
	return read(b, mapped, queries, false)
}

func read(b *emit.Backend, mapped *ir.Rule, queries []string, folds bool) (*ir.Rule, *Unread) {
	rule, _, bad := readAll(b, mapped, queries, folds)
	return rule, bad
}

// readAll also returns the queries, whose columns must be computed before the
// rule can be run.
func readAll(b *emit.Backend, mapped *ir.Rule, queries []string, folds bool) (*ir.Rule, []*readback.Query, *Unread) {
	o := options(mapped, folds)
	var found []ir.Expr
	var all []*readback.Query
	for _, query := range queries {
		q, err := b.Read(query, o)
		if err != nil {
			return nil, nil, unread(query, err)
		}
		found = append(found, readback.Meaning(q.Where))
		if len(q.Computed) > 0 {
			all = append(all, q)
		}
	}
	return &ir.Rule{Source: mapped.Source, LogSource: mapped.LogSource, Where: []ir.Expr{ir.OneOf(found...)}}, all, nil
}

// unread returns why a query was not read. What is no error of the language
// is one of the reader.
func unread(query string, err error) *Unread {
	var e *readback.Error
	if !errors.As(err, &e) {
		e = &readback.Error{Msg: err.Error(), Foreign: true}
	}
	return &Unread{Query: query, Err: e}
}

// options returns what is known of the other side. A field that the rule
// names is there, even where the schema does not list it: whether that is
// right, the compiler has said.
func options(mapped *ir.Rule, folds bool) readback.Options {
	o := readback.Options{FoldsCase: folds}
	if mapped.Table == nil {
		return o
	}
	named := (map[string]bool)(nil)
	o.Column = func(name string) (schema.Column, bool) {
		c, ok := mapped.Column(name)
		if folds && (c.Type == schema.Keyword || c.Type == schema.Wildcard) {
			c.Type = schema.Caseless
		}
		if !ok {
			if named == nil {
				named = fields(mapped)
			}
			ok = named[name]
		}
		return c, ok
	}
	return o
}

// fields returns the names of the fields that a rule tests.
func fields(rule *ir.Rule) map[string]bool {
	names := map[string]bool{}
	for _, e := range rule.Where {
		ir.Walk(e, func(e ir.Expr) bool {
			if m, ok := e.(*ir.Match); ok {
				names[m.Field] = true
				ir.WalkTests(m.Test, func(t ir.Test) {
					if ref, ok := t.(*ir.FieldRef); ok {
						names[ref.Field] = true
					}
				})
			}
			return true
		})
	}
	return names
}

// A finder says which events a rule matches.
type finder struct {
	rule    *ir.Rule
	queries []*readback.Query // that compute columns
	session *eval.Session
	matches []eval.Match
}

func newFinder(rule *ir.Rule) (*finder, error) {
	engine, err := eval.Compile([]*ir.Rule{rule}, eval.Options{})
	if err != nil {
		return nil, err
	}
	return &finder{rule: rule, session: engine.NewSession()}, nil
}

// finds reports whether the rule matches an event, which is JSON.
func (f *finder) finds(event []byte) bool {
	if f.queries != nil {
		event = f.complete(event)
	}
	f.matches, _ = f.session.MatchJSON(event, f.matches[:0])
	return len(f.matches) > 0
}

// open reads queries and makes ready to ask what they find.
func open(b *emit.Backend, set *synth.Set, queries []string, folds bool) (*finder, *Unread) {
	if len(set.Assumed) > 0 {
		return nil, unread(set.Assumed[0], errors.New("this piece of a query, which a pipeline put into the rule, is not known to the reader"))
	}
	meaning, computing, bad := readAll(b, set.Rule, queries, folds)
	if bad != nil {
		return nil, bad
	}
	f, err := newFinder(meaning)
	if err != nil {
		return nil, unread(queries[0], err)
	}
	f.queries = computing
	return f, nil
}

// complete returns the event with the columns that the queries compute.
func (f *finder) complete(event []byte) []byte {
	fields := decode(event)
	for _, q := range f.queries {
		fields = q.Complete(fields)
	}
	return encode(fields, event)
}

// decode reads an event. Numbers keep their digits.
func decode(event []byte) map[string]any {
	d := json.NewDecoder(bytes.NewReader(event))
	d.UseNumber()
	var fields map[string]any
	_ = d.Decode(&fields) // it is one that package synth wrote
	return fields
}

// encode writes an event, or returns the other where it cannot be written.
func encode(fields map[string]any, other []byte) []byte {
	text, err := json.Marshal(fields)
	if err != nil {
		return other
	}
	return text
}
