package kustoread

import (
	"maps"
	"regexp"
	"strings"

	"github.com/sigma-compiler/sigmac/backends/readback"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// A textOp is an operator of strings (query/datatypes-string-operators). Those
// that ignore case do so for ASCII alone ("case-insensitive operators are
// currently supported only for ASCII-text").
type textOp struct {
	negated, cased bool
	holds          func(value, needle string) bool // both folded unless cased
	test           func(needle string, cased bool) ir.Test
	term           bool // looks for terms
}

// textOps are the operators of strings by name.
var textOps = makeTextOps()

func makeTextOps() map[string]textOp {
	ops := map[string]textOp{
		"=~":         {holds: func(v, s string) bool { return v == s }, test: patternTest(ir.Exact)},
		"contains":   {holds: strings.Contains, test: patternTest(ir.Substring)},
		"startswith": {holds: strings.HasPrefix, test: patternTest(ir.Prefix)},
		"endswith":   {holds: strings.HasSuffix, test: patternTest(ir.Suffix)},
		"has":        {holds: hasTerm(true, true), test: termTest(true, true), term: true},
		"hasprefix":  {holds: hasTerm(true, false), test: termTest(true, false), term: true},
		"hassuffix":  {holds: hasTerm(false, true), test: termTest(false, true), term: true},
	}
	for name, op := range maps.Clone(ops) {
		if name != "=~" {
			op.cased = true
			ops[name+"_cs"] = op
		}
	}
	for name, op := range maps.Clone(ops) {
		op.negated = true
		ops["!"+strings.TrimPrefix(name, "=")] = op // !~ is the negation of =~
	}
	return ops
}

const regexOp = "matches regex"

// foldASCII folds the letters A to Z.
func foldASCII(s string) string {
	for i := range len(s) {
		if c := s[i]; c >= 'A' && c <= 'Z' {
			return strings.Map(func(r rune) rune {
				if r >= 'A' && r <= 'Z' {
					return r | 0x20
				}
				return r
			}, s)
		}
	}
	return s
}

// apply evaluates the operator.
func (op textOp) apply(value, needle string) bool {
	if !op.cased {
		value, needle = foldASCII(value), foldASCII(needle)
	}
	return op.holds(value, needle) != op.negated
}

// patternTest returns what makes the test of a text of that shape.
func patternTest(shape ir.Shape) func(needle string, cased bool) ir.Test {
	return func(needle string, cased bool) ir.Test {
		t := readback.Exact(needle, cased)
		if shape != ir.Exact {
			t = readback.Affix(shape, needle, cased)
		}
		t.Pattern = ir.NewPattern(t.Pattern...) // a star beside an empty text is one star
		if cased {
			return t
		}
		return readback.FoldASCII(t.Pattern)
	}
}

// isTerm reports whether a text is one term: a run of letters and digits of
// ASCII ("maximal sequences of ASCII alphanumeric characters"). How terms are
// sought that are no such runs the manual does not say.
func isTerm(s string) bool {
	for i := range len(s) {
		if !isTermByte(s[i]) {
			return false
		}
	}
	return s != ""
}

func isTermByte(c byte) bool { return isDigit(c) || isLetter(c) && c != '_' }

// hasTerm returns what finds a term that the text is, begins or ends.
func hasTerm(begin, end bool) func(value, needle string) bool {
	return func(value, needle string) bool {
		for from := 0; ; {
			i := strings.Index(value[from:], needle)
			if i < 0 {
				return false
			}
			i += from
			j := i + len(needle)
			if (!begin || i == 0 || !isTermByte(value[i-1])) && (!end || j == len(value) || !isTermByte(value[j])) {
				return true
			}
			from = i + 1
		}
	}
}

// termTest returns what makes the test of a term.
func termTest(begin, end bool) func(needle string, cased bool) ir.Test {
	return func(needle string, cased bool) ir.Test {
		var b strings.Builder
		if begin {
			b.WriteString(`(?:\A|[^0-9A-Za-z])`)
		}
		for i := range len(needle) {
			c := needle[i]
			if isLetter(c) && !cased {
				b.WriteString("[" + strings.ToUpper(needle[i:i+1]) + strings.ToLower(needle[i:i+1]) + "]")
			} else {
				b.WriteString(regexp.QuoteMeta(string(c)))
			}
		}
		if end {
			b.WriteString(`(?:\z|[^0-9A-Za-z])`)
		}
		t, err := readback.Regexp(b.String(), false)
		if err != nil {
			return nil // longer than expressions may be
		}
		return t
	}
}
