package kustoread

import (
	"strings"
	"testing"

	"github.com/sigma-compiler/sigmac/backends/readback"
)

// scalar-data-types/string, and TokenParser.cs where it says more.
func TestLiterals(t *testing.T) {
	for lit, want := range map[string]string{
		`"a"`: "a", `'a"b'`: `a"b`, `"it's"`: "it's", `""`: "", `@""`: "",
		`"\\ \" \' \a\b\f\n\r\t\v"`:    "\\ \" ' \a\b\f\n\r\t\v",
		`"\x41\u0042\U00000043\104"`:   "ABCD",
		`"\0\18\377\400"`:              "\x00\x018\u00ff 0",
		`"\ud83d\ude00 \ud83d \ude00"`: "😀 \ufffd \ufffd",
		`"\U00110000"`:                 "\ufffd",
		`@"C:\a\"`:                     `C:\a\`, `@"a""b"`: `a"b`, `@'a''b"'`: `a'b"`,
		`h"a"`: "a", `H@'\'`: `\`, "h```a```": "a",
		"```a\n\"\\```": "a\n\"\\", "~~~a~~~": "a",
		`"a" "b"`: "ab", `'it''s'`: "its", "\"a\tb\u2028\"": "a\tb\u2028",
	} {
		q, err := Read("S == "+lit, table)
		if err != nil {
			t.Errorf("%s: %v", lit, err)
			continue
		}
		leaf := q.Where.(*readback.Leaf)
		if got := dump(leaf); got != dump(&readback.Leaf{Field: "S", Test: readback.Exact(want, true), Missing: leaf.Missing}) {
			t.Errorf("%s: %s, want %q", lit, got, want)
		}
	}
}

