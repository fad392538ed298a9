package emit

import (
	"regexp/syntax"
	"slices"
)

// A branch is one alternative of an expression with its anchors taken off:
// whether it is bound to the beginning and to the end of the value.
type branch struct {
	parts      []*syntax.Regexp
	begin, end bool
}

// maxBranches bounds how far anchors in groups are spread out.
const maxBranches = 32

// spread returns the alternatives of an expression so that anchors stand at
// the ends only, where a branch notes them. what names what could not be
// brought there.
func spread(tree *syntax.Regexp) (out []branch, what string) {
	work := []branch{{parts: []*syntax.Regexp{tree}}}
	for len(work) > 0 {
		if len(work)+len(out) > maxBranches {
			return nil, "anchors in so many groups of a regular expression"
		}
		br := work[len(work)-1]
		work = work[:len(work)-1]
		next, done := br.step()
		if done {
			out = append(out, br)
			continue
		}
		slices.Reverse(next)
		work = append(work, next...)
	}
	if len(out) == 0 {
		return nil, "a regular expression that matches nothing"
	}
	return out, ""
}

// step takes one anchor off an end of the branch, or splits it; done is true
// where nothing is left to do.
func (br branch) step() (next []branch, done bool) {
	if len(br.parts) == 0 {
		return nil, true
	}
	last := len(br.parts) - 1
	head, tail := br.parts[0], br.parts[last]
	if !br.begin || head.Op == syntax.OpBeginText {
		rest := br.parts[1:]
		switch {
		case head.Op == syntax.OpBeginText:
			return []branch{{parts: rest, begin: true, end: br.end}}, false
		case head.Op == syntax.OpBeginLine:
			return br.atHead(rest, newline()), false
		case head.Op == syntax.OpWordBoundary && len(rest) > 0 && startsWithWord(rest[0]):
			return br.atHead(rest, notWord()), false
		case anyRun(head):
			return []branch{{parts: rest, end: br.end}}, false
		}
	}
	if opened := open(head); opened != nil {
		return br.replace(opened, func(x []*syntax.Regexp) []*syntax.Regexp { return slices.Concat(x, br.parts[1:]) }), false
	}
	if !br.end || tail.Op == syntax.OpEndText {
		rest := br.parts[:last]
		switch {
		case tail.Op == syntax.OpEndText:
			return []branch{{parts: rest, begin: br.begin, end: true}}, false
		case tail.Op == syntax.OpEndLine:
			return br.atTail(rest, newline()), false
		case tail.Op == syntax.OpWordBoundary && last > 0 && endsWithWord(rest[last-1]):
			return br.atTail(rest, notWord()), false
		case anyRun(tail):
			return []branch{{parts: rest, begin: br.begin}}, false
		}
	}
	if opened := open(tail); opened != nil {
		return br.replace(opened, func(x []*syntax.Regexp) []*syntax.Regexp { return slices.Concat(br.parts[:last], x) }), false
	}
	return br.inside()
}

// inside settles an anchor that stands between other parts: a group that has
// one is opened, and an edge of a word is decided by its neighbours where
// they tell.
func (br branch) inside() (next []branch, done bool) {
	for i, part := range br.parts {
		if !anchored(part) {
			continue
		}
		before, behind := br.parts[:i], br.parts[i+1:]
		put := func(x []*syntax.Regexp) []*syntax.Regexp { return slices.Concat(before, x, behind) }
		if opened := open(part); opened != nil {
			return br.replace(opened, put), false
		}
		if part.Op != syntax.OpWordBoundary && part.Op != syntax.OpNoWordBoundary {
			continue
		}
		l, r := br.neighbours(i)
		if !l.sure() || !r.sure() {
			continue
		}
		if (l.word != r.word) == (part.Op == syntax.OpWordBoundary) {
			return []branch{{parts: put(nil), begin: br.begin, end: br.end}}, false
		}
		return []branch{}, false // no value passes here
	}
	return nil, true
}

// neighbours returns what stands before and behind the i-th part. An end of
// the value counts as no character of a word.
func (br branch) neighbours(i int) (before, behind edge) {
	before, behind = edge{other: br.begin}, edge{other: br.end}
	if i > 0 {
		before = edgeOf(br.parts[i-1], -1)
	}
	if i+1 < len(br.parts) {
		behind = edgeOf(br.parts[i+1], 0)
	}
	return before, behind
}

// atHead returns the two ways in which rest may begin: with the value, or
// behind the given character.
func (br branch) atHead(rest []*syntax.Regexp, behind *syntax.Regexp) []branch {
	return []branch{
		{parts: rest, begin: true, end: br.end},
		{parts: slices.Concat([]*syntax.Regexp{anything(), behind}, rest), begin: true, end: br.end},
	}
}

// atTail is atHead for the end of the value.
func (br branch) atTail(rest []*syntax.Regexp, before *syntax.Regexp) []branch {
	return []branch{
		{parts: rest, begin: br.begin, end: true},
		{parts: slices.Concat(rest, []*syntax.Regexp{before, anything()}), begin: br.begin, end: true},
	}
}

func (br branch) replace(ways [][]*syntax.Regexp, put func([]*syntax.Regexp) []*syntax.Regexp) []branch {
	out := make([]branch, len(ways))
	for i, way := range ways {
		out[i] = branch{parts: put(way), begin: br.begin, end: br.end}
	}
	return out
}

