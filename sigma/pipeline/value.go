package pipeline

import (
	"strings"

	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// testOf returns the test that a value of a pipeline is, as a rule's value
// without modifiers would be.
func testOf(v sigma.Value) ir.Test {
	switch v.Kind {
	case sigma.Int, sigma.Float:
		if n, ok := ir.ParseNumber(v.Text); ok {
			return &ir.Compare{Pos: v.Pos, Op: ir.Eq, Number: n}
		}
	case sigma.Bool:
		return &ir.Bool{Pos: v.Pos, Value: v.Text == "true"}
	case sigma.Null:
		return &ir.Null{Pos: v.Pos}
	}
	return &ir.Text{Pos: v.Pos, Pattern: ir.ParsePattern(v.Text)}
}

// plainValue returns what two tests have in common that mean the same value:
// the number, the boolean or the string 'true' (V8), the string without
// regard to case (V1). The second result is false for tests that are no
// single value.
func plainValue(t ir.Test) (string, bool) {
	switch t := t.(type) {
	case *ir.Text:
		s := t.Pattern.String()
		if n, ok := ir.ParseNumber(s); ok && string(n) == s {
			return s, true // V3
		}
		return strings.ToLower(s), true
	case *ir.Bool:
		if t.Value {
			return "true", true
		}
		return "false", true
	case *ir.Compare:
		return string(t.Number), t.Op == ir.Eq
	}
	return "", false
}

// plainText returns a pattern as the regular expressions of pipelines see it:
// wildcards as * and ?, dashes as -, placeholders as %name%, everything else
// as it is.
func plainText(p ir.Pattern) string {
	if shape, text := p.Shape(); shape == ir.Exact {
		return text
	}
	var b strings.Builder
	for _, e := range p {
		b.WriteString(plainElement(e))
	}
	return b.String()
}

func plainElement(e ir.Element) string {
	switch e.Kind {
	case ir.Star:
		return "*"
	case ir.Question:
		return "?"
	case ir.Dash:
		return "-"
	case ir.Placeholder:
		return "%" + e.Text + "%"
	}
	return e.Text
}