func TestBadLiterals(t *testing.T) {
	runCases(t, table, []readCase{
		{`S == "C:\Windows"`, `refused 8: "\\W" is no escape of a string: write \\, or the string as @"..."`},
		{`S == "\d"`, `refused 6: "\\d" is no escape of a string: write \\, or the string as @"..."`},
		{`S == "\u12"`, `refused 6: "\\u" is no escape of a string: write \\, or the string as @"..."`},
		{"S == \"a\nb\"", `refused 7: a string may not go on in the next line: write \n`},
		{"S == @\"a\r\nb\"", `refused 8: a string may not go on in the next line: write \n`},
		{`S == "a`, `refused 5: the string has no end`},
		{`S == @"a""`, `refused 5: the string has no end`},
		{"S == ```a``", `refused 5: the string has no end`},
		{`S == "\`, `refused 6: "\\" is no escape of a string: write \\, or the string as @"..."`},
		{`S == 5é`, `refused 6: the character 'é' is not part of the language`},
		{`é == 5`, `refused 0: the character 'é' is not part of the language`},
		{`S ! in ("a")`, `refused 2: the character '!' is not part of the language`},
		{`S !like "a"`, `refused 2: there is no operator !like`},
		{`I == int(5`, `refused 8: the literal has no )`},
		{`I == int(x)`, `foreign 5: the literal int(x) is not read`},
		{`S matches  regex "a"`, `refused 2: expected an operator, a comma or the end, found "matches"`},
		{`S CONTAINS "a"`, `refused 2: expected an operator, a comma or the end, found "CONTAINS"`},
	})
}

func TestNumbers(t *testing.T) {
	runCases(t, table, []readCase{
		{`I == 0x1F`, `I=31`}, {`I == -5`, `I=-5`}, {`I == - 5`, `I=-5`}, {`I == +5`, `I=5`}, {`I == -(-5)`, `I=5`},
		{`R == 1.5e2`, `R=150`}, {`R == 1.`, `R=1`}, {`I == long(5)`, `I=5`}, {`R == decimal(1.50)`, `R=1.5`},
		{`I == 18446744073709551616`, `I=18446744073709551616`},
		{`B == bool(1)`, `B=true`}, {`B == True`, `B=true`},
		{`G == guid("74BE27DE-1e4e-49d9-b579-fe0b331d3642")`, `G="74be27de-1e4e-49d9-b579-fe0b331d3642"`},
		{`I == 5d`, `foreign 5: such an expression is not read`},
		{`I == 1and`, `refused 5: there is no column "1and" (KS142)`},
		{`I==5and B`, `refused 8: expected an operator, a comma or the end, found "B"`},
		{`I == --5`, `refused 6: expected an expression behind "-", found "-"`},
	})
}

// Every word that is reserved is one that the binder wants in brackets; a name
// like it is not.
func TestNames(t *testing.T) {
	runCases(t, readback.Options{}, []readCase{
		{`X == 1 or where == "a"`, `refused 10: the word where is reserved: the column is ['where'] (KS228)`},
		{`X == 1 and project == "a"`, `refused 11: the word project is reserved: the column is ['project'] (KS228)`},
		{`['where'] == "a"`, `where=cased "a"`},
		{`["a\"b"] == 'a'`, `a"b=cased "a"`},
		{`kind == "a" and type == "b" and Where == "c"`, `and{kind=cased "a" type=cased "b" Where=cased "c"}`},
		{`1st == "a"`, `1st=cased "a"`},
		{`$x == "a"`, `$x=cased "a"`},
	})
	for _, w := range []string{"contains", "and", "has_any", "between"} {
		if got := show(`X == 1 or `+w+` == "a"`, readback.Options{}); !strings.HasPrefix(got, "refused") {
			t.Errorf("%s: %s", w, got)
		}
	}
}

func TestTypes(t *testing.T) {
	runCases(t, table, []readCase{
		{`I =~ "5"`, `refused 2: the operator =~ is not defined for operands of types long and string (KS106)`},
		{`S =~ 5`, `refused 2: the operator =~ is not defined for operands of types string and long (KS106)`},
		{`B contains "t"`, `refused 2: the operator contains is not defined for operands of types bool and string (KS106)`},
		{`S > 5`, `refused 2: the operator > is not defined for operands of types string and long (KS106)`},
		{`I > "5"`, `refused 2: the operator > is not defined for operands of types long and string (KS106)`},
		{`S and B`, `refused 0: a part of a condition is of type string, not bool (KS106)`},
		{`| where S`, `refused 8: the condition is of type string, not bool (KS141)`},
		{`"foo"`, `refused 0: the condition is of type string, not bool (KS141)`},
		{`"foo" or "bar"`, `refused 0: a part of a condition is of type string, not bool (KS106)`},
		{`not(S)`, `refused 4: the function not wants a bool here, not a string`},
		{`not(B, B)`, `refused 0: the function not takes 1 argument, not 2`},
		{`case(B, true)`, `refused 0: the function case takes at least 3 arguments, not 2`},
		{`tohex(S) == "5"`, `refused 6: the function tohex wants a whole number here, not a string`},
		{`S.a == "5"`, `refused 2: a value of type string has no parts (KS142)`},
		{`Isempty(S)`, `refused 0: there is no function Isempty: names of functions tell case apart (KS211)`},
		{`ISEMPTY(S)`, `refused 0: there is no function ISEMPTY: names of functions tell case apart (KS211)`},
		{`nosuch(S) == 5`, `foreign 0: the function nosuch is not read`},
		{`S == "a" == true`, `refused 9: == cannot follow a comparison: group it with parentheses`},
		{`coalesce(I, "a") == 5`, `refused 12: the function coalesce wants values of one type, not long and string`},
		{`I + S == 5`, `refused 2: the operator + is not defined for operands of types long and string (KS106)`},
		{`I + 1 == 5`, `foreign 0: such an expression is not read`},
		{`datetime_part("hours", T) == 5`, `refused 14: there is no such part of a datetime`},
	})
}
