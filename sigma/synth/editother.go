package synth

import (
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// regexp adds edits for an expression: the same text written again with one
// step of the way through the expression altered.
func (ed *editor) regexp(t *ir.Regexp) {
	if ed.value.kind != text && ed.value.kind != number {
		return
	}
	tests, form, word, ok := ed.replay()
	if !ok {
		return
	}
	s := ed.value.text
	others := make([]ir.Test, 0, len(tests))
	for _, u := range tests {
		if u != ir.Test(t) {
			others = append(others, u)
		}
	}
	rest, ok := ed.patterns(others, form, word)
	if !ok {
		return
	}
	for _, f := range []int{form, 1} { // as it was made, and with all that is optional
		steps := ed.write(t, f, word, alteration{}).steps
		for _, a := range steps[:min(len(steps), maxAltered)] {
			w := ed.write(t, f, word, a)
			ed.judge.budget -= w.size * writeCost
			if ed.judge.spent() {
				return
			}
			if w.failed {
				continue
			}
			var tr Trait
			if a.what == otherCase {
				tr = OtherCase
			}
			ed.set(shows[a.what], a.what, merge(append([]ir.Pattern{w.pattern()}, rest...), word), tr)
		}
		if form == 1 {
			break
		}
	}
	for f := range variants {
		if p, ok := ed.regexpPattern(t, f, word); ok && f != form {
			ed.set(false, "another text of the expression", merge(append([]ir.Pattern{p}, rest...), word), 0)
		}
	}
	ed.set(false, "with a line break before it", "\n"+s, 0)
	ed.set(false, "with a line break behind it", s+"\n", 0)
	ed.set(false, "with more before it", ed.field.word+s, 0)
	ed.set(false, "with more behind it", s+ed.field.word, 0)
	ed.set(false, "in the other case", swapCase(s), OtherCase)
	ed.set(false, "the expression itself", t.Source, 0)
}

// The bounds of altering an expression: how many steps of a way are altered,
// and what each character that is written costs of the judge's budget.
const (
	maxAltered = 400
	writeCost  = 16
)

// shows are the alterations that show most of what an expression asks for.
var shows = map[string]bool{
	before: true, behind: true, letterForDot: true, otherCase: true, fewerTimes: true, noTimes: true, moreTimes: true, classBelow: true, classAbove: true, lineBreak: true,
}

// replay finds out how the value of the field was made: of which tests, and
// of which form of them and which word.
func (ed *editor) replay() (tests []ir.Test, form int, word string, ok bool) {
	if ed.d.pass == nil {
		return nil, 0, "", false
	}
	for _, l := range ed.d.pass[ed.slot] {
		tests = append(tests, ed.m.leaves[l].test)
	}
	for form := range variants {
		for _, word := range ed.field.words() {
			if ps, ok := ed.patterns(tests, form, word); ok && merge(ps, word) == ed.value.text {
				return tests, form, word, true
			}
		}
	}
	return nil, 0, "", false
}

// keyword adds edits of where a keyword is found.
func (ed *editor) keyword() {
	v, from := ed.value, ed.slot
	if v.kind != text {
		return
	}
	move := func(what string, to int, w, stay value, t Trait) {
		ed.edits = append(ed.edits, edit{kind: "keyword/" + what, what: what, first: true, once: true,
			event: ed.d.event.with(from, stay).with(to, w), trait: t})
	}
	for _, to := range ed.m.wordSlots {
		if to != from {
			move("in another field", to, v, value{}, AnyKeyword)
			ed.halves(to, move)
			break
		}
	}
	e := ed.d.event.with(from, value{kind: object, list: []value{v}})
	ed.edits = append(ed.edits, edit{kind: "keyword/nested", what: "inside an object", first: true, once: true, event: e, trait: AnyKeyword})
	ed.nameOnly()
}

// halves moves what other keywords look for to another field.
func (ed *editor) halves(to int, move func(string, int, value, value, Trait)) {
	var here, there []ir.Test
	for _, l := range ed.passed() {
		if l == ed.leaf {
			here = append(here, ed.m.leaves[l].test)
		} else {
			there = append(there, ed.m.leaves[l].test)
		}
	}
	if len(here) == 0 || len(there) == 0 {
		return
	}
	word := ed.field.word
	a, ok := ed.patterns(here, 0, word)
	b, ok2 := ed.patterns(there, 0, word)
	if ok && ok2 {
		move("with keywords in two fields", to, textValue(merge(b, word)), textValue(merge(a, word)), AnyKeyword)
	}
}

// passed returns the leaves that the value of the field was made for.
func (ed *editor) passed() []int {
	if ed.d.pass == nil {
		return nil
	}
	return ed.d.pass[ed.slot]
}

// nameOnly makes the keyword the name of a field, which is not searched (K5).
func (ed *editor) nameOnly() {
	t, ok := ed.m.leaves[ed.leaf].test.(*ir.Text)
	if !ok {
		return
	}
	_, s := t.Pattern.Shape()
	if _, taken := ed.m.slots[s]; taken || s == "" || len(s) > 64 || !plainName(s) {
		return
	}
	e := ed.d.event.with(ed.slot, value{})
	e.extra = []named{{s, textValue(ed.field.word)}}
	ed.edits = append(ed.edits, edit{kind: "keyword/name", what: "as the name of a field", first: true, once: true, event: e})
}

// plainName reports whether a text is letters only, as no path and no alias
// is.
func plainName(s string) bool {
	for _, r := range s {
		if r|0x20 < 'a' || r|0x20 > 'z' {
			return false
		}
	}
	return true
}
