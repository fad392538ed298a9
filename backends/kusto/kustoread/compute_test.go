package kustoread

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/sigma-compiler/sigmac/backends/readback"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// The examples of the functions' own pages, and what they say of null.
func TestCompute(t *testing.T) {
	event := map[string]any{
		"S": "Ab-Cé", "N": json.Number("256"), "Neg": json.Number("-256"), "B": true, "J": `{"a":{"b":["x",{"c d":5}]},"e":""}`,
		"D": map[string]any{"k": "v", "n": json.Number("7"), "l": []any{"p", "q"}}, "T": "2024-05-06T23:30:00-02:00", "Empty": "",
		"nested": map[string]any{"f": "g"},
	}
	for text, want := range map[string]any{
		`tohex(N)`: "100", `tohex(Neg)`: "ffffffffffffff00", `tohex(N, 8)`: "00000100", `tohex(N, 2)`: "100", `tohex(tolong("x"))`: nil,
		`strcat(S, "-", N, B)`: "Ab-Cé-256true", `strcat(Missing, "x")`: "x", `strcat_delim(",", S, "x", N)`: "Ab-Cé,x,256",
		`substring("123456", 1)`: "23456", `substring("123456", 2, 2)`: "34", `substring("ABCD", 0, 2)`: "AB", `substring("123456", -2, 2)`: "56",
		`substring(S, 4)`: "é", `substring("ab", 5)`: nil, `strlen(S)`: json.Number("5"), `strlen(Missing)`: json.Number("0"),
		`tolower(S)`: "ab-cé", `toupper("ß é")`: "ß É",
		`iff(B, "a", "b")`: "a", `iff(isnull(tolong("q")), 1, 2)`: json.Number("1"), `iif(bool(null), 1, 2)`: json.Number("2"),
		`case(S == "x", 1, N > 255, 2, 3)`: json.Number("2"), `coalesce(tolong("q"), N)`: json.Number("256"), `coalesce("", "b")`: "b",
		`extract("([^,]+)", 1, "a,b")`: "a", `extract("x", 0, S)`: nil, `extract("(\\d+)", 1, "n 12", typeof(long))`: json.Number("12"),
		`extract("User: ([^,]+)", 1, "User: JohnDoe, Email")`:   "JohnDoe",
		`replace_regex("Number is 1", @"is (\d+)", @"was: \1")`: "Number was: 1", `replace_regex("aXbX", "X", @"<\0>")`: "a<X>b<X>",
		`replace_string(S, "b", "bb")`: "Abb-Cé", `replace_string(S, "", "x")`: "Ab-Cé",
		`tolong("123")`: json.Number("123"), `tolong("12.5")`: nil, `tolong(12.7)`: json.Number("12"), `toint(3000000000)`: nil, `tolong(true)`: json.Number("1"),
		`todouble("1.50")`: json.Number("1.5"), `tobool("TRUE")`: true, `tobool(0)`: false, `tobool("x")`: nil, `toguid("x")`: nil,
		`tostring(parse_json(J).a.b[0])`: "x", `parse_json(J).a.b[1]["c d"]`: json.Number("5"), `tostring(parse_json(J).a.b)`: `["x",{"c d":5}]`,
		`parse_json(J).a.b[-2]`: "x", `isnull(parse_json(J).z)`: true, `isempty(tostring(parse_json(J).e))`: true, `parse_json("x")`: "x",
		`D.k`: "v", `D["n"]`: json.Number("7"), `tostring(D.l)`: `["p","q"]`, `D.l[1]`: "q", `nested.f`: "g",
		`isnull(parse_json(""))`: true, `isnull(parse_json("[]"))`: false,
		`datetime_part("hour", todatetime(T))`: json.Number("1"), `dayofmonth(todatetime(T))`: json.Number("7"), `week_of_year(datetime(2021-01-03))`: json.Number("53"),
		`getyear(todatetime("x"))`: nil, `tostring(datetime(2024-05-06))`: "2024-05-06T00:00:00.0000000Z",
		`ipv4_is_match("192.168.1.1/24", "192.168.1.255/24")`: true, `ipv4_is_in_range("x", "10.0.0.0/8")`: nil,
		`indexof(S, "Cé")`: json.Number("3"), `indexof(S, "q")`: json.Number("-1"), `split("a,b", ",")[1]`: "b", `trim("-+", "--a--")`: "a",
		`trim_start("a", "aab")`: "ab", `trim_end("b+", "abb")`: "a", `base64_decode_tostring("Zm9v")`: "foo", `base64_decode_tostring("?")`: nil,
		`isempty(Empty) and isempty(Missing)`: true, `Missing == ""`: true, `N > 5 and Missing contains "a"`: false,
		`N == tolong("q")`: false, `tolong("q") == tolong("r")`: nil, `tolong("q") > 5`: nil, `"K" =~ "k" and "É" !~ "é"`: true,
		`S in~ ("ab-cé")`: true, `S has "ab"`: true, `N between (1 .. 256)`: true, `column_ifexists("Nope", "x")`: nil,
	} {
		x, err := Compute(text, readback.Options{})
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		got := x.Of(event)
		if got == "" { // strings have no null
			got = nil
		}
		if got != want {
			t.Errorf("%s: got %v, want %v", text, got, want)
		}
	}
}

