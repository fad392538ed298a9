package kustoread

import (
	"fmt"
	"strings"
)

// A node is what all expressions have: where they stand in the query, how
// deep and how large they are, and of which type, once that was found out.
type node struct {
	from, to int // offsets in the text that the expression was read from
	text     *string
	depth    int // as Microsoft's language service counts it
	size     int // how many nodes there are with derived columns written out
	kind     kind
}

func (n *node) base() *node { return n }

// source returns the text of the expression, in the parentheses around it.
func (n *node) source() string { return (*n.text)[n.from:n.to] }

// bare returns the text of the expression without parentheses around it. What
// is in quotes may have others, so that brackets are counted in tokens.
func (n *node) bare() string {
	text := n.source()
	for strings.HasPrefix(text, "(") && strings.HasSuffix(text, ")") {
		s := scanner{text: text}
		tokens, err := s.tokens()
		depth, last := 0, len(tokens)-1
		for i, t := range tokens {
			switch t.Type {
			case tokOpen:
				depth++
			case tokClose:
				depth--
			}
			if depth == 0 && i < last {
				return text
			}
		}
		if err != nil {
			return text
		}
		text = strings.TrimSpace(text[1 : len(text)-1])
	}
	return text
}

// An expr is an expression: *literal, *column, *derived, *member, *call,
// *binary, *logic, *inList, *between, *star or *subset.
type expr interface{ base() *node }

type (
	// literal is a constant.
	literal struct {
		node
		val value
	}
	// column is a column that the table stores.
	column struct {
		node
		name string
	}
	// derived is a column that the query computed before.
	derived struct {
		node
		name string
		def  expr
	}
	// member is a part of a dynamic value: x.key, x["key"], x[0].
	member struct {
		node
		x, key expr
	}
	// call is a call of a function.
	call struct {
		node
		name string
		fn   *function
		args []expr
		re   *expression // the argument that is one
	}
	// binary is an operator between two operands, other than and and or. A
	// minus before one operand is one, too, behind a zero.
	binary struct {
		node
		op   string
		opAt int
		l, r expr
		re   *expression // behind matches regex
	}
	// logic is and, or or, of any number of conditions.
	logic struct {
		node
		or    bool
		parts []expr
	}
	// inList is in, has_any and the like.
	inList struct {
		node
		op    string
		opAt  int
		x     expr
		items []expr
	}
	// between is a closed range.
	between struct {
		node
		opAt         int
		not          bool
		x, low, high expr
	}
	// star is every column of the table, or, in a call, all of them.
	star struct{ node }
	// subset is a subquery in a list.
	subset struct{ node }
)

// isCondition reports whether an argument is a condition of iff() or case().
func (e *call) isCondition(i int) bool {
	switch e.fn {
	case functions["iff"]:
		return i == 0
	case functions["case"]:
		return i%2 == 0 && i < len(e.args)-1
	}
	return false
}

// children returns the parts of an expression.
func children(e expr) []expr {
	switch e := e.(type) {
	case *derived:
		return []expr{e.def}
	case *member:
		return []expr{e.x, e.key}
	case *call:
		return e.args
	case *binary:
		return []expr{e.l, e.r}
	case *logic:
		return e.parts
	case *inList:
		return append([]expr{e.x}, e.items...)
	case *between:
		return []expr{e.x, e.low, e.high}
	}
	return nil
}

// isConstant reports whether an expression is the same for every event.
func isConstant(e expr) bool {
	switch e := e.(type) {
	case *column, *star, *subset:
		return false
	case *call:
		if e.fn.given {
			return false
		}
	}
	for _, x := range children(e) {
		if !isConstant(x) {
			return false
		}
	}
	return true
}

// isGiven reports whether an expression has a part that no event decides: a
// subquery, or the time at which the query runs.
func isGiven(e expr) bool {
	switch e := e.(type) {
	case *subset:
		return true
	case *call:
		if e.fn.given {
			return true
		}
	}
	for _, x := range children(e) {
		if isGiven(x) {
			return true
		}
	}
	return false
}

// shape returns a text that two expressions share only where they are the
// same, derived columns written out.
func shape(e expr) string {
	var b strings.Builder
	writeShape(&b, e)
	return b.String()
}

func writeShape(b *strings.Builder, e expr) {
	switch e := e.(type) {
	case *literal:
		fmt.Fprintf(b, "%d%T%q", e.kind, e.val, textOf(e.val))
	case *column:
		fmt.Fprintf(b, "c%q", e.name)
	case *derived:
		writeShape(b, e.def)
		return
	case *call:
		b.WriteString(e.name)
	case *binary:
		b.WriteString(e.op)
	case *logic:
		fmt.Fprint(b, e.or)
	case *inList:
		b.WriteString(e.op)
	case *between:
		fmt.Fprint(b, e.not)
	default:
		fmt.Fprintf(b, "%T%s", e, e.base().source())
	}
	b.WriteByte('(')
	for _, x := range children(e) {
		writeShape(b, x)
		b.WriteByte(',')
	}
	b.WriteByte(')')
}
