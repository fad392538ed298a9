package luceneregexp

import (
	"slices"
	"strconv"
	"strings"
)

// A term is a node in a normal form. Equal terms are the same pointer.
type term struct {
	node
	subs     []*term
	id       int
	nullable bool // matches the empty string
}

// A deriver makes terms and their derivatives.
type deriver struct {
	made    map[string]*term
	derived map[derivative]*term
	letters [][2]rune
	steps   int
}

// A derivative is what is left of a term behind a character.
type derivative struct {
	of *term
	by rune
}

// full reports whether the deriver has done all that it may.
func (d *deriver) full() bool { return d.steps > maxSteps }

// term returns the normal form of a node.
func (d *deriver) term(n *node) *term {
	subs := make([]*term, len(n.subs))
	for i, sub := range n.subs {
		subs[i] = d.term(sub)
	}
	switch n.op {
	case opConcat:
		out := d.empty()
		for _, sub := range slices.Backward(subs) {
			out = d.concat(sub, out)
		}
		return out
	case opUnion, opInter:
		return d.branch(n.op, subs)
	case opNot:
		return d.not(subs[0])
	case opRepeat:
		return d.repeat(subs[0], n.min, n.max)
	}
	return d.class(n.ranges)
}

// make returns the one term with these parts.
func (d *deriver) make(t term) *term {
	d.steps += 1 + len(t.subs) + len(t.ranges)
	var key strings.Builder
	key.WriteString(strconv.Itoa(int(t.op)))
	for _, r := range t.ranges {
		key.WriteString("," + strconv.Itoa(int(r)))
	}
	key.WriteString(";" + strconv.Itoa(t.min) + ";" + strconv.Itoa(t.max))
	for _, sub := range t.subs {
		key.WriteString(" " + strconv.Itoa(sub.id))
	}
	if made, ok := d.made[key.String()]; ok {
		return made
	}
	t.id = len(d.made)
	d.made[key.String()] = &t
	return &t
}

func (d *deriver) class(ranges []rune) *term {
	return d.make(term{node: node{op: opClass, ranges: ranges}})
}
func (d *deriver) nothing() *term { return d.class(nil) }
func (d *deriver) empty() *term   { return d.make(term{node: node{op: opConcat}, nullable: true}) }

func (d *deriver) concat(a, b *term) *term {
	switch {
	case a.isNothing() || b == d.empty():
		return a
	case b.isNothing() || a == d.empty():
		return b
	case a.op == opConcat: // to the right, so that equal strings of parts are equal terms
		return d.concat(a.subs[0], d.concat(a.subs[1], b))
	}
	return d.make(term{node: node{op: opConcat}, subs: []*term{a, b}, nullable: a.nullable && b.nullable})
}

// branch makes a union or an intersection of ordered, different parts.
func (d *deriver) branch(o op, subs []*term) *term {
	zero, one := d.nothing(), d.not(d.nothing()) // a union of anything is anything, an intersection with nothing nothing
	if o == opUnion {
		zero, one = one, zero
	}
	var flat []*term
	for _, sub := range subs {
		switch {
		case sub == zero:
			return zero
		case sub == one:
		case sub.op == o:
			flat = append(flat, sub.subs...)
		default:
			flat = append(flat, sub)
		}
	}
	slices.SortFunc(flat, func(a, b *term) int { return a.id - b.id })
	flat = slices.Compact(flat)
	switch len(flat) {
	case 0:
		return one
	case 1:
		return flat[0]
	}
	isNullable := func(t *term) bool { return t.nullable }
	t := term{node: node{op: o}, subs: flat}
	if o == opUnion {
		t.nullable = slices.ContainsFunc(flat, isNullable)
	} else {
		t.nullable = !slices.ContainsFunc(flat, func(t *term) bool { return !t.nullable })
	}
	return d.make(t)
}

func (d *deriver) not(a *term) *term {
	if a.op == opNot {
		return a.subs[0]
	}
	return d.make(term{node: node{op: opNot}, subs: []*term{a}, nullable: !a.nullable})
}

func (d *deriver) repeat(a *term, least, most int) *term {
	switch {
	case most == 0 || a == d.empty():
		return d.empty()
	case least == 1 && most == 1:
		return a
	case a.isNothing() && least > 0:
		return a
	case a.isAny() && least == 0 && most == unlimited:
		return d.not(d.nothing())
	}
	if a.nullable {
		least = 0
	}
	return d.make(term{node: node{op: opRepeat, min: least, max: most}, subs: []*term{a}, nullable: least == 0})
}

// derive returns what must follow the character r in what t matches. Once the
// deriver is full it returns anything.
func (d *deriver) derive(t *term, r rune) *term {
	d.steps++
	of := derivative{t, r}
	out, ok := d.derived[of]
	if !ok {
		if d.full() {
			return t
		}
		out = d.deriveNew(t, r)
		d.derived[of] = out
	}
	return out
}

func (d *deriver) deriveNew(t *term, r rune) *term {
	switch t.op {
	case opConcat:
		if len(t.subs) == 0 {
			return d.nothing()
		}
		out := d.concat(d.derive(t.subs[0], r), t.subs[1])
		if t.subs[0].nullable {
			out = d.branch(opUnion, []*term{out, d.derive(t.subs[1], r)})
		}
		return out
	case opUnion, opInter:
		subs := make([]*term, len(t.subs))
		for i, sub := range t.subs {
			subs[i] = d.derive(sub, r)
		}
		return d.branch(t.op, subs)
	case opNot:
		return d.not(d.derive(t.subs[0], r))
	case opRepeat:
		most := t.max
		if most != unlimited {
			most--
		}
		return d.concat(d.derive(t.subs[0], r), d.repeat(t.subs[0], max(0, t.min-1), most))
	}
	if t.has(r) {
		return d.empty()
	}
	return d.nothing()
}
