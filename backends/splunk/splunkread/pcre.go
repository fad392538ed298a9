package splunkread

import (
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/sigma-compiler/sigmac/backends/readback"
)

// A translator rewrites a regular expression of PCRE ("Regular expressions in
// the Splunk Search Processing Language (SPL) are Perl Compatible Regular
// Expressions (PCRE)", SM, "SPL and regular expressions") as one of Go's
// syntax with the same meaning. The rules are those of PCRE's man page,
// pcrepattern, without the option UCP, so that \w and the like are ASCII.
//
// What only a backtracking engine can do, such as look-around, is left as it
// is: package ir tells it apart. One thing is not the same: behind a line break
// at the very end of a text, ^ with (?m) matches in Go and not in PCRE.
type translator struct {
	src    string
	off    int
	out    strings.Builder
	multi  bool   // (?m) is on
	groups []bool // multi outside of each open group
	ends   int    // how often the rest of the source was looked through
	err    *readback.Error
}

// translate returns the expression in Go's syntax.
func translate(source string) (string, *readback.Error) {
	t := &translator{src: source}
	for t.off < len(t.src) && t.err == nil {
		t.next()
	}
	if t.err == nil && len(t.groups) > 0 {
		t.refuse("a parenthesis is not closed")
	}
	return t.out.String(), t.err
}

// refuse notes a mistake that PCRE refuses.
func (t *translator) refuse(format string, args ...any) { t.fail(false, format, args...) }

// foreign notes what is not read.
func (t *translator) foreign(format string, args ...any) { t.fail(true, format, args...) }

func (t *translator) fail(foreign bool, format string, args ...any) {
	if t.err == nil {
		t.err = &readback.Error{Msg: fmt.Sprintf("the regular expression %q: ", shorten(t.src)) + fmt.Sprintf(format, args...), Foreign: foreign}
	}
}

func shorten(s string) string {
	if len(s) > 80 {
		return s[:80] + "..."
	}
	return s
}

// next translates one item outside of classes.
func (t *translator) next() {
	switch c := t.src[t.off]; c {
	case '\\':
		t.escape()
	case '[':
		t.class()
	case '(':
		t.open()
	case ')':
		if len(t.groups) == 0 {
			t.refuse("a parenthesis is closed that was not opened")
			return
		}
		last := len(t.groups) - 1
		t.multi, t.groups = t.groups[last], t.groups[:last]
		t.copy(1)
		t.quantifier()
	case '$':
		if t.multi {
			t.copy(1)
			t.quantifier()
			return
		}
		t.end(1)
	case '*', '+', '?', '{':
		if n := quantifierLen(t.src[t.off:]); n > 0 {
			t.refuse("nothing to repeat before %q", t.src[t.off:t.off+n])
			return
		}
		t.literal()
	case '^', '.':
		t.copy(1)
		t.quantifier()
	case '|':
		t.copy(1)
	default:
		t.literal()
	}
}

// copy writes bytes of the source as they are.
func (t *translator) copy(n int) {
	t.out.WriteString(t.src[t.off : t.off+n])
	t.off += n
}

// literal writes a character that stands for itself.
func (t *translator) literal() {
	_, n := utf8.DecodeRuneInString(t.src[t.off:])
	t.out.WriteString(regexp.QuoteMeta(t.src[t.off : t.off+n]))
	t.off += n
	t.quantifier()
}

// put writes an expression for the n bytes of source that were read.
func (t *translator) put(expression string, n int) {
	t.out.WriteString(expression)
	t.off += n
	t.quantifier()
}

// quantifier copies the repetition behind an item.
func (t *translator) quantifier() {
	n := quantifierLen(t.src[t.off:])
	if n == 0 {
		return
	}
	t.copy(n)
	if t.off < len(t.src) && t.src[t.off] == '?' {
		t.copy(1)
	}
	if t.off < len(t.src) && t.src[t.off] == '+' {
		t.foreign("a possessive repetition is not read")
		return
	}
	if quantifierLen(t.src[t.off:]) > 0 {
		t.refuse("nothing to repeat before %q", t.src[t.off:])
	}
}

