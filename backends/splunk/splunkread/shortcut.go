package splunkread

import (
	"regexp/syntax"
	"unicode"

	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// maxTexts bounds how many pieces the texts that an expression is made of may
// have together.
const maxTexts = 1 << 13

// textsOf returns the texts with wildcards one of which a value must be for
// the expression to be found in it, or nil where it says more than texts can.
// Texts are compared much faster.
func textsOf(re *syntax.Regexp) []*ir.Text {
	seqs := expand(re)
	out := make([]*ir.Text, 0, len(seqs))
	for _, s := range seqs {
		t := s.text()
		if t == nil {
			return nil
		}
		out = append(out, t)
	}
	if len(out) == 0 {
		return nil
	}
	return out
}

// A seq is one text that an expression finds, as pieces.
type seq []piece

// A piece is a part of a seq.
type piece struct {
	kind pieceKind
	text string // of a literal
	fold bool   // whether it ignores case
}

// A pieceKind is what a piece is.
type pieceKind uint8

// The kinds of pieces.
const (
	pieceLiteral  pieceKind = iota
	pieceAny                // any one character
	pieceRun                // any characters
	pieceLine               // any characters but line breaks
	pieceBegin              // the begin of the text
	pieceEnd                // its end
	pieceUnsaying           // what no text says
)

// expand returns the texts that an expression is an alternative of, or nil
// where it is none, or of too many.
func expand(re *syntax.Regexp) []seq {
	one := func(p piece) []seq { return []seq{{p}} }
	switch re.Op {
	case syntax.OpEmptyMatch:
		return []seq{{}}
	case syntax.OpLiteral:
		return one(literalPiece(re))
	case syntax.OpAnyChar:
		return one(piece{kind: pieceAny})
	case syntax.OpBeginText:
		return one(piece{kind: pieceBegin})
	case syntax.OpEndText:
		return one(piece{kind: pieceEnd})
	case syntax.OpStar:
		return one(piece{kind: runKind(re.Sub[0].Op)})
	case syntax.OpPlus:
		if re.Sub[0].Op == syntax.OpAnyChar {
			return []seq{{{kind: pieceAny}, {kind: pieceRun}}}
		}
	case syntax.OpQuest:
		return union([][]seq{expand(re.Sub[0]), {{}}})
	case syntax.OpCapture:
		return expand(re.Sub[0])
	case syntax.OpCharClass:
		return expandClass(re)
	case syntax.OpConcat:
		return product(re.Sub)
	case syntax.OpAlternate:
		parts := make([][]seq, len(re.Sub))
		for i, s := range re.Sub {
			parts[i] = expand(s)
		}
		return union(parts)
	}
	return one(piece{kind: pieceUnsaying})
}

func runKind(op syntax.Op) pieceKind {
	switch op {
	case syntax.OpAnyChar:
		return pieceRun
	case syntax.OpAnyCharNotNL:
		return pieceLine
	}
	return pieceUnsaying
}

// literalPiece returns a literal. Go keeps letters that ignore case as the
// first of their forms; texts are easier to read in small letters.
func literalPiece(re *syntax.Regexp) piece {
	p := piece{fold: re.Flags&syntax.FoldCase != 0}
	runes := append([]rune(nil), re.Rune...)
	for i, r := range runes {
		if p.fold && unicode.SimpleFold(unicode.ToLower(r)) != r {
			continue // more than two forms: the orbit decides, not this form
		}
		if p.fold {
			runes[i] = unicode.ToLower(r)
		}
	}
	p.text = string(runes)
	return p
}

// expandClass returns the members of a class of a few characters.
func expandClass(re *syntax.Regexp) []seq {
	var out []seq
	for i := 0; i < len(re.Rune); i += 2 {
		for r := re.Rune[i]; r <= re.Rune[i+1]; r++ {
			if len(out) == 4 || r >= 0xd800 && r < 0xe000 {
				return []seq{{{kind: pieceUnsaying}}}
			}
			out = append(out, seq{{text: string(r)}})
		}
	}
	if out == nil {
		return []seq{{{kind: pieceUnsaying}}}
	}
	return out
}

// union joins alternatives.
func union(parts [][]seq) []seq {
	var out []seq
	size := 0
	for _, p := range parts {
		if p == nil {
			return nil
		}
		for _, s := range p {
			size += len(s) + 1
		}
		if size > maxTexts {
			return nil
		}
		out = append(out, p...)
	}
	return out
}

// product joins what stands behind each other.
func product(subs []*syntax.Regexp) []seq {
	out := []seq{{}}
	for _, sub := range subs {
		next := expand(sub)
		if next == nil {
			return nil
		}
		var joined []seq
		size := 0
		for _, a := range out {
			for _, b := range next {
				if size += len(a) + len(b) + 1; size > maxTexts {
					return nil
				}
				joined = append(joined, append(a[:len(a):len(a)], b...))
			}
		}
		out = joined
	}
	return out
}

// text returns the seq as a text, or nil.
func (s seq) text() *ir.Text {
	s, begin, end := s.trim()
	elements := make([]ir.Element, 0, len(s)+2)
	star := ir.Element{Kind: ir.Star}
	if begin {
		elements = append(elements, star)
	}
	var cased, folded bool
	for _, p := range s {
		switch p.kind {
		case pieceAny:
			elements = append(elements, ir.Element{Kind: ir.Question})
		case pieceRun:
			elements = append(elements, star)
		case pieceLiteral:
			elements = append(elements, ir.Element{Kind: ir.Literal, Text: p.text})
			if hasCase(p.text) {
				cased, folded = cased || !p.fold, folded || p.fold
			}
		default:
			return nil
		}
	}
	if end {
		elements = append(elements, star)
	}
	if cased && folded {
		return nil
	}
	return &ir.Text{Pattern: ir.NewPattern(elements...), Cased: cased}
}

// trim takes the ends off a seq. begin and end say that anything may stand
// there. A run at an open end finds nothing more than the open end does.
func (s seq) trim() (out seq, begin, end bool) {
	begin, end = true, true
	for len(s) > 0 && s[0].kind == pieceBegin {
		begin, s = false, s[1:]
	}
	for len(s) > 0 && s[len(s)-1].kind == pieceEnd {
		end, s = false, s[:len(s)-1]
	}
	for begin && len(s) > 0 && s[0].kind == pieceLine {
		s = s[1:]
	}
	for end && len(s) > 0 && s[len(s)-1].kind == pieceLine {
		s = s[:len(s)-1]
	}
	return s, begin, end
}

// hasCase reports whether a text has letters that come in more than one form.
func hasCase(s string) bool {
	for _, r := range s {
		if unicode.SimpleFold(r) != r {
			return true
		}
	}
	return false
}
