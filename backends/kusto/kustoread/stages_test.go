package kustoread

import (
	"strings"
	"testing"

	"github.com/sigma-compiler/sigmac/backends/readback"
)

func TestPipelines(t *testing.T) {
	runCases(t, table, []readCase{
		{"T1\n| where B", `T1: B=true?`},
		{"T1 | where B | filter S == \"a\"", `T1: and{B=true? S=cased "a"}`},
		{"T1", `T1: and{}`},
		{"['T 1'] | where B", `T 1: B=true?`},
		{"_Im_Dns() | where B", `_Im_Dns: B=true?`},
		{"| where B", `B=true?`},
		{"T1 | where B // a comment\n| where B2;", `T1: and{B=true? B2=true?}`},
		{`S == "a"`, `S=cased "a"`},
		{`isempty(S)`, `S=cased ""!`},
		{`S == "a" | where B`, `refused 0: a table stands before the first |, not a value`},
		{"T1 | whree B", `refused 5: "whree" is no query operator (KS176)`},
		{"T1 | summarize count() by S", `foreign 5: the operator summarize is not read`},
		{"where B", `refused 0: where cannot be the first operator of a query (KS174)`},
		{"T1 where B", `refused 3: the word where is reserved: the column is ['where'] (KS228)`},
		{"print 1", `foreign 0: the statement print is not read`},
		{"T1 | where toscalar(T2) == 1", `foreign 11: toscalar(...) is not read`},
		{"T1 | where B;;", `refused 13: expected an expression behind ";", found ";"`},
		{"", `refused 0: there is no query`},
	})
}

// A column that is made of others by iff() or case() is tested through them;
// anything else is computed.
func TestExtend(t *testing.T) {
	runCases(t, table, []readCase{
		{`| extend X = S | where X =~ "a"`, `S="a"`},
		{`| extend X = tostring(I) | where X startswith "4"`, `I="4*"`},
		{`| extend X = "a" | where X =~ "A"`, `yes`},
		{`| extend X = iff(B, S, S2) | where X =~ "a"`, `or{and{known{B=true?} S="a"} and{not{known{B=true?}} S2="a"}}`},
		{`| extend X = iff(S == "q", I, I2) | where X > 5`, `or{and{known{S=cased "q"} I=>5?} and{not{known{S=cased "q"}} I2=>5?}}`},
		{`| extend X = case(B, S, B2, "k", S2) | where X !in~ ("a", "K")`,
			`not{or{or{and{known{B=true?} S="a"} and{not{known{B=true?}} or{and{known{B2=true?} no} and{not{known{B2=true?}} S2="a"}}}} ` +
				`or{and{known{B=true?} S="K"} and{not{known{B=true?}} or{and{known{B2=true?} yes} and{not{known{B2=true?}} S2="K"}}}}}}`},
		{`| extend X = strcat(S, "-", I) | where X endswith "a"`, `X="*a" computed X`},
		{`| extend S = tolower(S) | where S == "a"`, `tolower(S)=cased "a" computed tolower(S)`},
		{`| extend X = S contains "a" | where X`, `S="*a*"`},
		{`| extend X = 1, X = 2`, `refused 16: the column "X" is declared twice (KS171)`},
		{`| extend X = S, Y = X | where Y == "a"`, `refused 20: there is no column "X" (KS142)`},
		{`| extend X = S | extend Y = X | where Y == "a"`, `S=cased "a"`},
		{`| extend Program = S | where Programm == "a"`, `refused 29: there is no column "Programm"; did you mean Program? (KS142)`},
		{`| where strlen(S) > 5 and strlen(S) < 9`, `and{strlen(S)=>5? strlen(S)=<9?} computed strlen(S)`},
		{`| extend kind = S`, `refused 9: the word kind is reserved: the column is ['kind'] (KS228)`},
		{`| extend ['a b'] = S | where ['a b'] == "x"`, `S=cased "x"`},
		{`| extend X = tolower(S) | union (T1 | extend X = toupper(S)) | where X == "a"`,
			`T1: or{X=cased "a" X (2)=cased "a"} computed X computed X (2)`},
		{`| where D.a.b == "x"`, `D.a.b=cased "x" computed D.a.b`},
		{`| where D["a"][0] has "x" and D.['c d'] == 5`,
			`and{D["a"][0]=/(?:\A|[^0-9A-Za-z])[Xx](?:\z|[^0-9A-Za-z])/? D.['c d']=5} computed D["a"][0] computed D.['c d']`},
	})
}

