package eval

import (
	"regexp/syntax"
	"strings"
	"unicode/utf8"

	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// maxLiterals bounds how many texts may stand for one test in the index.
const maxLiterals = 32

// minLiteral is the shortest literal of a regular expression that is worth
// looking for, in bytes.
const minLiteral = 2

// literals returns folded texts of which every match of the expression
// contains one, or nil where there are none worth looking for.
func literals(t *ir.Regexp) []string {
	if t.Tree == nil {
		return nil
	}
	return best(required(t.Tree.Simplify()))
}

// best returns the list unless it is useless.
func best(list []string) []string {
	if len(list) == 0 || shortest(list) < minLiteral {
		return nil
	}
	return list
}

func shortest(list []string) int {
	n := len(list[0])
	for _, s := range list[1:] {
		n = min(n, len(s))
	}
	return n
}

// required returns texts of which every match contains one; the empty text
// says nothing.
func required(re *syntax.Regexp) []string {
	if list := spelled(re); list != nil {
		return list
	}
	switch re.Op {
	case syntax.OpCapture, syntax.OpPlus:
		return required(re.Sub[0])
	case syntax.OpRepeat:
		if re.Min > 0 {
			return required(re.Sub[0])
		}
	case syntax.OpAlternate:
		var all []string
		for _, sub := range re.Sub {
			list := required(sub)
			if len(list) == 0 || len(all)+len(list) > maxLiterals {
				return nil
			}
			all = append(all, list...)
		}
		return all
	case syntax.OpConcat:
		return requiredConcat(re.Sub)
	}
	return nil
}

// requiredConcat looks for the longest texts that any run of the parts must
// contain.
func requiredConcat(subs []*syntax.Regexp) []string {
	var chosen []string
	consider := func(list []string) {
		if len(list) > 0 && (chosen == nil || shortest(list) > shortest(chosen)) {
			chosen = list
		}
	}
	run := []string{""}
	for _, sub := range subs {
		list := spelled(sub)
		if list == nil {
			first, last := repeated(sub)
			if next := product(run, first); next != nil {
				run = next
			}
			consider(run)
			consider(required(sub))
			run = last
			continue
		}
		if next := product(run, list); next != nil {
			run = next
			continue
		}
		consider(run)
		run = list
	}
	consider(run)
	return chosen
}

// repeated returns the texts that the matches of a repetition begin and end
// with, if what is repeated, once at least, is spelled by few; else the empty
// one.
func repeated(re *syntax.Regexp) (first, last []string) {
	if re.Op == syntax.OpPlus || re.Op == syntax.OpRepeat && re.Min > 0 {
		if list := spelled(re.Sub[0]); list != nil {
			return list, list
		}
	}
	return []string{""}, []string{""}
}

// spelled returns all texts that the expression matches, folded, where they
// are few, else nil.
func spelled(re *syntax.Regexp) []string {
	switch re.Op {
	case syntax.OpEmptyMatch, syntax.OpBeginLine, syntax.OpEndLine, syntax.OpBeginText, syntax.OpEndText,
		syntax.OpWordBoundary, syntax.OpNoWordBoundary:
		return []string{""}
	case syntax.OpLiteral:
		return []string{foldText(string(re.Rune))}
	case syntax.OpCharClass:
		return spelledClass(re.Rune)
	case syntax.OpCapture:
		return spelled(re.Sub[0])
	case syntax.OpQuest:
		if list := spelled(re.Sub[0]); list != nil {
			return append([]string{""}, list...)
		}
	case syntax.OpConcat:
		all := []string{""}
		for _, sub := range re.Sub {
			list := spelled(sub)
			if list == nil {
				return nil
			}
			if all = product(all, list); all == nil {
				return nil
			}
		}
		return all
	case syntax.OpAlternate:
		var all []string
		for _, sub := range re.Sub {
			list := spelled(sub)
			if list == nil || len(all)+len(list) > maxLiterals {
				return nil
			}
			all = append(all, list...)
		}
		return all
	}
	return nil
}

// spelledClass returns the characters of a small class, folded.
func spelledClass(ranges []rune) []string {
	const most = 10 // the digits
	var all []string
	for i := 0; i < len(ranges); i += 2 {
		if ranges[i+1]-ranges[i] >= 2*most {
			return nil
		}
		for r := ranges[i]; r <= ranges[i+1]; r++ {
			s := string(foldRune(r))
			if strings.Contains(strings.Join(all, ""), s) {
				continue
			}
			if all = append(all, s); len(all) > most {
				return nil
			}
		}
	}
	return all
}

// product returns each text of a followed by each of b, or nil where they are
// too many.
func product(a, b []string) []string {
	if len(a)*len(b) > maxLiterals {
		return nil
	}
	out := make([]string, 0, len(a)*len(b))
	for _, x := range a {
		for _, y := range b {
			out = append(out, x+y)
		}
	}
	return out
}

// A run is a number of bytes of a class that stand side by side.
type run struct {
	class [256]bool
	n     int // at least 2; 0 where there is none
}

// longestRun returns the longest run of characters of one class that every
// match has, as bytes. Where the class has other characters than ASCII it has
// all bytes that these are written with.
func longestRun(re *syntax.Regexp) run {
	switch re.Op {
	case syntax.OpCapture:
		return longestRun(re.Sub[0])
	case syntax.OpConcat:
		var best run
		for i := 0; i < len(re.Sub); {
			k := i + 1
			for k < len(re.Sub) && re.Sub[k].Equal(re.Sub[i]) {
				k++ // a repetition that Simplify wrote out
			}
			if re.Sub[i].Op == syntax.OpCharClass && k-i > max(best.n, 1) {
				best = run{byteClass(re.Sub[i].Rune), k - i}
			}
			if r := longestRun(re.Sub[i]); r.n > best.n {
				best = r
			}
			i = k
		}
		return best
	case syntax.OpRepeat:
		if re.Sub[0].Op == syntax.OpCharClass && re.Min > 1 {
			return run{byteClass(re.Sub[0].Rune), re.Min}
		}
	}
	return run{}
}

func byteClass(ranges []rune) (class [256]bool) {
	for i := 0; i < len(ranges); i += 2 {
		for r := ranges[i]; r <= ranges[i+1] && r < utf8.RuneSelf; r++ {
			class[r] = true
		}
		if ranges[i+1] >= utf8.RuneSelf {
			for c := utf8.RuneSelf; c < len(class); c++ {
				class[c] = true
			}
		}
	}
	return class
}

// in reports whether a text has the run. It looks at the place where the run
// would end first, and goes on behind the last byte that is not in it.
func (r *run) in(text []byte) bool {
	for from := 0; from+r.n <= len(text); {
		k := from + r.n - 1
		for k >= from && r.class[text[k]] {
			k--
		}
		if k < from {
			return true
		}
		from = k + 1
	}
	return false
}

// leastBytes returns how many bytes a match has at least.
func leastBytes(re *syntax.Regexp) int {
	switch re.Op {
	case syntax.OpLiteral:
		return len(re.Rune) // at least a byte a character, in any case
	case syntax.OpCharClass, syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		return 1
	case syntax.OpCapture, syntax.OpPlus:
		return leastBytes(re.Sub[0])
	case syntax.OpRepeat:
		return re.Min * leastBytes(re.Sub[0])
	case syntax.OpConcat:
		sum := 0
		for _, sub := range re.Sub {
			sum += leastBytes(sub)
		}
		return sum
	case syntax.OpAlternate:
		least := leastBytes(re.Sub[0])
		for _, sub := range re.Sub[1:] {
			least = min(least, leastBytes(sub))
		}
		return least
	}
	return 0
}

// patternLiterals returns folded texts of which every text that the pattern
// matches contains one, or nil where it has no literal. A dash is spelled out
// where the literals beside it are short.
func patternLiterals(p ir.Pattern) []string {
	var chosen []string
	score := 0
	for i, e := range p {
		switch e.Kind {
		case ir.Literal:
			if text := foldText(e.Text); len(text) > score {
				chosen, score = []string{text}, len(text)
			}
		case ir.Dash:
			before, behind := "", ""
			if i > 0 && p[i-1].Kind == ir.Literal {
				before = foldText(p[i-1].Text)
			}
			if i+1 < len(p) && p[i+1].Kind == ir.Literal {
				behind = foldText(p[i+1].Text)
			}
			if n := len(before) + 1 + len(behind); n > score && (score < gramSize+1) {
				score, chosen = n, nil
				for _, d := range ir.Dashes {
					chosen = append(chosen, before+string(d)+behind)
				}
			}
		}
	}
	return chosen
}
