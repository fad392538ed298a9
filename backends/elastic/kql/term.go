package kql

import (
	"strings"

	"github.com/sigma-compiler/sigmac/backends/elastic"
	"github.com/sigma-compiler/sigmac/backends/emit"
	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/schema"
)

// term returns a test as a value of a field; false for tests of presence,
// ranges, and what the language cannot say.
func term(p *emit.Printer, f emit.Field, t ir.Test) (elastic.Term, bool) {
	plain := func(value string) (elastic.Term, bool) { return elastic.Term{Field: f.Name, Value: value}, true }
	switch t := t.(type) {
	case *ir.Text:
		return text(p, f, t), true
	case *ir.CIDR:
		elastic.Addresses(p, f)
		return plain(quoted(t.Prefix.String()))
	case *ir.Compare:
		if t.Op == ir.Eq {
			return plain(string(t.Number))
		}
	case *ir.Bool:
		if t.Value {
			return plain("true")
		}
		return plain("false")
	}
	return elastic.Term{}, false
}

// text returns a string with wildcards as a term.
func text(p *emit.Printer, f emit.Field, t *ir.Text) elastic.Term {
	shape, whole := t.Pattern.Shape()
	field, folds := elastic.Indexed(f, t.Cased)
	if t.Cased && folds && emit.PatternHas(t.Pattern, emit.HasLetters) {
		p.Warn(t.Pos, p.More(), "", "the index of %s folds case: other cases of the value are found too", f.Name)
	}
	switch {
	case f.Type() == schema.Text:
		return elastic.Term{Field: field, Value: words(p, f, t)}
	case shape == ir.Exact:
		return elastic.Term{Field: field, Value: quoted(whole)}
	}
	elastic.StringsOnly(p, f, t.Pos, "a part of its text")
	pattern := widened(p, t)
	if emit.PatternHas(pattern, hasSpace) {
		pattern = spaced(p, f, t, pattern, field != f.Name)
	}
	return elastic.Term{Field: field, Value: wild(pattern)}
}

// widened returns the pattern of a value as far as the language can say it.
// What it cannot is an error, or a star where the user wants that.
func widened(p *emit.Printer, t *ir.Text) ir.Pattern {
	if t.Pattern.Has(ir.Question) {
		widen(p, t, "the wildcard ?", "lucene, eql and esql can")
	}
	pattern := stars(t.Pattern)
	if trimmed(pattern) {
		widen(p, t, "white space at the end of a value with wildcards", "lucene, eql and esql can")
		pattern = trim(pattern)
	}
	return pattern
}

// widen notes that a part of a value is written as a star, or cannot be.
func widen(p *emit.Printer, t *ir.Text, what, hint string) {
	if p.Setting("widen") != "true" {
		p.Unsupported(t.Pos, what, hint+"; the setting widen=true writes a star instead, which finds more")
		return
	}
	p.Warn(t.Pos, p.More(), hint, "%s is written as a star", what)
}

// spaced decides about a pattern with white space. Kibana makes an exact query
// of it where its data view says keyword; of the field type wildcard, and
// where the data view does not know the field, it makes two words, which mean
// something else.
func spaced(p *emit.Printer, f emit.Field, t *ir.Text, pattern ir.Pattern, twin bool) ir.Pattern {
	switch {
	case f.Type() == schema.Wildcard && !twin:
		widen(p, t, "white space beside wildcards in a field of type wildcard", "lucene, eql and esql can, and so can a keyword field that folds case")
		return spaceless(pattern)
	case !f.Known:
		p.Warn(f.Pos, sigma.Assumed, "", "%s is taken to be a keyword field of the data view: elsewhere Kibana splits the value at its spaces", f.Name)
	}
	return pattern
}

func hasSpace(s string) bool { return strings.ContainsFunc(s, isSpace) }

func isSpace(r rune) bool { return r == ' ' || r == '\t' || r == '\r' || r == '\n' || r == '\u3000' }

// stars returns the pattern with stars for question marks.
func stars(p ir.Pattern) ir.Pattern {
	out := make([]ir.Element, len(p))
	for i, e := range p {
		if e.Kind == ir.Question {
			e.Kind = ir.Star
		}
		out[i] = e
	}
	return ir.NewPattern(out...)
}

// trim returns the pattern with a star for the white space at its ends.
func trim(p ir.Pattern) ir.Pattern {
	out := append([]ir.Element(nil), p...)
	first := &out[0]
	if first.Kind == ir.Literal {
		if text := strings.TrimLeftFunc(first.Text, cut); text != first.Text {
			first.Text = text
			out = append([]ir.Element{{Kind: ir.Star}}, out...)
		}
	}
	last := &out[len(out)-1]
	if last.Kind == ir.Literal {
		if text := strings.TrimRightFunc(last.Text, cut); text != last.Text {
			last.Text = text
			out = append(out, ir.Element{Kind: ir.Star})
		}
	}
	return ir.NewPattern(out...)
}

// spaceless returns the pattern with stars for its white space.
func spaceless(p ir.Pattern) ir.Pattern {
	var out []ir.Element
	for _, e := range p {
		if e.Kind != ir.Literal {
			out = append(out, e)
			continue
		}
		star := strings.IndexFunc(e.Text, isSpace) == 0
		for _, part := range strings.FieldsFunc(e.Text, isSpace) {
			if star {
				out = append(out, ir.Element{Kind: ir.Star})
			}
			out = append(out, ir.Element{Text: part})
			star = true
		}
		if strings.TrimRightFunc(e.Text, isSpace) != e.Text {
			out = append(out, ir.Element{Kind: ir.Star})
		}
	}
	return ir.NewPattern(out...)
}
