package kql

import (
	"strings"

	"github.com/sigma-compiler/sigmac/backends/elastic"
	"github.com/sigma-compiler/sigmac/backends/emit"
	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// words writes a string for a field of analysed text.
func words(p *emit.Printer, f emit.Field, t *ir.Text) string {
	phrases, ok := elastic.Phrases(p, f, t)
	if ok {
		return wild(t.Pattern)
	}
	for i, text := range phrases {
		phrases[i] = quoted(text)
	}
	if len(phrases) == 1 {
		return phrases[0]
	}
	return "(" + strings.Join(phrases, " and ") + ")"
}

// keyword searches all fields. Stars reach into fields of strings, but a value
// with stars is split at its spaces, so that one with spaces is sought as a
// phrase: the whole value of a keyword field, or words of analysed text.
func keyword(p *emit.Printer, _ *ir.Keyword, t ir.Test) emit.Frag {
	text, ok := t.(*ir.Text)
	if !ok {
		p.Unsupported(t.Position(), "a regular expression", "splunk, lucene, eql, esql and kusto can")
		return emit.Frag{}
	}
	pattern := widened(p, text)
	if number, ok := elastic.NumberIn(pattern); ok {
		return emit.Atom("(" + wild(pattern) + " or " + number + ")")
	}
	if !emit.PatternHas(pattern, hasSpace) {
		return emit.Atom(wild(pattern))
	}
	if shape, whole := pattern.Shape(); shape == ir.Substring {
		p.Warn(text.Pos, sigma.Assumed, "lucene finds it inside of values too",
			"the keyword is taken to be whole words of analysed text, of which only letters and digits are compared, or the whole value of a keyword field")
		return emit.Atom(quoted(whole))
	}
	widen(p, text, "white space beside wildcards in the whole event", "lucene can")
	return emit.Atom(wild(spaceless(pattern)))
}
