package esqlread

import (
	"strings"

	"github.com/sigma-compiler/sigmac/sigma/schema"
)

// A types is a set of types that a value may have.
type types uint8

// The types, as far as the language tells them apart here.
const (
	text types = 1 << iota
	number
	boolean
	address
	date
	anything = text | number | boolean | address | date
)

// String returns the names of the types.
func (t types) String() string {
	var names []string
	for i, name := range []string{"string", "number", "boolean", "ip", "date"} {
		if t&(1<<i) != 0 {
			names = append(names, name)
		}
	}
	return strings.Join(names, " or ")
}

// typesOf returns the types that a column of a schema may have.
func typesOf(t schema.Type) types {
	switch t {
	case schema.Keyword, schema.Caseless, schema.Wildcard, schema.Text, schema.GUID:
		return text
	case schema.Int, schema.Float:
		return number
	case schema.Bool:
		return boolean
	case schema.IP:
		return address
	case schema.Time:
		return date
	}
	return anything
}

// A column is a field of the index. Its types become fewer with each use that
// the query makes of it, since a field has one type.
type column struct {
	name   string
	schema schema.Column
	types  types
	first  int // where it was used as one of the types
}

// column looks a column up.
func (b *builder) column(name string, off int) (*column, error) {
	if c, ok := b.columns[name]; ok {
		return c, nil
	}
	c := &column{name: name, types: anything, first: off}
	if b.options.Column != nil {
		known, ok := b.options.Column(name)
		if !ok {
			return nil, refuse(off, "there is no column %s", name)
		}
		c.schema, c.types = known, typesOf(known.Type)
	}
	b.columns[name] = c
	return c, nil
}

// use notes that a column must be of one of the types. What is strict is that
// the types of both sides of an operator and of the arguments of a function
// are checked before the query runs.
func (c *column) use(as types, off int) error {
	left := c.types & as
	switch {
	case left != 0:
		if left != c.types {
			c.types, c.first = left, off
		}
		return nil
	case c.schema.Type != schema.Unknown:
		return refuse(off, "%s is of type %s; what is asked here is of type %s", c.name, c.schema.Type, as)
	}
	return refuse(off, "%s is used as %s here and as %s at byte %d, but has one type only", c.name, as, c.types, c.first)
}
