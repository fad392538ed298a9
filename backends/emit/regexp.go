package emit

import (
	"fmt"
	"regexp/syntax"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// A RegexpStyle is how a flavour of regular expressions is written. It prints
// the tree that Go's parser made, so that what was written in one flavour
// means the same in another.
type RegexpStyle struct {
	Literal   func(b *strings.Builder, r rune) // a character outside a class
	ClassChar func(b *strings.Builder, r rune) // a character inside a class
	AnyChar   string                           // any character, line breaks included
	NotNL     string                           // any character but a line feed
	Group     string                           // what opens a group
	Space     string                           // the class of white space, also as a part of others; "" writes its characters

	// The anchors, "" where the flavour has none.
	BeginText, EndText, BeginLine, EndLine, WordEdge, NoWordEdge string
}

// Search writes an expression that is sought anywhere in the value, for
// flavours that do the same. what names the part that the flavour cannot say,
// "" where there is none.
func (s *RegexpStyle) Search(tree *syntax.Regexp) (text, what string) {
	w := regexpWriter{style: s}
	prefix := ""
	if folds, tells := foldsCase(tree); folds {
		if tells {
			w.foldClass = true
		} else {
			prefix = "(?i)"
		}
	}
	w.node(tree, levelAlternate)
	return prefix + w.b.String(), w.what
}

// Whole writes an expression for flavours that match the whole value and have
// no anchors (Lucene and what is built on it): what is open at an end is
// filled with any characters, anchors at the ends are dropped, those in
// groups are spread out first.
func (s *RegexpStyle) Whole(tree *syntax.Regexp) (text, what string) {
	branches, what := spread(tree)
	if what != "" {
		return "", what
	}
	w := regexpWriter{style: s, foldClass: true}
	for i, br := range branches {
		if i > 0 {
			w.b.WriteByte('|')
		}
		if !br.begin {
			w.b.WriteString(s.AnyChar + "*")
		}
		for _, part := range br.parts {
			w.node(part, levelConcat)
		}
		if !br.end && (br.begin || len(br.parts) > 0) {
			w.b.WriteString(s.AnyChar + "*")
		}
		if br.begin && br.end && len(br.parts) == 0 {
			w.b.WriteString("()")
		}
	}
	return w.b.String(), w.what
}

// foldsCase reports whether literals with letters ignore case, and whether
// others tell it.
func foldsCase(re *syntax.Regexp) (folds, tells bool) {
	if re.Op == syntax.OpLiteral {
		for _, r := range re.Rune {
			if unicode.SimpleFold(r) != r {
				return re.Flags&syntax.FoldCase != 0, re.Flags&syntax.FoldCase == 0
			}
		}
	}
	// A class was folded by the parser; under the flag i it would fold again.
	if re.Op == syntax.OpCharClass && !foldClosed(re.Rune) {
		tells = true
	}
	for _, sub := range re.Sub {
		f, t := foldsCase(sub)
		folds, tells = folds || f, tells || t
	}
	return folds, tells
}

// The levels of an expression's parts: what may stand there without a group.
const (
	levelAlternate = iota
	levelConcat
	levelRepeat
)

type regexpWriter struct {
	style     *RegexpStyle
	b         strings.Builder
	foldClass bool
	what      string
}

func (w *regexpWriter) cannot(what string) {
	if w.what == "" {
		w.what = what
	}
}

func (w *regexpWriter) node(re *syntax.Regexp, level int) {
	switch re.Op {
	case syntax.OpEmptyMatch:
		if level != levelConcat {
			w.b.WriteString(w.style.Group + ")")
		}
	case syntax.OpLiteral:
		w.literal(re, level)
	case syntax.OpCharClass:
		w.class(re.Rune)
	case syntax.OpAnyChar:
		w.b.WriteString(w.style.AnyChar)
	case syntax.OpAnyCharNotNL:
		w.b.WriteString(w.style.NotNL)
	case syntax.OpCapture:
		w.node(re.Sub[0], level)
	case syntax.OpConcat:
		w.grouped(level > levelConcat, func() {
			for _, sub := range re.Sub {
				w.node(sub, levelConcat)
			}
		})
	case syntax.OpAlternate:
		w.alternate(re, level)
	case syntax.OpStar, syntax.OpPlus, syntax.OpQuest, syntax.OpRepeat:
		w.repeat(re, level)
	case syntax.OpNoMatch:
		w.cannot("a regular expression that matches nothing")
	default:
		w.anchor(re.Op)
	}
}

func (w *regexpWriter) grouped(group bool, f func()) {
	if group {
		w.b.WriteString(w.style.Group)
	}
	f()
	if group {
		w.b.WriteByte(')')
	}
}

// literal writes a run of characters.
func (w *regexpWriter) literal(re *syntax.Regexp, level int) {
	fold := re.Flags&syntax.FoldCase != 0
	w.grouped(level > levelConcat && len(re.Rune) > 1, func() {
		for _, r := range re.Rune {
			w.char(r, fold)
		}
	})
}

// char writes one character of a literal.
func (w *regexpWriter) char(r rune, fold bool) {
	switch {
	case !fold || r < utf8.RuneSelf && !asciiLetter(r):
		w.style.Literal(&w.b, r)
	case !w.foldClass && unicode.SimpleFold(r) != r:
		w.style.Literal(&w.b, unicode.ToLower(r))
	case unicode.SimpleFold(r) == r: // İ is no capital i
		w.style.Literal(&w.b, r)
	case r < utf8.RuneSelf:
		w.b.Write([]byte{'[', byte(r) | 0x20, byte(r) &^ 0x20, ']'})
	default:
		w.class(foldRanges(r))
	}
}

// class writes a class. One that goes up to the last character is written by
// what it leaves out.
func (w *regexpWriter) class(ranges []rune) {
	n := len(ranges)
	if n == 0 {
		w.cannot("a regular expression that matches nothing")
		return
	}
	if n == 2 && ranges[0] == ranges[1] {
		w.style.Literal(&w.b, ranges[0])
		return
	}
	if n == 2 && ranges[0] == 0 && ranges[1] == unicode.MaxRune {
		w.b.WriteString(w.style.AnyChar)
		return
	}
	negated := ranges[n-1] == unicode.MaxRune
	if negated {
		ranges = complement(ranges)
	}
	rest, space := ranges, ""
	if w.style.Space != "" {
		if r, ok := withoutSpace(ranges); ok {
			rest, space = r, w.style.Space
		}
	}
	if len(rest) == 0 && !negated {
		w.b.WriteString(space)
		return
	}
	w.b.WriteByte('[')
	if negated {
		w.b.WriteByte('^')
	}
	w.b.WriteString(space)
	w.ranges(rest)
	w.b.WriteByte(']')
}

// ranges writes the inside of a class.
func (w *regexpWriter) ranges(ranges []rune) {
	for i := 0; i < len(ranges); i += 2 {
		w.style.ClassChar(&w.b, ranges[i])
		switch ranges[i+1] - ranges[i] {
		case 0:
			continue
		case 1:
		default:
			w.b.WriteByte('-')
		}
		w.style.ClassChar(&w.b, ranges[i+1])
	}
}

// alternate writes alternatives. An empty one makes the others optional:
// Lucene reads (|x) as nothing at all.
func (w *regexpWriter) alternate(re *syntax.Regexp, level int) {
	var arms []*syntax.Regexp
	for _, sub := range re.Sub {
		if sub.Op != syntax.OpEmptyMatch {
			arms = append(arms, sub)
		}
	}
	optional := len(arms) < len(re.Sub)
	w.grouped(optional && level > levelConcat, func() {
		w.grouped(optional || level > levelAlternate, func() {
			for i, arm := range arms {
				if i > 0 {
					w.b.WriteByte('|')
				}
				w.node(arm, levelConcat)
			}
		})
		if optional {
			w.b.WriteByte('?')
		}
	})
}

// repeat writes a repetition. Whether it is lazy makes no difference to
// whether there is a match.
func (w *regexpWriter) repeat(re *syntax.Regexp, level int) {
	w.grouped(level > levelConcat, func() {
		w.node(re.Sub[0], levelRepeat)
		switch re.Op {
		case syntax.OpStar:
			w.b.WriteByte('*')
		case syntax.OpPlus:
			w.b.WriteByte('+')
		case syntax.OpQuest:
			w.b.WriteByte('?')
		default:
			w.b.WriteString("{" + strconv.Itoa(re.Min))
			if re.Max != re.Min {
				w.b.WriteByte(',')
				if re.Max >= 0 {
					w.b.WriteString(strconv.Itoa(re.Max))
				}
			}
			w.b.WriteByte('}')
		}
	})
}

func (w *regexpWriter) anchor(op syntax.Op) {
	s := w.style
	text, name := "", "an anchor"
	switch op {
	case syntax.OpBeginText:
		text, name = s.BeginText, "^ in the middle"
	case syntax.OpEndText:
		text, name = s.EndText, "$ in the middle"
	case syntax.OpBeginLine:
		text, name = s.BeginLine, "^ at a line break"
	case syntax.OpEndLine:
		text, name = s.EndLine, "$ at a line break"
	case syntax.OpWordBoundary:
		text, name = s.WordEdge, `\b in the middle`
	case syntax.OpNoWordBoundary:
		text, name = s.NoWordEdge, `\B`
	}
	if text == "" {
		w.cannot(name + " of a regular expression")
		return
	}
	w.b.WriteString(text)
}

// RegexpTree returns the tree of an expression, or notes that the language
// has not what it needs and returns nil. One with a placeholder that nothing
// filled has no tree, and its error from Lower.
func (j *Job) RegexpTree(t *ir.Regexp) *syntax.Regexp {
	if t.Tree == nil && t.Why != "" {
		j.Unsupported(t.Pos, fmt.Sprintf("%s in a regular expression", t.Why), "splunk can")
	}
	return t.Tree
}
