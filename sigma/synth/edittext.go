package synth

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/schema"
)

// text adds edits for a pattern.
func (ed *editor) text(t *ir.Text) {
	switch {
	case !ed.value.single():
	case ed.field.kind == boolean:
		_, whole := t.Pattern.Shape()
		ed.boolean(&ir.Bool{Value: strings.EqualFold(whole, "true")})
	case ed.field.typ == schema.IP && isAddress(ed.value.text):
		ed.neighbours()
		n := len(ed.edits)
		ed.texts(t)
		for i := n; i < len(ed.edits); i++ {
			ed.edits[i].first = false // most of them are no addresses
		}
	default:
		ed.texts(t)
	}
}

// texts adds edits that change the text where a pattern matched.
func (ed *editor) texts(t *ir.Text) {
	s := []rune(ed.value.text)
	x := &textEditor{editor: ed, t: t, s: s, at: locate(t, s), word: ed.field.word}
	if ed.field.kind == number {
		x.word = "7"
	}
	x.shape, _ = t.Pattern.Shape()
	x.ends()
	if x.at == nil {
		return
	}
	for i, e := range t.Pattern {
		switch e.Kind {
		case ir.Question:
			x.question(i)
		case ir.Dash:
			x.dash(i)
		}
	}
	if x.findLongest() {
		x.escapes()
		x.cases()
		x.cuts()
	}
	for i, e := range t.Pattern {
		if e.Kind == ir.Star {
			x.star(i)
		}
	}
}

// A textEditor changes a text at the places where a pattern matched.
type textEditor struct {
	*editor
	t       *ir.Text
	shape   ir.Shape
	s       []rune
	at      []span
	longest int // the longest literal
	word    string
}

// findLongest finds the longest literal and reports whether there is one.
func (x *textEditor) findLongest() bool {
	x.longest = -1
	for i, e := range x.t.Pattern {
		if e.Kind == ir.Literal && e.Text != "" && (x.longest < 0 || len(e.Text) > len(x.t.Pattern[x.longest].Text)) {
			x.longest = i
		}
	}
	return x.longest >= 0
}

// replace returns the text with something else at a place.
func (x *textEditor) replace(at span, by string) string {
	return string(x.s[:at.from]) + by + string(x.s[at.to:])
}

// ends adds something at either end, and changes the ends over.
func (x *textEditor) ends() {
	s := string(x.s)
	begin, end := x.anchored()
	star := ir.Element{Kind: ir.Star}
	if end {
		x.near("with more behind it", s+x.word, append(slices.Clone(x.t.Pattern), star)...)
	} else {
		x.set(false, "with more behind it", s+x.word, 0)
	}
	if begin {
		x.near("with more before it", x.word+s, append(ir.Pattern{star}, x.t.Pattern...)...)
	} else {
		x.set(false, "with more before it", x.word+s, 0)
	}
	if begin && end {
		x.set(false, "with more before and behind it", x.word+s+x.word, 0)
	}
	if end {
		x.set(false, "with a space behind it", s+" ", 0)
		x.set(false, "with a line break behind it", s+"\n", 0)
	}
	if begin {
		x.set(false, "with a space before it", " "+s, 0)
	}
	if x.at != nil && (x.shape == ir.Prefix || x.shape == ir.Suffix) {
		for i, e := range x.t.Pattern {
			if e.Kind == ir.Star {
				rest, lit := string(x.s[x.at[i].from:x.at[i].to]), x.t.Pattern[1-i].Text
				if x.shape == ir.Prefix {
					x.set(false, "at the end instead of the beginning", rest+lit, 0)
				} else {
					x.set(false, "at the beginning instead of the end", lit+rest, 0)
				}
			}
		}
	}
}

// anchored reports whether the pattern says what a text begins and ends with.
func (x *textEditor) anchored() (begin, end bool) {
	n := len(x.t.Pattern)
	return n == 0 || x.t.Pattern[0].Kind != ir.Star, n == 0 || x.t.Pattern[n-1].Kind != ir.Star
}

// cases adds the literals in other cases.
func (x *textEditor) cases() {
	change := func(first bool, what string, f func(string) string, t Trait) {
		out := append([]rune(nil), x.s...)
		for i := len(x.at) - 1; i >= 0; i-- {
			if at := x.at[i]; x.t.Pattern[i].Kind == ir.Literal && at.from >= 0 {
				out = append(out[:at.from], append([]rune(f(string(out[at.from:at.to]))), out[at.to:]...)...)
			}
		}
		if string(out) != string(x.s) {
			x.set(first, what, string(out), t)
		}
	}
	change(x.t.Cased, "in the other case", swapCase, OtherCase)
	change(false, "in capitals", func(s string) string {
		return strings.Map(func(r rune) rune {
			if unicode.IsLower(r) {
				return swapRune(r)
			}
			return r
		}, s)
	}, OtherCase)
	change(false, "with letters that fold to its own", func(s string) string { return twins.Replace(s) }, OtherCase)
	change(false, "with an accent on a letter", func(s string) string {
		return strings.Replace(strings.Replace(s, "e", "\u00e9", 1), "a", "\u00e4", 1)
	}, 0)
}

// maxCut is how many literals of a pattern are cut.
const maxCut = 4

