package kusto

import (
	"fmt"
	"regexp/syntax"
	"strings"
	"unicode"

	"github.com/sigma-compiler/sigmac/backends/emit"
	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// The engine behind "matches regex" was RE2 by the older manual and is Rust's
// regex crate by the newer (query/re2, query/regex). What is written here
// means the same in both: classes instead of \d, \w and \s, \z instead of $,
// groups that capture nothing (at most 16 may, query/matches-regex-operator).

// The styles differ in what "." stands for.
var (
	lineStyle  = style("", ".")       // not a line feed
	valueStyle = style(".", "")       // any character, under the flag s
	bothStyle  = style("(?s:.)", ".") // both occur
)

func style(anyChar, notNL string) emit.RegexpStyle {
	return emit.RegexpStyle{
		Literal:   regexpLiteral,
		ClassChar: regexpClassChar,
		AnyChar:   anyChar,
		NotNL:     notNL,
		Group:     "(?:",
		BeginText: `\A`,
		EndText:   `\z`,
		BeginLine: "(?m:^)",
		EndLine:   "(?m:$)",
		// ASCII in RE2, Unicode in Rust: they differ beside letters beyond ASCII.
		WordEdge:   `\b`,
		NoWordEdge: `\B`,
	}
}

// regexpText writes a tree with its flags in front.
func regexpText(tree *syntax.Regexp) (text, what string) {
	switch {
	case !has(tree, syntax.OpAnyChar):
		return lineStyle.Search(tree)
	case has(tree, syntax.OpAnyCharNotNL):
		return bothStyle.Search(tree)
	}
	text, what = valueStyle.Search(tree)
	if rest, ok := strings.CutPrefix(text, "(?i)"); ok {
		return "(?is)" + rest, what
	}
	return "(?s)" + text, what
}

func has(tree *syntax.Regexp, op syntax.Op) bool {
	if tree.Op == op {
		return true
	}
	for _, sub := range tree.Sub {
		if has(sub, op) {
			return true
		}
	}
	return false
}

func regexpLiteral(b *strings.Builder, r rune) {
	if strings.ContainsRune(`\.+*?()|[]{}^$`, r) {
		b.WriteByte('\\')
	}
	regexpChar(b, r)
}

// regexpClassChar also escapes what Rust reads as operators in a class: && -- ~~.
func regexpClassChar(b *strings.Builder, r rune) {
	if strings.ContainsRune(`\[]^-&~`, r) {
		b.WriteByte('\\')
	}
	regexpChar(b, r)
}

// regexpChar writes a character that is no sign. One that does not print is
// spelled out, so that the literal needs no escapes of its own.
func regexpChar(b *strings.Builder, r rune) {
	switch {
	case r == '\f':
		b.WriteString(`\f`)
	case r == '\n':
		b.WriteString(`\n`)
	case r == '\r':
		b.WriteString(`\r`)
	case r == '\t':
		b.WriteString(`\t`)
	case unicode.IsPrint(r):
		b.WriteRune(r)
	default:
		fmt.Fprintf(b, `\x{%X}`, r)
	}
}

// matches seeks a tree in an expression.
func matches(p *emit.Printer, operand string, tree *syntax.Regexp, pos sigma.Pos) emit.Frag {
	text, what := regexpText(tree)
	if what != "" {
		p.Unsupported(pos, what, "")
	}
	return emit.Atom(operand + " matches regex " + verbatim(text))
}

// expression writes a rule's own expression. One that the empty string passes
// asks for a value too: an event without the field does not pass it (N13),
// and in Kusto it has the empty string there.
func expression(p *emit.Printer, f emit.Field, t *ir.Regexp) emit.Frag {
	tree := p.RegexpTree(t)
	if tree == nil {
		return emit.Frag{}
	}
	noteDynamic(p, f)
	m := matches(p, operand(f), tree, t.Pos)
	if !passesEmpty(tree) {
		return m
	}
	return emit.Frag{Text: "isnotempty(" + operand(f) + ") and " + m.Text, Level: emit.LevelAnd}
}

// passesEmpty reports whether the expression matches in the empty string.
func passesEmpty(re *syntax.Regexp) bool {
	switch re.Op {
	case syntax.OpEmptyMatch, syntax.OpBeginText, syntax.OpEndText, syntax.OpBeginLine, syntax.OpEndLine,
		syntax.OpNoWordBoundary, syntax.OpStar, syntax.OpQuest:
		return true
	case syntax.OpCapture, syntax.OpPlus:
		return passesEmpty(re.Sub[0])
	case syntax.OpRepeat:
		return re.Min == 0 || passesEmpty(re.Sub[0])
	case syntax.OpConcat:
		for _, sub := range re.Sub {
			if !passesEmpty(sub) {
				return false
			}
		}
		return true
	case syntax.OpAlternate:
		for _, sub := range re.Sub {
			if passesEmpty(sub) {
				return true
			}
		}
	}
	return false
}

// patternTree returns a pattern with wildcards as the tree of an expression
// that is sought anywhere: a star at an end is an end without an anchor.
func patternTree(t *ir.Text) *syntax.Regexp {
	pattern := t.Pattern
	begin := pattern[0].Kind == ir.Star
	if begin {
		pattern = pattern[1:]
	}
	last := len(pattern) - 1
	end := last > 0 && pattern[last].Kind == ir.Star
	if end {
		pattern = pattern[:last]
	}
	tree := emit.PatternTree(pattern, t.Cased)
	if begin {
		tree.Sub = tree.Sub[1:]
	}
	if end {
		tree.Sub = tree.Sub[:len(tree.Sub)-1]
	}
	return tree
}
