package esql

import (
	"strings"

	"github.com/sigma-compiler/sigmac/backends/elastic"
	"github.com/sigma-compiler/sigmac/backends/emit"
	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/schema"
)

// list writes the values of a field: those that a list can hold as lists. LIKE
// has no list that all versions and field types take.
func list(p *emit.Printer, f emit.Field, ts []ir.Test) []emit.Frag {
	var sets sets
	var networks []string
	var arms []emit.Frag
	for _, t := range ts {
		switch t := t.(type) {
		case *ir.Text:
			x := textTerm(p, f, t)
			if x.op == " == " {
				sets.add(x.expr, x.value)
			} else {
				arms = append(arms, x.frag())
			}
			continue
		case *ir.Compare:
			if t.Op == ir.Eq {
				single(p, f, t.Pos)
				sets.add(name(f.Name), string(t.Number))
				continue
			}
		case *ir.CIDR:
			elastic.Addresses(p, f)
			single(p, f, t.Pos)
			networks = append(networks, quoted(t.Prefix.String()))
			continue
		}
		arms = append(arms, p.Test(f, t))
	}
	if len(networks) > 0 {
		sets.frags = append(sets.frags, cidrMatch(f, networks))
	}
	return append(sets.write(), arms...)
}

// sets are the values that expressions are compared with.
type sets struct {
	exprs  []string
	values [][]string
	frags  []emit.Frag
}

// add adds a value. Numbers and strings are never in one set.
func (s *sets) add(expr, value string) {
	for i, e := range s.exprs {
		if e == expr && (s.values[i][0][0] == '"') == (value[0] == '"') {
			s.values[i] = append(s.values[i], value)
			return
		}
	}
	s.exprs = append(s.exprs, expr)
	s.values = append(s.values, []string{value})
}

func (s *sets) write() []emit.Frag {
	out := make([]emit.Frag, 0, len(s.exprs)+len(s.frags))
	for i, expr := range s.exprs {
		if values := s.values[i]; len(values) == 1 {
			out = append(out, emit.Maybe(expr+" == "+values[0]))
		} else {
			out = append(out, emit.Maybe(expr+" in ("+strings.Join(values, ", ")+")"))
		}
	}
	return append(out, s.frags...)
}

func cidr(p *emit.Printer, f emit.Field, t *ir.CIDR) emit.Frag {
	elastic.Addresses(p, f)
	single(p, f, t.Pos)
	return cidrMatch(f, []string{quoted(t.Prefix.String())})
}

// cidrMatch reads the address from text where the field holds text.
func cidrMatch(f emit.Field, networks []string) emit.Frag {
	field := name(f.Name)
	if f.Known && elastic.HoldsText(f.Type()) {
		field = "to_ip(" + field + ")"
	}
	return emit.Maybe("cidr_match(" + field + ", " + strings.Join(networks, ", ") + ")")
}

// compare writes a comparison with a number. Text is read as a number; where
// the type is not known it is taken to be one, since the engine refuses a
// query in which types differ.
func compare(p *emit.Printer, f emit.Field, t *ir.Compare) emit.Frag {
	single(p, f, t.Pos)
	field := name(f.Name)
	if f.Known && elastic.HoldsText(f.Type()) {
		field = "to_double(" + field + ")"
	}
	return emit.Maybe(field + " " + t.Op.String() + " " + string(t.Number))
}

func boolean(p *emit.Printer, f emit.Field, t *ir.Bool) emit.Frag {
	single(p, f, t.Pos)
	if t.Value {
		return emit.Maybe(name(f.Name) + " == true")
	}
	return emit.Maybe(name(f.Name) + " == false")
}

// fieldRef compares with another field (M37 to M39).
func fieldRef(p *emit.Printer, f emit.Field, t *ir.FieldRef) emit.Frag {
	single(p, f, t.Pos)
	other := p.Other(t)
	a, b := name(f.Name), name(other.Name)
	if t.Shape == ir.Exact && f.Type() == other.Type() && !elastic.HoldsText(f.Type()) {
		return emit.Maybe(a + " == " + b)
	}
	a, b = stringOf(f), stringOf(other)
	if !t.Cased && !elastic.Native(p.Job) {
		a, b = "to_lower("+a+")", "to_lower("+b+")"
	}
	switch t.Shape {
	case ir.Prefix:
		return emit.Maybe("starts_with(" + a + ", " + b + ")")
	case ir.Suffix:
		return emit.Maybe("ends_with(" + a + ", " + b + ")")
	case ir.Substring:
		return emit.Maybe("locate(" + a + ", " + b + ") > 0")
	}
	return emit.Maybe(a + " == " + b)
}

// parts are the names of ISO 8601's fields that DATE_EXTRACT takes. It has no
// week of ISO 8601: aligned_week_of_year begins on the first of January.
var parts = map[ir.Part]string{
	ir.Minute: "minute_of_hour", ir.Hour: "hour_of_day", ir.Day: "day_of_month", ir.Month: "month_of_year", ir.Year: "year",
}

// timePart takes a part of a date (M30), in UTC.
func timePart(p *emit.Printer, f emit.Field, t *ir.TimePart) emit.Frag {
	single(p, f, t.Pos)
	part := parts[t.Part]
	if part == "" {
		p.Unsupported(t.Pos, "the "+t.Part.String()+" of a time", "kusto can")
	}
	field := name(f.Name)
	if f.Known && f.Type() != schema.Time {
		field = "to_datetime(" + field + ")"
	}
	return emit.Maybe("date_extract(" + quoted(part) + ", " + field + ") " + t.Op.String() + " " + string(t.Number))
}
