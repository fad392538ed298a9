package eqlread

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/sigma-compiler/sigmac/backends/readback"
	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/schema"
)

// functions are the functions of the reference. Those that compare texts
// ignore case where a tilde follows the name.
var functions = []string{
	"add", "between", "between~", "cidrMatch", "concat", "divide", "endsWith", "endsWith~", "indexOf", "indexOf~", "length", "modulo",
	"multiply", "number", "startsWith", "startsWith~", "string", "stringContains", "stringContains~", "subtract", "substring",
}

// retired are functions that earlier versions had.
var retired = []string{"match", "match~", "wildcard", "wildcard~"}

// call returns what a function gives.
func (b *builder) call(g *callGrammar) (operand, error) {
	name, off := g.Name.Value, g.Name.Pos.Offset
	switch {
	case slices.Contains(retired, name):
		return operand{}, foreign(off, "the function %s is not in the manual any more", name)
	case !slices.Contains(functions, name):
		return operand{}, refuse(off, "there is no function %s", name)
	}
	args := make([]operand, len(g.Args))
	for i, arg := range g.Args {
		var err error
		if args[i], err = b.or(arg); err != nil {
			return operand{}, err
		}
	}
	var x readback.Expr
	var err error
	switch strings.TrimSuffix(name, "~") {
	case "cidrMatch":
		x, err = b.cidrMatch(off, args)
	case "startsWith":
		x, err = b.affix(name, ir.Prefix, off, args)
	case "endsWith":
		x, err = b.affix(name, ir.Suffix, off, args)
	case "stringContains":
		x, err = b.affix(name, ir.Substring, off, args)
	default:
		return operand{off: off, kind: isCall}, nil
	}
	return operand{off: off, expr: x}, err
}

// cidrMatch returns that an address lies in one of the networks. It becomes a
// query of terms, which "not" negates as any.
func (b *builder) cidrMatch(off int, args []operand) (readback.Expr, error) {
	if len(args) < 2 {
		return nil, refuse(off, "cidrMatch takes an address and the networks")
	}
	if args[0].kind != isField {
		return nil, foreign(args[0].off, "cidrMatch of something else than a field is not read")
	}
	f := args[0].field
	if f.known() && f.column.Type != schema.IP {
		return nil, refuse(f.off, "cidrMatch takes a field of type ip; %s is of type %s", f.name, f.column.Type)
	}
	if err := b.use(f, "ip"); err != nil {
		return nil, err
	}
	tests := make([]ir.Test, len(args)-1)
	for i, v := range args[1:] {
		if v.kind != isText {
			return nil, refuse(v.off, "the networks of cidrMatch are strings")
		}
		prefix, err := netip.ParsePrefix(v.text)
		if err != nil {
			return nil, refuse(v.off, "%q is no network", v.text)
		}
		tests[i] = &ir.CIDR{Prefix: prefix.Masked()}
	}
	return b.any(f, tests), nil
}

// affix returns that a text begins or ends with another, or has it inside.
//
// Elasticsearch makes of endsWith and stringContains a search with wildcards,
// in which it escapes nothing, at least to version 8: what *, ? and a backslash
// mean there may change and is not read.
func (b *builder) affix(name string, shape ir.Shape, off int, args []operand) (readback.Expr, error) {
	if len(args) != 2 {
		return nil, refuse(off, "%s takes two arguments", name)
	}
	if err := b.strings(args[0], name); err != nil {
		return nil, err
	}
	v := args[1]
	switch {
	case v.kind == isField:
		return nil, refuse(v.off, "a field cannot be compared with a field")
	case v.kind == isCall:
		return nil, foreign(v.off, "a comparison with what a function gives is not read")
	case v.kind != isText:
		return nil, refuse(v.off, "%s compares strings only", name)
	case shape != ir.Prefix && strings.ContainsAny(v.text, `*?\`):
		return nil, foreign(v.off, `what *, ? and \ mean in %s depends on the version`, name)
	}
	p := readback.Affix(shape, v.text, false).Pattern
	return b.leaf(args[0].field, pattern(args[0].field, p, strings.HasSuffix(name, "~"))), nil
}
