package synth

import (
	"regexp/syntax"
	"slices"
	"strings"
	"unicode"

	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// text writes a literal.
func (w *writer) text(re *syntax.Regexp) {
	fold := re.Flags&syntax.FoldCase != 0
	runes := slices.Clone(re.Rune)
	if fold { // Go keeps folded letters as the first of their orbit, mostly the capital
		for i, r := range runes {
			if low := unicode.ToLower(r); sameFold(r, low) {
				runes[i] = low
			}
		}
	}
	ways := []string{otherCase, cutFirst, cutLast}
	dot := slices.Index(runes, '.')
	if dot >= 0 {
		ways = append([]string{letterForDot}, ways...)
	}
	switch w.alter(re, ways...) {
	case letterForDot:
		runes[dot] = 'q'
	case cutFirst:
		runes = runes[1:]
	case cutLast:
		runes = runes[:len(runes)-1]
	case otherCase:
		runes = []rune(swapCase(string(runes)))
	}
	w.literal(string(runes))
}

// any writes a character for a dot.
func (w *writer) any(re *syntax.Regexp) {
	switch w.alter(re, lineBreak, noneForAny) {
	case lineBreak:
		w.literal("\n")
	case noneForAny:
	default:
		w.put(ir.Element{Kind: ir.Question})
	}
}

// class writes a character of a class.
func (w *writer) class(re *syntax.Regexp) {
	ranges := re.Rune
	if len(ranges) == 0 {
		w.failed = true
		return
	}
	members := w.members(ranges)
	r := members[w.pick(len(members))]
	switch w.alter(re, classAbove, classBelow, classEnd) {
	case classAbove:
		r = ranges[len(ranges)-1] + 1
		if r > unicode.MaxRune {
			r = ranges[1] + 1 // a negated class: the first character that it leaves out
		}
	case classBelow:
		if r = ranges[0] - 1; r < 0 {
			r = ranges[1] + 1
		}
	case classEnd:
		r = ranges[len(ranges)-1]
	}
	if !valid(r) {
		r = members[0]
	}
	w.literal(string(r))
}

// valid reports whether a text can have the character.
func valid(r rune) bool { return r > 0 && r <= unicode.MaxRune && (r < 0xD800 || r > 0xDFFF) }

// members returns some characters of a class, those first that look usual.
func (w *writer) members(ranges []rune) []rune {
	var list []rune
	for _, r := range w.word + "7aA _-.q0Z/\\" + string(ranges[0]) + string(ranges[len(ranges)-1]) + string(ranges[1]) {
		if in(r, ranges) && valid(r) && !slices.Contains(list, r) {
			list = append(list, r)
		}
	}
	if list == nil {
		list = []rune{ranges[0]}
	}
	return list
}

func in(r rune, ranges []rune) bool {
	for i := 0; i < len(ranges); i += 2 {
		if ranges[i] <= r && r <= ranges[i+1] {
			return true
		}
	}
	return false
}

// beginning writes ^ or \A.
func (w *writer) beginning(re *syntax.Regexp) {
	how := w.alter(re, before, lineBefore)
	switch {
	case w.written() == "" && !w.begin:
		w.begin = true
		switch how {
		case before:
			w.literal(w.filler())
		case lineBefore:
			w.literal("\n")
		}
	case w.written() == "":
	case re.Op == syntax.OpBeginLine:
		if !strings.HasSuffix(w.written(), "\n") {
			w.literal("\n")
		}
	default:
		w.failed = true
	}
}

// written returns the literal text so far; a question mark counts as text.
func (w *writer) written() string {
	var b strings.Builder
	for _, e := range w.out {
		switch e.Kind {
		case ir.Question, ir.Star:
			b.WriteByte('?')
		case ir.Literal:
			b.WriteString(e.Text)
		}
	}
	return b.String()
}

func (w *writer) filler() string {
	if w.word == "" {
		return "q"
	}
	return w.word
}

// ending writes $ or \z.
func (w *writer) ending(re *syntax.Regexp) {
	switch w.alter(re, behind, lineBehind) {
	case behind:
		w.literal(w.filler())
	case lineBehind:
		w.literal("\n")
	}
	w.end, w.line = true, re.Op == syntax.OpEndLine
}

// repeat writes what is repeated, as often as needed or picked.
func (w *writer) repeat(re *syntax.Regexp) {
	sub := re.Sub[0]
	dot := sub.Op == syntax.OpAnyChar || sub.Op == syntax.OpAnyCharNotNL
	least, most := re.Min, re.Max
	ways := []string{fewerTimes, moreTimes, mostTimes}
	switch re.Op {
	case syntax.OpStar:
		least, most, ways = 0, -1, []string{moreTimes}
	case syntax.OpPlus:
		least, most, ways = 1, -1, []string{noTimes, moreTimes}
	case syntax.OpQuest:
		least, most, ways = 0, 1, []string{toggled}
	}
	if dot {
		ways = append([]string{lineBreak}, ways...)
	}
	n := least + w.pick(min(2, room(least, most))+1)
	switch w.alter(re, ways...) {
	case lineBreak:
		w.literal(w.filler() + "\n" + w.filler())
		return
	case fewerTimes:
		n = max(least-1, 0)
	case moreTimes:
		if n = most + 1; most < 0 {
			n = least + 2
		}
	case mostTimes:
		if n = most; most < 0 {
			n = least + 5
		}
	case noTimes:
		n = 0
	case toggled:
		n = 1 - n
	}
	if n > least && dot && most < 0 {
		n = least // the star behind them stands for more
	}
	for range n {
		w.walk(sub)
		if w.failed {
			return
		}
	}
	if dot && most < 0 && w.target.what != noTimes {
		w.put(ir.Element{Kind: ir.Star})
	}
}

// room returns how many more repetitions than the least there can be.
func room(least, most int) int {
	if most < 0 {
		return 2
	}
	return most - least
}
