package elastic

import (
	"regexp/syntax"
	"strings"
	"unicode/utf8"

	"github.com/sigma-compiler/sigmac/backends/elastic/luceneregexp"
	"github.com/sigma-compiler/sigmac/backends/emit"
	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// MaxRegexp is how many characters a regular expression may have
// (index.max_regex_length).
const MaxRegexp = 1000

// Regexps is Lucene's flavour of regular expressions, as EQL and ES|QL have
// it: the whole value, without anchors, flags or look-around. Escapes of
// letters are errors or mean the letter, and all optional operators are on, so
// that # @ & < > ~ and the quote are escaped too. Letters that ignore case are
// classes, since the engines fold ranges nowhere and only Lucene 10 folds
// more than ASCII.
var Regexps = style("")

// SlashRegexps is Regexps where slashes enclose the expression.
var SlashRegexps = style("/")

func style(more string) emit.RegexpStyle {
	literal, class := `.?+*|{}[]()"\#@&<>~^$`+more, `\[]^-`+more
	return emit.RegexpStyle{
		Literal:   func(b *strings.Builder, r rune) { escapeRune(b, r, literal) },
		ClassChar: func(b *strings.Builder, r rune) { escapeRune(b, r, class) },
		AnyChar:   ".", // a line feed too, unlike elsewhere
		NotNL:     "[^\n]",
		Space:     `\s`, // of several engines' classes the one in small letters: a normalizer of the index folds \S to \s
		Group:     "(",
	}
}

func escapeRune(b *strings.Builder, r rune, special string) {
	if r < utf8.RuneSelf && strings.IndexByte(special, byte(r)) >= 0 {
		b.WriteByte('\\')
	}
	b.WriteRune(r)
}

// Expression returns a rule's regular expression in the style. What it cannot
// say is an error; the result is then of no use.
func Expression(p *emit.Printer, t *ir.Regexp, style *emit.RegexpStyle) string {
	tree := p.RegexpTree(t)
	if tree == nil {
		return ""
	}
	expr, what := style.Whole(tree)
	if what != "" {
		p.Unsupported(t.Pos, what, "splunk and kusto can")
	}
	limitEffort(p, t.Pos, tree, expr)
	Limit(p, t.Pos, expr)
	return expr
}

// Limit notes an expression that is longer than an index reads.
func Limit(p *emit.Printer, pos sigma.Pos, expr string) {
	if len(expr) > MaxRegexp {
		p.Unsupported(pos, "a regular expression of more than 1,000 characters", "splunk and kusto can")
	}
}

// limitEffort notes an expression whose automaton is, or may be, larger than
// Lucene makes.
func limitEffort(p *emit.Printer, pos sigma.Pos, tree *syntax.Regexp, expr string) {
	if repeats(tree) < fewRepeats {
		return
	}
	switch effort := luceneregexp.Effort(expr, luceneregexp.MaxEffort); {
	case effort > luceneregexp.MaxEffort:
		p.Unsupported(pos, "a regular expression whose automaton has more than the 10,000 states that Lucene allows (a repetition that begins in many places)",
			"splunk and kusto can; so can the others with a smaller number of repetitions, or with + for them")
	case effort > luceneregexp.MaxEffort/2:
		p.Warn(pos, sigma.Assumed, "", "the automaton of the expression is near the limit of Lucene: the engine is taken to accept it (max_determinized_states)")
	}
}

// fewRepeats is how often a part must be repeated for the size of an automaton
// to be looked at: it grows as a power of that number.
const fewRepeats = 8

// repeats returns the largest number of a counted repetition.
func repeats(re *syntax.Regexp) int {
	most := 0
	if re.Op == syntax.OpRepeat {
		most = max(re.Min, re.Max)
	}
	for _, sub := range re.Sub {
		most = max(most, repeats(sub))
	}
	return most
}
