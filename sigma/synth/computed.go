package synth

import (
	"slices"

	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// A Computed is a field of the events that the target does not store.
type Computed struct {
	Name    string
	Expr    string   // in the target's language
	Columns []string // of the rule's table, that the expression names
}

// computed returns the computed columns of a rule.
func computed(rule *ir.Rule) (list []Computed) {
	for _, c := range rule.Computed {
		list = append(list, Computed{Name: c.Name, Expr: c.Expr, Columns: columns(rule, c.Expr)})
	}
	return list
}

// columns returns the names in an expression that are columns of the rule's
// table. What stands in quotes is no name.
func columns(rule *ir.Rule, expr string) (names []string) {
	for i := 0; i < len(expr); {
		switch c := expr[i]; {
		case c == '"' || c == '\'':
			i = quoteEnd(expr, i)
		case wordByte(c):
			from := i
			for i < len(expr) && wordByte(expr[i]) {
				i++
			}
			name := expr[from:i]
			if _, ok := rule.Table.Column(name); ok && !slices.Contains(names, name) {
				names = append(names, name)
			}
		default:
			i++
		}
	}
	return names
}

// quoteEnd returns where a string ends that begins at i: one with @ before it
// at the next quote, others at a quote without a backslash.
func quoteEnd(expr string, i int) int {
	quote, raw := expr[i], i > 0 && expr[i-1] == '@'
	for i++; i < len(expr) && expr[i] != quote; i++ {
		if expr[i] == '\\' && !raw {
			i++
		}
	}
	return i + 1
}

func wordByte(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z'
}
