package readbacktest

import (
	"fmt"
	"math/rand"

	"github.com/sigma-compiler/sigmac/sigma/eval"
	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/schema"
)

// A Maker makes events from what a rule tests: fields with values that pass a
// test, that just miss it, that are empty, null or absent.
type Maker struct {
	Rand *rand.Rand

	// Single makes fields with a single value only, for languages that do not
	// look into lists.
	Single bool
}

// Events returns n events for a condition of a rule: half of them are meant to
// be found, each other one differs from one of these in one field.
func (m *Maker) Events(r *ir.Rule, where ir.Expr, n int) []eval.Event {
	f := filler{Maker: m, rule: r, tests: make(map[string][]ir.Test), event: eval.Map{}}
	f.collect(where)
	out := make([]eval.Event, 0, n)
	for len(out) < n {
		f.event = eval.Map{}
		f.satisfy(where, true)
		out = append(out, f.event)
		if len(f.fields) == 0 {
			continue
		}
		near := eval.Map{}
		for k, v := range f.event {
			near[k] = v
		}
		f.event = near
		f.disturb(f.fields[m.Rand.Intn(len(f.fields))])
		out = append(out, near)
	}
	return out[:n]
}

// A filler fills one event.
type filler struct {
	*Maker
	rule   *ir.Rule
	fields []string
	tests  map[string][]ir.Test // single tests by field
	event  eval.Map
}

// collect notes the tests of each field.
func (f *filler) collect(e ir.Expr) {
	ir.Walk(e, func(e ir.Expr) bool {
		if m, ok := e.(*ir.Match); ok {
			if f.tests[m.Field] == nil {
				f.fields = append(f.fields, m.Field)
			}
			ir.WalkTests(m.Test, func(t ir.Test) { f.tests[m.Field] = append(f.tests[m.Field], t) })
		}
		return true
	})
}

// satisfy writes into the event what makes an expression likely to be want.
func (f *filler) satisfy(e ir.Expr, want bool) {
	switch e := e.(type) {
	case ir.And:
		f.parts(e, want, want)
	case ir.Or:
		f.parts(e, want, !want)
	case *ir.Not:
		f.satisfy(e.X, !want)
	case *ir.Named:
		f.satisfy(e.X, want)
	case *ir.Match:
		f.match(e.Field, e.Test, want)
	}
}

func (f *filler) parts(es []ir.Expr, want, all bool) {
	if !all {
		f.satisfy(es[f.Rand.Intn(len(es))], want)
		return
	}
	for _, e := range es {
		f.satisfy(e, want)
	}
}

func (f *filler) match(field string, t ir.Test, want bool) {
	if !want {
		if f.event[field] == nil && f.Rand.Intn(3) == 0 {
			f.set(field, f.miss(field, t))
		}
		return
	}
	switch t := t.(type) {
	case ir.AnyOf:
		f.match(field, t[f.Rand.Intn(len(t))], true)
	case ir.AllOf:
		for _, u := range t {
			f.match(field, u, true)
		}
	case *ir.Null:
		delete(f.event, field)
		if f.Rand.Intn(2) == 0 {
			f.event[field] = nil
		}
	case *ir.FieldRef:
		v := f.Rand.Intn(3)
		f.event[field] = []string{"same", "Same", "xsamex"}[v]
		f.event[t.Field] = "same"
	default:
		f.set(field, f.hit(field, t))
	}
}

// set gives a field a value, beside one that it has: appended to a text, so
// that both may pass, or as another value.
func (f *filler) set(field string, value any) {
	old, had := f.event[field]
	text, isText := value.(string)
	before, wasText := old.(string)
	column, _ := f.rule.Column(field)
	switch {
	case had && isText && wasText && column.Type.IsString() && f.Rand.Intn(2) == 0:
		f.event[field] = before + text
	case had && old != nil && !f.Single && f.Rand.Intn(3) == 0:
		f.event[field] = []any{old, value}
	default:
		f.event[field] = value
	}
}

// hit returns a value that passes a test, fit for the type of the field.
func (f *filler) hit(field string, t ir.Test) any {
	v := f.value(t)
	column, _ := f.rule.Column(field)
	if !fits(column.Type, fmt.Sprint(v)) {
		return f.any(column.Type)
	}
	return v
}

// miss returns a value that a test is likely to miss.
func (f *filler) miss(field string, t ir.Test) any {
	column, _ := f.rule.Column(field)
	if s := f.nearly(t); column.Type.IsString() || fits(column.Type, s) {
		return s
	}
	return f.any(column.Type)
}

// disturb changes one field of the event.
func (f *filler) disturb(field string) {
	tests := f.tests[field]
	t := tests[f.Rand.Intn(len(tests))]
	column, _ := f.rule.Column(field)
	switch f.Rand.Intn(8) {
	case 0:
		delete(f.event, field)
	case 1:
		f.event[field] = nil
	case 2:
		if column.Type.IsString() {
			f.event[field] = ""
		}
	case 3:
		if !f.Single {
			f.event[field] = []any{f.miss(field, t), f.hit(field, t)}
		}
	case 4:
		f.event[field] = f.any(column.Type)
	case 5:
		f.event[field] = f.hit(field, t)
	default:
		f.event[field] = f.miss(field, t)
	}
}

// any returns a value of a type.
func (f *filler) any(t schema.Type) any {
	one := func(list ...string) any { return list[f.Rand.Intn(len(list))] }
	switch t {
	case schema.Int:
		return one("0", "80", "443", "4444", "-1", "65536")
	case schema.Float:
		return one("0", "0.5", "-1.25", "100")
	case schema.Bool:
		return one("true", "false")
	case schema.IP:
		return one("10.0.0.1", "192.168.3.4", "8.8.8.8", "::1", "fe80::1", "2001:db8::5", "127.0.0.1")
	case schema.Time:
		return one("2024-01-02T03:04:05Z", "2025-12-31T23:59:59Z")
	}
	return one("", "x", "a b", `C:\Windows\x.exe`, "443", "true", "-", "\n", "ä")
}