// quantifierLen returns the length of the repetition that text begins with, or
// 0. A brace that begins none is a character.
func quantifierLen(text string) int {
	if text == "" {
		return 0
	}
	if strings.IndexByte("*+?", text[0]) >= 0 {
		return 1
	}
	return len(braces.FindString(text))
}

var braces = regexp.MustCompile(`\A\{[0-9]+(?:,[0-9]*)?\}`)

// wordEdge is how \b is written where a backslash before a b may be lost:
// "\b is a position where the current character and the previous character do
// not both match \w or \W" (pcrepattern).
const wordEdge = `(?:(?<!\w)(?=\w)|(?<=\w)(?!\w))`

// open translates the beginning of a group.
func (t *translator) open() {
	rest := t.src[t.off:]
	switch {
	case strings.HasPrefix(rest, wordEdge):
		t.put(`\b`, len(wordEdge))
		return
	case strings.HasPrefix(rest, "(*"):
		t.foreign("a verb is not read")
		return
	case strings.HasPrefix(rest, "(?#"):
		n := strings.IndexByte(rest, ')')
		if n < 0 {
			t.refuse("a comment is not closed")
			return
		}
		t.off += n + 1
		return
	case !strings.HasPrefix(rest, "(?"):
		t.enter("(", 1)
		return
	}
	for _, kind := range [...]string{"(?:", "(?=", "(?!", "(?<=", "(?<!", "(?>"} {
		if strings.HasPrefix(rest, kind) {
			t.enter(kind, len(kind))
			return
		}
	}
	if m := namedGroup.FindStringSubmatch(rest); m != nil {
		t.enter("(?P<"+m[1]+m[2]+">", len(m[0]))
		return
	}
	if m := flagGroup.FindStringSubmatch(rest); m != nil {
		t.flags(m[1], m[2], m[3] == ":", len(m[0]))
		return
	}
	t.badGroup(rest)
}

// A name of a group has letters, digits and underscores, up to 32, and does
// not begin with a digit (pcrepattern).
var (
	namedGroup = regexp.MustCompile(`\A\(\?(?:P?<([A-Za-z_][A-Za-z0-9_]{0,31})>|'([A-Za-z_][A-Za-z0-9_]{0,31})')`)
	flagGroup  = regexp.MustCompile(`\A\(\?([imsU]*)(?:-([imsU]*))?(:|\))`)
)

func (t *translator) badGroup(rest string) {
	switch {
	case strings.HasPrefix(rest, "(?<"), strings.HasPrefix(rest, "(?P<"), strings.HasPrefix(rest, "(?'"):
		t.refuse("the name of a group has letters, digits and underscores only: %s", shorten(rest))
	default:
		t.foreign("the group %s is not read", shorten(rest))
	}
}

// enter writes the beginning of a group.
func (t *translator) enter(kind string, n int) {
	if len(t.groups) == maxDepth {
		t.foreign("it is nested deeper than %d levels", maxDepth)
		return
	}
	t.out.WriteString(kind)
	t.off += n
	t.groups = append(t.groups, t.multi)
}

// flags translates options, for the rest of the group or a group of their own.
func (t *translator) flags(on, off string, group bool, n int) {
	outer := t.multi
	switch {
	case strings.Contains(off, "m"):
		t.multi = false
	case strings.Contains(on, "m"):
		t.multi = true
	}
	inner := t.multi
	flags := on
	if off != "" {
		flags += "-" + off
	}
	switch {
	case group:
		t.multi = outer
		t.enter("(?"+flags+":", n)
		t.multi = inner
	case flags == "":
		t.off += n
	default:
		t.out.WriteString("(?" + flags + ")")
		t.off += n
	}
}
