package kusto

import (
	"strings"

	"github.com/sigma-compiler/sigmac/backends/emit"
	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/schema"
)

// operand returns the field as a string: the operators of strings are errors
// for columns of other types (query/datatypes-string-operators). tostring()
// is never null (query/tostring-function).
func operand(f emit.Field) string {
	if t := f.Type(); t.IsString() || t == schema.IP {
		return column(f.Name)
	}
	return "tostring(" + column(f.Name) + ")"
}

// noteDynamic says what a test of a dynamic column sees.
func noteDynamic(p *emit.Printer, f emit.Field) {
	if f.Type() == schema.Dynamic {
		p.Warn(f.Pos, sigma.Assumed, "", "%s is dynamic: the test sees an array or object as its JSON text", f.Name)
	}
}

// text writes a pattern. A text for a column of GUIDs is compared as one.
func text(p *emit.Printer, f emit.Field, t *ir.Text) emit.Frag {
	if id, ok := guid(f, t); ok {
		return emit.Atom(column(f.Name) + " == " + id)
	}
	noteDynamic(p, f)
	return textIn(p, operand(f), t)
}

// operators are the string operators by shape and by whether case counts
// (query/datatypes-string-operators).
var operators = [...][2]string{
	ir.Exact:     {" =~ ", " == "},
	ir.Prefix:    {" startswith ", " startswith_cs "},
	ir.Suffix:    {" endswith ", " endswith_cs "},
	ir.Substring: {" contains ", " contains_cs "},
}

// needsRegexp reports whether no operator says what a pattern means. Those
// that ignore case do so for ASCII letters only ("currently supported only for
// ASCII-text", query/in-operator); regular expressions do for all.
func needsRegexp(t *ir.Text) bool {
	shape, literal := t.Pattern.Shape()
	return shape == ir.Glob || !t.Cased && emit.HasForeignLetters(literal)
}

// textIn tests an expression that is a string, or "*" for any column.
func textIn(p *emit.Printer, operand string, t *ir.Text) emit.Frag {
	shape, literal := t.Pattern.Shape()
	switch {
	case shape == ir.Any && operand == "*":
		return emit.Atom("true")
	case shape == ir.Any:
		return emit.Atom("isnotempty(" + operand + ")")
	case shape == ir.Exact && literal == "" && operand != "*":
		// "The string type doesn't support null values" (scalar data types).
		p.Warn(t.Pos, p.More(), "", "to Kusto a text that is absent is the empty text: events without it are found, too")
		return emit.Atom("isempty(" + operand + ")")
	case needsRegexp(t):
		return matches(p, operand, patternTree(t), t.Pos)
	}
	cased := 0
	if t.Cased || shape == ir.Exact && !emit.HasLetters(literal) {
		cased = 1
	}
	return emit.Atom(operand + operators[shape][cased] + quote(literal))
}

// guid returns the literal of a text that is a GUID, with or without braces,
// for a column of that type.
func guid(f emit.Field, t *ir.Text) (string, bool) {
	if f.Type() != schema.GUID {
		return "", false
	}
	shape, s := t.Pattern.Shape()
	if n := len(s); n == 38 && s[0] == '{' && s[n-1] == '}' {
		s = s[1 : n-1]
	}
	if shape != ir.Exact || len(s) != 36 {
		return "", false
	}
	for i := range len(s) {
		dash := i == 8 || i == 13 || i == 18 || i == 23
		if dash != (s[i] == '-') || !dash && !hexDigit(s[i]) {
			return "", false
		}
	}
	return "guid(" + s + ")", true
}

func hexDigit(c byte) bool {
	return c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'f'
}

// exists asks whether a field has a value. Strings have no null, "" stands
// for it (query/isnull-function, query/isempty-function); isempty takes other
// types too and so serves columns of unknown type.
func exists(f emit.Field, want bool) emit.Frag {
	name, function := column(f.Name), "empty("
	switch t := f.Type(); {
	case t == schema.Dynamic:
		name = operand(f)
	case t.IsNumber(), t == schema.Bool, t == schema.Time, t == schema.GUID:
		function = "null("
	}
	if want {
		return emit.Atom("isnot" + function + name + ")")
	}
	return emit.Atom("is" + function + name + ")")
}

// keyword seeks in the columns that the setting names, or in all of them: "*"
// in place of a column is each of them (query/where-operator). The operator
// "has", which search would use, finds whole terms only.
func keyword(p *emit.Printer, k *ir.Keyword, t ir.Test) emit.Frag {
	if names := p.Setting("keyword_columns"); names != "" {
		var arms []emit.Frag
		for name := range strings.SplitSeq(names, ",") {
			if name = strings.TrimSpace(name); name != "" {
				arms = append(arms, p.Test(p.FieldOf(&ir.Match{Pos: k.Pos, Field: name}), t))
			}
		}
		if len(arms) > 0 {
			return p.Chain(emit.LevelOr, arms)
		}
	}
	switch t := t.(type) {
	case *ir.Text:
		return textIn(p, "*", t)
	case *ir.Regexp:
		if tree := p.RegexpTree(t); tree != nil {
			return matches(p, "*", tree, t.Pos)
		}
		return emit.Frag{}
	}
	p.Unsupported(t.Position(), "such a test of the whole event", "the setting keyword_columns names columns")
	return emit.Frag{}
}