func TestComputeErrors(t *testing.T) {
	for _, text := range []string{`ago(1d)`, `S in ((T2 | project x))`, `1 + 1`, `nosuch(S)`, `S | where B`, `tolower(`, ``, `*`, `strlen(5)`, `5d`} {
		if x, err := Compute(text, table); err == nil {
			t.Errorf("%s: %v", text, x.Of(nil))
		}
	}
	x, err := Compute(`iff(I > 5, S, tostring(D.a))`, table)
	if err != nil || fmt.Sprint(x.Columns()) != "[D I S]" {
		t.Errorf("%v %v", x, err)
	}
}

// A text that grows is bounded, as is the work that goes into it.
func TestComputeBounds(t *testing.T) {
	text := "S"
	for range 11 {
		text = "strcat(" + text + `, replace_string(` + text + `, "a", "aaaaaaaaaaaaaaaa"))`
	}
	x, err := Compute(text, table)
	if err != nil {
		t.Fatal(err)
	}
	if s, _ := x.Of(map[string]any{"S": "aaaa"}).(string); len(s) > maxText {
		t.Fatalf("a text of %d bytes", len(s))
	}
}

func TestFill(t *testing.T) {
	for _, c := range []struct {
		name, expr string
		event      map[string]any // with X as it is wanted
		want       string         // the event, "" where X cannot be had
	}{
		{"column", `S`, map[string]any{"X": "a"}, `map[S:a X:a]`},
		{"column that is there", `S`, map[string]any{"X": "a", "S": "b"}, ``},
		{"iff", `iff(S == "in", A, Q)`, map[string]any{"X": "v"}, `map[A:v S:in X:v]`},
		{"iff, decided", `iff(S == "in", A, Q)`, map[string]any{"X": "v", "S": "out"}, `map[Q:v S:out X:v]`},
		{"iff, empty or not", `iff(isempty(A), Q, strcat(A, @"\", Q))`, map[string]any{"X": `NT\SYS`}, `map[Q:NT\SYS X:NT\SYS]`},
		{"iff with the other taken", `iff(isempty(A), Q, strcat(A, @"\", Q))`, map[string]any{"X": `NT\SYS`, "A": "NT"}, `map[A:NT Q:SYS X:NT\SYS]`},
		{"strcat", `strcat(A, @"\", iff(isempty(Q), "(Default)", Q))`, map[string]any{"X": `a\b\c`}, `map[A:a\b Q:c X:a\b\c]`},
		{"strcat of a default", `strcat(A, @"\", iff(isempty(Q), "(Default)", Q))`, map[string]any{"X": `a\(Default)`}, `map[A:a X:a\(Default)]`},
		{"strcat, impossible", `strcat(A, @"\", Q)`, map[string]any{"X": `ab`}, ``},
		{"json", `tostring(parse_json(A).b)`, map[string]any{"X": `q"`}, `map[A:{"b":"q\""} X:q"]`},
		{"json with a prefix taken off", `replace_string(tostring(parse_json(A).b), @"\Device", "")`, map[string]any{"X": `\p`}, `map[A:{"b":"\\Device\\p"} X:\p]`},
		{"dynamic", `tostring(A.b["c d"])`, map[string]any{"X": `q`}, `map[A:map[b:map[c d:q]] X:q]`},
		{"array", `tostring(A[1].b)`, map[string]any{"X": `q`}, `map[A:[<nil> map[b:q]] X:q]`},
		{"hex", `strcat("0x", tohex(A))`, map[string]any{"X": `0x3e7`}, `map[A:999 X:0x3e7]`},
		{"padded hex of text", `strcat("DWORD (0x", tohex(tolong(A), 8), ")")`, map[string]any{"X": `DWORD (0x00000010)`}, `map[A:16 X:DWORD (0x00000010)]`},
		{"halves", `strcat("QWORD (0x", substring(tohex(tolong(A), 16), 0, 8), "-0x", substring(tohex(tolong(A), 16), 8), ")")`,
			map[string]any{"X": `QWORD (0x00000001-0x00000002)`}, `map[A:4294967298 X:QWORD (0x00000001-0x00000002)]`},
		{"case", `case(isempty(A), "(Empty)", Q =~ "Dword" and isnotnull(tolong(A)), strcat("DWORD (0x", tohex(tolong(A), 8), ")"), A)`,
			map[string]any{"X": `DWORD (0x00000001)`}, `map[A:1 Q:Dword X:DWORD (0x00000001)]`},
		{"case, the rest", `case(isempty(A), "(Empty)", Q =~ "Binary", "Binary Data", A)`, map[string]any{"X": `v`}, `map[A:v X:v]`},
		{"extract", `extract(@'<(?:Data Name="F"|F(?: [^>]*)?)>([^<]*)<', 1, A)`, map[string]any{"X": `v`}, `map[A:<Data Name="F">v< X:v]`},
		{"extract what cannot be there", `extract(@'<F>([^<]*)<', 1, A)`, map[string]any{"X": `v<w`}, ``},
		{"extract, with entities", `replace_string(replace_string(extract(@'<F>([^<]*)<', 1, A), "&lt;", "<"), "&amp;", "&")`,
			map[string]any{"X": `v<w`}, `map[A:<F>v&lt;w< X:v<w]`},
		{"extract the front", `extract(@"\A(?:[a-z]+://)?([^/]*)", 1, A)`, map[string]any{"X": `host`}, `map[A:host X:host]`},
		{"regexp replaced", `replace_regex(A, @"(?i)\AHKEY_LOCAL_MACHINE", "HKLM")`, map[string]any{"X": `HKLM\a`}, `map[A:HKEY_LOCAL_MACHINE\a X:HKLM\a]`},
		{"regexp replaced, elsewhere", `replace_regex(A, @"(?i)\AHKEY_LOCAL_MACHINE", "HKLM")`, map[string]any{"X": `\a`}, `map[A:\a X:\a]`},
		{"condition", `A contains ":" and A !startswith "::ffff:"`, map[string]any{"X": true}, `map[A:: X:true]`},
		{"condition, not", `A contains ":"`, map[string]any{"X": false}, `map[X:false]`},
		{"in", `iff(A in ("p", "q"), Q, S)`, map[string]any{"X": "v", "S": "w"}, `map[A:p Q:v S:w X:v]`},
		{"number", `iff(S == "in", I, I2)`, map[string]any{"X": json.Number("80")}, `map[I:80 S:in X:80]`},
		{"case does not count", `tolower(S)`, map[string]any{"X": "AB"}, `map[S:AB X:ab]`},
	} {
		columns, err := NewColumns([]ir.Computed{{Name: "X", Expr: c.expr}}, readback.Options{})
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		before := fmt.Sprint(c.event)
		out, missed := columns.Fill(c.event)
		got := fmt.Sprint(out)
		if missed != nil {
			got = ""
		}
		if got != c.want {
			t.Errorf("%s: got %v (missed %v), want %s", c.name, out, missed, c.want)
		}
		if fmt.Sprint(c.event) != before {
			t.Errorf("%s: the event was changed", c.name)
		}
	}
}

