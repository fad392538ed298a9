package eql

import (
	"strings"

	"github.com/sigma-compiler/sigmac/backends/elastic"
	"github.com/sigma-compiler/sigmac/backends/emit"
	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/schema"
)

// operators are those that take a list, in the order in which lists are
// written.
var operators = [...]string{" : ", " == ", " in~ ", " like ", " regex~ ", " regex "}

// list writes the values of a field as a list for each operator.
func list(p *emit.Printer, f emit.Field, ts []ir.Test) []emit.Frag {
	var values [len(operators)][]string
	var numbers, networks []string
	var arms []emit.Frag
	for _, t := range ts {
		switch t := t.(type) {
		case *ir.Text:
			if f.Type() != schema.IP {
				x := textTerm(p, f, t)
				i := operator(x.op)
				values[i] = append(values[i], x.value)
				continue
			}
		case *ir.Regexp:
			i := operator(" regex ")
			values[i] = append(values[i], expression(p, f, t))
			continue
		case *ir.Compare:
			if t.Op == ir.Eq && f.Type().IsNumber() {
				numbers = append(numbers, string(t.Number))
				continue
			}
		case *ir.CIDR:
			elastic.Addresses(p, f)
			networks = append(networks, quoted(t.Prefix.String()))
			continue
		}
		arms = append(arms, p.Test(f, t))
	}
	var out []emit.Frag
	for i, vs := range values {
		out = append(out, strs(p, f, operators[i], vs)...)
	}
	if len(numbers) == 1 {
		out = append(out, atom(p, f, "", " == "+numbers[0]))
	} else if len(numbers) > 1 {
		out = append(out, atom(p, f, "", " in ("+strings.Join(numbers, ", ")+")"))
	}
	if len(networks) > 0 {
		out = append(out, atom(p, f, "cidrMatch(", ", "+strings.Join(networks, ", ")+")"))
	}
	return append(out, arms...)
}

func operator(op string) int {
	for i, o := range operators {
		if o == op {
			return i
		}
	}
	return 0
}

// strs writes a list of strings. The engine joins a list of regular
// expressions to one, which must not become longer than the index reads.
func strs(p *emit.Printer, f emit.Field, op string, values []string) (arms []emit.Frag) {
	for len(values) > 0 {
		n := len(values)
		if strings.HasPrefix(op, " regex") {
			n = fitting(values)
		}
		arms = append(arms, some(p, f, op, values[:n]))
		values = values[n:]
	}
	return arms
}

// fitting returns how many regular expressions may stand in one list.
func fitting(values []string) int {
	size := len(values[0])
	for i, v := range values[1:] {
		if size += 1 + len(v); size > elastic.MaxRegexp {
			return i + 1
		}
	}
	return len(values)
}

// some writes an operator with one value or several.
func some(p *emit.Printer, f emit.Field, op string, values []string) emit.Frag {
	if len(values) == 1 && op != " in~ " {
		return atom(p, f, "", op+quoted(values[0]))
	}
	if op == " == " {
		op = " in "
	}
	var b strings.Builder
	b.WriteString(op + "(")
	for i, v := range values {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(quoted(v))
	}
	b.WriteByte(')')
	return atom(p, f, "", b.String())
}

// compare writes a comparison with a number. Without knowing the type "=="
// is right for numbers and for text; a list must have the type of the field.
func compare(p *emit.Printer, f emit.Field, t *ir.Compare) emit.Frag {
	elastic.Ordered(p, f, t)
	return atom(p, f, "", " "+t.Op.String()+" "+string(t.Number))
}

func boolean(p *emit.Printer, f emit.Field, t *ir.Bool) emit.Frag {
	if t.Value {
		return atom(p, f, "", " == true")
	}
	return atom(p, f, "", " == false")
}

func cidr(p *emit.Printer, f emit.Field, t *ir.CIDR) emit.Frag {
	elastic.Addresses(p, f)
	return atom(p, f, "cidrMatch(", ", "+quoted(t.Prefix.String())+")")
}