// open returns what a group stands for, as sequences of parts, where that
// brings an anchor or a run of anything nearer to the end; nil otherwise.
func open(re *syntax.Regexp) [][]*syntax.Regexp {
	switch re.Op {
	case syntax.OpConcat:
		return [][]*syntax.Regexp{re.Sub}
	case syntax.OpCapture:
		return [][]*syntax.Regexp{{re.Sub[0]}}
	case syntax.OpAlternate:
		if !anchored(re) {
			return nil
		}
		ways := make([][]*syntax.Regexp, len(re.Sub))
		for i, sub := range re.Sub {
			ways[i] = []*syntax.Regexp{sub}
		}
		return ways
	case syntax.OpQuest:
		if anchored(re) {
			return [][]*syntax.Regexp{{re.Sub[0]}, {}}
		}
	case syntax.OpRepeat:
		if anchored(re) && re.Min == re.Max && re.Max <= maxUnrolled {
			return [][]*syntax.Regexp{slices.Repeat(re.Sub, re.Max)}
		}
	case syntax.OpEmptyMatch:
		return [][]*syntax.Regexp{{}}
	}
	return nil
}

// maxUnrolled bounds how often a repeated group with an anchor in it is
// written out.
const maxUnrolled = 8

// anchored reports whether an expression has an anchor in it.
func anchored(re *syntax.Regexp) bool {
	switch re.Op {
	case syntax.OpBeginText, syntax.OpEndText, syntax.OpBeginLine, syntax.OpEndLine, syntax.OpWordBoundary, syntax.OpNoWordBoundary:
		return true
	}
	return slices.ContainsFunc(re.Sub, anchored)
}

// anyRun reports whether a part is a run of any characters, which an open end
// of the expression needs not.
func anyRun(re *syntax.Regexp) bool {
	return re.Op == syntax.OpStar && (re.Sub[0].Op == syntax.OpAnyChar || re.Sub[0].Op == syntax.OpAnyCharNotNL)
}

func anything() *syntax.Regexp {
	return &syntax.Regexp{Op: syntax.OpStar, Sub: []*syntax.Regexp{{Op: syntax.OpAnyChar}}}
}

func newline() *syntax.Regexp {
	return &syntax.Regexp{Op: syntax.OpLiteral, Rune: []rune{'\n'}}
}

// wordRanges are the characters that \b counts as parts of a word.
var wordRanges = []rune{'0', '9', 'A', 'Z', '_', '_', 'a', 'z'}

func notWord() *syntax.Regexp {
	re, err := syntax.Parse(`\W`, syntax.Perl)
	if err != nil {
		return &syntax.Regexp{Op: syntax.OpNoMatch}
	}
	return re
}

// startsWithWord reports whether all that the part matches begins with a
// character of a word.
func startsWithWord(re *syntax.Regexp) bool { e := edgeOf(re, 0); return e.sure() && e.word }

// endsWithWord reports whether all that the part matches ends with one.
func endsWithWord(re *syntax.Regexp) bool { e := edgeOf(re, -1); return e.sure() && e.word }

// An edge says what may stand at one side of what a part matches: a character
// of a word, another one, or, where the part matches nothing, neither.
type edge struct{ word, other, empty bool }

// sure reports whether there is one answer only.
func (e edge) sure() bool { return e.word != e.other && !e.empty }

// edgeOf looks at the first (side 0) or last (side -1) character.
func edgeOf(re *syntax.Regexp, side int) edge {
	at := func(n int) int { return (n + side) % n } // 0, or n-1
	switch re.Op {
	case syntax.OpLiteral:
		word := inRanges(wordRanges, re.Rune[at(len(re.Rune))])
		return edge{word: word, other: !word}
	case syntax.OpCharClass:
		return edgeOfClass(re.Rune)
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		return edge{word: true, other: true}
	case syntax.OpCapture, syntax.OpPlus:
		return edgeOf(re.Sub[0], side)
	case syntax.OpStar, syntax.OpQuest, syntax.OpRepeat:
		e := edgeOf(re.Sub[0], side)
		e.empty = e.empty || re.Op != syntax.OpRepeat || re.Min == 0
		return e
	case syntax.OpConcat:
		return edgeOfConcat(re.Sub, side)
	case syntax.OpAlternate:
		var all edge
		for _, sub := range re.Sub {
			e := edgeOf(sub, side)
			all = edge{all.word || e.word, all.other || e.other, all.empty || e.empty}
		}
		return all
	}
	return edge{empty: true} // anchors, and what matches nothing
}

func edgeOfClass(ranges []rune) edge {
	var e edge
	for i := 0; i < len(ranges); i += 2 {
		within := withinWord(ranges[i], ranges[i+1])
		e.word, e.other = e.word || within, e.other || !within
	}
	for i := 0; i < len(wordRanges) && e.other; i += 2 {
		for k := 0; k < len(ranges); k += 2 {
			e.word = e.word || ranges[k] <= wordRanges[i+1] && wordRanges[i] <= ranges[k+1]
		}
	}
	return e
}

// edgeOfConcat goes on to the next part where one may match nothing.
func edgeOfConcat(subs []*syntax.Regexp, side int) edge {
	all := edge{empty: true}
	for i := range subs {
		k := i
		if side < 0 {
			k = len(subs) - 1 - i
		}
		e := edgeOf(subs[k], side)
		all = edge{all.word || e.word, all.other || e.other, e.empty}
		if !e.empty {
			break
		}
	}
	return all
}

// withinWord reports whether a range holds characters of words only.
func withinWord(lo, hi rune) bool {
	for i := 0; i < len(wordRanges); i += 2 {
		if wordRanges[i] <= lo && hi <= wordRanges[i+1] {
			return true
		}
	}
	return false
}