// cuts takes characters away from the literals, and puts some into the
// longest.
func (x *textEditor) cuts() {
	n := 0
	for i, e := range x.t.Pattern {
		at := x.at[i]
		if e.Kind != ir.Literal || at.from < 0 {
			continue
		}
		if n++; n > maxCut {
			break
		}
		lit := []rune(e.Text)
		which := "its"
		if n > 1 {
			which = fmt.Sprintf("the %s text's", [...]string{2: "second", 3: "third", 4: "fourth"}[n])
		}
		x.near("without "+which+" first character", x.replace(span{at.from, at.from + 1}, ""), x.with(i, string(lit[1:]))...)
		x.near("without "+which+" last character", x.replace(span{at.to - 1, at.to}, ""), x.with(i, string(lit[:len(lit)-1]))...)
	}
	at := x.at[x.longest]
	if mid := (at.from + at.to) / 2; at.to-at.from > 1 {
		letter := string([]rune(x.word)[0])
		x.set(false, "with a character more in it", x.replace(span{mid, mid}, letter), 0)
		x.set(false, "with another character in it", x.replace(span{mid, mid + 1}, letter), 0)
		x.set(false, "with a line break in it", x.replace(span{mid, mid}, "\n"), 0)
	}
}

// with returns the pattern with another text for one of its literals.
func (x *textEditor) with(i int, text string) ir.Pattern {
	p := slices.Clone(x.t.Pattern)
	p[i].Text = text
	return p
}

// escapes changes characters of the literals that languages have to escape.
func (x *textEditor) escapes() {
	lit := x.at[x.longest]
	for i, e := range x.t.Pattern {
		if e.Kind == ir.Literal && strings.ContainsAny(e.Text, `\*?`) {
			lit = x.at[i]
			break
		}
	}
	s := string(x.s[lit.from:lit.to])
	put := func(first bool, what, by string) {
		if by != s {
			x.set(first, what, x.replace(lit, by), 0)
		}
	}
	put(true, "with a letter for its star", strings.ReplaceAll(s, "*", x.word[:1]))
	put(true, "with a letter for its question mark", strings.ReplaceAll(s, "?", x.word[:1]))
	put(false, "without its star", strings.ReplaceAll(s, "*", ""))
	put(false, "without its question mark", strings.ReplaceAll(s, "?", ""))
	put(false, "with its backslashes doubled", strings.ReplaceAll(s, `\`, `\\`))
	put(false, "with its double backslashes halved", strings.ReplaceAll(s, `\\`, `\`))
	put(false, "without its backslashes", strings.ReplaceAll(s, `\`, ""))
	put(false, "with slashes for its backslashes", strings.ReplaceAll(s, `\`, "/"))
	put(false, "with its spaces doubled", strings.ReplaceAll(s, " ", "  "))
	put(false, "with its quotes escaped", escapedQuotes.Replace(s))
	put(false, "without its quotes", noQuotes.Replace(s))
}

var (
	escapedQuotes = strings.NewReplacer(`"`, `\"`, `'`, `\'`)
	noQuotes      = strings.NewReplacer(`"`, "", `'`, "")
)

// oddText has what languages escape, quote or take for a wildcard.
const oddText = `"'` + "`" + `%_$()[]{}^|&;<>!~+=:,.*?\`

// star changes what stands for a star.
func (x *textEditor) star(i int) {
	at := x.filling(i)
	put := func(what, by string) { x.set(false, what, x.replace(at, by), 0) }
	put("with a line break for a star", x.word+"\n"+x.word)
	put("with nothing for a star", "")
	put("with odd characters for a star", oddText)
	put("with a star for a star", "*")
	put("with letters beyond ASCII for a star", "\u00e9\u4e2d\U0001F600")
	put("with backslashes for a star", `\\`)
	put("with a carriage return for a star", "\r\n")
	put("with a tab for a star", "\t")
	put("with much for a star", strings.Repeat(x.word, 150))
}

// filling returns what of a star's text is only there to fill it: all, or,
// where other tests of the field find their texts there, the word beside the
// literal.
func (x *textEditor) filling(i int) span {
	at := x.at[i]
	word := []rune(x.word)
	if at.to-at.from <= len(word) {
		return at
	}
	if end := at.from + len(word); i > 0 && slices.Equal(x.s[at.from:end], word) {
		return span{at.from, end}
	}
	if begin := at.to - len(word); slices.Equal(x.s[begin:at.to], word) {
		return span{begin, at.to}
	}
	return at
}

// question changes what stands for a question mark. Where a star follows, two
// characters prove nothing, and none only together with none for the star.
func (x *textEditor) question(i int) {
	at := x.at[i]
	put := func(first bool, what, by string) { x.set(first, what, x.replace(at, by), 0) }
	if beside := i+1 < len(x.t.Pattern) && x.t.Pattern[i+1].Kind == ir.Star; beside {
		x.set(true, "with none for a question mark and its star", x.replace(span{at.from, x.at[i+1].to}, ""), 0)
	} else {
		put(true, "with two characters for a question mark", x.word[:1]+x.word[:1])
		put(true, "with none for a question mark", "")
	}
	put(false, "with a line break for a question mark", "\n")
	put(false, "with a character of two units for a question mark", "\U0001F600")
	put(false, "with a question mark for a question mark", "?")
	put(false, "with a backslash for a question mark", `\`)
}

// dash changes what stands for a dash.
func (x *textEditor) dash(i int) {
	put := func(first bool, what, by string) {
		x.set(first, what, x.replace(x.at[i], by), 0)
		x.last().once = first
	}
	put(true, "with a slash for a dash", "/")
	put(true, "with a hyphen for a dash", "-")
	put(true, "with an en dash for a dash", "\u2013")
	put(true, "with an em dash for a dash", "\u2014")
	put(true, "with a horizontal bar for a dash", "\u2015")
	put(true, "with a minus sign for a dash", "\u2212")
	put(false, "with none for a dash", "")
	put(false, "with two for a dash", "--")
}
