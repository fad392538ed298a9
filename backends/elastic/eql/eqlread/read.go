// Package eqlread reads queries of Elastic's Event Query Language back: what
// Elasticsearch makes of them, as a tree of package readback.
//
// It is written from the EQL syntax and function reference, and where these
// are silent from the grammar EqlBase.g4, the tests of the verifier and the
// translation to queries of Elasticsearch.
package eqlread

import (
	"github.com/sigma-compiler/sigmac/backends/readback"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// maxQuery bounds the length of a query in bytes.
const maxQuery = 4 << 20

// Read reads a query of single events. Sequences, samples, joins, pipes and
// functions that make values are Foreign.
//
// A field that an event lacks is taken to be one that the index has, for
// other events: then a test of it becomes a query that does not find the
// event, and "not" is must_not, which does.
func Read(query string, o readback.Options) (*readback.Query, error) {
	return read(query, o, readback.No)
}

// ReadUnmapped is Read where no index has the optional fields that an event
// lacks. An optional field, as in ?name, is then null, and so is a test of it
// and the "not" of the test; an event is found where the condition is true. A
// field that is not optional would make an error of the whole query, so that
// it is read as by Read.
//
// The manual says only that null stands in the place of such a field. A query
// that means the same by Read and by ReadUnmapped is right either way.
func ReadUnmapped(query string, o readback.Options) (*readback.Query, error) {
	return read(query, o, readback.Unknown)
}

func read(query string, o readback.Options, missing readback.Truth) (*readback.Query, error) {
	if len(query) > maxQuery {
		return nil, foreign(0, "the query has %d bytes; %d are the most", len(query), maxQuery)
	}
	tree, err := parse(query)
	if err != nil {
		return nil, err
	}
	b := builder{options: o, missing: missing, uses: make(map[string]use)}
	where, err := b.condition(tree.Where)
	if err != nil {
		return nil, err
	}
	if tok := tree.Category.tok; tok.Type != tokAny {
		where, err = b.category(&tree.Category, where)
		if err != nil {
			return nil, err
		}
	}
	return &readback.Query{Where: where}, nil
}

// category adds that the event is of a category: that event.category, which
// the index must have, is exactly that.
func (b *builder) category(g *categoryGrammar, where readback.Expr) (readback.Expr, error) {
	name := g.tok.Value
	if g.tok.Type == tokString {
		name = unquote(name)
	}
	f, err := b.field(&valueGrammar{tok: g.tok, field: "event.category"})
	if err != nil {
		return nil, err
	}
	return readback.And{b.leaf(f, b.exact(f, name)), where}, nil
}

// exact returns the test of a whole text in its case, as the index of the
// field tells case apart.
func (b *builder) exact(f *field, text string) ir.Test {
	return readback.Exact(text, !f.folds())
}