func TestProject(t *testing.T) {
	runCases(t, table, []readCase{
		{`| project S, X = S2 | where X == "a" and S == "b"`, `and{S2=cased "a" S=cased "b"}`},
		{`| project S | where S2 == "a"`, `refused 20: there is no column "S2" (KS142)`},
		{`| project-away S | where S == "a"`, `refused 25: there is no column "S" (KS142)`},
		{`| project-away S | where S2 == "a"`, `S2=cased "a"`},
		{`| project-keep S | where S == "a"`, `S=cased "a"`},
		{`| project-rename X = S | where X == "a" and S == "b"`, `refused 44: there is no column "S" (KS142)`},
		{`| project-rename S = S2, S2 = S | where S == "a"`, `S2=cased "a"`},
		{`| project-rename S = S2`, `refused 17: there is a column "S" already (KS171)`},
		{`| project-reorder S | where S2 == "a"`, `S2=cased "a"`},
		{`| project-away S*`, `foreign 2: names with a star are not read`},
	})
}

func TestUnion(t *testing.T) {
	runCases(t, table, []readCase{
		{`union T1, T2 | where B`, `T1, T2: or{B=true? B=true?}`},
		{`union isfuzzy=true kind=outer T1, Dev* | where B`, `T1, Dev*: or{B=true? B=true?}`},
		{`T1 | where B | union (T2 | where B2), T3 | where S == "a"`,
			`T1, T2, T3: or{and{B=true? S=cased "a"} and{B2=true? S=cased "a"} S=cased "a"}`},
		{`union withsource=X T1`, `foreign 6: the option withsource of union is not read`},
	})
}

// query/search-operator.
func TestSearch(t *testing.T) {
	runCases(t, table, []readCase{
		{`search "err"`, `*=/(?:\A|[^0-9A-Za-z])[Ee][Rr][Rr](?:\z|[^0-9A-Za-z])/`},
		{`search "*err*"`, `*="*err*"`},
		{`T1 | search "e*" and S:"*x*" or I == 5`, `T1: or{and{*=/(?:\A|[^0-9A-Za-z])[Ee]/ S="*x*"} I=5}`},
		{`search in (T1, T2) "*a*"`, `T1, T2: or{*="*a*" *="*a*"}`},
		{`search kind=case_sensitive "*a*"`, `*=cased "*a*"`},
		{`search *`, `and{}`},
		{`search "a*b"`, `foreign 7: a search term with a star inside is not read`},
		{`T1 | where S:"x"`, `foreign 12: the operator : is not read`},
	})
}

// query/where-operator: * is every column.
func TestStar(t *testing.T) {
	runCases(t, table, []readCase{
		{`* contains "x"`, `*="*x*"`},
		{`not(* has "1") and * == "y" and * =~ "z"`, `and{not{*=/(?:\A|[^0-9A-Za-z])1(?:\z|[^0-9A-Za-z])/} *=cased "y" *="z"}`},
		{`* matches regex @"a+"`, `*=/a+/`},
		{`* contains "x" and strlen(S) > 5`, `and{* contains "x"=true? strlen(S)=>5?} computed * contains "x" computed strlen(S)`},
		{`* > 5`, `refused 0: * is no operand of >`},
		{`* in ("a")`, `refused 0: * is no operand of in`},
		{`(*) == "a"`, `refused 1: * is no value`},
		{`tostring(*) == "a"`, `refused 9: * is no argument of tostring`},
	})
}

// query/let-statement.
func TestLet(t *testing.T) {
	runCases(t, table, []readCase{
		{`let x = "a"; T1 | where S == x`, `T1: S=cased "a"`},
		{`let l = dynamic(["a", "b"]); T1 | where S in~ (l)`, `T1: or{S="a" S="b"}`},
		{`let S = "a"; T1 | where S == "b"`, `T1: S=cased "b"`},
		{`let n = 5; let m = n; T1 | where I == m`, `T1: I=5`},
		{`let Q = T1 | where B; Q | where S == "a"`, `T1: and{B=true? S=cased "a"}`},
		{`let x = 1; let x = 2; T1`, `refused 15: the name x is declared twice`},
		{`let f = (x:string) { x }; T1`, `foreign 19: functions and parameters in braces are not read`},
		{`let x = ; T1`, `refused 4: the name x is given no value`},
	})
}

