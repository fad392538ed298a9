package kustoread

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand"
	"strings"
	"testing"

	"github.com/sigma-compiler/sigmac/backends/readback"
	"github.com/sigma-compiler/sigmac/internal/oracle"
)

// A writer writes random conditions that are of the right type.
type writer struct{ *rand.Rand }

func (w writer) of(choices ...string) string { return choices[w.Intn(len(choices))] }

// texts are what strings of conditions and of events are made of.
var texts = []string{"a", "A", "ab", "Ab c", "x.y", "a-b", "É", "é", "10.0.0.1", "::1", "::ffff:10.0.0.1", "5", "12", "true", `C:\a`, "a\nb", "2024-05-06T07:08:09Z"}

func (w writer) text() string {
	return w.of(w.lit(), "S", "S2", "tolower(S)", "tostring(I)", "strcat(S, S2)", "substring(S2, 1, 2)", `iff(B, S, S2)`,
		`case(I > 5, S, S2 == "a", "ab", S2)`, `replace_string(S, "a", "b")`, `extract("a(.)", 1, S)`, "tostring(parse_json(S2).a)",
		`tostring(D.a)`, "D.a", `iff(I > 5, S, "x")`)
}

func (w writer) lit() string {
	return fmt.Sprintf("%q", texts[w.Intn(len(texts))])
}

func (w writer) num() string {
	return w.of("I", "I2", "R", "tolong(S)", "strlen(S)", "iff(B, I, I2)", "toint(S2)", "5", "-12", "todouble(S)")
}

func (w writer) textOp() string {
	return w.of("==", "!=", "=~", "!~", "contains", "!contains", "startswith", "startswith_cs", "endswith", "!endswith_cs", "contains_cs")
}

// cond returns a condition.
func (w writer) cond(depth int) string {
	if depth > 0 && w.Intn(2) == 0 {
		x := func() string { return w.cond(depth - 1) }
		switch w.Intn(8) {
		case 0, 1:
			return "(" + x() + " and " + x() + ")"
		case 2, 3:
			return "(" + x() + " or " + x() + " or " + x() + ")"
		case 4:
			return "not(" + x() + ")"
		case 5:
			return "iff(" + x() + ", " + x() + ", " + x() + ")"
		case 6:
			return "coalesce(" + x() + ", " + w.of("true", "false", x()) + ")"
		}
		return w.of("isnull(", "isnotnull(") + x() + ")" + w.of("", " == true", " != false")
	}
	return w.test()
}

// test returns a condition of one test.
func (w writer) test() string {
	switch w.Intn(14) {
	case 0, 1, 2:
		return w.text() + " " + w.textOp() + " " + w.lit()
	case 3:
		return w.text() + " " + w.textOp() + " " + w.of("S", "S2", w.lit())
	case 4:
		return w.of("S", "S2", w.text()) + " " + w.of("in", "in~", "!in", "!in~") + " (" + w.lit() + ", " + w.lit() + ")"
	case 5:
		return w.num() + " " + w.of("<", "<=", ">", ">=", "==", "!=") + " " + w.of("5", "12", "-1", "0")
	case 6:
		return w.num() + " " + w.of("<", ">=", "==", "!=") + " " + w.num()
	case 7:
		return w.num() + " " + w.of("between", "!between") + " (1 .. " + w.of("9", "12") + ")"
	case 8:
		return w.of("B", "B2", "(B == true)", "(B2 != false)", "B == B2")
	case 9:
		return w.of("isempty", "isnotempty", "isnull", "isnotnull") + "(" + w.of("S", "I", "B", "D", "D.a", w.num(), w.text()) + ")"
	case 10:
		return w.of("S", "S2", w.text()) + " " + w.of("has", "!has", "hasprefix", "hassuffix_cs", "has_cs") + ` "` + w.of("a", "ab", "5", "10") + `"`
	case 11:
		return w.text() + ` matches regex @"` + w.of("a.b", "(?i)^a", "(?s)a.*b", `\Aa`, "b$", "[a-b]+", "(?is).*c", "") + `"`
	case 12:
		return w.of("ipv4_is_in_range(", "ipv6_is_in_any_range(", "ipv4_is_in_any_range(", "ipv6_is_in_range(") + w.of("A", "S", w.text()) + `, "` +
			w.of("10.0.0.0/8", "::/0", "::1/128", "::ffff:0:0/96") + `")`
	}
	return w.of(`* contains "a"`, `* == "ab"`, `* matches regex @"(?i)B"`, "tobool(S2)", "ipv4_is_private(A)", "T > datetime(2024-05-01)", `datetime_part("hour", T) == 7`, "I in (5, 12)", "true", "bool(null)", `G == guid(74be27de-1e4e-49d9-b579-fe0b331d3642)`)
}

