package pipeline

import (
	"regexp"
	"regexp/syntax"
	"strings"
)

// A matcher is a regular expression that is not run on texts without a
// literal which each of its matches has.
type matcher struct {
	*regexp.Regexp
	need string // ASCII; "" where there is none. In lower case where fold is set.
	fold bool   // the literal ignores case
}

func newMatcher(re *regexp.Regexp) matcher {
	m := matcher{Regexp: re}
	tree, err := syntax.Parse(re.String(), syntax.Perl)
	if err != nil {
		return m // it was compiled, so it parses
	}
	m.need, m.fold = required(tree.Simplify())
	return m
}

// required returns the longest literal that stands in every match.
func required(re *syntax.Regexp) (text string, fold bool) {
	switch re.Op {
	case syntax.OpLiteral:
		for _, r := range re.Rune {
			if r >= 0x80 {
				return "", false
			}
		}
		text, fold = string(re.Rune), re.Flags&syntax.FoldCase != 0
		if fold {
			text = strings.ToLower(text)
		}
	case syntax.OpConcat:
		for _, sub := range re.Sub {
			if t, f := required(sub); len(t) > len(text) {
				text, fold = t, f
			}
		}
	case syntax.OpCapture, syntax.OpPlus:
		return required(re.Sub[0])
	}
	return text, fold
}

// MatchString reports whether the expression matches somewhere in the text.
func (m *matcher) MatchString(s string) bool {
	return m.possible(s) && m.Regexp.MatchString(s)
}

// possible reports whether the literal may stand in the text.
func (m *matcher) possible(s string) bool {
	switch {
	case m.need == "":
		return true
	case !m.fold:
		return strings.Contains(s, m.need)
	}
	found := false
	for i := range len(s) {
		c := s[i]
		if c >= 0x80 {
			return true // ſ and the Kelvin sign are letters of ASCII without their case
		}
		if !found && lower(c) == m.need[0] {
			found = hasPrefixFold(s[i:], m.need)
		}
	}
	return found
}

// hasPrefixFold reports whether a text begins with one of lower case, in any
// case.
func hasPrefixFold(s, prefix string) bool {
	if len(s) < len(prefix) {
		return false
	}
	for i := range len(prefix) {
		if lower(s[i]) != prefix[i] {
			return false
		}
	}
	return true
}

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		c += 'a' - 'A'
	}
	return c
}
