package kusto

import (
	"net/netip"
	"regexp/syntax"
	"strings"

	"github.com/sigma-compiler/sigmac/backends/emit"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// maxList is how many values one list holds. Kusto takes a million in a list
// (query/in-operator), its editor 32,768 arguments.
const maxList = 10000

// maxPattern is how long a regular expression of several patterns becomes, in
// bytes of the patterns. How long one may be is not documented.
const maxPattern = 4000

// list writes the values of a list: those that are compared as a whole in one
// list each of texts, of texts with case, and of numbers, the networks in one
// call for each version of the protocol, the patterns that need one in one
// regular expression, the others by themselves.
func list(p *emit.Printer, f emit.Field, ts []ir.Test) []emit.Frag {
	var v values
	for _, t := range ts {
		v.add(p, f, t)
	}
	arms := v.folded.arms(p, f)
	arms = append(arms, v.exact.arms(p, f)...)
	arms = append(arms, networks(p, f, v.networks)...)
	arms = append(arms, v.others...)
	for _, texts := range v.patterns {
		arms = append(arms, anyPattern(p, f, texts)...)
	}
	return arms
}

// values are the values of one list by how they are written.
type values struct {
	folded, exact literals
	networks      []*ir.CIDR
	patterns      [2][]*ir.Text // those that ignore case, those that do not
	others        []emit.Frag
}

func (v *values) add(p *emit.Printer, f emit.Field, t ir.Test) {
	switch u := t.(type) {
	case *ir.Text:
		v.addText(p, f, u)
		return
	case *ir.CIDR:
		v.networks = append(v.networks, u)
		return
	case *ir.Compare:
		switch {
		case u.Op != ir.Eq:
		case isNumber(f):
			v.exact.add(t, number(u.Number))
			return
		default:
			v.folded.add(t, quote(string(u.Number)))
			return
		}
	}
	v.others = append(v.others, p.Test(f, t))
}

func (v *values) addText(p *emit.Printer, f emit.Field, t *ir.Text) {
	if id, ok := guid(f, t); ok {
		v.exact.add(t, id)
		return
	}
	shape, s := t.Pattern.Shape()
	switch {
	case needsRegexp(t):
		cased := 0
		if t.Cased {
			cased = 1
		}
		v.patterns[cased] = append(v.patterns[cased], t)
	case shape != ir.Exact || s == "":
		v.others = append(v.others, p.Test(f, t))
	case t.Cased:
		v.exact.add(t, quote(s))
	default:
		v.folded.letters = v.folded.letters || emit.HasLetters(s)
		v.folded.add(t, quote(s))
	}
}

// anyPattern writes patterns as alternatives of one regular expression, or of
// several where it would become long.
func anyPattern(p *emit.Printer, f emit.Field, texts []*ir.Text) []emit.Frag {
	var arms []emit.Frag
	for len(texts) > 0 {
		n, size := 0, 0
		for n < len(texts) && (n == 0 || size < maxPattern) {
			for _, e := range texts[n].Pattern {
				size += len(e.Text) + 2
			}
			n++
		}
		tree := patternTree(texts[0])
		if n > 1 {
			tree = &syntax.Regexp{Op: syntax.OpAlternate}
			for _, t := range texts[:n] {
				tree.Sub = append(tree.Sub, patternTree(t))
			}
		}
		noteDynamic(p, f)
		arms = append(arms, matches(p, operand(f), tree, texts[0].Pos))
		texts = texts[n:]
	}
	return arms
}

// literals are the values of one list as they are written.
type literals struct {
	first   ir.Test
	items   []string
	letters bool // case is to be ignored, and makes a difference
}

func (l *literals) add(t ir.Test, item string) {
	if l.first == nil {
		l.first = t
	}
	l.items = append(l.items, item)
}

// arms writes the values, a single one with the operator of its own.
func (l *literals) arms(p *emit.Printer, f emit.Field) []emit.Frag {
	if len(l.items) == 0 {
		return nil
	}
	if len(l.items) == 1 {
		return []emit.Frag{p.Test(f, l.first)}
	}
	name, op := column(f.Name), " in ("
	if quoted := l.items[0]; quoted[len(quoted)-1] == '"' {
		name = operand(f)
		noteDynamic(p, f)
	}
	if l.letters {
		op = " in~ ("
	}
	var arms []emit.Frag
	for items := l.items; len(items) > 0; {
		n := min(len(items), maxList)
		arms = append(arms, emit.Atom(name+op+strings.Join(items[:n], ", ")+")"))
		items = items[n:]
	}
	return arms
}

// mapped is the block of IPv6 addresses that stand for IPv4 addresses.
var mapped = netip.MustParsePrefix("::ffff:0.0.0.0/96")

// networks writes networks. The functions give null for text that is no
// address of their version (query/ipv4-is-in-range-function). Those of IPv6
// may read an IPv4 address as a mapped one, as ipv6_is_match does
// (query/ipv6-is-match-function): where the network has such addresses, only
// text with a colon is given to them.
func networks(p *emit.Printer, f emit.Field, ts []*ir.CIDR) []emit.Frag {
	var v4, v6, guarded []string
	for _, t := range ts {
		item := quote(t.Prefix.String())
		switch {
		case t.Prefix.Addr().Is4():
			v4 = append(v4, item)
		case t.Prefix.Overlaps(mapped):
			guarded = append(guarded, item)
		default:
			v6 = append(v6, item)
		}
	}
	s := operand(f)
	var arms []emit.Frag
	if v4 != nil {
		arms = append(arms, inRange(p, "ipv4", s, v4))
	}
	if v6 != nil {
		arms = append(arms, inRange(p, "ipv6", s, v6))
	}
	if guarded != nil {
		arms = append(arms, emit.Frag{Text: s + ` contains ":" and ` + inRange(p, "ipv6", s, guarded).Text, Level: emit.LevelAnd})
	}
	return arms
}

func inRange(p *emit.Printer, version, operand string, networks []string) emit.Frag {
	function := "_is_in_any_range("
	if len(networks) == 1 {
		function = "_is_in_range("
	}
	return total(p, version+function+operand+", "+strings.Join(networks, ", ")+")")
}
