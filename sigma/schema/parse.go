package schema

import (
	"fmt"
	"strings"
)

// A parser reads one data file.
type parser struct {
	schema *Schema
	table  *Table // that the columns belong to, nil before the first
	kind   string // of the columns that follow
}

// parse reads a schema. A line begins with "#" for a remark, "[" for a table's
// name, a word with a colon for the kind of the columns behind it, or a space
// where it goes on with the line above. "include: name" begins with the tables
// of another schema, which open returns; behind a table's name it gives that
// table the columns of the other schema's table without a name.
func parse(name, text string, open func(string) (*Schema, error)) (*Schema, error) {
	p := parser{schema: &Schema{Name: name, Tables: map[string]*Table{}}}
	for n := 1; text != ""; n++ {
		var line string
		line, text, _ = strings.Cut(text, "\n")
		if err := p.line(line, open); err != nil {
			return nil, fmt.Errorf("schema %s, line %d: %w", name, n, err)
		}
	}
	return p.schema, nil
}

// line reads one line.
func (p *parser) line(line string, open func(string) (*Schema, error)) error {
	switch {
	case line == "" || line[0] == '#':
		return nil
	case line[0] == '[':
		p.begin(strings.Trim(line, "[]"))
		return nil
	case line[0] != ' ':
		kind, rest, found := strings.Cut(line, ":")
		if !found {
			return fmt.Errorf("a line begins with a kind and a colon, not with %q", line)
		}
		if kind == "include" {
			return p.include(strings.TrimSpace(rest), open)
		}
		p.kind, line = kind, rest
	}
	if p.table == nil {
		return fmt.Errorf("columns stand before the first table")
	}
	for line = strings.TrimLeft(line, " "); line != ""; line = strings.TrimLeft(line, " ") {
		word, rest, _ := strings.Cut(line, " ")
		if err := p.column(word); err != nil {
			return err
		}
		line = rest
	}
	return nil
}

// begin makes the named table the one that columns belong to. A table of an
// included schema goes on.
func (p *parser) begin(name string) {
	table, ok := p.schema.Tables[name]
	if !ok {
		table = &Table{Name: name, Schema: p.schema.Name, Columns: map[string]Column{}}
		p.schema.Tables[name] = table
	}
	p.table, p.kind = table, ""
}

// include copies the tables of another schema, so that what follows changes
// the copies only; within a table it refers to the other's columns.
func (p *parser) include(name string, open func(string) (*Schema, error)) error {
	base, err := open(name)
	if err != nil {
		return err
	}
	if p.table != nil {
		p.table.Base = base.Tables[""]
		return nil
	}
	for _, t := range base.Tables {
		c := *t
		c.Schema = p.schema.Name
		c.Columns = make(map[string]Column, len(t.Columns))
		for n, col := range t.Columns {
			c.Columns[n] = col
		}
		c.Patterns = append([]Column(nil), t.Patterns...)
		p.schema.Tables[t.Name] = &c
	}
	return nil
}

// column adds one column: its name, "[]" where it holds a list, and "+text"
// where it has an analysed twin. "name.*" is a pattern.
func (p *parser) column(word string) error {
	switch p.kind {
	case "caseless":
		return p.twin(word)
	case "filled":
		return p.fill(word)
	}
	kind, ok := typeOf(p.kind)
	if !ok {
		return fmt.Errorf("unknown kind %q", p.kind)
	}
	name, hasText := strings.CutSuffix(word, "+text")
	name, array := strings.CutSuffix(name, "[]")
	c := Column{Name: name, Type: kind, Array: array}
	if strings.HasSuffix(name, ".*") {
		p.table.Patterns = append(p.table.Patterns, c)
		return nil
	}
	if err := p.add(c); err != nil || !hasText {
		return err
	}
	return p.add(Column{Name: name + ".text", Type: Text, Array: array})
}

// add adds a column under a name that must be new.
func (p *parser) add(c Column) error {
	if _, ok := p.table.Columns[c.Name]; ok {
		return fmt.Errorf("table %q has the column %q twice", p.table.Name, c.Name)
	}
	p.table.Columns[c.Name] = c
	return nil
}

// twin says that a column has a twin that folds case, named as Elastic names
// it.
func (p *parser) twin(name string) error {
	c, ok := p.table.Columns[name]
	if !ok {
		return fmt.Errorf("table %q has no column %q that could have a twin", p.table.Name, name)
	}
	c.Caseless = name + ".caseless"
	p.table.Columns[name] = c
	return p.add(Column{Name: c.Caseless, Type: Caseless, Twin: name, Array: c.Array})
}

// fill says that the target puts "unknown" where an event lacks a column.
func (p *parser) fill(name string) error {
	c, ok := p.table.Columns[name]
	if !ok {
		return fmt.Errorf("table %q has no column %q that could be filled", p.table.Name, name)
	}
	c.Filled = "unknown"
	p.table.Columns[name] = c
	return nil
}

// typeOf returns the type that a data file calls by that word.
func typeOf(kind string) (Type, bool) {
	switch kind {
	case "keyword":
		return Keyword, true
	case "wildcard":
		return Wildcard, true
	case "text":
		return Text, true
	case "int":
		return Int, true
	case "float":
		return Float, true
	case "bool":
		return Bool, true
	case "ip":
		return IP, true
	case "time":
		return Time, true
	case "guid":
		return GUID, true
	case "dynamic":
		return Dynamic, true
	}
	return Unknown, false
}
