// Package indexread says what the terms of Elasticsearch's and OpenSearch's
// indexes mean, for the readers of the languages that search these directly:
// Lucene's query strings and Kibana's KQL. All of it has two values: a field
// that is absent has no terms, and matches nothing.
package indexread

import (
	"net/netip"
	"strings"

	"github.com/sigma-compiler/sigmac/backends/readback"
	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/schema"
)

// A Field is a field as a query names it, with what is known of it.
type Field struct {
	Name   string
	Column schema.Column
	Folds  bool // its index folds case
}

// Find returns the field with that name. The second result is false where the
// index has none, which these languages do not mind: nothing is found there.
func Find(name string, o readback.Options) (Field, bool) {
	f := Field{Name: name, Folds: o.FoldsCase}
	if name == "" || o.Column == nil {
		return f, true
	}
	c, ok := o.Column(name)
	f.Column = c
	if c.Twin != "" {
		f.Name = c.Twin // events have the value there
	}
	switch c.Type {
	case schema.Keyword, schema.Wildcard:
		f.Folds = false
	case schema.Caseless:
		f.Folds = true
	}
	return f, ok
}

// Text returns the test of a whole value: "keyword: the whole value as one
// term, compared as it stands; with a lowercase normalizer both are folded".
// Numbers, booleans and addresses have types of their own, which take the text
// of the query.
func (f Field) Text(text string) (readback.Expr, string) {
	switch f.Column.Type {
	case schema.Int, schema.Float:
		n, ok := readback.Number(ir.Eq, text)
		if !ok {
			return nil, "a field of numbers has no value " + text
		}
		return f.leaf(n), ""
	case schema.Bool:
		if text != "true" && text != "false" {
			return nil, "a field of booleans has true and false, not " + text
		}
		return f.leaf(&ir.Bool{Value: text == "true"}), ""
	case schema.IP:
		return f.address(text)
	case schema.Text:
		return nil, foreignText
	}
	if p, ok := network(text); ok && f.Column.Type == schema.Unknown && f.Name != "" {
		return f.leaf(&ir.CIDR{Prefix: p}), "" // a field of unknown type that is searched for a network is one of addresses
	}
	return f.leaf(&ir.Text{Pattern: ir.Plain(text), Cased: !f.Folds}), ""
}

// foreignText says that a reader does not model how text is cut into words.
const foreignText = "how the words of analysed text are found is not known to the reader"

// Foreign reports whether a message is about what a reader does not know,
// rather than about what is wrong.
func Foreign(msg string) bool { return msg == foreignText }

// network reads a network in CIDR notation.
func network(text string) (netip.Prefix, bool) {
	if !strings.Contains(text, "/") {
		return netip.Prefix{}, false
	}
	p, err := netip.ParsePrefix(text)
	return p.Masked(), err == nil
}

func (f Field) address(text string) (readback.Expr, string) {
	if p, ok := network(text); ok {
		return f.leaf(&ir.CIDR{Prefix: p}), ""
	}
	addr, err := netip.ParseAddr(text)
	if err != nil {
		return nil, "a field of addresses has no value " + text
	}
	return f.leaf(&ir.CIDR{Prefix: netip.PrefixFrom(addr, addr.BitLen())}), ""
}

// Wildcard returns the test of a whole value with wildcards.
func (f Field) Wildcard(p ir.Pattern) (readback.Expr, string) {
	if msg := f.wantsText("wildcards"); msg != "" {
		return nil, msg
	}
	return f.leaf(&ir.Text{Pattern: p, Cased: !f.Folds}), ""
}

// Test returns the leaf of a test of the field's text, such as a regular
// expression.
func (f Field) Test(t ir.Test) (readback.Expr, string) {
	if msg := f.wantsText("regular expressions"); msg != "" {
		return nil, msg
	}
	return f.leaf(t), ""
}

func (f Field) wantsText(what string) string {
	switch {
	case f.Column.Type == schema.Text:
		return foreignText
	case !f.Column.Type.IsString():
		return what + " are for strings, and the field is of type " + f.Column.Type.String()
	}
	return ""
}

// Compare returns a comparison with a number. Strings are compared by their
// letters, which no query of ours asks for.
func (f Field) Compare(op ir.Op, text string) (readback.Expr, string) {
	n, ok := readback.Number(op, text)
	if !ok {
		return nil, "a range of " + text + ", which is no number, is not known to the reader"
	}
	if t := f.Column.Type; t != schema.Unknown && !t.IsNumber() {
		return nil, "a field of type " + t.String() + " is not in the order of numbers"
	}
	return f.leaf(n), ""
}

// Exists returns the test that the field has a value, be it the empty text.
func (f Field) Exists() readback.Expr {
	return &readback.Not{X: &readback.Leaf{Field: f.Name, Test: &ir.Null{}}}
}

func (f Field) leaf(t ir.Test) readback.Expr { return &readback.Leaf{Field: f.Name, Test: t} }
