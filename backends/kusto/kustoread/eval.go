package kustoread

import (
	"strings"
)

// lookup finds a field of an event as package eval does: by its name as it
// stands, then as a path of nested names.
func lookup(event map[string]any, name string) any {
	if v, ok := event[name]; ok {
		return v
	}
	for i := range len(name) {
		if name[i] != '.' {
			continue
		}
		if nested, ok := event[name[:i]].(map[string]any); ok {
			if v := lookup(nested, name[i+1:]); v != nil {
				return v
			}
		}
	}
	return nil
}

// maxWork bounds the texts that one evaluation makes, in bytes, so that no
// expression takes long. Behind it all is null.
const maxWork = 64 << 20

// A machine evaluates one expression over one event.
type machine struct {
	event map[string]any
	left  int // of maxWork
}

// eval evaluates an expression that was checked over an event.
func eval(e expr, event map[string]any) value {
	m := machine{event, maxWork}
	return m.eval(e)
}

func (m *machine) eval(e expr) value {
	if m.left--; m.left < 0 {
		return nil
	}
	switch e := e.(type) {
	case *literal:
		return e.val
	case *column:
		return valueOf(lookup(m.event, e.name), e.kind)
	case *derived:
		return m.eval(e.def)
	case *member:
		return m.member(e)
	case *call:
		return m.call(e)
	case *binary:
		return m.binary(e)
	case *logic:
		return m.logic(e)
	case *inList:
		return m.list(e)
	case *between:
		x := m.eval(e.x)
		low, high := order(">=", x, m.eval(e.low)), order("<=", x, m.eval(e.high))
		in := conjunction(low, high)
		if e.not {
			return not(in)
		}
		return in
	}
	return nil
}

func (m *machine) member(e *member) value {
	var d *dynamic
	switch x := m.eval(e.x).(type) {
	case *dynamic:
		d = x
	case string:
		d = parseJSON(x)
	}
	key := m.eval(e.key)
	if k, ok := key.(*dynamic); ok {
		key = k.simple()
	}
	if d = d.key(key); d == nil {
		return nil
	}
	return d
}

func (m *machine) call(e *call) value {
	args := make([]value, len(e.args))
	for i, a := range e.args {
		args[i] = m.eval(a)
		if e.re != nil && e.fn.param(i) == 'r' {
			re := e.re.compiled()
			if re == nil {
				return nil
			}
			args[i] = re
		}
	}
	if e.fn.eval == nil {
		return nil
	}
	v := e.fn.eval(args)
	if s, ok := v.(string); ok {
		m.left -= len(s)
	}
	return v
}

// logic evaluates and, or or: one side that decides does so beside null
// (scalar-data-types/null-values).
func (m *machine) logic(e *logic) value {
	null := false
	for _, p := range e.parts {
		v := m.eval(p)
		if d, ok := v.(*dynamic); ok {
			v = d.simple()
		}
		switch v {
		case e.or:
			return e.or
		case !e.or:
		default:
			null = true
		}
	}
	if null {
		return nil
	}
	return !e.or
}

func conjunction(a, b value) value {
	if a == false || b == false {
		return false
	}
	if a == nil || b == nil {
		return nil
	}
	return true
}

func (m *machine) binary(e *binary) value {
	if _, ok := e.l.(*star); ok {
		return m.anywhere(e)
	}
	return m.compare(e, m.eval(e.l), m.eval(e.r))
}

// anywhere evaluates a test of every column: whether one of the values of the
// event passes, at any depth.
func (m *machine) anywhere(e *binary) value {
	r := m.eval(e.r)
	for _, v := range leaves(m.event, nil) {
		if m.compare(e, textOf(valueOf(v, anyKind)), r) == true {
			return true
		}
	}
	return false
}

// leaves returns the values of an event.
func leaves(v any, to []any) []any {
	switch v := v.(type) {
	case nil:
	case map[string]any:
		for _, x := range v {
			to = leaves(x, to)
		}
	case []any:
		for _, x := range v {
			to = leaves(x, to)
		}
	default:
		to = append(to, v)
	}
	return to
}

// compare evaluates an operator with two operands.
func (m *machine) compare(e *binary, l, r value) value {
	switch {
	case e.op == regexOp:
		if nullDynamic(e.l, l) {
			return nil
		}
		return e.re.matches(textOf(l))
	case e.op == "==":
		return equal(l, r)
	case e.op == "!=":
		return not(equal(l, r))
	case levels[e.op] == orderLevel:
		return order(e.op, l, r)
	}
	op, ok := textOps[e.op]
	if !ok || nullDynamic(e.l, l) || nullDynamic(e.r, r) {
		return nil
	}
	return op.apply(textOf(l), textOf(r))
}

// elements returns the values of a list: an array stands for its elements.
func (m *machine) elements(items []expr) []value {
	var out []value
	for _, item := range items {
		v := m.eval(item)
		d, ok := v.(*dynamic)
		if !ok || !strings.HasPrefix(string(d.raw), "[") {
			out = append(out, v)
			continue
		}
		for i := 0; ; i++ {
			x := d.key(number(i))
			if x == nil {
				break
			}
			out = append(out, x.simple())
		}
	}
	return out
}

// listOps say which operator each value of a list is tested with, and whether
// all must hold.
var listOps = map[string]struct {
	op  string
	all bool
}{"in": {op: "=="}, "in~": {op: "=~"}, "has_any": {op: "has"}, "has_all": {op: "has", all: true}}

func (m *machine) list(e *inList) value {
	kindOp := listOps[strings.TrimPrefix(e.op, "!")]
	x := m.eval(e.x)
	null, found := false, kindOp.all
	for _, v := range m.elements(e.items) {
		var t value
		if kindOp.op == "==" {
			t = equal(x, v)
		} else if !nullDynamic(e.x, x) {
			t = textOps[kindOp.op].apply(textOf(x), textOf(v))
		}
		null = null || t == nil
		if b, ok := t.(bool); ok && b != kindOp.all {
			found = b
			null = false
			break
		}
	}
	var out value = found
	if null {
		out = nil
	}
	if e.op[0] == '!' {
		return not(out)
	}
	return out
}
