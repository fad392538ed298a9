package kustoread

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/sigma-compiler/sigmac/backends/readback"
	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/schema"
)

// typed are the columns of the table that most cases are about.
var typedColumns = map[string]schema.Type{
	"S": schema.Keyword, "S2": schema.Keyword, "A": schema.IP, "I": schema.Int, "I2": schema.Int, "R": schema.Float,
	"B": schema.Bool, "B2": schema.Bool, "T": schema.Time, "G": schema.GUID, "D": schema.Dynamic,
}

// table are the options of a query over these columns.
var table = readback.Options{Column: func(name string) (schema.Column, bool) {
	t, ok := typedColumns[name]
	return schema.Column{Name: name, Type: t}, ok
}}

// dump writes a tree: a leaf as its field and test, with a ! behind it where
// it is true for a field that is missing and a ? where it is null.
func dump(e readback.Expr) string {
	list := func(name string, es ...readback.Expr) string {
		parts := make([]string, len(es))
		for i, x := range es {
			parts[i] = dump(x)
		}
		return name + "{" + strings.Join(parts, " ") + "}"
	}
	switch e := e.(type) {
	case readback.And:
		return list("and", e...)
	case readback.Or:
		return list("or", e...)
	case *readback.Not:
		return list("not", e.X)
	case *readback.Known:
		return list("known", e.X)
	case readback.Const:
		return readback.Truth(e).String()
	case *readback.Leaf:
		field := e.Field
		if field == "" {
			field = "*"
		}
		return field + "=" + ir.TestString(e.Test) + [...]string{"", "?", "!"}[e.Missing]
	}
	return fmt.Sprintf("%T", e)
}

// show reads a query and dumps what comes of it.
func show(text string, o readback.Options) string {
	q, err := Read(text, o)
	if err != nil {
		var e *readback.Error
		if !errors.As(err, &e) {
			return "an error of another type: " + err.Error()
		}
		kind := "refused"
		if e.Foreign {
			kind = "foreign"
		}
		return fmt.Sprintf("%s %d: %s", kind, e.Offset, e.Msg)
	}
	out := dump(q.Where)
	if q.Table != "" {
		out = q.Table + ": " + out
	}
	for _, c := range q.Computed {
		out += " computed " + c.Name
	}
	if q.Given != nil {
		out += " given " + strings.Join(q.Given, ", ")
	}
	return out
}

type readCase struct{ query, want string }

func runCases(t *testing.T, o readback.Options, cases []readCase) {
	t.Helper()
	for _, c := range cases {
		if got := show(c.query, o); got != c.want {
			t.Errorf("%s\ngot  %s\nwant %s", c.query, got, c.want)
		}
	}
}

// query/datatypes-string-operators; case is ignored for ASCII alone.
func TestStrings(t *testing.T) {
	runCases(t, table, []readCase{
		{`S == "a"`, `S=cased "a"`},
		{`S =~ "a"`, `S="a"`},
		{`S =~ "É"`, `S=/(?s)\AÉ\z/`},
		{`S !~ "a"`, `not{S="a"}`},
		{`S != "a"`, `not{S=cased "a"}`},
		{`S <> "a"`, `not{S=cased "a"}`},
		{`S contains "a*?"`, `S="*a\\*\\?*"`},
		{`S !contains_cs "a"`, `not{S=cased "*a*"}`},
		{`S startswith "a"`, `S="a*"`},
		{`S endswith_cs "a"`, `S=cased "*a"`},
		{`S contains ""`, `S="*"!`},
		{`S == ""`, `S=cased ""!`},
		{`S != ""`, `not{S=cased ""!}`},
		{`"a" == S`, `S=cased "a"`},
		{`A =~ "::1"`, `A="::1"`},
		{`S contains S2`, `S contains S2=true? computed S contains S2`},
		{`S == S2`, `S == S2=true? computed S == S2`},
		{`"abc" contains S2`, `"abc" contains S2=true? computed "abc" contains S2`},
	})
}

// query/has-operator: terms are runs of ASCII letters and digits.
func TestTerms(t *testing.T) {
	runCases(t, table, []readCase{
		{`S has "a1"`, `S=/(?:\A|[^0-9A-Za-z])[Aa]1(?:\z|[^0-9A-Za-z])/`},
		{`S hasprefix_cs "a1"`, `S=/(?:\A|[^0-9A-Za-z])a1/`},
		{`S !hassuffix "a"`, `not{S=/[Aa](?:\z|[^0-9A-Za-z])/}`},
		{`S has_any ("a", "b")`, `or{S=/(?:\A|[^0-9A-Za-z])[Aa](?:\z|[^0-9A-Za-z])/ S=/(?:\A|[^0-9A-Za-z])[Bb](?:\z|[^0-9A-Za-z])/}`},
		{`S has_all (dynamic(["1", "2"]))`, `and{S=/(?:\A|[^0-9A-Za-z])1(?:\z|[^0-9A-Za-z])/ S=/(?:\A|[^0-9A-Za-z])2(?:\z|[^0-9A-Za-z])/}`},
		{`S has "a b"`, `foreign 6: the manual does not say how "a b" is sought, which is not one term of letters and digits`},
		{`S has "é"`, `foreign 6: the manual does not say how "é" is sought, which is not one term of letters and digits`},
		{`S has S2`, `foreign 0: such an expression is not read`},
	})
}

