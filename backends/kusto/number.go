package kusto

import (
	"strconv"
	"strings"

	"github.com/sigma-compiler/sigmac/backends/emit"
	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/schema"
)

// total makes a test that may be null one that is true or false, where that
// makes a difference: not(null) is null, and where drops both null and false
// (query/scalar-data-types/null-values). == and in with a constant are never
// null.
func total(p *emit.Printer, test string) emit.Frag {
	if p.Negated {
		return emit.Atom("coalesce(" + test + ", false)")
	}
	return emit.Atom(test)
}

// isNumber reports whether the column is compared as a number. One of unknown
// type is, since the rule has a number there.
func isNumber(f emit.Field) bool { return f.Type().IsNumber() || f.Type() == schema.Unknown }

// number returns the literal of a number. A whole number beyond 64 bits and a
// fraction beyond what a double holds are decimals
// (query/scalar-data-types/decimal).
func number(n ir.Number) string {
	s := string(n)
	if n.IsInt() {
		if _, err := strconv.ParseInt(s, 10, 64); err != nil {
			return "decimal(" + s + ")"
		}
	} else if long(n) {
		return "decimal(" + s + ")"
	}
	return s
}

// long reports whether a number has more digits than a double always holds.
func long(n ir.Number) bool { return len(strings.Trim(string(n), "-.")) > 15 }

// compare writes a comparison with a number (M28). Text is converted: todouble()
// of text that is no number is null (query/todouble-function), todecimal()
// serves where a double would round (V9).
func compare(p *emit.Printer, f emit.Field, t *ir.Compare) emit.Frag {
	if t.Op == ir.Eq {
		if isNumber(f) {
			return emit.Atom(column(f.Name) + " == " + number(t.Number))
		}
		return emit.Atom(operand(f) + " == " + quote(string(t.Number)))
	}
	if f.Type() == schema.Time {
		p.Fail(t.Pos, sigma.BadFieldType, "the modifiers hour, day and so on take a part of it", "%s is a time, which no number is compared with", f.Name)
		return emit.Frag{}
	}
	name := column(f.Name)
	if !isNumber(f) {
		convert := "todouble("
		if long(t.Number) {
			convert = "todecimal("
		}
		name = convert + operand(f) + ")"
	}
	return total(p, name+" "+t.Op.String()+" "+number(t.Number))
}

// boolean compares with true or false: null is neither (V8).
func boolean(_ *emit.Printer, f emit.Field, t *ir.Bool) emit.Frag {
	value := strconv.FormatBool(t.Value)
	if f.Type() == schema.Bool || f.Type() == schema.Unknown {
		return emit.Atom(column(f.Name) + " == " + value)
	}
	return emit.Atom(operand(f) + " =~ " + quote(value))
}

// fieldRef compares two fields (M37, M38). A field that is not there equals
// nothing: of strings both would be empty, and every string contains the empty
// one, so the other must have a value.
func fieldRef(p *emit.Printer, f emit.Field, t *ir.FieldRef) emit.Frag {
	g := p.Other(t)
	if t.Shape == ir.Exact && sameKind(f.Type(), g.Type()) {
		return total(p, column(f.Name)+" == "+column(g.Name))
	}
	cased := 0
	if t.Cased {
		cased = 1
	}
	test := operand(f) + operators[t.Shape][cased] + operand(g)
	return emit.Frag{Text: test + " and isnotempty(" + column(g.Name) + ")", Level: emit.LevelAnd}
}

// sameKind reports whether columns of these types are compared as they are,
// without making text of them.
func sameKind(a, b schema.Type) bool {
	switch a {
	case schema.Int, schema.Float:
		return b.IsNumber()
	case schema.Bool, schema.Time, schema.GUID:
		return a == b
	}
	return false
}

// timePart compares a part of a date (M30). todatetime() of text that is no
// date is null; week_of_year() is that of ISO 8601 (M31).
func timePart(p *emit.Printer, f emit.Field, t *ir.TimePart) emit.Frag {
	date := column(f.Name)
	switch typ := f.Type(); {
	case typ == schema.Time:
	case typ.IsString():
		date = "todatetime(" + date + ")"
	case typ == schema.Dynamic:
		date = "todatetime(" + operand(f) + ")"
	default:
		p.Fail(t.Pos, sigma.BadFieldType, "", "%s is of type %s and has no %s", f.Name, typ, t.Part)
		return emit.Frag{}
	}
	p.Warn(t.Pos, sigma.Assumed, "", "Kusto holds times in UTC: the %s of one with another zone is that of the same moment in UTC", t.Part)
	part := `datetime_part("` + t.Part.String() + `", ` + date + ")"
	if t.Part == ir.Week {
		part = "week_of_year(" + date + ")"
	}
	return total(p, part+" "+t.Op.String()+" "+string(t.Number))
}
