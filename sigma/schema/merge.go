package schema

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/sigma-compiler/sigmac/sigma"
)

// Merge puts several schemas of one format together: the tables of all, and of
// a table that several have the columns of all. The error is an ErrorList.
func Merge(schemas ...*Schema) (*Schema, error) {
	if len(schemas) == 1 {
		return schemas[0], nil
	}
	out := &Schema{Tables: map[string]*Table{}}
	for i, s := range schemas {
		switch {
		case i == 0:
			out.Name, out.Format = s.Name, s.Format
		case s.Format != out.Format:
			return nil, sigma.ErrorList{{Code: sigma.BadSchema, Msg: fmt.Sprintf("schemas of %s and of %s do not go together: %s, %s", out.Format, s.Format, out.Name, s.Name)}}
		default:
			out.Name += ", " + s.Name
		}
		out.Notes = append(out.Notes, s.Notes...)
		for name, t := range s.Tables {
			to, ok := out.Tables[name]
			if !ok {
				to = &Table{Name: name, Columns: make(map[string]Column, len(t.Columns)), Open: t.Open}
				out.Tables[name] = to
			}
			to.merge(t.Columns, t.Patterns, s.Name, s.Format)
		}
	}
	return out, nil
}

// merge adds the columns of an index to a table.
func (r *reader) merge(t *Table, columns map[string]Column, patterns []Column, x index) {
	t.merge(columns, patterns, cmpOr(shorten(x.name), "another index"), Elastic)
}

func (t *Table) merge(columns map[string]Column, patterns []Column, from string, format Format) {
	for name, c := range columns {
		old, ok := t.Columns[name]
		switch {
		case !ok:
		case format == Splunk && (old.Type == Unknown || c.Type == Unknown):
			// A list of fields without types and one with types.
			c.Type = max(old.Type, c.Type)
		default:
			c = join(old, c, from)
		}
		t.Columns[name] = c
	}
	for _, p := range patterns {
		if i := slices.IndexFunc(t.Patterns, func(q Column) bool { return q.Name == p.Name }); i >= 0 {
			t.Patterns[i] = join(t.Patterns[i], p, from)
			continue
		}
		if len(t.Patterns) < maxPatterns {
			t.Patterns = append(t.Patterns, p)
		}
	}
}

// join returns what holds of a column in two places, the second of which has
// that name. Where they have types that are queried alike, it has the one that
// is right for both; else it has no type, and Conflict says why.
func join(a, b Column, from string) Column {
	a.Array = a.Array || b.Array
	a.Flattened = a.Flattened || b.Flattened
	if a.Caseless != b.Caseless {
		a.Caseless = ""
	}
	if a.Whole != b.Whole {
		a.Whole = ""
	}
	if a.Twin != b.Twin {
		a.Twin = ""
	}
	if a.Alias != b.Alias {
		a.Alias = ""
	}
	if longer(b.Limit, a.Limit) {
		a.Limit = b.Limit
	}
	if a.Barred == "" || b.Barred == "" {
		a.Barred = ""
	}
	if a.Conflict != "" {
		return a
	}
	t, ok := common(a, b)
	if !ok {
		a.Conflict = fmt.Sprintf("%s, but %s in %s", sort(a), sort(b), from)
		a.Object = false
	}
	a.Type = t
	return a
}

// sort names what a column is.
func sort(c Column) string {
	switch {
	case c.Object:
		return "object"
	case c.Flattened:
		return "flattened"
	}
	return c.Type.String()
}

// common returns the type that a query may take two columns for.
func common(a, b Column) (Type, bool) {
	s, t := min(a.Type, b.Type), max(a.Type, b.Type)
	switch {
	case b.Conflict != "":
		return Unknown, false
	case a.Object != b.Object:
		return Unknown, false
	case s == t:
		return s, true
	case s == Keyword && t == Wildcard:
		return Wildcard, true // Kibana can say less of it
	case s >= Keyword && t <= Wildcard:
		return Keyword, true // the cases of a value are spelled out, which a folding index bears
	case s == Int && t == Float:
		return Float, true
	}
	return Unknown, false
}

// sortColumns sorts columns by name.
func sortColumns(list []Column) {
	slices.SortFunc(list, func(a, b Column) int { return cmp.Compare(a.Name, b.Name) })
}

// Union returns the table that a query without a table is about: the columns
// of all tables. One that tables have in several types has none. A nil Schema
// has no columns.
func (s *Schema) Union() *Table {
	out := &Table{Columns: map[string]Column{}}
	if s == nil {
		return out
	}
	names := make([]string, 0, len(s.Tables))
	for name := range s.Tables {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		out.merge(s.Tables[name].Columns, s.Tables[name].Patterns, name, s.Format)
		out.Open = out.Open || s.Tables[name].Open
	}
	return out
}
