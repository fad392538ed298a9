package ir

import (
	"fmt"

	"github.com/sigma-compiler/sigmac/sigma"
)

// Build returns what the rule means. The error is an ErrorList with all that
// is wrong: modifiers that do not exist or do not go together, values that a
// modifier cannot take, conditions that name no search (N9, N10). Notes are in
// the Warnings of the result.
func Build(r *sigma.Rule) (*Rule, error) {
	n := len(r.Detection.Searches)
	b := builder{rule: r, named: make(map[string]*Named, n), sizes: make(map[string]int, n)}
	for _, s := range r.Detection.Searches {
		before := b.size
		b.named[s.Name] = &Named{Name: s.Name, X: b.node(s.Node)}
		b.sizes[s.Name] = b.size - before
	}
	out := &Rule{Source: r, LogSource: r.LogSource, Fields: r.Fields}
	for _, c := range r.Detection.Conditions {
		out.Where = append(out.Where, b.cond(c.Expr))
	}
	if len(out.Where) == 0 {
		b.fail(r.Detection.Pos, sigma.MissingKey, "the detection has no condition", "")
	}
	b.taxonomy()
	if len(b.errs) > 0 {
		b.errs.Sort()
		return nil, b.errs
	}
	out.Warnings = b.warnings
	return out, nil
}

// Check returns what is wrong with the searches of a rule that did not parse
// (sigma.ParseAll), so that all its mistakes can be told at once. Items that
// the parser left unfinished were told of by it.
func Check(r *sigma.Rule) sigma.ErrorList {
	b := builder{rule: r, partial: true}
	for _, s := range r.Detection.Searches {
		b.node(s.Node)
	}
	b.errs.Sort()
	return b.errs
}

type builder struct {
	rule     *sigma.Rule
	named    map[string]*Named
	sizes    map[string]int // of the searches, as weight counts
	size     int            // of all that was built, each mention of a search counted
	current  itemBuilder    // of the item in hand, used again for the next
	values   []value        // of the item in hand, likewise
	partial  bool           // the parser found mistakes
	errs     sigma.ErrorList
	warnings sigma.ErrorList
}

func (b *builder) fail(pos sigma.Pos, code sigma.Code, msg, hint string) {
	b.errs = append(b.errs, &sigma.Error{Pos: pos, Code: code, Msg: msg, Hint: hint})
}

// note warns of a spelling.
func (b *builder) note(pos sigma.Pos, msg, hint string) {
	b.warnings = append(b.warnings, &sigma.Error{Pos: pos, Code: sigma.Style, Msg: msg, Hint: hint})
}

// taxonomy warns of names of fields that are not those of Sigma (B6). A
// pipeline may turn them into those of a target; nothing here does.
func (b *builder) taxonomy() {
	if t := b.rule.Taxonomy; t != "" && t != "sigma" {
		b.warnings = append(b.warnings, &sigma.Error{Pos: b.rule.At("taxonomy"), Code: sigma.Assumed,
			Msg:  fmt.Sprintf("the fields are those of the taxonomy %q and are taken by their names", t),
			Hint: "use a pipeline for that taxonomy, or none for Sigma's names"})
	}
}

// node builds a part of a search. After an error it returns Const(false),
// which is never seen, since Build then fails.
func (b *builder) node(n sigma.Node) Expr {
	switch n := n.(type) {
	case sigma.AllOf:
		return All(b.nodes(n)...)
	case sigma.AnyOf:
		return OneOf(b.nodes(n)...)
	case *sigma.Item:
		return b.item(n)
	}
	return Const(false)
}

func (b *builder) nodes(ns []sigma.Node) []Expr {
	out := make([]Expr, len(ns))
	for i, n := range ns {
		out[i] = b.node(n)
	}
	return out
}

// cond builds a part of a condition.
func (b *builder) cond(e sigma.CondExpr) Expr {
	switch e := e.(type) {
	case sigma.CondOr:
		return OneOf(b.conds(e)...)
	case sigma.CondAnd:
		return All(b.conds(e)...)
	case *sigma.CondNot:
		return Negate(b.cond(e.X))
	case *sigma.CondSearch:
		if s, ok := b.named[e.Name]; ok {
			return b.mention(s, e.Pos)
		}
		b.fail(e.Pos, sigma.UnknownName, fmt.Sprintf("the condition names %q, which the detection does not have", e.Name), "")
	case *sigma.CondOf:
		return b.condOf(e)
	}
	return Const(false)
}

func (b *builder) conds(es []sigma.CondExpr) []Expr {
	out := make([]Expr, len(es))
	for i, e := range es {
		out[i] = b.cond(e)
	}
	return out
}

// condOf builds "1 of" and "all of" (N3, N4). A pattern that matches nothing
// is an error (N10).
func (b *builder) condOf(e *sigma.CondOf) Expr {
	var chosen []Expr
	for _, s := range b.rule.Detection.Searches {
		if e.Matches(s.Name) {
			chosen = append(chosen, b.mention(b.named[s.Name], e.Pos))
		}
	}
	if len(chosen) == 0 {
		what := e.Pattern
		if what == "" {
			what = "them"
		}
		b.fail(e.PatternPos, sigma.UnknownName, fmt.Sprintf("%q matches no search of the detection", what), "")
	}
	if e.All {
		return All(chosen...)
	}
	return OneOf(chosen...)
}
