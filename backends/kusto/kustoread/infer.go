package kustoread

// evidence is what a query says of the type of a column that no schema knows.
type evidence struct {
	kind     kind // of a use that needs it; anyKind where there is none
	at       int  // of that use
	weak     kind // of the constants that it equals
	mixed    bool // they are of several types
	conflict int  // where a use needs another type, plus one
}

// An inferrer collects what a query says of the types of columns. A string
// operator needs a string, an order with a number a number; == takes
// everything, so that its constant decides only where nothing else does.
type inferrer map[string]*evidence

// column notes a use of a column.
func (in inferrer) column(name string, k kind, at int, weak bool) {
	ev := in[name]
	if ev == nil {
		ev = &evidence{}
		in[name] = ev
	}
	if k.isNumber() {
		k = longKind
	}
	switch {
	case k == anyKind || weak && k == dynamicKind: // an array equals nothing, its elements may
	case weak:
		ev.mixed = ev.mixed || ev.weak != anyKind && ev.weak != k
		ev.weak = k
	case ev.kind == anyKind:
		ev.kind, ev.at = k, at
	case ev.kind != k && ev.conflict == 0:
		ev.conflict = at + 1
	}
}

// need notes that an expression stands where a type is needed.
func (in inferrer) need(e expr, k kind, weak bool) {
	switch x := e.(type) {
	case *column:
		in.column(x.name, k, x.from, weak)
		return
	case *derived:
		in.need(x.def, k, weak)
		return
	case *call:
		if x.fn.result == anyKind { // iff and the like
			in.choice(x, k, weak)
			return
		}
	}
	in.visit(e)
}

// choice passes on what is needed of a value that is one of the arguments.
func (in inferrer) choice(x *call, k kind, weak bool) {
	for i, a := range x.args {
		if x.isCondition(i) {
			in.need(a, boolKind, false)
			continue
		}
		in.need(a, k, weak)
	}
}

// visit looks into the parts of an expression.
func (in inferrer) visit(e expr) {
	switch e := e.(type) {
	case *column:
		in.column(e.name, anyKind, e.from, true)
	case *derived:
		in.visit(e.def)
	case *member:
		in.need(e.x, dynamicKind, false)
		in.visit(e.key)
	case *call:
		in.call(e)
	case *logic:
		for _, p := range e.parts {
			in.need(p, boolKind, false)
		}
	case *binary:
		in.binary(e)
	case *inList:
		in.list(e)
	case *between:
		for _, side := range []expr{e.low, e.high} {
			in.need(e.x, side.base().kind, false)
			in.visit(side)
		}
	}
}

func (in inferrer) call(e *call) {
	if e.fn.result == anyKind {
		in.choice(e, anyKind, true)
		return
	}
	for i, a := range e.args {
		switch e.fn.param(i) {
		case 's', 'r':
			in.need(a, stringKind, false)
		case 'b':
			in.need(a, boolKind, false)
		case 'i':
			in.need(a, longKind, false)
		case 't':
			in.need(a, timeKind, false)
		case 'd':
			in.need(a, spanKind, false)
		default:
			in.need(a, anyKind, true)
		}
	}
}

func (in inferrer) binary(e *binary) {
	l, r := e.l.base().kind, e.r.base().kind
	switch levels[e.op] {
	case equalLevel:
		in.need(e.l, r, true)
		in.need(e.r, l, true)
	case orderLevel:
		in.need(e.l, r, false)
		in.need(e.r, l, false)
	case 0:
		in.need(e.l, stringKind, false)
		in.need(e.r, stringKind, false)
	default:
		in.need(e.l, anyKind, true)
		in.need(e.r, anyKind, true)
	}
}

func (in inferrer) list(e *inList) {
	for _, item := range e.items {
		in.need(item, anyKind, true)
	}
	if e.op == "in" || e.op == "!in" {
		for _, item := range e.items {
			in.need(e.x, item.base().kind, true)
		}
		return
	}
	in.need(e.x, stringKind, false)
}

// kindOf returns the type that a column is taken to have. Where nothing says
// what it is, anything may be in it.
func (in inferrer) kindOf(name string) (kind, error) {
	ev := in[name]
	switch {
	case ev == nil:
		return anyKind, nil
	case ev.conflict > 0:
		return anyKind, unknown(ev.conflict-1, "the column %q is used as %s here and as %s at byte %d: its type is not known", name, "another type", ev.kind, ev.at)
	case ev.kind != anyKind:
		return ev.kind, nil
	case ev.mixed:
		return anyKind, nil
	}
	return ev.weak, nil
}
