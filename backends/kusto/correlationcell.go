package kusto

import (
	"slices"
	"strings"

	"github.com/sigma-compiler/sigmac/backends/emit"
	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/schema"
)

// A cell is what a slot is in some rows.
type cell struct {
	expr  string
	plain bool        // it is a column, not something that is computed
	kind  schema.Type // Unknown: what the column is nobody knows
	set   bool        // an array of texts: of the events that another correlation fired at
	sure  bool        // it was seen to that there is a value
}

// known reports whether the cell has a type that can stand beside others of
// the type.
func (c cell) known() bool { return c.kind != schema.Unknown && !c.set }

// text returns the cell as a string. tostring() of null is the empty string
// (query/tostring-function).
func (c cell) text() string {
	if c.known() && (c.kind.IsString() || c.kind == schema.IP) {
		return c.expr
	}
	return "tostring(" + c.expr + ")"
}

// present writes that the cell has a value. A string is never null
// (query/scalar-data-types/null-values); isnotempty() takes other types, too.
func (c cell) present() string {
	switch {
	case c.kind == schema.Float:
		return "isfinite(" + c.expr + ")" // neither null nor NaN
	case c.kind == schema.Unknown || c.kind.IsString() || c.kind == schema.IP:
		return "isnotempty(" + c.expr + ")"
	}
	return "isnotnull(" + c.expr + ")"
}

// cellOf returns what a slot is in the events of a rule.
func (l *level) cellOf(s *slot, p *part) cell {
	r := s.read(p)
	cells := make([]cell, len(r.Fields))
	for i, name := range r.Fields {
		f := p.event.FieldOf(&ir.Match{Pos: r.Pos, Field: name})
		cells[i] = cell{expr: column(name), plain: true, kind: f.Type()}
		if f.Type() == schema.Dynamic {
			l.Warn(r.Pos, sigma.Assumed, "", "%s is dynamic: the correlation reads an array or object as its JSON text", name)
			cells[i] = cell{expr: operand(f), kind: schema.Keyword}
		}
	}
	c := first(cells)
	if s.value && s.in.Type.IsNumeric() {
		return l.number(c, r)
	}
	return c
}

// first returns the first cell that has a value (query/coalesce-function: the
// first that is not null, or of strings not empty).
func first(cells []cell) cell {
	if len(cells) == 1 {
		return cells[0]
	}
	same := alike(cells)
	exprs := make([]string, len(cells))
	for i, c := range cells {
		switch {
		case same && c.kind == schema.Int:
			exprs[i] = "tolong(" + c.expr + ")"
		case same:
			exprs[i] = c.expr
		default:
			exprs[i] = c.text()
		}
	}
	out := cell{expr: "coalesce(" + strings.Join(exprs, ", ") + ")", kind: schema.Keyword}
	if same {
		out.kind = cells[0].kind
	}
	return out
}

// alike reports whether cells are of one type, so that they can be one column.
func alike(cells []cell) bool {
	return !slices.ContainsFunc(cells, func(c cell) bool { return !c.known() || c.kind != cells[0].kind })
}

// number returns a cell as a number. todouble() of a text that is none is null
// (query/todouble-function).
func (l *level) number(c cell, r ir.Read) cell {
	switch {
	case c.kind.IsNumber():
		return c
	case c.kind == schema.Unknown || c.kind.IsString():
		return cell{expr: "todouble(" + c.expr + ")", kind: schema.Float}
	}
	l.Fail(r.Pos, sigma.BadFieldType, "", "%s is of type %s: no %s is computed of it", r.Fields[0], c.kind, l.Type)
	return c
}

// merged returns the cells of one slot in several tables as one column of one
// type: union makes two columns of one name where types differ
// (query/union-operator). An int is no long.
func merged(s *slot, cells []cell) []cell {
	out := slices.Clone(cells)
	for i, c := range out {
		switch same := alike(cells); {
		case c.set:
		case same && c.kind == schema.Int:
			out[i].expr = "tolong(" + c.expr + ")"
		case same:
		case s.value && s.in.Type.IsNumeric():
			out[i] = cell{expr: "todouble(" + c.expr + ")", kind: schema.Float}
		default:
			out[i] = cell{expr: c.text(), kind: schema.Keyword}
		}
		out[i].plain = false
	}
	return out
}

// timeOf returns the column with the time of a rule's events: that of the
// setting, or else the one that tables of the products have, TimeGenerated in a
// workspace and Timestamp in Defender XDR.
func (c *correlator) timeOf(e *emit.Event) string {
	if name := c.Setting("time_column"); name != "" {
		return column(name)
	}
	for _, name := range []string{"TimeGenerated", "Timestamp"} {
		if f, known := e.Rule.Column(name); known && f.Type == schema.Time {
			return name
		}
	}
	c.Warn(c.Correlation.Source.TypePos, sigma.Assumed, "the setting time_column names it", "the time of an event is taken to be in the column TimeGenerated")
	return "TimeGenerated"
}
