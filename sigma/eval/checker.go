package eval

import (
	"bytes"
	"regexp"
	"strconv"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// A checker tests one value.
type checker interface{ pass(c *cell) bool }

// A Matcher is a regular expression of another engine than Go's; see
// Options.Regexp. It must be safe for concurrent use and must not keep the
// text. The error says why it is not known whether the text matches.
type Matcher interface {
	Match(text []byte) (bool, error)
}

// newChecker compiles a single test of a value. Tests of the event, such as
// *ir.Null, give nil.
func newChecker(t ir.Test, o *Options) (checker, *sigma.Error) {
	switch t := t.(type) {
	case *ir.Text:
		for _, e := range t.Pattern {
			if e.Kind == ir.Placeholder {
				return nil, unfilled(t.Pos, e.Text)
			}
		}
		return newGlob(t.Pattern, t.Cased), nil
	case *ir.Bool:
		text := "false" // V8
		if t.Value {
			text = "true"
		}
		return newGlob(ir.Plain(text), false), nil
	case *ir.Regexp:
		return newRegexp(t, o)
	case *ir.CIDR:
		return network{t}, nil
	case *ir.Compare:
		return comparison{t}, nil
	case *ir.TimePart:
		return timePart{t}, nil
	}
	return nil, nil
}

func unfilled(pos sigma.Pos, name string) *sigma.Error {
	return &sigma.Error{Pos: pos, Code: sigma.BadPlaceholder, Msg: "nothing filled the placeholder %" + name + "%",
		Hint: "apply a pipeline that has values for it"}
}

// expression is a regular expression, with what can be said of the values
// that match without running it.
type expression struct {
	*regexp.Regexp
	least int      // how many bytes they have at least
	gate  []string // folded texts of which they contain one; nil where unknown
	run   run      // they contain
}

func (e *expression) pass(c *cell) bool {
	if len(c.plain) < e.least || e.run.n > 0 && !e.run.in(c.plain) {
		return false
	}
	for _, text := range e.gate {
		if bytes.Contains(c.folded, []byte(text)) {
			return e.Match(c.plain)
		}
	}
	return e.gate == nil && e.Match(c.plain)
}

// excludes reports whether a value, as it stands in the event, is known not to
// match: it is too short, or lacks a character that all matches have. It
// knows only what needs no copy of the value.
func (e *expression) excludes(raw []byte) bool {
	if len(raw) < e.least && isASCII(raw) { // escapes make a text longer only
		return true
	}
	for _, text := range e.gate {
		if c := text[0]; len(text) > 1 || c >= utf8.RuneSelf || c < ' ' || c == '"' || c == '/' || c == '\\' || unicode.IsLetter(rune(c)) ||
			bytes.IndexByte(raw, c) >= 0 {
			return false
		}
	}
	return e.gate != nil && !bytes.Contains(raw, []byte(`\u`))
}

// newRegexp compiles a regular expression: in linear time by Go's own engine,
// by that of the options where Go's does not know its syntax.
func newRegexp(t *ir.Regexp, o *Options) (checker, *sigma.Error) {
	if names := t.Placeholders(); len(names) > 0 {
		return nil, unfilled(t.Pos, names[0])
	}
	if t.Tree == nil {
		return newForeign(t, o)
	}
	flags := t.Flags()
	if flags != "" {
		flags = "(?" + flags + ")"
	}
	re, err := regexp.Compile(flags + t.Source)
	if err != nil {
		return nil, &sigma.Error{Pos: t.Pos, Code: sigma.BadRegexp, Msg: "the regular expression does not compile: " + err.Error()}
	}
	tree := t.Tree.Simplify()
	x := &expression{Regexp: re, least: leastBytes(tree), run: longestRun(tree)}
	if list := required(tree); len(list) > 0 && shortest(list) > 0 && literals(t) == nil {
		x.gate = list // the index does not look for texts as short
	}
	return x, nil
}

// foreign is a regular expression of another engine.
type foreign struct{ Matcher }

func (f foreign) pass(c *cell) bool {
	ok, err := f.Match(c.plain)
	if err != nil {
		c.err = err
	}
	return ok && err == nil
}

// HintRegexp is the hint of the errors about regular expressions that another
// engine may run. A program that has a switch for it may name that instead.
const HintRegexp = "rewrite it, or set Options.Regexp to backtrack.New"

func newForeign(t *ir.Regexp, o *Options) (checker, *sigma.Error) {
	if o.Regexp == nil {
		return nil, &sigma.Error{Pos: t.Pos, Code: sigma.Unsupported, Msg: "the regular expression needs " + t.Why + ", which an engine of linear time cannot do",
			Hint: HintRegexp}
	}
	m, err := o.Regexp(t)
	if err != nil {
		return nil, &sigma.Error{Pos: t.Pos, Code: sigma.BadRegexp, Msg: "the regular expression does not compile: " + err.Error()}
	}
	return foreign{m}, nil
}

// network tests whether an address lies in a network (M33).
type network struct{ *ir.CIDR }

func (n network) pass(c *cell) bool {
	addr, ok := parseAddr(c.plain)
	return ok && n.Prefix.Contains(addr)
}

// comparison compares with a number (V3, M28, M29).
type comparison struct{ *ir.Compare }

func (n comparison) pass(c *cell) bool {
	var buf [32]byte
	number, ok := appendNumber(buf[:0], c.plain)
	return ok && holds(n.Op, compareNumbers(number, n.Number))
}

// timePart compares a part of a date (M30).
type timePart struct{ *ir.TimePart }

// maxDate is how long the text of a date may be, in bytes.
const maxDate = 100

// layouts are the spellings of dates that are read.
var layouts = [...]string{time.RFC3339Nano, "2006-01-02 15:04:05.999999999", "2006-01-02T15:04:05.999999999", time.DateOnly}

// pass takes the part as it stands in the text, without a change of zone.
func (p timePart) pass(c *cell) bool {
	if len(c.plain) < len(time.DateOnly) || len(c.plain) > maxDate || c.plain[0]-'0' >= 10 {
		return false
	}
	text := string(c.plain)
	for _, layout := range layouts {
		if when, err := time.Parse(layout, text); err == nil {
			return p.holds(when)
		}
	}
	return false
}

func (p timePart) holds(when time.Time) bool {
	var n int
	switch p.Part {
	case ir.Minute:
		n = when.Minute()
	case ir.Hour:
		n = when.Hour()
	case ir.Day:
		n = when.Day()
	case ir.Week:
		_, n = when.ISOWeek() // M31
	case ir.Month:
		n = int(when.Month())
	case ir.Year:
		n = when.Year()
	}
	return holds(p.Op, compareNumbers(strconv.AppendInt(nil, int64(n), 10), p.Number))
}

// refer compares the texts of two fields (M37 to M39).
func refer(shape ir.Shape, v, w []byte) bool {
	switch shape {
	case ir.Prefix:
		return bytes.HasPrefix(v, w)
	case ir.Suffix:
		return bytes.HasSuffix(v, w)
	case ir.Substring:
		return bytes.Contains(v, w)
	}
	return bytes.Equal(v, w)
}