// event returns an event with some of the columns, each of its type.
func (w writer) event() map[string]any {
	ev := make(map[string]any)
	put := func(name string, v any) {
		switch w.Intn(6) {
		case 0:
		case 1:
			ev[name] = nil
		default:
			ev[name] = v
		}
	}
	text := func() string { return texts[w.Intn(len(texts))] }
	for _, name := range []string{"S", "S2", "A"} {
		put(name, w.of(text(), text()+text(), "", `{"a":"Ab c"}`))
	}
	put("I", json.Number(w.of("5", "12", "-1", "0", "100")))
	put("I2", json.Number(w.of("5", "12", "5.0")))
	put("R", json.Number(w.of("5", "5.0", "1.5")))
	put("B", w.Intn(2) == 0)
	put("B2", w.Intn(2) == 0)
	put("T", w.of("2024-05-06T07:08:09Z", "2023-01-01T00:00:00Z"))
	put("G", "74be27de-1e4e-49d9-b579-fe0b331d3642")
	put("D", []any{map[string]any{"a": "Ab c"}, map[string]any{"a": json.Number("5")}, map[string]any{"a": []any{"a"}}, "a", map[string]any{}}[w.Intn(5)])
	return ev
}

// The tree of a condition says yes, no and null where evaluating the condition
// as it stands says so: that is, the tests of single fields, the three values
// above them and what is computed agree with the operators themselves.
func TestMeaning(t *testing.T) {
	w := writer{rand.New(rand.NewSource(1))}
	counts := make(map[string]int)
	for range 6_000 {
		text := "| where " + w.cond(2)
		q, err := Read(text, table)
		if err != nil {
			counts["not read"]++
			var e *readback.Error
			if !errors.As(err, &e) || !e.Foreign {
				t.Fatalf("%s: %v", text, err)
			}
			continue
		}
		counts["read"]++
		e := parsed(t, text)
		yes, no := readback.Meaning(q.Where), readback.Meaning(&readback.Not{X: q.Where})
		for range 5 {
			ev := w.event()
			want := eval(e, ev)
			full := oracle.Event(q.Complete(ev))
			if got := oracle.Match(yes, full); got != (want == true) {
				t.Fatalf("%s\nover %v\nyes is %t, evaluated %v\n%s", text, full, got, want, dump(q.Where))
			}
			if got := oracle.Match(no, full); got != (want == false) {
				t.Fatalf("%s\nover %v\nno is %t, evaluated %v\n%s", text, full, got, want, dump(q.Where))
			}
			counts[fmt.Sprint(want)]++
		}
	}
	if counts["not read"] > counts["read"]/3 || counts["true"] < 5000 || counts["false"] < 5000 || counts["<nil>"] < 500 {
		t.Errorf("one-sided: %v", counts)
	}
}

// parsed returns the only condition of a query.
func parsed(t *testing.T, text string) expr {
	t.Helper()
	g, err := parse(queryParser(), text)
	if err != nil {
		t.Fatal(err)
	}
	q := newQuery(text, table)
	rows, err := q.pipeline(g.Pipeline)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := q.check(rows); err != nil {
		t.Fatal(err)
	}
	return rows[0].conds[0]
}

// Precedence and associativity: the same tree with all parentheses written.
func TestPrecedence(t *testing.T) {
	for text, grouped := range map[string]string{
		`B or B2 and S == "a"`:                    `B or (B2 and (S == "a"))`,
		`B and B2 or S == "a" and B`:              `(B and B2) or ((S == "a") and B)`,
		`S contains "a" == true and B`:            `((S contains "a") == true) and B`,
		`not(B) or B2 == false`:                   `(not(B)) or (B2 == false)`,
		`I > 5 == true`:                           `(I > 5) == true`,
		`S contains "a" or S2 in ("b") and B`:     `(S contains "a") or ((S2 in ("b")) and B)`,
		`I between (1 .. 5) and B or B2`:          `((I between (1 .. 5)) and B) or B2`,
		`-5 == I or B`:                            `((-5) == I) or B`,
		`S startswith "a" and not(S has "b"or B)`: `(S startswith "a") and (not((S has "b") or B))`,
	} {
		a, b := show("| where "+text, table), show("| where "+grouped, table)
		if a != b || strings.HasPrefix(a, "refused") {
			t.Errorf("%s\n%s\n%s", text, a, b)
		}
	}
}