// query/in-operator.
func TestLists(t *testing.T) {
	runCases(t, table, []readCase{
		{`S in ("a", "b")`, `or{S=cased "a" S=cased "b"}`},
		{`S !in~ ("a", "b")`, `not{or{S="a" S="b"}}`},
		{`S in ("a")`, `S=cased "a"`},
		{`S in ("a" "b")`, `S=cased "ab"`},
		{`I in (5, -6, 0x10)`, `or{I=5 I=-6 I=16}`},
		{`S in~ (dynamic(["a", "b"]), "c")`, `or{S="a" S="b" S="c"}`},
		{`S in (S2, "a")`, `or{S in (S2, "a")=true? S=cased "a"} computed S in (S2, "a")`},
		{`S in ((T2 | where x | distinct y))`, `S in ((T2 | where x | distinct y))=true given S in ((T2 | where x | distinct y))`},
		{`not((S in ((T2 | take 5))) or B)`, `not{or{S in ((T2 | take 5))=true B=true?}} given S in ((T2 | take 5))`},
		{`S in (5)`, `foreign 6: the manual does not say how a value of type string is compared with one of type long`},
		{`I in ("5")`, `foreign 6: the manual does not say how a value of type long is compared with one of type string`},
		{`S in~ (5)`, `foreign 7: the manual does not say how a value of type long is compared by in~`},
		{`I in~ ("5")`, `refused 2: the operator in~ is for strings, and its operand is of type long (KS107)`},
		{`S in ()`, `refused 6: expected an expression behind "(", found ")"`},
		{`S in "a"`, `refused 5: expected ( behind in, found "\"a\""`},
	})
}

// scalar-data-types/null-values: a null equals no constant, and every other
// operator with a null is null.
func TestNulls(t *testing.T) {
	runCases(t, table, []readCase{
		{`I == 5`, `I=5`},
		{`I != 5.50`, `not{I=5.5}`},
		{`I > 5`, `I=>5?`},
		{`5 >= I`, `I=<=5?`},
		{`I between (1 .. 5)`, `and{I=>=1? I=<=5?}`},
		{`I !between (1 .. 5)`, `not{and{I=>=1? I=<=5?}}`},
		{`| where B`, `B=true?`},
		{`not(B)`, `not{B=true?}`},
		{`B == true`, `B=true`},
		{`B != false`, `not{B=false}`},
		{`coalesce(I > 5, false)`, `known{I=>5?}`},
		{`coalesce(B, true)`, `or{known{B=true?} and{and{not{known{B=true?}} not{known{not{B=true?}}}} yes}}`},
		{`(I > 5) == true`, `known{I=>5?}`},
		{`(I > 5) != false`, `not{known{not{I=>5?}}}`},
		{`isnull(I)`, `I=null`},
		{`isnotnull(I)`, `not{I=null}`},
		{`isnull(S)`, `no`},
		{`isempty(S)`, `S=cased ""!`},
		{`isnotempty(S)`, `not{S=cased ""!}`},
		{`isempty(I)`, `I=cased ""!`},
		{`isnull(I > 5)`, `and{not{known{I=>5?}} not{known{not{I=>5?}}}}`},
		{`isnull(D)`, `tostring(D)=null computed tostring(D)`},
		{`bool(null)`, `unknown`},
		{`not(bool(null))`, `not{unknown}`},
		{`isnull(int(null))`, `yes`},
		{`I == int(null)`, `foreign 5: the manual does not say what a comparison with this constant gives`},
		{`I == I2`, `I == I2=true? computed I == I2`},
	})
}

func TestLogic(t *testing.T) {
	runCases(t, table, []readCase{
		{`B or B2 and S == "a"`, `or{B=true? and{B2=true? S=cased "a"}}`},
		{`(B or B2) and S == "a"`, `and{or{B=true? B2=true?} S=cased "a"}`},
		{`B and B2 and B`, `and{B=true? B2=true? B=true?}`},
		{`S contains "a" == true`, `known{S="*a*"}`},
		{`true and not(false)`, `and{yes not{no}}`},
		{`iff(B, S == "a", I == 5)`, `or{and{known{B=true?} S=cased "a"} and{not{known{B=true?}} I=5}}`},
		{`case(B, true, B2, false, I == 5)`, `or{and{known{B=true?} yes} and{not{known{B=true?}} or{and{known{B2=true?} no} and{not{known{B2=true?}} I=5}}}}`},
		{`"a" =~ "A"`, `yes`},
		{`'S' == "S2"`, `no`},
		{`strlen("abc") > 2`, `yes`},
		{`1 + 1 == 2`, `foreign 0: such an expression is not read`},
	})
}

// Types of columns that are not known are inferred; == alone does not decide.
func TestUntyped(t *testing.T) {
	runCases(t, readback.Options{}, []readCase{
		{`X == 5`, `X=5`},
		{`X == "5" or X == 5`, `or{X=cased "5" X=5}`},
		{`X == true`, `X=true`},
		{`X and Y`, `and{X=true? Y=true?}`},
		{`X > 5 and isnull(X)`, `and{X=>5? X=null}`},
		{`isnull(X)`, `no`},
		{`X contains "a" and isnull(X)`, `and{X="*a*" no}`},
		{`X contains "a" and X == 5`, `foreign 24: the manual does not say how a value of type string is compared with one of type long`},
		{`X contains "a" and X > 5`, `foreign 19: the column "X" is used as another type here and as string at byte 0: its type is not known`},
		{`tostring(X) == "5" or X > 5`, `or{X=cased "5" X=>5?}`},
		{`['a.b'] == "x" and ["c d"] =~ 'y'`, `and{a.b=cased "x" c d="y"}`},
		{`a.b == "x"`, `a.b=cased "x" computed a.b`},
		{`'a b' =~ "x"`, `no`},
		{`src ip == "x"`, `refused 4: expected an operator, a comma or the end, found "ip"`},
	})
}
