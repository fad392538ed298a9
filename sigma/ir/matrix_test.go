package ir_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"net/netip"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/sigma-compiler/sigmac/internal/shared"
	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// A matrixRow is what pySigma makes of a value under a key.
type matrixRow struct {
	Key     string
	Value   any
	OK      bool
	Linking string
	Negated bool
	Values  []matrixValue
	Message string
}

// A matrixValue is one value behind pySigma's modifiers.
type matrixValue struct {
	T      string
	Parts  []any
	V      any
	Op     string
	N      *matrixValue
	Re     string
	Flags  []string
	F      string
	SW, EW bool
	Net    string
	Part   string
	Values []matrixValue
}

// matrixRows reads the table of pySigma's answers.
func matrixRows(t *testing.T) []matrixRow {
	t.Helper()
	text, err := os.ReadFile(shared.Path(t, "oracle", "pysigma", "modifier_matrix.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	var rows []matrixRow
	lines := bufio.NewScanner(bytes.NewReader(text))
	for lines.Scan() {
		d := json.NewDecoder(bytes.NewReader(lines.Bytes()))
		d.UseNumber()
		var row matrixRow
		if err := d.Decode(&row); err != nil {
			t.Fatal(err)
		}
		rows = append(rows, row)
	}
	return rows
}

// rule returns the rule with that one item.
func (row matrixRow) rule() *sigma.Rule {
	parts := strings.Split(row.Key, "|")
	item := &sigma.Item{Field: parts[0]}
	for _, name := range parts[1:] {
		item.Modifiers = append(item.Modifiers, sigma.Modifier{Name: name})
	}
	values, ok := row.Value.([]any)
	if !ok {
		values = []any{row.Value}
	}
	for _, v := range values {
		item.Values = append(item.Values, matrixInput(v))
	}
	return &sigma.Rule{Detection: sigma.Detection{
		Searches:   []*sigma.Search{{Name: "s", Node: item}},
		Conditions: []*sigma.Condition{{Expr: &sigma.CondSearch{Name: "s"}}},
	}}
}

func matrixInput(v any) sigma.Value {
	switch v := v.(type) {
	case nil:
		return sigma.Value{Kind: sigma.Null}
	case bool:
		return sigma.Value{Kind: sigma.Bool, Text: fmt.Sprint(v)}
	case json.Number:
		if strings.Contains(v.String(), ".") {
			return sigma.Value{Kind: sigma.Float, Text: v.String()}
		}
		return sigma.Value{Kind: sigma.Int, Text: v.String()}
	}
	return sigma.Value{Text: v.(string)}
}

// expr returns pySigma's answer in this tool's terms: a keyword stands
// between stars (K1), which pySigma leaves to its backends.
func (row matrixRow) expr(t *testing.T) ir.Expr {
	field := strings.SplitN(row.Key, "|", 2)[0]
	tests := make([]ir.Test, len(row.Values))
	for i, v := range row.Values {
		tests[i] = v.test(t, field == "")
	}
	test := ir.AnyTest(tests...)
	if row.Linking == "AND" {
		test = ir.AllTests(tests...)
	}
	e := ir.Expr(&ir.Match{Field: field, Test: test})
	if field == "" {
		e = &ir.Keyword{Test: test}
	}
	if row.Negated {
		return ir.Negate(e)
	}
	return e
}

// test returns a value of pySigma's as a test.
func (v matrixValue) test(t *testing.T, keyword bool) ir.Test {
	t.Helper()
	switch v.T {
	case "str", "cased":
		return matrixText(v.Parts, v.T == "cased", keyword)
	case "num":
		n, _ := ir.ParseNumber(fmt.Sprint(v.V))
		if keyword {
			return matrixText([]any{string(n)}, false, true)
		}
		return &ir.Compare{Op: ir.Eq, Number: n}
	case "bool":
		if keyword {
			return matrixText([]any{fmt.Sprint(v.V)}, false, true)
		}
		return &ir.Bool{Value: v.V == true}
	case "re":
		return v.regexp(t, keyword)
	case "expansion":
		tests := make([]ir.Test, len(v.Values))
		for i, u := range v.Values {
			tests[i] = u.test(t, keyword)
		}
		return ir.AnyTest(tests...)
	case "fieldref":
		shape := map[[2]bool]ir.Shape{{true, true}: ir.Substring, {true, false}: ir.Prefix, {false, true}: ir.Suffix}[[2]bool{v.SW, v.EW}]
		return &ir.FieldRef{Field: v.F, Shape: shape}
	case "cmp":
		op := map[string]ir.Op{"LT": ir.Lt, "LTE": ir.Lte, "GT": ir.Gt, "GTE": ir.Gte}[v.Op]
		if part, ok := v.N.test(t, false).(*ir.TimePart); ok {
			part.Op = op
			return part
		}
		return &ir.Compare{Op: op, Number: ir.Number(fmt.Sprint(v.N.V))}
	case "ts":
		part := map[string]ir.Part{"MINUTE": ir.Minute, "HOUR": ir.Hour, "DAY": ir.Day, "WEEK": ir.Week, "MONTH": ir.Month, "YEAR": ir.Year}[v.Part]
		return &ir.TimePart{Part: part, Number: ir.Number(fmt.Sprint(v.V))}
	case "cidr":
		return &ir.CIDR{Prefix: netip.MustParsePrefix(v.Net)}
	case "exists":
		return &ir.Exists{Want: v.V == true}
	case "null":
		return &ir.Null{}
	}
	t.Fatalf("a value of type %q", v.T)
	return nil
}

// regexp returns a regular expression of pySigma's as ir.Build reads it.
func (v matrixValue) regexp(t *testing.T, keyword bool) ir.Test {
	t.Helper()
	key := "f|re"
	if keyword {
		key = "|re"
	}
	for _, flag := range v.Flags {
		key += "|" + strings.ToLower(flag)
	}
	r, err := ir.Build(matrixRow{Key: key, Value: v.Re}.rule())
	if err != nil {
		t.Fatalf("%s: %s: %v", key, v.Re, err)
	}
	switch x := r.Where[0].(*ir.Named).X.(type) {
	case *ir.Match:
		return x.Test
	case *ir.Keyword:
		return x.Test
	}
	return nil
}

func matrixText(parts []any, cased, keyword bool) ir.Test {
	var elements []ir.Element
	for _, p := range parts {
		e := ir.Element{}
		switch p := p.(type) {
		case string:
			e.Text = p
		case map[string]any:
			switch {
			case p["ph"] != nil:
				e = ir.Element{Kind: ir.Placeholder, Text: p["ph"].(string)}
			case p["w"] == "?":
				e.Kind = ir.Question
			default:
				e.Kind = ir.Star
			}
		}
		elements = append(elements, e)
	}
	if keyword {
		star := ir.Element{Kind: ir.Star}
		elements = append(append([]ir.Element{star}, elements...), star)
	}
	return &ir.Text{Pattern: ir.NewPattern(elements...), Cased: cased}
}

// writtenOut replaces dashes by their choices, as pySigma does.
func writtenOut(e ir.Expr) ir.Expr {
	expand := func(t ir.Test) ir.Test {
		text, ok := t.(*ir.Text)
		if !ok || !text.Pattern.Has(ir.Dash) {
			return t
		}
		patterns, _ := text.Pattern.ExpandDashes(125)
		tests := make([]ir.Test, len(patterns))
		for i, p := range patterns {
			tests[i] = &ir.Text{Pattern: p, Cased: text.Cased}
		}
		return ir.AnyTest(tests...)
	}
	return ir.Rewrite(e, func(e ir.Expr) ir.Expr {
		switch e := e.(type) {
		case *ir.Match:
			return &ir.Match{Field: e.Field, Test: ir.RewriteTest(e.Test, expand)}
		case *ir.Keyword:
			return &ir.Keyword{Test: ir.RewriteTest(e.Test, expand)}
		}
		return e
	})
}

// A difference is one between the two answers for a row; "!" is a refusal.
type difference struct {
	matrixRow
	value, got, want string
}

func (d difference) has(modifier string) bool {
	return strings.Contains(d.Key+"|", "|"+modifier+"|")
}

// matrixDifferences are the classes in which this tool answers otherwise than
// pySigma 1.5.1, each with its reason, and how many rows are of it. The first
// that fits counts.
var matrixDifferences = []struct {
	name  string
	count int
	fits  func(d difference) bool
}{
	{"S13 an item without values is refused: it would match all or nothing", 33, func(d difference) bool { return d.value == "[]" && d.got[0] == '!' }},
	{"M23 utf16le is the name in the specification, wide an alias", 20, func(d difference) bool { return d.has("utf16le") && strings.Contains(d.Message, "Unknown modifier") }},
	{"M6 a number stands for its digits where text is meant, with a note", 51, func(d difference) bool {
		_, number := d.Value.(json.Number)
		return number && d.want == "!" && d.got[0] != '!' && !d.has("expand")
	}},
	{"P1 expand passes over values without placeholders, whatever their type", 10, func(d difference) bool { return d.has("expand") && d.want == "!" && d.got[0] != '!' }},
	{"M1 a modifier that stands twice is a slip", 23, func(d difference) bool { return strings.Contains(d.got, "stands twice") }},
	{"M6 startswith beside endswith does not say whether the value may overlap: contains does", 14, func(d difference) bool { return d.has("startswith") && d.has("endswith") && d.got[0] == '!' }},
	{"M21 an encoding of wildcards is none", 12, func(d difference) bool { return strings.Contains(d.got, "cannot encode a wildcard") }},
	{"M25 utf16 begins with FF FE, which is no text", 10, func(d difference) bool { return d.has("utf16") && !d.has("base64offset") && d.got[0] == '!' }},
	{"M25 utf16 begins with FF FE, not with a mark in UTF-8", 6, func(d difference) bool { return d.has("utf16") && d.want[0] != '!' }},
	{"M21 an escaped star is encoded without its backslash", 2, func(d difference) bool { return d.has("base64") && strings.Contains(d.value, `\\*`) }},
	{"M22 offsets count bytes, and leave no padding", 3, func(d difference) bool { return d.has("base64offset") && strings.ContainsAny(d.value, `*ü`) }},
	{"M22 an offset at which nothing depends on the value alone is left out instead of matching all", 6, func(d difference) bool { return d.has("base64offset") }},
	{"M30 a part of a date is a whole number in its range", 12, func(d difference) bool {
		return strings.Contains(d.got, "it goes from") || strings.Contains(d.got, "takes a whole number")
	}},
	{"M37 the name of a field has no escapes left, and is not empty", 3, func(d difference) bool { return d.has("fieldref") }},
	{"P1 a placeholder of an expression stays until a pipeline fills it", 1, func(d difference) bool { return d.has("re") && d.has("expand") && strings.Contains(d.value, "%ph%") }},
	{"M8 exists takes no other modifier", 1, func(d difference) bool { return d.has("exists") && d.has("neq") }},
	{"M16 null is no regular expression", 2, func(d difference) bool { return d.has("re") && strings.Contains(d.got, "and this is null") }},
	{"M16 a boolean is spelled as YAML does, not as Python", 5, func(d difference) bool { return d.has("re") && strings.Contains(d.want, "True") }},
	{"M17 startswith and endswith anchor an expression that is sought anywhere", 14, func(d difference) bool { return d.has("re") && (d.has("startswith") || d.has("endswith")) }},
	{"M17 contains adds nothing to an expression that is sought anywhere", 1, func(d difference) bool { return d.has("re") && d.has("contains") }},
}

// TestModifierMatrix replays what pySigma makes of 28 values under 106 keys
// (M1 to M41). Every difference must be of a class above.
func TestModifierMatrix(t *testing.T) {
	counts := make([]int, len(matrixDifferences))
	for _, row := range matrixRows(t) {
		d := difference{matrixRow: row, want: "!"}
		value, err := json.Marshal(row.Value)
		if err != nil {
			t.Fatal(err)
		}
		d.value = string(value)
		if r, err := ir.Build(row.rule()); err != nil {
			d.got = "!" + sigma.Errors(err)[0].Text()
		} else {
			d.got = ir.String(writtenOut(r.Where[0].(*ir.Named).X))
		}
		switch {
		case row.OK && d.value == "[]":
			d.want = "no test"
		case row.OK:
			d.want = ir.String(row.expr(t))
		}
		if d.got == d.want || d.want == "!" && d.got[0] == '!' {
			continue
		}
		class := slices.IndexFunc(matrixDifferences, func(c struct {
			name  string
			count int
			fits  func(difference) bool
		}) bool {
			return c.fits(d)
		})
		if class < 0 {
			t.Errorf("%s: %s: %s; pySigma has %s %s", d.Key, d.value, d.got, d.want, d.Message)
			continue
		}
		counts[class]++
	}
	for i, c := range matrixDifferences {
		if counts[i] != c.count {
			t.Errorf("%d rows, want %d: %s", counts[i], c.count, c.name)
		}
	}
}
