// Package backtrack runs the regular expressions that Go's own engine cannot:
// those with look-around, back-references, atomic groups. It is for
// eval.Options.Regexp, and a package of its own so that programs which do not
// ask for it do not depend on the engine, github.com/dlclark/regexp2, a port
// of that of .NET, which knows nearly all of what PCRE does.
//
// Such an engine can need a time that grows exponentially with the value, and
// the value is the attacker's. Therefore there are limits.
package backtrack

import (
	"fmt"
	"time"

	"github.com/dlclark/regexp2"

	"github.com/sigma-compiler/sigmac/sigma/eval"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// The limits of one search. Of a value that is longer, or on which the engine
// takes longer, it is not known whether it matches: see eval.Match.Err. So each
// such expression can cost MaxTime for each new value of its field.
const (
	MaxTime  = 100 * time.Millisecond
	MaxBytes = 1 << 16
)

// New compiles a regular expression. It is a value for eval.Options.Regexp.
func New(t *ir.Regexp) (eval.Matcher, error) {
	options := regexp2.RegexOptions(0)
	if t.IgnoreCase {
		options |= regexp2.IgnoreCase
	}
	if t.MultiLine {
		options |= regexp2.Multiline
	}
	if t.DotMatchesLine {
		options |= regexp2.Singleline
	}
	re, err := regexp2.Compile(t.Source, options)
	if err != nil {
		return nil, err
	}
	re.MatchTimeout = MaxTime
	return matcher{re}, nil
}

// matcher is a compiled expression.
type matcher struct{ re *regexp2.Regexp }

// Match reports whether the expression matches somewhere in the text.
func (m matcher) Match(text []byte) (bool, error) {
	if len(text) > MaxBytes {
		return false, errLong
	}
	ok, err := m.re.MatchString(string(text))
	if err != nil { // the only one is that the time is up; it has the text in it
		return false, errSlow
	}
	return ok, nil
}

// Why an answer is not known.
var (
	errLong = fmt.Errorf("the value is longer than %d KiB, the limit of look-around and back-references", MaxBytes>>10)
	errSlow = fmt.Errorf("the regular expression takes longer than %v on the value", MaxTime)
)
