package kustoread

import (
	"errors"
	"regexp"
	"regexp/syntax"
	"strings"
	"sync"
	"unicode"

	"github.com/sigma-compiler/sigmac/backends/readback"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// Regular expressions are read as RE2 has them, whose syntax is Go's: that is
// what "matches regex" was by the manual until 2024. Since then the manual
// describes Rust's crate regex (query/regex), where \d, \w, \s and \b know
// more than ASCII, which makes no difference for values of ASCII. What means
// something else altogether in one of the two, or is a mistake in one of them
// only, is not read.

// maxGroups is how many groups may capture (query/matches-regex-operator).
const maxGroups = 16

// An expression is a regular expression that was parsed without a mistake. It
// is compiled when it is first run.
type expression struct {
	source string
	once   sync.Once
	re     *regexp.Regexp
}

// compiled returns the expression, or nil where Go does not compile it.
func (x *expression) compiled() *regexp.Regexp {
	x.once.Do(func() { x.re, _ = regexp.Compile(x.source) })
	return x.re
}

// matches reports whether the expression is found in a text.
func (x *expression) matches(s string) bool {
	re := x.compiled()
	return re != nil && re.MatchString(s)
}

// parseRegexp parses an expression of a literal at that offset.
func parseRegexp(source string, at int) (*syntax.Regexp, error) {
	if what := disputed(source); what != "" {
		return nil, unknown(at, "the regular expression has %s, which means one thing in RE2 and another in Rust", what)
	}
	tree, err := syntax.Parse(source, syntax.Perl)
	if err != nil {
		return nil, badRegexp(err, at)
	}
	if n := tree.MaxCap(); n > maxGroups {
		return nil, fail(at, "the regular expression has %d groups that capture; %d are the most", n, maxGroups)
	}
	return tree, nil
}

// badRegexp says what is wrong with an expression, and whether that is so in
// both engines.
func badRegexp(err error, at int) *readback.Error {
	var se *syntax.Error
	if !errors.As(err, &se) {
		return unknown(at, "the regular expression is not read: %v", err)
	}
	foreign := false
	switch se.Code {
	case syntax.ErrInvalidRepeatOp, syntax.ErrInvalidCharRange, syntax.ErrLarge, syntax.ErrNestingDepth:
		foreign = true // a** is a mistake in RE2 only; sizes are Go's own
	case syntax.ErrInvalidEscape:
		foreign = strings.HasPrefix(se.Expr, `\u`) || strings.HasPrefix(se.Expr, `\U`) || strings.HasPrefix(se.Expr, `\C`)
	case syntax.ErrInvalidNamedCapture, syntax.ErrInvalidPerlOp:
		foreign = !strings.HasPrefix(se.Expr, "(?=") && !strings.HasPrefix(se.Expr, "(?!") && !strings.HasPrefix(se.Expr, "(?<") &&
			!strings.HasPrefix(se.Expr, "(?>") && !strings.HasPrefix(se.Expr, "(?(")
	}
	if foreign {
		return unknown(at, "the regular expression is not read: %s: %q", se.Code, se.Expr)
	}
	return fail(at, "the regular expression is wrong: %s: %q", se.Code, se.Expr)
}

// disputed returns what a pattern has that the two engines take for different
// things, or "".
func disputed(s string) string {
	class := false
	for i := 0; i < len(s); i++ {
		rest := s[i:]
		switch {
		case s[i] == '\\':
			for _, escape := range []string{`\<`, `\>`, `\Q`} {
				if strings.HasPrefix(rest, escape) {
					return escape
				}
			}
			if strings.HasPrefix(rest, `\b{`) && len(rest) > 3 && !isDigit(rest[3]) { // \b{start}; \b{2} is a repetition
				return `\b{`
			}
			i++
		case class && s[i] == ']':
			class = false
		case class && s[i] == '[':
			n := ir.NamedClass(rest)
			if n == 0 {
				return "a class in a class"
			}
			i += n - 1
		case class && (strings.HasPrefix(rest, "&&") || strings.HasPrefix(rest, "--") || strings.HasPrefix(rest, "~~")):
			return rest[:2] + " in a class"
		case !class && s[i] == '[':
			class = true
			if strings.HasPrefix(rest, "[^") {
				i++
			}
			if strings.HasPrefix(s[i+1:], "]") { // a bracket that comes first is itself
				i++
			}
		}
	}
	return ""
}

// regexpTest returns the test of an expression that is sought anywhere in a
// value: a pattern with wildcards where it is one, which is faster.
func regexpTest(source string, at int) (ir.Test, error) {
	tree, err := parseRegexp(source, at)
	if err != nil {
		return nil, err
	}
	if t := patternOf(tree); t != nil {
		return t, nil
	}
	t, err := readback.Regexp(source, false)
	if err != nil {
		return nil, unknown(at, "the regular expression is not read: %v", err)
	}
	return t, nil
}

// patternOf returns the pattern that an expression is, or nil. An end without
// an anchor is a star; . is a question mark only under the flag s, where line
// breaks are characters like others.
func patternOf(tree *syntax.Regexp) *ir.Text {
	parts := []*syntax.Regexp{tree}
	if tree.Op == syntax.OpConcat {
		parts = tree.Sub
	}
	var p patternBuilder
	if len(parts) > 0 && parts[0].Op == syntax.OpBeginText {
		parts = parts[1:]
	} else {
		p.star()
		if len(parts) > 0 && isAnyRun(parts[0]) { // finds nothing more than the open end
			parts = parts[1:]
		}
	}
	open := true
	if n := len(parts); n > 0 && parts[n-1].Op == syntax.OpEndText {
		open, parts = false, parts[:n-1]
	} else if n > 0 && isAnyRun(parts[n-1]) {
		parts = parts[:n-1]
	}
	for _, part := range parts {
		if !p.add(part) {
			return nil
		}
	}
	if open {
		p.star()
	}
	if p.cased && p.folded {
		return nil
	}
	return &ir.Text{Pattern: ir.NewPattern(p.elements...), Cased: p.cased || !p.folded}
}

// isAnyRun reports whether a part is .* with or without the flag s.
func isAnyRun(re *syntax.Regexp) bool {
	return re.Op == syntax.OpStar && (re.Sub[0].Op == syntax.OpAnyChar || re.Sub[0].Op == syntax.OpAnyCharNotNL)
}

// A patternBuilder collects the elements of a pattern, and whether its letters
// tell case apart.
type patternBuilder struct {
	elements      []ir.Element
	cased, folded bool
}

func (p *patternBuilder) star() { p.elements = append(p.elements, ir.Element{Kind: ir.Star}) }

// add adds a part of an expression; false where no pattern has such.
func (p *patternBuilder) add(re *syntax.Regexp) bool {
	switch re.Op {
	case syntax.OpEmptyMatch:
		return true
	case syntax.OpAnyChar:
		p.elements = append(p.elements, ir.Element{Kind: ir.Question})
		return true
	case syntax.OpStar, syntax.OpPlus:
		if re.Sub[0].Op != syntax.OpAnyChar {
			return false
		}
		if re.Op == syntax.OpPlus {
			p.elements = append(p.elements, ir.Element{Kind: ir.Question})
		}
		p.star()
		return true
	case syntax.OpLiteral:
		p.literal(re)
		return true
	}
	return false
}

func (p *patternBuilder) literal(re *syntax.Regexp) {
	fold := re.Flags&syntax.FoldCase != 0
	var b strings.Builder
	for _, r := range re.Rune {
		if unicode.SimpleFold(r) != r {
			p.folded = p.folded || fold
			p.cased = p.cased || !fold
			if fold { // Go keeps the first letter of those that fold together
				r = unicode.ToLower(r)
			}
		}
		b.WriteRune(r)
	}
	p.elements = append(p.elements, ir.Element{Kind: ir.Literal, Text: b.String()})
}
