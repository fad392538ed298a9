package ir

import (
	"errors"
	"fmt"
	"regexp/syntax"
	"strings"
	"unicode"

	"github.com/sigma-compiler/sigmac/sigma"
)

// maxRegexp bounds the length of a regular expression in bytes.
const maxRegexp = 64 << 10

// regexp makes the test of a regular expression (M15 to M18). One that says
// no more than a pattern with wildcards becomes that: cheaper everywhere, and
// sayable in languages without regular expressions.
func (ib *itemBuilder) regexp(v *value) Test {
	source := v.src.Text
	if v.shape != Exact {
		alone := ib.flags // a bracket of the group below must not close one of the expression's own
		alone.Pos, alone.Source = v.src.Pos, source
		if !(ib.expand && alone.Placeholders() != nil) && !ib.parse(&alone) {
			return nil
		}
	}
	switch v.shape {
	case Prefix:
		source = "^(?:" + source + ")"
	case Suffix:
		source = "(?:" + source + ")$"
	}
	re := ib.flags
	re.Pos, re.Source = v.src.Pos, source
	if ib.expand && re.Placeholders() != nil {
		return &re // parsed once a pipeline has filled it
	}
	if !ib.parse(&re) {
		return nil
	}
	if re.Tree != nil {
		if text := re.asText(ib.item.Field == ""); text != nil {
			return text
		}
	}
	return &re
}

// parse parses the expression, or notes what is wrong with it.
func (ib *itemBuilder) parse(re *Regexp) bool {
	err := re.Parse()
	if err != nil {
		ib.failed = true
		ib.errs = append(ib.errs, err)
	}
	return err == nil
}

// Placeholders returns the names of the %placeholders% in the source of an
// expression that has the modifier expand and was not filled yet: its Tree is
// nil and Why is empty.
func (t *Regexp) Placeholders() []string {
	if t.Tree != nil || t.Why != "" {
		return nil
	}
	var names []string
	splitPlaceholders(t.Source, func(_, name string) {
		if name != "" {
			names = append(names, name)
		}
	})
	return names
}

// Fill returns the expression with its placeholders replaced by what value
// gives for their names, parsed.
func (t *Regexp) Fill(value func(name string) string) (*Regexp, *sigma.Error) {
	var b strings.Builder
	splitPlaceholders(t.Source, func(lit, name string) {
		b.WriteString(strings.ReplaceAll(lit, `\%`, "%"))
		if name != "" {
			b.WriteString(value(name))
		}
	})
	out := *t
	out.Source = b.String()
	return &out, out.Parse()
}

// Parse sets Tree, or Why where the expression is one that only a
// backtracking engine reads. It fails where no engine would read it.
func (t *Regexp) Parse() *sigma.Error {
	fail := func(msg, hint string) *sigma.Error {
		return &sigma.Error{Pos: t.Pos, Code: sigma.BadRegexp, Msg: msg, Hint: hint}
	}
	if len(t.Source) > maxRegexp {
		return fail(fmt.Sprintf("the regular expression has %d bytes; %d are the most", len(t.Source), maxRegexp), "")
	}
	flags := syntax.Perl
	if t.IgnoreCase {
		flags |= syntax.FoldCase
	}
	if t.MultiLine {
		flags &^= syntax.OneLine
	}
	if t.DotMatchesLine {
		flags |= syntax.DotNL
	}
	tree, err := syntax.Parse(t.Source, flags)
	if err == nil {
		t.Tree = tree
		return nil
	}
	var se *syntax.Error
	if errors.As(err, &se) && balanced(t.Source) {
		if t.Why = perlOnly(se); t.Why != "" {
			return nil
		}
	}
	if se != nil {
		return fail(fmt.Sprintf("the regular expression does not parse: %s: %q", se.Code, se.Expr), "")
	}
	return fail("the regular expression does not parse: "+err.Error(), "")
}

// perlOnly names the feature of backtracking engines that Go stumbled over,
// or returns "" where the mistake is none.
func perlOnly(e *syntax.Error) string {
	switch e.Code {
	case syntax.ErrInvalidPerlOp, syntax.ErrInvalidNamedCapture, syntax.ErrMissingRepeatArgument:
		for prefix, name := range map[string]string{
			"(?=": "look-ahead", "(?!": "look-ahead", "(?<=": "look-behind", "(?<!": "look-behind",
			"(?>": "atomic groups", "(?(": "conditions in a group", "(?#": "comments",
		} {
			if strings.HasPrefix(e.Expr, prefix) {
				return name
			}
		}
	case syntax.ErrInvalidRepeatOp:
		if strings.HasSuffix(e.Expr, "+") {
			return "possessive repetition"
		}
	case syntax.ErrInvalidEscape:
		if len(e.Expr) > 1 && e.Expr[1] >= '1' && e.Expr[1] <= '9' {
			return "back-references"
		}
		if len(e.Expr) > 1 && strings.IndexByte("ehHKNRVXZGku", e.Expr[1]) >= 0 {
			return "the escape " + e.Expr
		}
	}
	return ""
}

