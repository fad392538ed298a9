package pipeline

import (
	"bytes"
	"embed"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// factFiles holds the tables of facts from which the pipelines that come with
// the project take names: one place for a field, whatever the targets call it.
//
//go:embed builtin/facts/*.csv
var factFiles embed.FS

// facts is one table: the first column is the key, each other column is what
// one target calls it. A cell lists names separated by "|"; an empty one says
// that the target has no name of its own.
type facts struct {
	columns []string           // the header without the key's
	rows    map[string]factRow // by key
	keys    []string           // in the order of the file
}

// A factRow is one row of a table: for each column its names.
type factRow struct {
	pos   sigma.Pos
	cells [][]string
}

// factTables are the tables that there are, read when first asked for.
var factTables = sync.OnceValues(func() (map[string]*facts, error) {
	out := make(map[string]*facts)
	names, err := fs.Glob(factFiles, "builtin/facts/*.csv")
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		data, err := factFiles.ReadFile(name)
		if err != nil {
			return nil, err
		}
		f, err := readFacts(name, data)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		out[strings.TrimSuffix(path.Base(name), ".csv")] = f
	}
	return out, nil
})

// readFacts reads a table. Lines that begin with # are remarks.
func readFacts(name string, data []byte) (*facts, error) {
	r := csv.NewReader(bytes.NewReader(data))
	r.Comment = '#'
	header, err := r.Read()
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	if len(header) < 2 {
		return nil, fmt.Errorf("a table of facts needs a line of column names, and two columns at least")
	}
	file := &sigma.File{Name: name, Data: data}
	f := &facts{columns: header[1:], rows: make(map[string]factRow)}
	for {
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			return f, nil
		}
		if err != nil {
			return nil, err
		}
		line, _ := r.FieldPos(0)
		key := record[0]
		if _, twice := f.rows[key]; twice || key == "" {
			return nil, fmt.Errorf("line %d: the key %q is empty or stands twice", line, key)
		}
		cells := make([][]string, len(f.columns))
		for j, cell := range record[1:] {
			if cell != "" {
				cells[j] = strings.Split(cell, "|")
			}
		}
		f.rows[key] = factRow{sigma.Pos{File: file, Line: line, Col: 1}, cells}
		f.keys = append(f.keys, key)
	}
}

// column returns what the column of that parameter says of each key of a
// table, in the order of the file and without the keys that it says nothing
// of.
func (p *params) column(table, parameter string) []pair {
	column := p.needText(parameter)
	if table == "" || column == "" {
		return nil
	}
	all, err := factTables()
	if err != nil {
		p.fail(p.pos, sigma.BadPipeline, "", "the tables of facts cannot be read: %s", err)
		return nil
	}
	f, ok := all[table]
	if !ok {
		names := slices.Sorted(maps.Keys(all))
		p.fail(p.at(p.take("facts")), sigma.BadPipeline, near(table, names, "the tables are "+strings.Join(names, ", ")), "there is no table of facts %q", table)
		return nil
	}
	i := slices.Index(f.columns, column)
	if i < 0 {
		p.fail(p.at(p.take(parameter)), sigma.BadPipeline, near(column, f.columns, "the columns are "+strings.Join(f.columns, ", ")), "the table of facts %s has no column %q", table, column)
		return nil
	}
	var out []pair
	for _, key := range f.keys {
		if row := f.rows[key]; row.cells[i] != nil {
			out = append(out, pair{key: key, pos: row.pos, values: row.cells[i]})
		}
	}
	return out
}

// makeFactMapping is field_name_mapping with the names of a column of facts.
func makeFactMapping(p *params, _ *step) transformation {
	entries := p.column(p.needText("facts"), "column")
	table := make(map[string][]string, len(entries))
	for _, e := range entries {
		table[e.key] = e.values
	}
	return newTableNaming(entries, false, func(name string, keyword bool) []string {
		if keyword {
			return nil
		}
		return table[name]
	})
}

// factCondition requires what a table of facts says of the rule's log source.
type factCondition struct {
	attribute string // category, product or service
	rows      map[string]*factTest
	entries   []Entry
}

// A factTest is what a row says.
type factTest struct {
	pos     sigma.Pos
	expr    ir.Expr
	service string // what the log source's service is from then on; "" leaves it
}

func makeFactCondition(p *params, _ *step) transformation {
	t := &factCondition{attribute: p.choice("attribute", "service", "category", "product"), rows: make(map[string]*factTest)}
	field, prefixes := p.needText("field"), []string{""}
	if n := p.take("prefixes"); n != nil {
		prefixes = p.texts(n, "prefixes")
	}
	table := p.needText("facts")
	services := make(map[string]string)
	if n := p.take("service"); n != nil {
		for _, e := range p.column(table, "service") {
			if len(e.values) == 1 {
				services[e.key] = e.values[0]
			}
		}
	}
	for _, row := range p.column(table, "column") {
		e, err := p.factTest(field, prefixes, row.values)
		if err != nil {
			p.adopt(err)
			return nil
		}
		t.rows[row.key] = &factTest{row.pos, e, services[row.key]}
		t.entries = append(t.entries, Entry{Pos: row.pos, Key: row.key, To: row.values, Service: services[row.key]})
	}
	return t
}

// factTest builds the test of a field for any of the names in a cell, with
// each of the prefixes.
func (p *params) factTest(field string, prefixes, names []string) (ir.Expr, error) {
	var values []sigma.Value
	for _, name := range names {
		for _, prefix := range prefixes {
			values = append(values, factValue(p.pos, prefix+name))
		}
	}
	return build(ruleOf([]*sigma.Item{itemFor(field, p.pos, values, len(values) > 1)}), false)
}

// factValue is a value of a rule as a cell writes it: a number where it is
// all digits, plain text otherwise.
func factValue(pos sigma.Pos, text string) sigma.Value {
	if strings.Trim(text, "0123456789") == "" {
		return sigma.Value{Pos: pos, Kind: sigma.Int, Text: text}
	}
	return sigma.Value{Pos: pos, Kind: sigma.String, Text: escape(text)}
}

func (t *factCondition) apply(w *run) {
	key := w.rule.LogSource.Service
	switch t.attribute {
	case "category":
		key = w.rule.LogSource.Category
	case "product":
		key = w.rule.LogSource.Product
	}
	row := t.rows[key]
	if row == nil {
		return
	}
	w.from(row.pos)
	(&addCondition{expr: row.expr}).apply(w)
	if row.service != "" {
		w.mutable().LogSource.Service = row.service
	}
}
