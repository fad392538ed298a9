package pipeline

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/pipeline/pydata"
)

// A format takes values out of text.
type format struct {
	kind   string // plaintext, csv, json, yaml
	column string // of csv, by its name
	index  int    // of csv, where it has no name; -1 otherwise
	header bool   // of csv
	pick   Selection
}

// format reads the parameters that say how values are taken out of a source.
func (p *params) format() format {
	f := format{kind: p.choice("format", "plaintext", "csv", "json", "yaml"), header: true, index: -1}
	if p.take("csv_has_header") != nil {
		f.header = p.flag("csv_has_header")
	}
	column, expression := p.take("csv_column"), p.take("jq_expression")
	switch f.kind {
	case "csv":
		if column == nil {
			p.fail(p.pos, sigma.BadPipeline, "the name of a column, or its number from 0", `the format csv needs the parameter "csv_column"`)
			break
		}
		f.column = p.scalar(column, "csv_column")
		if n, err := strconv.Atoi(column.Value); column.Tag == "!!int" && err == nil && n >= 0 {
			f.index = n
		} else if !f.header {
			p.fail(p.at(column), sigma.BadPipeline, "give its number, from 0", "a column has no name where csv_has_header is false")
		}
	case "json", "yaml":
		f.pick = p.selection(expression, f.kind)
	}
	return f
}

// selection compiles the expression that picks the values.
func (p *params) selection(n *yaml.Node, kind string) Selection {
	if n == nil || n.Tag == "!!null" {
		p.fail(p.pos, sigma.BadPipeline, "such as .items[]", `the format %s needs the parameter "jq_expression"`, kind)
		return nil
	}
	if p.options.Select == nil {
		p.fail(p.at(n), sigma.Unsupported, "set Options.Select, package external has one", "jq expressions are not read here")
		return nil
	}
	pick, err := p.options.Select(p.scalar(n, "jq_expression"))
	if err != nil {
		p.fail(p.at(n), sigma.BadPipeline, "", "%q cannot be used: %s", "jq_expression", err)
	}
	return pick
}

// values returns the values in a text.
func (f format) values(data []byte) ([]string, error) {
	switch f.kind {
	case "csv":
		return f.csv(data)
	case "json":
		dec := json.NewDecoder(bytes.NewReader(data))
		dec.UseNumber()
		var v any
		if err := dec.Decode(&v); err != nil {
			return nil, fmt.Errorf("it is no JSON: %w", err)
		}
		if _, err := dec.Token(); !errors.Is(err, io.EOF) {
			return nil, errors.New("it is no JSON: something stands behind the value")
		}
		return f.selected(v)
	case "yaml":
		var root yaml.Node
		if err := yaml.Unmarshal(data, &root); err != nil {
			return nil, fmt.Errorf("it is no YAML: %w", err)
		}
		v, err := pydata.FromYAML(&root)
		if err != nil {
			return nil, err
		}
		return f.selected(plainData(v))
	}
	var out []string
	for line := range strings.Lines(string(data)) {
		out = append(out, strings.TrimSpace(line))
	}
	return out, nil
}

// csv returns the values of the column.
func (f format) csv(data []byte) ([]string, error) {
	r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(data, []byte("\uFEFF"))))
	r.FieldsPerRecord, r.LazyQuotes = -1, true
	rows, err := r.ReadAll()
	if err != nil {
		return nil, fmt.Errorf("it is no CSV: %w", err)
	}
	at := f.index
	if f.header && len(rows) > 0 {
		for i, name := range rows[0] {
			if at < 0 && name == f.column {
				at = i
			}
		}
		if at < 0 {
			return nil, fmt.Errorf("it has no column %q; there are %s", f.column, strings.Join(rows[0], ", "))
		}
		rows = rows[1:]
	}
	var out []string
	for _, row := range rows {
		if at < len(row) {
			out = append(out, row[at])
		}
	}
	return out, nil
}

// selected returns what the expression picks.
func (f format) selected(data any) ([]string, error) {
	all, err := f.pick(data)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, v := range all {
		switch v.(type) {
		case nil:
		case map[string]any, []any:
			return nil, errors.New("the jq_expression selects lists or mappings, not single values; .items[] are the parts of the list .items")
		default:
			out = append(out, fmt.Sprint(v))
		}
	}
	return out, nil
}

// plainData returns data as encoding/json has it. Times stay as they are
// written.
func plainData(v any) any {
	switch v := v.(type) {
	case *pydata.Map:
		out := make(map[string]any, v.Len())
		for _, k := range v.Keys() {
			x, _ := v.Get(k)
			out[k] = plainData(x)
		}
		return out
	case pydata.List:
		out := make([]any, len(v))
		for i, x := range v {
			out[i] = plainData(x)
		}
		return out
	case int64:
		return int(v)
	}
	return v
}

// strings returns a mapping from names to texts, nil where there is none.
func (p *params) strings(name string) map[string]string {
	n := p.take(name)
	if n == nil || n.Tag == "!!null" {
		return nil
	}
	m := p.mapping(n, fmt.Sprintf("%q", name))
	if m == nil {
		return nil
	}
	out := make(map[string]string, len(m.keys))
	for _, k := range m.keys {
		out[k.name] = p.scalar(k.node, k.name)
	}
	return out
}

// number returns a positive whole number, which is otherwise where it is
// absent.
func (p *params) number(name string, otherwise, most int) int {
	n := p.take(name)
	if n == nil {
		return otherwise
	}
	v, err := strconv.Atoi(n.Value)
	if n.Kind != yaml.ScalarNode || n.Tag != "!!int" || err != nil || v < 1 || v > most {
		p.fail(p.at(n), sigma.BadPipeline, "", "%q must be a whole number from 1 to %d, not %s", name, most, kindOf(n))
		return otherwise
	}
	return v
}
