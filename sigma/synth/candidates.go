package synth

import (
	"iter"
	"strings"

	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/schema"
)

// variants is how many forms of a test are tried where it has several: those
// of a regular expression or of a dash.
const variants = 12

// candidates returns values that may meet the demands on a field, the
// likeliest first. The patterns are what a text must be like besides. Whether
// they do, the judge says.
func (s *search) candidates(slot int, d demands, more []ir.Pattern) iter.Seq[value] {
	f := &s.m.fields[slot]
	return func(yield func(value) bool) {
		if len(d.pass) == 0 && len(more) == 0 {
			_ = yield(value{}) && each(f.ordinary(), yield) && each(f.numbers(d), yield) && yield(value{kind: null}) && yield(value{kind: list})
			return
		}
		if onlyPresence(d.pass) && len(more) == 0 {
			_ = yield(value{}) && yield(value{kind: null}) && each(f.ordinary(), yield)
			return
		}
		_ = each(f.numbers(d), yield) && each(f.booleans(d), yield) && each(f.addresses(d, s.random()), yield) && each(f.times(d), yield) &&
			s.texts(f, d, more, yield) && s.several(slot, d, yield)
	}
}

func each(values []value, yield func(value) bool) bool {
	for _, v := range values {
		if !yield(v) {
			return false
		}
	}
	return true
}

// onlyPresence reports whether nothing is asked of a value but that it is
// there or not.
func onlyPresence(tests []ir.Test) bool {
	for _, t := range tests {
		switch t.(type) {
		case *ir.Null, *ir.Exists:
		default:
			return false
		}
	}
	return true
}

// booleans returns truth values where one is asked for.
func (f *field) booleans(d demands) []value {
	for _, t := range d.pass {
		if t, ok := t.(*ir.Bool); ok {
			s := "false"
			if t.Value {
				s = "true"
			}
			return []value{f.typed(s), textValue(s)}
		}
	}
	return nil
}

// texts makes texts of all patterns and expressions that are asked for.
func (s *search) texts(f *field, d demands, more []ir.Pattern, yield func(value) bool) bool {
	forms, regexps := 1, false
	for _, t := range d.pass {
		if severalForms(t) {
			forms = variants
		}
		_, re := t.(*ir.Regexp)
		regexps = regexps || re
	}
	words := f.words()
	for form := range forms {
		var l *layout
		for _, word := range words {
			if l == nil || regexps { // the forms of which depend on the word
				patterns, ok := s.patterns(d.pass, form, word)
				if !ok {
					continue
				}
				l = lay(append(patterns, more...))
			}
			if !yield(f.typed(l.text(word))) {
				return false
			}
		}
	}
	return true
}

func severalForms(t ir.Test) bool {
	switch t := t.(type) {
	case *ir.Regexp:
		return true
	case *ir.Text:
		return t.Pattern.Has(ir.Dash)
	}
	return false
}

// patterns returns for each test a pattern whose texts pass it. There may be
// several forms of them, not all of which are possible.
func (mk *maker) patterns(tests []ir.Test, form int, word string) (list []ir.Pattern, ok bool) {
	for _, t := range tests {
		switch t := t.(type) {
		case *ir.Text:
			list = append(list, dashes(t.Pattern, form))
		case *ir.Regexp:
			p, ok := mk.regexpPattern(t, form, word)
			if !ok {
				return nil, false
			}
			list = append(list, p)
		}
	}
	return list, true
}

// dashes returns the pattern with one of the dashes written out.
func dashes(p ir.Pattern, form int) ir.Pattern {
	if !p.Has(ir.Dash) {
		return p
	}
	all := []rune(ir.Dashes)
	out := make([]ir.Element, len(p))
	for i, e := range p {
		if e.Kind == ir.Dash {
			e = ir.Element{Kind: ir.Literal, Text: string(all[form%len(all)])}
		}
		out[i] = e
	}
	return ir.NewPattern(out...)
}

// words returns what may stand where a pattern leaves it open. The first is
// the best: it cannot complete a text that the rule asks for.
func (f *field) words() []string {
	if f.kind == number {
		return []string{"7", "77", "0", "", "1", "13"}
	}
	words := []string{f.word, f.word[1:], " ", "", "_", "0", "7", "-", ".", "/", `\`, f.word + " " + f.word, strings.Repeat(f.word, 8), "\u00e9", "A"}
	switch {
	case f.typ == schema.Time:
		words = append([]string{"-05-17T10:15:30Z", "05-17", "10:15:30Z", ":15:30Z"}, words...)
	case f.address:
		words = append([]string{"7", "7.7", "7.7.7", "113.7", ".113.7", "::7", "7::7", "0.7"}, words...)
	}
	return words
}

// several returns lists of which each demand has a value of its own (S14),
// for demands that no single value can meet.
func (s *search) several(slot int, d demands, yield func(value) bool) bool {
	if len(d.pass) < 2 {
		return true
	}
	var parts []value
	for _, leaf := range s.states[slot].leaves {
		if s.sign[leaf] < 0 {
			continue
		}
		v, ok := s.alone(slot, leaf, demands{pass: []ir.Test{s.m.leaves[leaf].test}, fail: d.fail})
		if !ok {
			return true
		}
		parts = append(parts, v)
	}
	return yield(value{kind: list, list: parts})
}

// alone returns a value that passes one of the demands on a field, and all
// that it must not pass.
func (s *search) alone(slot, leaf int, d demands) (value, bool) {
	for v := range s.candidates(slot, d, nil) {
		s.judge.budget -= len(s.states[slot].leaves)
		if s.judge.spent() {
			break
		}
		truth := s.judge.value(slot, v)
		if !truth.has(leaf) || truth.meets(s.forbid) {
			continue
		}
		right := true
		for _, l := range s.states[slot].leaves {
			right = right && (s.sign[l] > 0 || !truth.has(l))
		}
		if right {
			return v, true
		}
	}
	return value{}, false
}