// Parameters of parsers of ASIM are conditions.
func TestParsers(t *testing.T) {
	runCases(t, readback.Options{}, []readCase{
		{`_Im_NetworkSession(dstportnumber=80) | where SrcIpAddr == "::1"`, `_Im_NetworkSession: and{DstPortNumber=80 SrcIpAddr=cased "::1"}`},
		{`imProcessCreate(commandline_has_any=dynamic(["a", "b"]), pack=true)`,
			`imProcessCreate: or{TargetProcessCommandLine=/(?:\A|[^0-9A-Za-z])[Aa](?:\z|[^0-9A-Za-z])/ TargetProcessCommandLine=/(?:\A|[^0-9A-Za-z])[Bb](?:\z|[^0-9A-Za-z])/}`},
		{`_Im_RegistryEvent(eventtype_in=dynamic(["x"]), registrykey_has_any=dynamic([]))`, `_Im_RegistryEvent: EventType=cased "x"`},
		{`_Im_NetworkSession(starttime=ago(1d)) | where X == 1`, `_Im_NetworkSession: and{starttime=ago(1d)=true X=1} given starttime=ago(1d)`},
		{`_Im_NetworkSession(dstport=80)`, `refused 19: _Im_NetworkSession has no parameter "dstport"; it has disabled, dstportnumber, dvcaction, endtime, eventresult, pack, starttime`},
		{`_Im_NetworkSession(hostname_has_any=dynamic(["x"]))`, `foreign 19: the parameter hostname_has_any is not read`},
		{`MyFunction(1) | where X == 1`, `foreign 0: the arguments of MyFunction are not read`},
	})
}

// What no event decides is a field of its own.
func TestGiven(t *testing.T) {
	runCases(t, table, []readCase{
		{`T > ago(1h) and B`, `and{T > ago(1h)=true B=true?} given T > ago(1h)`},
		{`T between (ago(1d) .. now())`, `T between (ago(1d) .. now())=true given T between (ago(1d) .. now())`},
		{`(S in ((T2 | project S)))`, `S in ((T2 | project S))=true given S in ((T2 | project S))`},
		{`T > datetime(2024-01-01)`, `T > datetime(2024-01-01)=true? computed T > datetime(2024-01-01)`},
		{`datetime_part("hour", T) > 5`, `datetime_part("hour", T)=>5? computed datetime_part("hour", T)`},
	})
}

func TestLimits(t *testing.T) {
	flat := func(n int) string { return "| where " + strings.Repeat("B or ", n-1) + "B" }
	nested := func(n int) string { return "| where " + strings.Repeat("(", n) + "B" + strings.Repeat(")", n) }
	nots := func(n int) string { return "| where " + strings.Repeat("not(", n) + "B" + strings.Repeat(")", n) }
	// The greatest of each that Microsoft's language service analyses.
	for name, c := range map[string]struct {
		make func(n int) string
		most int
	}{"a chain": {flat, 493}, "parentheses": {nested, 492}, "calls": {nots, 123}} {
		if got := show(c.make(c.most), table); strings.HasPrefix(got, "refused") {
			t.Errorf("%s of %d: %s", name, c.most, got)
		}
		if got := show(c.make(c.most+1), table); !strings.HasPrefix(got, "refused") {
			t.Errorf("%s of %d: %.100s", name, c.most+1, got)
		}
	}
	for _, text := range []string{
		strings.Repeat("(", 100_000), strings.Repeat("[", 100_000), strings.Repeat("not(", 100_000), strings.Repeat("- ", 100_000),
		"x in (" + strings.Repeat("(", 100_000), strings.Repeat("T | where B ", 10_000),
		"| extend a = S" + strings.Repeat(" | extend a = strcat(a, a)", 60) + " | where a == \"x\"",
		"| where S == \xff", strings.Repeat("a", maxQuery+1),
	} {
		if q, err := Read(text, table); err == nil {
			t.Errorf("%.40s...: %s", text, dump(q.Where))
		}
	}
	long := `S in~ ("` + strings.Repeat(`a", "`, 50_000) + `")`
	if q, err := Read(long, table); err != nil || len(q.Where.(readback.Or)) != 50_001 {
		t.Errorf("a list of 50,001 values: %v", err)
	}
}
