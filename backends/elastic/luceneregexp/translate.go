// Package luceneregexp reads Lucene's regular expressions, which all query
// languages of Elastic have: they match the whole value, know no anchors,
// flags or look-around, and have operators that others lack: # is no string,
// @ any, & both, ~ anything but, <n-m> a number between, and quotes around
// literal text.
//
// Lucene parses in its own way, which the parser here follows: an operator
// that stands where a character is due is that character, so that (?i) and
// (|x) are literal text, while an escape of a letter is an error but for \d,
// \s, \w and their capitals (org.apache.lucene.util.automaton.RegExp, with all
// of its optional syntax on, as Elasticsearch has it).
package luceneregexp

import (
	"fmt"

	"github.com/sigma-compiler/sigmac/backends/readback"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// MaxLength is how many characters an expression may have for an index whose
// setting index.max_regex_length is the default. Translate does not ask.
const MaxLength = 1000

// Translate returns the test that a value matches the expression. fold ignores
// the case of the letters A to Z, but not of those in a range of a class, as
// Lucene's ASCII_CASE_INSENSITIVE does. An expression that is plain text with
// wildcards is an *ir.Text, and so is one whose letters are all classes of
// their two cases, as those are written that ignore case where the language
// does not; all others are an *ir.Regexp. A text that ignores case takes the
// Kelvin sign for k and the long s for s, which such classes do not.
//
// The error is a *readback.Error with the offset in the expression. It is
// Foreign for what is too large to be translated: more groups within groups
// than Go reads, or & and ~ of parts that need many states.
func Translate(source string, fold bool) (ir.Test, error) {
	return translate(&parser{text: source, fold: fold})
}

// TranslateLowered is Translate for values that the index keeps in small
// letters, as the lowercase normalizer does: the test is passed where the
// expression, which tells case apart, matches what a value becomes.
func TranslateLowered(source string) (ir.Test, error) {
	return translate(&parser{text: source, lowered: true})
}

func translate(p *parser) (ir.Test, error) {
	n, err := p.parse()
	if err != nil {
		return nil, err
	}
	if n, _, err = resolve(n); err != nil {
		return nil, err
	}
	if text := asText(n); text != nil {
		return text, nil
	}
	t, err := readback.Regexp(whole(n), false)
	if err != nil {
		return nil, foreign("the expression is too large to be translated: " + err.Error())
	}
	return t, nil
}

// refuse returns the error that Lucene does not read the expression.
func refuse(offset int, format string, args ...any) error {
	return &readback.Error{Offset: offset, Msg: fmt.Sprintf(format, args...)}
}

// foreign returns the error that this package cannot translate it.
func foreign(msg string) error { return &readback.Error{Msg: msg, Foreign: true} }