// Several columns are made of the same one.
func TestFillSeveral(t *testing.T) {
	columns, err := NewColumns([]ir.Computed{
		{Name: "X", Expr: `iff(S == "in", A, Q)`}, {Name: "Y", Expr: `iff(S == "in", Q, A)`},
		{Name: "F", Expr: `extract(@'<F>([^<]*)<', 1, E)`}, {Name: "G", Expr: `extract(@'<G>([^<]*)<', 1, E)`},
	}, readback.Options{})
	if err != nil {
		t.Fatal(err)
	}
	out, missed := columns.Fill(map[string]any{"X": "x", "Y": "y", "F": "f", "G": "g", "Q": "x", "Z": "z"})
	if want := `map[A:y E:<F>f<<G>g< F:f G:g Q:x X:x Y:y Z:z]`; fmt.Sprint(out) != want || missed != nil {
		t.Errorf("got %v %v, want %s", out, missed, want)
	}
	out, missed = columns.Fill(map[string]any{"X": "x", "Y": "y", "Q": "q"})
	if fmt.Sprint(missed) != "[Y]" || out["X"] != "x" || fmt.Sprint(columns.Complete(out)) != fmt.Sprint(out) {
		t.Errorf("got %v %v: as many as can be had are wanted, and a complete event", out, missed)
	}
}