// balanced reports whether the groups and classes of an expression are
// closed.
func balanced(source string) bool {
	depth, class := 0, false
	for i := 0; i < len(source); i++ {
		switch c := source[i]; {
		case c == '\\':
			i++
			if i == len(source) {
				return false
			}
		case class:
			if n := NamedClass(source[i:]); n > 0 {
				i += n - 1
				continue
			}
			class = c != ']'
		case c == '[':
			class = true
			if i+1 < len(source) && source[i+1] == '^' {
				i++
			}
			if i+1 < len(source) && source[i+1] == ']' {
				i++
			}
		case c == '(':
			depth++
		case c == ')':
			if depth--; depth < 0 {
				return false
			}
		}
	}
	return depth == 0 && !class
}

// NamedClass returns the length of the POSIX class, such as [:alpha:], that a
// piece of a character class begins with, or 0.
func NamedClass(s string) int {
	if !strings.HasPrefix(s, "[:") {
		return 0
	}
	n := 2
	for n < len(s) && (s[n] == '^' && n == 2 || s[n] >= 'a' && s[n] <= 'z') {
		n++
	}
	if !strings.HasPrefix(s[n:], ":]") {
		return 0
	}
	return n + 2
}

// asText returns the pattern with wildcards that the expression is, or nil.
// keyword says that the pattern stands between stars anyway, so that anchors
// cannot be kept.
func (t *Regexp) asText(keyword bool) *Text {
	parts := []*syntax.Regexp{t.Tree}
	if t.Tree.Op == syntax.OpConcat {
		parts = t.Tree.Sub
	}
	begin, end := true, true // a star at that end
	if len(parts) > 0 && parts[0].Op == syntax.OpBeginText {
		begin, parts = false, parts[1:]
	} else if len(parts) > 0 && anyRun(parts[0]) {
		parts = parts[1:] // .* at an open end matches nothing more than the open end does
	}
	if n := len(parts); n > 0 && parts[n-1].Op == syntax.OpEndText {
		end, parts = false, parts[:n-1]
	} else if n > 0 && anyRun(parts[n-1]) {
		parts = parts[:n-1]
	}
	if keyword && !(begin && end) {
		return nil
	}
	c := caseNote{}
	pattern := make(Pattern, 0, len(parts)+2)
	for _, part := range parts {
		e, ok := c.element(part)
		if !ok {
			return nil
		}
		pattern = append(pattern, e)
	}
	if c.cased && c.folded {
		return nil
	}
	return &Text{Pos: t.Pos, Pattern: pattern.wrap(begin, end), Cased: c.cased}
}

// anyRun reports whether a part is .* or [\s\S]*.
func anyRun(re *syntax.Regexp) bool {
	return re.Op == syntax.OpStar && (re.Sub[0].Op == syntax.OpAnyChar || re.Sub[0].Op == syntax.OpAnyCharNotNL)
}

// caseNote collects whether literals with letters fold case or do not.
type caseNote struct{ cased, folded bool }

// element returns the part of a pattern that a part of an expression is.
func (c *caseNote) element(re *syntax.Regexp) (Element, bool) {
	switch re.Op {
	case syntax.OpEmptyMatch:
		return Element{Kind: Literal}, true
	case syntax.OpAnyChar:
		return Element{Kind: Question}, true
	case syntax.OpStar:
		return Element{Kind: Star}, re.Sub[0].Op == syntax.OpAnyChar
	case syntax.OpLiteral:
		return Element{Kind: Literal, Text: c.literal(re)}, true
	}
	return Element{}, false
}

// literal notes whether the literal tells case apart and returns its text.
// Go's parser keeps folded letters as the first of their orbit, mostly the
// capital; rules are written in small letters.
func (c *caseNote) literal(re *syntax.Regexp) string {
	fold := re.Flags&syntax.FoldCase != 0
	var b strings.Builder
	for _, r := range re.Rune {
		if unicode.SimpleFold(r) != r {
			c.folded = c.folded || fold
			c.cased = c.cased || !fold
			if fold {
				r = unicode.ToLower(r)
			}
		}
		b.WriteRune(r)
	}
	return b.String()
}
