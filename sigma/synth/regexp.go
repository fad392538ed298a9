package synth

import (
	"math/rand/v2"
	"regexp/syntax"
	"strings"
	"unicode"

	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// maxWritten bounds a text made from a regular expression, about in bytes.
const maxWritten = 1 << 16

// boundary is the kind of an element that stands for \b, or for \B where its
// text is not empty, until its neighbours are known.
const boundary ir.ElementKind = 100

// A writer writes a pattern some of whose texts the expression matches. Which
// of several ways it takes, pick decides; one step of the way may be altered.
type writer struct {
	pick       func(n int) int
	word       string // for what is left open
	out        []ir.Element
	begin, end bool // anchored
	line       bool // end is that of a line
	failed     bool
	size       int // of out

	steps  []alteration // all that could be altered
	target alteration   // that which is
	step   int
	noted  map[*syntax.Regexp]int // how often a part was noted for alterations
}

// An alteration is one change of the way through an expression.
type alteration struct {
	step int // the step that is altered, from 1; 0 alters nothing
	what string
}

// The alterations, as they are told.
const (
	cutFirst     = "without its first character"
	cutLast      = "without its last character"
	otherCase    = "in the other case"
	letterForDot = "with a letter for a dot"
	classBelow   = "with the character below a class"
	classAbove   = "with the character above a class"
	classEnd     = "with the last character of a class"
	lineBreak    = "with a line break for any character"
	noneForAny   = "without a character for the dot"
	noTimes      = "with nothing repeated"
	fewerTimes   = "with one repetition too few"
	moreTimes    = "with one repetition more"
	mostTimes    = "with the most repetitions"
	toggled      = "with what is optional the other way"
	nextBranch   = "with another alternative"
	before       = "with something before the beginning"
	behind       = "with something behind the end"
	lineBehind   = "with a line break behind the end"
	lineBefore   = "with a line break before the beginning"
	wordBeside   = "with a letter at the boundary of a word"
)

// regexpPattern returns a pattern for the expression, one of several forms.
// It is false where the way ended in a contradiction.
func (mk *maker) regexpPattern(t *ir.Regexp, form int, word string) (ir.Pattern, bool) {
	w := mk.write(t, form, word, alteration{})
	return w.pattern(), !w.failed
}

// write writes a form of an expression, altered.
func (mk *maker) write(t *ir.Regexp, form int, word string, a alteration) *writer {
	w := &writer{word: word, target: a, noted: map[*syntax.Regexp]int{}}
	switch form {
	case 0:
		w.pick = func(int) int { return 0 }
	case 1:
		w.pick = func(n int) int { return n - 1 }
	default:
		w.pick = rand.New(rand.NewPCG(mk.seed, uint64(form))).IntN
	}
	w.walk(t.Tree)
	return w
}

// pattern returns what was written, between stars where it is not anchored.
func (w *writer) pattern() ir.Pattern {
	var out []ir.Element
	star := ir.Element{Kind: ir.Star}
	if !w.begin {
		out = append(out, star)
	}
	for i, e := range w.out {
		if e.Kind == boundary {
			e = ir.Element{Kind: ir.Literal, Text: w.atBoundary(i, e.Text == "")}
		}
		out = append(out, e)
	}
	if !w.end {
		out = append(out, star)
	}
	return ir.NewPattern(out...)
}

// atBoundary returns what must stand at one end of the text for a boundary of
// words, or for none, to be there.
func (w *writer) atBoundary(i int, want bool) string {
	beside := rune(-1)
	switch {
	case i == 0 && len(w.out) > 1:
		for _, beside = range w.out[1].Text {
			break
		}
	case i > 0 && i == len(w.out)-1:
		for _, r := range w.out[i-1].Text {
			beside = r
		}
	default:
		return ""
	}
	if beside < 0 {
		return ""
	}
	if wordRune(beside) == want {
		return " "
	}
	return "q"
}

// wordRune reports whether \w matches a character.
func wordRune(r rune) bool {
	return r == '_' || r < unicode.MaxASCII && (unicode.IsLetter(r) || unicode.IsDigit(r))
}

// maxNoted is how many repetitions of a part are altered, one at a time.
const maxNoted = 2

// alter notes that a step could be altered in the given ways, and returns how
// it shall be, "" for not at all.
func (w *writer) alter(re *syntax.Regexp, ways ...string) string {
	w.step++
	if w.noted[re]++; w.noted[re] <= maxNoted {
		for _, what := range ways {
			w.steps = append(w.steps, alteration{w.step, what})
		}
	}
	if w.target.step == w.step {
		return w.target.what
	}
	return ""
}

// put writes an element. Behind the end of the text nothing can stand.
func (w *writer) put(e ir.Element) {
	if w.end {
		if !w.line {
			w.failed = true
			return
		}
		w.end = false
		if !strings.HasPrefix(e.Text, "\n") {
			w.out = append(w.out, ir.Element{Kind: ir.Literal, Text: "\n"})
		}
	}
	w.size += 1 + len(e.Text)
	if w.out = append(w.out, e); w.size > maxWritten {
		w.failed = true
	}
}

func (w *writer) literal(s string) { w.put(ir.Element{Kind: ir.Literal, Text: s}) }

// walk writes one part of an expression.
func (w *writer) walk(re *syntax.Regexp) {
	if w.failed {
		return
	}
	switch re.Op {
	case syntax.OpNoMatch:
		w.failed = true
	case syntax.OpLiteral:
		w.text(re)
	case syntax.OpCharClass:
		w.class(re)
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		w.any(re)
	case syntax.OpBeginLine, syntax.OpBeginText:
		w.beginning(re)
	case syntax.OpEndLine, syntax.OpEndText:
		w.ending(re)
	case syntax.OpWordBoundary:
		if w.alter(re, wordBeside) != "" {
			w.literal("q")
		}
		w.put(ir.Element{Kind: boundary})
	case syntax.OpNoWordBoundary:
		w.put(ir.Element{Kind: boundary, Text: "B"})
	case syntax.OpCapture:
		w.walk(re.Sub[0])
	case syntax.OpConcat:
		for _, sub := range re.Sub {
			w.walk(sub)
		}
	case syntax.OpAlternate:
		i := w.pick(len(re.Sub))
		if w.alter(re, nextBranch) != "" {
			i = (i + 1) % len(re.Sub)
		}
		w.walk(re.Sub[i])
	case syntax.OpStar, syntax.OpPlus, syntax.OpQuest, syntax.OpRepeat:
		w.repeat(re)
	}
}
