package eqlread

import (
	"errors"
	"strings"
	"unicode/utf8"

	"github.com/sigma-compiler/sigmac/backends/elastic/luceneregexp"
	"github.com/sigma-compiler/sigmac/backends/readback"
	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/schema"
)

// match returns a predicate of strings: ":", "like" and "regex", the latter
// two with ~ where case is ignored. They "can only be used to compare
// strings", on both sides.
func (b *builder) match(v operand, g *matchGrammar) (operand, error) {
	if err := b.strings(v, g.Op.Value); err != nil {
		return operand{}, err
	}
	values, err := b.texts(g.Values, g.Op.Value)
	if err != nil {
		return operand{}, err
	}
	f := v.field
	fold := g.Op.Value == ":" || strings.HasSuffix(g.Op.Value, "~")
	tests := make([]ir.Test, len(values))
	for i, value := range values {
		if strings.HasPrefix(g.Op.Value, "regex") {
			tests[i], err = b.regexp(f, value, fold)
		} else {
			tests[i] = pattern(f, wild(value.text), fold)
		}
		if err != nil {
			return operand{}, err
		}
	}
	if err := b.joined(g, values); err != nil {
		return operand{}, err
	}
	return operand{off: v.off, expr: b.any(f, tests)}, nil
}

// any returns that a field passes one of the tests.
func (b *builder) any(f *field, tests []ir.Test) readback.Expr {
	if len(tests) == 1 {
		return b.leaf(f, tests[0])
	}
	out := make(readback.Or, len(tests))
	for i, t := range tests {
		out[i] = b.leaf(f, t)
	}
	return out
}

// strings checks that an operand is a field of strings.
func (b *builder) strings(v operand, op string) error {
	switch v.kind {
	case isField:
	case isCall:
		return foreign(v.off, "a test of what a function gives is not read")
	case isText, isNull:
		return foreign(v.off, "a test of a constant is not read")
	default:
		return refuse(v.off, "%s compares strings only", op)
	}
	f := v.field
	if f.column.Type == schema.Text {
		return refuse(v.off, "%s is analysed text, which EQL does not search", f.name)
	}
	if !f.holdsText() {
		return refuse(v.off, "%s compares strings only, and %s is of type %s", op, f.name, f.column.Type)
	}
	return b.use(f, "string")
}

// texts returns the constants of a predicate, which must be strings.
func (b *builder) texts(gs []valueGrammar, op string) ([]operand, error) {
	out := make([]operand, len(gs))
	for i := range gs {
		v := &gs[i]
		switch {
		case v.tok.Type == tokNull:
			return nil, foreign(v.tok.Pos.Offset, "null among strings is not read")
		case v.field != "" || v.optional || v.tok.Type == tokWord || v.tok.Type == tokQuoted:
			return nil, refuse(v.tok.Pos.Offset, "behind %s stand constants, not fields", op)
		case v.tok.Type != tokString:
			return nil, refuse(v.tok.Pos.Offset, "%s compares strings only; write == or in, or put %s in quotes", op, v.tok.Value)
		}
		out[i] = operand{off: v.tok.Pos.Offset, kind: isText, text: unquote(v.tok.Value)}
	}
	return out, nil
}

// wild returns a text with the wildcards * and ?, which always are some: there
// is no escape, and a backslash stands for itself (toLikePattern).
func wild(text string) ir.Pattern {
	if strings.IndexByte(text, '*') < 0 && strings.IndexByte(text, '?') < 0 {
		return ir.Plain(text)
	}
	var out []ir.Element
	for text != "" {
		n := strings.IndexAny(text, "*?")
		if n < 0 {
			n = len(text)
		}
		out = append(out, ir.Element{Kind: ir.Literal, Text: text[:n]})
		if n == len(text) {
			break
		}
		kind := ir.Star
		if text[n] == '?' {
			kind = ir.Question
		}
		out = append(out, ir.Element{Kind: kind})
		text = text[n+1:]
	}
	return ir.NewPattern(out...)
}

// pattern returns the test of a pattern. Elasticsearch 8 folds the letters A
// to Z only.
func pattern(f *field, p ir.Pattern, fold bool) ir.Test {
	switch {
	case f.folds():
		return &ir.Text{Pattern: p}
	case fold:
		return readback.FoldASCII(p)
	}
	return &ir.Text{Pattern: p, Cased: true}
}

// regexp returns the test of a regular expression, in Lucene's flavour with
// all its operators.
func (b *builder) regexp(f *field, v operand, fold bool) (ir.Test, error) {
	translate := luceneregexp.TranslateLowered
	source := strings.ToLower(v.text) // the index folds the expression too, which makes \s of \S
	if !f.folds() {
		source, translate = v.text, func(s string) (ir.Test, error) { return luceneregexp.Translate(s, fold) }
	}
	test, err := translate(source)
	var e *readback.Error
	if errors.As(err, &e) {
		return nil, &readback.Error{Offset: v.off, Foreign: e.Foreign, Msg: "the regular expression, " + e.Error()}
	}
	return test, err
}

// joined checks the length of a list of regular expressions: the engine makes
// one of them, with | between, which is not longer than an index reads.
func (b *builder) joined(g *matchGrammar, values []operand) error {
	if !strings.HasPrefix(g.Op.Value, "regex") {
		return nil
	}
	size := len(values) - 1
	for _, v := range values {
		size += utf8.RuneCountInString(v.text)
	}
	if size > luceneregexp.MaxLength {
		return refuse(values[0].off, "the regular expressions of the list have %d characters; an index reads %d (index.max_regex_length)",
			size, luceneregexp.MaxLength)
	}
	return nil
}
