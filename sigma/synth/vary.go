package synth

import (
	"slices"
	"strings"

	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// A variation changes all texts of an event in one way.
type variation struct {
	what  string
	trait Trait
	apply func(s, word string) string
}

var (
	allCases = variation{"all in the other case", OtherCase, func(s, _ string) string { return swapCase(s) }}
	allLines = variation{"with a line break for each star", 0, breakLine}
	allBoth  = variation{"all in the other case, with a line break for each star", OtherCase, func(s, word string) string {
		return breakLine(swapCase(s), swapCase(word))
	}}
	allEmpty = variation{"with nothing for each star", 0, func(s, word string) string {
		if s == word {
			return s
		}
		return strings.ReplaceAll(s, word, "")
	}}
)

func breakLine(s, word string) string {
	return strings.ReplaceAll(s, word, word[:1]+"\n"+word[1:])
}

// vary adds variations of the drafts: of the first ones each, of the others
// one in which all is changed, that shows the same about other values.
func (p *plan) vary() {
	for i, d := range p.drafts {
		switch {
		case i < 2:
			p.varied(d, allCases)
			p.varied(d, allLines)
			p.varied(d, allEmpty)
		case !p.varied(d, allBoth) && !p.varied(d, allCases):
			p.varied(d, allLines)
		}
	}
}

// varied adds a variation of a draft of which the rule says the same. Where it
// does not, that is left to the edits of each leaf.
func (p *plan) varied(d *draft, v variation) bool {
	if len(p.events) >= p.max*3/5 {
		return false
	}
	e := d.event
	e.values = slices.Clone(e.values)
	for slot, x := range e.values {
		if x.kind == text {
			e.values[slot].text = v.apply(x.text, p.m.fields[slot].word)
		}
	}
	_, match := p.judge.event(&e)
	return match == d.match && p.put(&e, match, v.trait, d.why+", "+v.what)
}

// combine adds for lists of alternatives events that just miss all of them at
// once.
func (p *plan) combine() {
	groups := map[int][]*planned{}
	var order []int
	for _, t := range p.tests {
		parents := p.f.nodes[p.at[t.leaf]].parents
		if len(parents) == 0 || p.f.nodes[parents[0]].op != orNode {
			continue
		}
		if groups[parents[0]] == nil {
			order = append(order, parents[0])
		}
		groups[parents[0]] = append(groups[parents[0]], t)
	}
	for _, up := range order {
		if group := groups[up]; len(group) > 1 {
			p.combineList(group, p.combineTexts(group))
			if len(group) > manyValues {
				thin(group)
			}
		}
	}
}

// manyValues is how many values a list may have for each to get all edits that
// show most: beyond that, one each and what combine makes must do.
const manyValues = 5

// thin leaves each leaf of a list another one of those edits that were
// combined.
func thin(group []*planned) {
	for i, t := range group {
		combined := func(e edit) bool { return e.first && !e.once && e.match != t.draft.match }
		t.listed = true
		n, at := 0, 0
		for _, e := range t.edits {
			if combined(e) {
				n++
			}
		}
		t.edits = slices.DeleteFunc(t.edits, func(e edit) bool {
			if !combined(e) {
				return false
			}
			at++
			return (at-1)%n != i%n
		})
	}
}

// combineTexts puts the near misses of texts that may stand anywhere into one
// text, and reports whether there are such texts.
func (p *plan) combineTexts(group []*planned) (done bool) {
	d, slot := group[0].draft, p.m.leaves[group[0].leaf].slot
	f := &p.m.fields[slot]
	if d.pass == nil || d.event.values[slot].kind != text {
		return false
	}
	var rest []ir.Test
	for _, l := range d.pass[slot] {
		if l != group[0].leaf {
			rest = append(rest, p.m.leaves[l].test)
		}
	}
	kept, ok := p.patterns(rest, 0, f.word)
	if !ok {
		return false
	}
	for _, first := range []bool{true, false} {
		patterns, what := slices.Clip(kept), "without their last characters"
		if first {
			what = "without their first characters"
		}
		n := 0
		for _, t := range group {
			if q, ok := cutPattern(p.m.leaves[t.leaf].test, first); ok && p.m.leaves[t.leaf].slot == slot {
				patterns = append(patterns, q)
				n++
			}
		}
		if n < 2 {
			return false
		}
		e := d.event.with(slot, textValue(merge(patterns, f.word)))
		if _, match := p.judge.event(&e); match != d.match {
			done = true
			p.put(&e, match, 0, "near miss: "+p.search(group[0].leaf)+f.name+" with all values of a list, "+what)
		}
	}
	return done
}

// cutPattern returns the pattern of a text that may stand anywhere, without
// its first or its last character.
func cutPattern(t ir.Test, first bool) (ir.Pattern, bool) {
	x, ok := t.(*ir.Text)
	if !ok {
		return nil, false
	}
	shape, s := x.Pattern.Shape()
	r := []rune(s)
	if shape != ir.Substring || len(r) < 2 {
		return nil, false
	}
	if r = r[:len(r)-1]; first {
		r = []rune(s)[1:]
	}
	star := ir.Element{Kind: ir.Star}
	return ir.NewPattern(star, ir.Element{Kind: ir.Literal, Text: string(r)}, star), true
}

// maxCombined is how many values are put into one list.
const maxCombined = 64

// combineList gives the field several values, each of which just misses
// another test. Cuts are left out where one text has them all.
func (p *plan) combineList(group []*planned, cuts bool) {
	var kinds []string
	values := map[string][]value{}
	slot := p.m.leaves[group[0].leaf].slot
	for _, t := range group {
		if p.m.leaves[t.leaf].slot != slot || p.m.leaves[t.leaf].field == "" {
			continue
		}
		for i := range t.edits {
			e := &t.edits[i]
			v := e.event.values[slot]
			if !e.first || e.once || cuts && strings.HasPrefix(e.what, "without its") || e.match == t.draft.match || v.kind == absent || v.kind == null || v.kind == list {
				continue
			}
			if values[e.what] == nil {
				kinds = append(kinds, e.what)
			}
			if len(values[e.what]) < maxCombined {
				values[e.what] = append(values[e.what], v)
			}
		}
	}
	d := group[0].draft
	for _, what := range kinds {
		if len(values[what]) < 2 {
			continue
		}
		e := d.event.with(slot, value{kind: list, list: values[what]})
		if _, match := p.judge.event(&e); match != d.match {
			p.put(&e, match, 0, "near miss: "+p.search(group[0].leaf)+"several values of "+p.m.fields[slot].name+", each that of a test "+what)
		}
	}
}
