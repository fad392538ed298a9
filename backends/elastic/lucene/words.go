package lucene

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
		phrases[i] = phrase(text)
	}
	if len(phrases) == 1 {
		return phrases[0]
	}
	return "(" + strings.Join(phrases, " AND ") + ")"
}

// keyword searches all fields. Fields of strings are found by the whole value;
// in analysed text, which has its words only, what is more than one word is
// found as a phrase.
func keyword(p *emit.Printer, k *ir.Keyword, t ir.Test) emit.Frag {
	switch t := t.(type) {
	case *ir.Regexp:
		p.Warn(t.Pos, sigma.Assumed, "", "in analysed text the expression is taken to match a single word")
		return emit.Atom(slashed(elastic.Expression(p, t, &elastic.SlashRegexps)))
	case *ir.Text:
		return keywordText(p, t)
	}
	p.Unsupported(t.Position(), "this test of the whole event", "")
	return emit.Frag{}
}

func keywordText(p *emit.Printer, t *ir.Text) emit.Frag {
	value, ok := "", false
	if elastic.CaseMatters(t) && !elastic.Native(p.Job) {
		value, ok = folded(p, emit.Field{Name: "the event"}, t)
	}
	if !ok {
		value = wild(t.Pattern)
	}
	if number, ok := elastic.NumberIn(t.Pattern); ok {
		return emit.Atom("(" + value + " OR " + number + ")")
	}
	if elastic.OneWord(t.Pattern) {
		return emit.Atom(value)
	}
	p.Warn(t.Pos, sigma.Assumed, "", "in analysed text the keyword is taken to begin and end with whole words, of which only letters and digits are compared")
	if _, whole := t.Pattern.Shape(); whole != "" {
		return emit.Atom("(" + value + " OR " + phrase(whole) + ")")
	}
	return emit.Atom(value)
}
