// Package kqlread reads the Kibana Query Language by the grammar of Kibana
// (packages/kbn-es-query, grammar.peggy), with the meaning of the queries that
// Kibana makes of it (functions is, range, exists, and, or, not).
//
// Fields of strings are taken to be those of type keyword in the data view;
// the index decides about case. Of other types a value with a star becomes a
// query string that is split at its spaces, and so it is without a field.
package kqlread

import (
	"fmt"
	"strings"

	"github.com/sigma-compiler/sigmac/backends/elastic/indexread"
	"github.com/sigma-compiler/sigmac/backends/readback"
	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/schema"
)

// Read reads a query. The error is a *readback.Error.
func Read(query string, o readback.Options) (*readback.Query, error) {
	r := reader{query: query, options: o}
	r.spaces()
	if r.pos == len(query) {
		return &readback.Query{Where: readback.Const(readback.Yes)}, nil // "an empty query is that for everything"
	}
	x, err := r.or(r.sub)
	if err != nil {
		return nil, err
	}
	if r.spaces(); r.pos < len(query) {
		return nil, r.fail(r.pos, "an operator is expected here")
	}
	return &readback.Query{Where: x}, nil
}

// maxDepth bounds how deep groups are nested.
const maxDepth = 1000

type reader struct {
	query   string
	pos     int
	depth   int
	options readback.Options
}

func (r *reader) fail(offset int, format string, args ...any) error {
	return &readback.Error{Offset: offset, Msg: fmt.Sprintf(format, args...)}
}

func (r *reader) foreign(offset int, msg string) error {
	return &readback.Error{Offset: offset, Msg: msg, Foreign: true}
}

// spaces skips "Space [ \t\r\n\xA0]".
func (r *reader) spaces() {
	r.pos = len(r.query) - len(strings.TrimLeft(r.query[r.pos:], spaceChars))
}

const spaceChars = " \t\r\n\u00a0"

// operator reads "Or = Space+ 'or'i Space+", likewise "and".
func (r *reader) operator(word string) bool {
	n := operatorAt(r.query[r.pos:], word)
	r.pos += n
	return n > 0
}

// operatorAt returns the length of the operator that the text begins with.
func operatorAt(text, word string) int {
	rest := strings.TrimLeft(text, spaceChars)
	if len(rest) == len(text) || len(rest) <= len(word) || !strings.EqualFold(rest[:len(word)], word) {
		return 0
	}
	after := strings.TrimLeft(rest[len(word):], spaceChars)
	if len(after) == len(rest)-len(word) {
		return 0
	}
	return len(text) - len(after)
}

// not reads "Not = 'not'i Space+".
func (r *reader) not() bool {
	n := notAt(r.query[r.pos:])
	r.pos += n
	return n > 0
}

func notAt(text string) int {
	if len(text) < 4 || !strings.EqualFold(text[:3], "not") {
		return 0
	}
	after := strings.TrimLeft(text[3:], spaceChars)
	if len(after) == len(text)-3 {
		return 0
	}
	return len(text) - len(after)
}

// or reads "OrQuery = left:AndQuery Or right:OrQuery / AndQuery"; "and" binds
// tighter, and "not" tightest. What is combined is read by item: queries, or
// values in the list of a field.
func (r *reader) or(item func() (readback.Expr, error)) (readback.Expr, error) {
	var all readback.Or
	for {
		x, err := r.and(item)
		if err != nil {
			return nil, err
		}
		all = append(all, x)
		if !r.operator("or") {
			if len(all) == 1 {
				return x, nil
			}
			return all, nil
		}
	}
}

func (r *reader) and(item func() (readback.Expr, error)) (readback.Expr, error) {
	var all readback.And
	for {
		negated := r.not()
		x, err := item()
		if err != nil {
			return nil, err
		}
		if negated {
			x = &readback.Not{X: x} // must_not
		}
		all = append(all, x)
		if !r.operator("and") {
			if len(all) == 1 {
				return all[0], nil
			}
			return all, nil
		}
	}
}

