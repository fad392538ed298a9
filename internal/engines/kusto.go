package engines

import (
	"encoding/json"
	"fmt"
	"os/exec"
	"strconv"
	"strings"

	"github.com/sigma-compiler/sigmac/sigma/schema"
)

// What engines that have the events in a table find in columns of ours.
const (
	idColumn  = "sigmac_id"  // the event's number
	allColumn = "sigmac_all" // all values, for "* contains": naming each column makes queries of megabytes
)

func kustoDriver() driver {
	return driver{func() *exec.Cmd { return nodeCommand(kustoService, "kusto/service.js") }}
}

func duckDBDriver() driver {
	return driver{func() *exec.Cmd { return pythonCommand(duckDB, "run_duckdb.py") }}
}

func chDBDriver() driver {
	return driver{func() *exec.Cmd { return pythonCommand(chDB, "run_chdb.py") }}
}

// A tableRequest tells a driver which table there is.
type tableRequest struct {
	Op      string              `json:"op"`
	Table   string              `json:"table"`
	Columns []column            `json:"columns"`
	Rows    []map[string]any    `json:"rows"`
	Tables  map[string][]column `json:"tables,omitempty"` // further ones, without rows
}

// A column is a column with its type as the language names it.
type column struct {
	Name string `json:"name"`
	Type string `json:"type"`
}

// kustoRows makes rows of events as Kusto ingests them: a value that is not of
// the column's type becomes null, and a string that is absent or null is empty,
// since Kusto has no null strings (Kusto manual, "Null values").
func kustoRows(t Table, events []Event) (any, error) {
	rows, err := decode(events)
	if err != nil {
		return nil, err
	}
	s := t.shapeOf(rows)
	r := tableRequest{Op: "load", Table: t.Name, Columns: kustoColumns(s.columns), Rows: make([]map[string]any, len(rows))}
	r.Columns = append(r.Columns, column{idColumn, "long"}, column{allColumn, "string"})
	for i, row := range rows {
		out := map[string]any{idColumn: events[i].ID}
		var all []string
		for _, c := range r.Columns[:len(s.columns)] {
			out[c.Name] = kustoValue(c.Type, row[c.Name])
			all = append(all, textOf(row[c.Name]))
		}
		out[allColumn] = strings.Join(all, "\x1f") // which no text has that is sought
		r.Rows[i] = out
	}
	if t.Schema != nil {
		r.Tables = make(map[string][]column, len(t.Schema.Tables))
		for name, table := range t.Schema.Tables {
			columns := make([]schema.Column, 0, len(table.Columns))
			for _, c := range table.Columns {
				columns = append(columns, c)
			}
			r.Tables[name] = kustoColumns(columns)
		}
	}
	return r, nil
}

func kustoColumns(columns []schema.Column) []column {
	out := make([]column, len(columns))
	for i, c := range columns {
		out[i] = column{c.Name, kustoType(c.Type)}
	}
	return out
}

// kustoType returns Kusto's name of a type. An address is a string there.
func kustoType(t schema.Type) string {
	switch t {
	case schema.Int:
		return "long"
	case schema.Float:
		return "real"
	case schema.Bool:
		return "bool"
	case schema.Time:
		return "datetime"
	case schema.GUID:
		return "guid"
	case schema.Dynamic:
		return "dynamic"
	}
	return "string"
}

// kustoValue returns a value as a column of the type has it.
func kustoValue(kind string, v any) any {
	text := textOf(v)
	switch kind {
	case "string":
		return text
	case "long":
		if n, err := strconv.ParseInt(text, 10, 64); err == nil {
			return n
		}
	case "real":
		if _, err := strconv.ParseFloat(text, 64); err == nil {
			return json.Number(text)
		}
	case "bool":
		if b, err := strconv.ParseBool(strings.ToLower(text)); err == nil {
			return b
		}
	case "datetime", "guid":
		if text != "" {
			return text
		}
	case "dynamic":
		if v != nil {
			return v
		}
	}
	return nil
}

// textOf returns the text of a value; that of an object or a list is JSON.
func textOf(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case json.Number:
		return v.String()
	case bool:
		return strconv.FormatBool(v)
	}
	text, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(text)
}
