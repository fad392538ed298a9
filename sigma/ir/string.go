package ir

import (
	"strconv"
	"strings"
)

// String returns the expression as the tests dump it: and{...}, or{...},
// not{...}, name{...} for a search, field=test for a match, and *=test for a
// keyword.
func String(e Expr) string {
	var b strings.Builder
	writeExpr(&b, e)
	return b.String()
}

// TestString returns the test as the tests dump it.
func TestString(t Test) string {
	var b strings.Builder
	writeTest(&b, t)
	return b.String()
}

func writeExpr(b *strings.Builder, e Expr) {
	switch x := e.(type) {
	case And:
		writeList(b, "and", x, writeExpr)
	case Or:
		writeList(b, "or", x, writeExpr)
	case *Not:
		writeList(b, "not", []Expr{x.X}, writeExpr)
	case *Named:
		writeList(b, x.Name, []Expr{x.X}, writeExpr)
	case *Match:
		b.WriteString(x.Field + "=")
		writeTest(b, x.Test)
	case *Keyword:
		b.WriteString("*=")
		writeTest(b, x.Test)
	case *Raw:
		b.WriteString("raw{" + x.Text + "}")
	case Const:
		b.WriteString(strconv.FormatBool(bool(x)))
	}
}

func writeList[T any](b *strings.Builder, name string, xs []T, write func(*strings.Builder, T)) {
	b.WriteString(name + "{")
	for i, x := range xs {
		if i > 0 {
			b.WriteByte(' ')
		}
		write(b, x)
	}
	b.WriteByte('}')
}

func writeTest(b *strings.Builder, t Test) {
	switch t := t.(type) {
	case *Text:
		if t.Cased {
			b.WriteString("cased ")
		}
		b.WriteString(strconv.Quote(t.Pattern.String()))
	case *Regexp:
		b.WriteString("/" + t.Source + "/" + t.Flags())
	case *CIDR:
		b.WriteString(t.Prefix.String())
	case *Compare:
		if t.Op != Eq {
			b.WriteString(t.Op.String())
		}
		b.WriteString(string(t.Number))
	case *Bool:
		b.WriteString(strconv.FormatBool(t.Value))
	case *Null:
		b.WriteString("null")
	case *Exists:
		b.WriteString("exists " + strconv.FormatBool(t.Want))
	case *FieldRef:
		if t.Cased {
			b.WriteString("cased ")
		}
		b.WriteString(t.Shape.String() + " field " + t.Field)
	case *TimePart:
		b.WriteString(t.Part.String() + t.Op.String() + string(t.Number))
	case AnyOf:
		writeList(b, "any", t, writeTest)
	case AllOf:
		writeList(b, "all", t, writeTest)
	}
}

// Flags returns the sub-modifiers of the expression as letters: i, m, s.
func (t *Regexp) Flags() string {
	flags := ""
	if t.IgnoreCase {
		flags += "i"
	}
	if t.MultiLine {
		flags += "m"
	}
	if t.DotMatchesLine {
		flags += "s"
	}
	return flags
}