// group reads what stands in parentheses.
func (r *reader) group(item func() (readback.Expr, error)) (readback.Expr, error) {
	open := r.pos
	if r.depth++; r.depth > maxDepth {
		return nil, r.fail(open, "groups are nested deeper than %d levels", maxDepth)
	}
	r.pos++
	r.spaces()
	x, err := r.or(item)
	if err != nil {
		return nil, err
	}
	if r.spaces(); r.pos == len(r.query) || r.query[r.pos] != ')' {
		return nil, r.fail(open, "the group is not closed")
	}
	r.pos++
	r.depth--
	return x, nil
}

// at reports whether the next byte is c.
func (r *reader) at(c byte) bool { return r.pos < len(r.query) && r.query[r.pos] == c }

// sub reads "SubQuery = '(' OrQuery ')' / NestedQuery / Expression".
func (r *reader) sub() (readback.Expr, error) {
	if r.at('(') {
		return r.group(r.sub)
	}
	begin := r.pos
	field, err := r.literal()
	if err != nil {
		return nil, err
	}
	end := r.pos
	r.spaces()
	switch {
	case r.at(':'):
		r.pos++
		r.spaces()
		if r.at('{') {
			return nil, r.foreign(r.pos, "nested fields are not known to the reader")
		}
		return r.values(begin, field)
	case r.at('<') || r.at('>'):
		return r.ordered(begin, field)
	}
	r.pos = end
	return r.value(begin, "", field)
}

// values reads "ListOfValues = '(' OrListOfValues ')' / Value".
func (r *reader) values(begin int, field literal) (readback.Expr, error) {
	if field.pattern != nil {
		return nil, r.foreign(begin, "wildcards in the name of a field are not known to the reader")
	}
	return r.listed(field.text)
}

// listed reads a value, or a group of values, of a field.
func (r *reader) listed(field string) (readback.Expr, error) {
	if r.at('(') {
		return r.group(func() (readback.Expr, error) { return r.listed(field) })
	}
	begin := r.pos
	v, err := r.literal()
	if err != nil {
		return nil, err
	}
	return r.value(begin, field, v)
}

// ordered reads "FieldRangeExpression = field RangeOperator value".
func (r *reader) ordered(begin int, field literal) (readback.Expr, error) {
	op := ir.Lt
	if r.query[r.pos] == '>' {
		op = ir.Gt
	}
	if r.pos++; r.at('=') {
		op++
		r.pos++
	}
	r.spaces()
	at := r.pos
	v, err := r.literal()
	if err != nil {
		return nil, err
	}
	f, ok := indexread.Find(field.text, r.options)
	switch {
	case field.pattern != nil || v.pattern != nil:
		return nil, r.foreign(begin, "wildcards are not known to the reader here")
	case !ok:
		return readback.Const(readback.No), nil
	}
	x, msg := f.Compare(op, v.text)
	if msg != "" {
		return nil, &readback.Error{Offset: at, Msg: msg, Foreign: strings.Contains(msg, "not known")}
	}
	return x, nil
}

// value returns what a value of a field, or of any, finds.
func (r *reader) value(begin int, name string, v literal) (readback.Expr, error) {
	f, ok := indexread.Find(name, r.options)
	switch {
	case !ok:
		return readback.Const(readback.No), nil
	case v.pattern == nil && !v.quoted && v.text == "null":
		return nil, r.foreign(begin, "null is not known to the reader")
	case len(v.pattern) == 1 && v.pattern[0].Kind == ir.Star && name != "":
		return f.Exists(), nil // "field:* is an exists query"
	}
	var x readback.Expr
	var msg string
	switch split := splits(f); {
	case v.pattern == nil:
		x, msg = f.Text(v.text)
	case split:
		x, msg = words(f, v.pattern)
	default:
		x, msg = f.Wildcard(v.pattern)
	}
	if msg != "" {
		return nil, &readback.Error{Offset: begin, Msg: msg, Foreign: indexread.Foreign(msg)}
	}
	return x, nil
}

// splits reports whether a value with stars becomes a query string, in which
// white space ends a word.
func splits(f indexread.Field) bool {
	return f.Name == "" || f.Column.Type == schema.Wildcard
}
