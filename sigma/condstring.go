package sigma

import "strings"

// String returns the expression as conditions write it, with the parentheses
// that its structure needs and no others. Parsing it gives the same tree.
func (x CondOr) String() string { return condString(x) }

// String returns the expression as conditions write it; see CondOr.
func (x CondAnd) String() string { return condString(x) }

// String returns the expression as conditions write it; see CondOr.
func (x *CondNot) String() string { return condString(x) }

// String returns the name.
func (x *CondSearch) String() string { return x.Name }

// String returns the quantifier as conditions write it: 1 of them.
func (x *CondOf) String() string {
	word, target := "1", x.Pattern
	if x.All {
		word = "all"
	}
	if target == "" {
		target = "them"
	}
	return word + " of " + target
}

func condString(x CondExpr) string {
	var b strings.Builder
	writeCond(&b, x, 0)
	return b.String()
}

// The levels of operators, least to most binding (N2).
const (
	levelOr = iota + 1
	levelAnd
	levelNot
)

// writeCond writes an expression that stands inside an operator of that level.
// An "or" directly in an "or" keeps its parentheses: it is a part of its own.
func writeCond(b *strings.Builder, x CondExpr, outer int) {
	switch x := x.(type) {
	case CondOr:
		writeJoined(b, x, " or ", levelOr, outer)
	case CondAnd:
		writeJoined(b, x, " and ", levelAnd, outer)
	case *CondNot:
		b.WriteString("not ")
		writeCond(b, x.X, levelNot)
	case *CondSearch:
		b.WriteString(x.Name)
	case *CondOf:
		b.WriteString(x.String())
	}
}

func writeJoined(b *strings.Builder, parts []CondExpr, op string, level, outer int) {
	if outer >= level {
		b.WriteByte('(')
		defer b.WriteByte(')')
	}
	for i, p := range parts {
		if i > 0 {
			b.WriteString(op)
		}
		writeCond(b, p, level)
	}
}
