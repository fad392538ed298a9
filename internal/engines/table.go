package engines

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/sigma-compiler/sigmac/sigma/schema"
)

// A Table is what the events are rows of.
type Table struct {
	Name string // as queries name it, for languages that do

	// Columns are the fields whose types are known, and those that no event
	// has but queries name. What else there is has the type that its values
	// have in all events, and is a keyword where they differ.
	Columns []schema.Column

	// Schema has further tables, for engines that check queries against them.
	Schema *schema.Schema
}

// kinds are the kinds of values that a field has, as bits.
type kinds uint8

const (
	isText kinds = 1 << iota
	isWhole
	isFraction
	isBool
	isObject
	isList
)

// typeOf returns the type of a column whose values are of these kinds.
func (k kinds) typeOf() schema.Type {
	switch k &^ isList {
	case isWhole:
		return schema.Int
	case isFraction, isFraction | isWhole:
		return schema.Float
	case isBool:
		return schema.Bool
	case isObject:
		return schema.Dynamic
	}
	return schema.Keyword
}

// kindOf returns the kind of a value.
func kindOf(v any) kinds {
	switch v := v.(type) {
	case json.Number:
		if _, err := strconv.ParseInt(v.String(), 10, 64); err == nil {
			return isWhole
		}
		return isFraction
	case bool:
		return isBool
	case map[string]any:
		return isObject
	case []any:
		k := isList
		for _, x := range v {
			k |= kindOf(x)
		}
		return k
	case string:
		return isText
	}
	return 0
}

// A shape says which columns there are, and whether any value of a column is a
// list.
type shape struct {
	columns []schema.Column // sorted by name
	lists   map[string]bool
}

// shapeOf returns the columns of a table with these rows: those that the table
// declares, with their types, and those that the rows have.
func (t Table) shapeOf(rows []map[string]any) shape {
	seen := make(map[string]kinds)
	for _, row := range rows {
		for name, v := range row {
			seen[name] |= kindOf(v)
		}
	}
	columns := make(map[string]schema.Column)
	for name, k := range seen {
		columns[name] = schema.Column{Name: name, Type: k.typeOf()}
	}
	for _, c := range t.Columns {
		if have, ok := columns[c.Name]; c.Type == schema.Unknown {
			if c.Type = schema.Keyword; ok {
				c.Type = have.Type
			}
		}
		columns[c.Name] = c
	}
	s := shape{lists: make(map[string]bool)}
	for _, name := range slices.Sorted(maps.Keys(columns)) {
		s.columns = append(s.columns, columns[name])
		s.lists[name] = seen[name]&isList != 0
	}
	return s
}

// decode reads the fields of events. Numbers keep their digits.
func decode(events []Event) ([]map[string]any, error) {
	rows := make([]map[string]any, len(events))
	for i, e := range events {
		d := json.NewDecoder(bytes.NewReader(e.Fields))
		d.UseNumber()
		if err := d.Decode(&rows[i]); err != nil {
			return nil, fmt.Errorf("event %d: %w", e.ID, err)
		}
	}
	return rows, nil
}

// flatten returns the values of nested objects under names joined by dots, as
// Elastic's languages see them. Objects in a list count as if each stood there
// alone.
func flatten(row map[string]any) map[string]any {
	out := make(map[string]any, len(row))
	flattenInto(out, "", row)
	return out
}

func flattenInto(out map[string]any, prefix string, row map[string]any) {
	for name, v := range row {
		flattenValue(out, prefix+name, v)
	}
}

func flattenValue(out map[string]any, name string, v any) {
	switch v := v.(type) {
	case map[string]any:
		flattenInto(out, name+".", v)
		return
	case []any:
		for _, x := range v {
			flattenValue(out, name, x)
		}
		return
	}
	switch have, ok := out[name].([]any); {
	case ok:
		out[name] = append(have, v)
	case out[name] != nil:
		out[name] = []any{out[name], v}
	default:
		out[name] = v
	}
}
