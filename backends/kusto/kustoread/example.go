package kustoread

import (
	"regexp/syntax"
	"strings"
)

// examples returns texts that an expression matches, with a given text in one
// of its groups: a short one and one in which what may be left out is there.
func examples(source string, group int, text string) []string {
	tree, err := syntax.Parse(source, syntax.Perl)
	if err != nil {
		return nil
	}
	var out []string
	for _, least := range []int{0, 1} {
		g := generator{group: group, text: text, least: least}
		g.write(tree)
		if g.b.Len() < maxText {
			out = append(out, g.b.String())
		}
	}
	return out
}

// A generator writes a text that an expression matches.
type generator struct {
	b     strings.Builder
	group int
	text  string
	least int // how often at least what may be left out is written
}

func (g *generator) write(re *syntax.Regexp) {
	if g.b.Len() > maxText {
		return
	}
	switch re.Op {
	case syntax.OpLiteral:
		for _, r := range re.Rune {
			g.b.WriteRune(r)
		}
	case syntax.OpCharClass:
		if len(re.Rune) > 0 {
			g.b.WriteRune(printable(re.Rune))
		}
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		g.b.WriteByte('x')
	case syntax.OpCapture:
		if re.Cap == g.group {
			g.b.WriteString(g.text)
			return
		}
		g.write(re.Sub[0])
	case syntax.OpStar, syntax.OpQuest, syntax.OpPlus, syntax.OpRepeat:
		n := max(g.least, re.Min)
		if re.Op == syntax.OpPlus || g.has(re) {
			n = max(n, 1)
		}
		for range n {
			g.write(re.Sub[0])
		}
	case syntax.OpAlternate:
		g.write(g.alternative(re.Sub))
	case syntax.OpConcat:
		for _, sub := range re.Sub {
			g.write(sub)
		}
	}
}

// printable returns a character of a class, a letter or digit where it has
// one.
func printable(class []rune) rune {
	for _, r := range []rune{'a', '0', '1', 'A', 'x', ' '} {
		for i := 0; i < len(class); i += 2 {
			if class[i] <= r && r <= class[i+1] {
				return r
			}
		}
	}
	return class[0]
}

// alternative returns the one that has the group, or the first.
func (g *generator) alternative(subs []*syntax.Regexp) *syntax.Regexp {
	for _, sub := range subs {
		if g.has(sub) {
			return sub
		}
	}
	return subs[0]
}

// has reports whether an expression has the group.
func (g *generator) has(re *syntax.Regexp) bool {
	if re.Op == syntax.OpCapture && re.Cap == g.group {
		return true
	}
	for _, sub := range re.Sub {
		if g.has(sub) {
			return true
		}
	}
	return false
}
