package compare_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/compare"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// TestLogSource compares rules about other logs. What their detections are to
// each other counts, too.
func TestLogSource(t *testing.T) {
	for _, c := range []struct {
		old, new  string
		detection string // of the new one; the old one has f: a
		want      compare.Relation
		note      string
	}{
		{"product: windows", "product: Windows", "f: a", compare.Same, ""},
		{"product: windows, category: process_creation", "product: windows", "f: a", compare.Broader, `no longer asks for the category "process_creation"`},
		{"product: windows", "product: windows, service: sysmon", "f: a", compare.Narrower, `also asks for the service "sysmon"`},
		{"product: windows", "product: linux", "f: a", compare.Incomparable, `the product of the log source is "linux", was "windows"`},
		{"product: windows", "category: dns", "f: a", compare.Incomparable, "category"},
		{"product: windows, tenant: x", "product: windows, tenant: y", "f: a", compare.Incomparable, `tenant`},
		{"product: windows, service: sysmon", "product: windows", "f: [a, b]", compare.Broader, "service"},
		{"product: windows, service: sysmon", "product: windows", "f: b", compare.Incomparable, "service"},
		{"product: windows, service: sysmon", "product: windows", "f|cased: a", compare.Incomparable, "service"},
	} {
		old, new := build(t, c.old, detection("f: a")), build(t, c.new, detection(c.detection))
		r := compare.Rules(old, new, compare.Options{})
		if r.Relation != c.want || !strings.Contains(strings.Join(r.Notes, "\n"), c.note) {
			t.Errorf("%s -> %s, %s: %s, %q", c.old, c.new, c.detection, r.Relation, r.Notes)
		}
		verify(t, old, new, r)
	}
}

// TestUnknown compares rules that no event can be tried on.
func TestUnknown(t *testing.T) {
	for _, c := range []struct {
		name, old, new string
		want           compare.Relation
		tried          bool
	}{
		{"a placeholder in another order", `f|expand: ['%a%', x]`, `f|expand: [x, '%a%']`, compare.Same, true},
		{"a placeholder more", `f|expand: x`, `f|expand: [x, '%a%']`, compare.Alike, false},
		{"look-around", `f|re: '(?=a)b'`, `f|re: '(?=a)c'`, compare.Alike, false},
		{"look-around with a value more", "s: {f|re: '(?=a)b'}\nt: {g: x}\ncondition: s and t", "s: {f|re: '(?=a)b'}\nt: {g: [x, y]}\ncondition: s and t", compare.Alike, false},
	} {
		r := compare.Rules(build(t, "product: windows", detection(c.old)), build(t, "product: windows", detection(c.new)), compare.Options{})
		if r.Relation != c.want || (r.Err == nil) != c.tried {
			t.Errorf("%s: %s, %v", c.name, r.Relation, r.Err)
		}
		if c.want == compare.Alike && r.NewInOld {
			t.Errorf("%s: what the new one matches is not known", c.name)
		}
	}
}

// TestHeavy compares rules that no event is tried on, because each would take too
// long; what is proven is told even so.
func TestHeavy(t *testing.T) {
	values := strings.Join(each(500, func(i int) string { return fmt.Sprintf("'*%d*a?b*c*d*e*f*g*h*'", i) }), ", ")
	old, new := build(t, "product: windows", detection("f: ["+values+"]")), build(t, "product: windows", detection("f: ["+values+", x]"))
	r := compare.Rules(old, new, compare.Options{})
	if r.Relation != compare.Alike || !r.OldInNew || r.NewInOld || r.Events != 0 || r.Err == nil {
		t.Errorf("%+v", r)
	}
}

// TestHostile compares rules that are made to take long. That nothing is proven
// is no mistake; the answer must come, and must not be wrong.
func TestHostile(t *testing.T) {
	pigeons := func(holes int, last string) string { // that no event matches
		var b strings.Builder
		for p := range holes + 1 {
			fmt.Fprintf(&b, "p%d: {f|contains: [%s]}\n", p, strings.Join(each(holes, func(h int) string { return fmt.Sprintf("<%d-%d>", p, h) }), ", "))
		}
		var not []string
		for h := range holes {
			for p := range holes + 1 {
				for q := range p {
					fmt.Fprintf(&b, "n%d-%d-%d: {f|contains|all: [<%d-%d>, <%d-%d>]}\n", h, p, q, p, h, q, h)
				}
			}
			not = append(not, fmt.Sprintf("not 1 of n%d-*", h))
		}
		return b.String() + "x: {g: " + last + "}\ncondition: all of p* and " + strings.Join(not, " and ") + " and x"
	}
	many := func(n int, last string) string {
		return "s: {f|re: [" + strings.Join(each(n, func(i int) string { return fmt.Sprintf("'(a|b){3}x%d'", i) }), ", ") + ", " + last + "]}\ncondition: s"
	}
	stars := strings.Repeat("*a?b", 200)
	for _, c := range [][2]string{
		{pigeons(7, "a"), pigeons(7, "b")},
		{many(300, "a"), many(300, "'b{2}'")},
		{detection("f: '" + stars + "*'"), detection("f: '" + stars + "c*'")},
	} {
		old, new := build(t, "product: windows", c[0]), build(t, "product: windows", c[1])
		r := compare.Rules(old, new, compare.Options{Steps: 1 << 20, Events: 5})
		verify(t, old, new, r)
	}
}

func each(n int, f func(int) string) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = f(i)
	}
	return out
}

// link returns the last document, a correlation, with the rules a and b.
func link(t *testing.T, text string) *ir.Correlation {
	t.Helper()
	const rules = "title: A\nid: 00000000-0000-4000-8000-000000000001\nname: a\nlogsource: {product: x}\ndetection: {s: {f: a}, condition: s}\n---\n" +
		"title: B\nname: b\nlogsource: {product: x}\ndetection: {s: {f: b}, condition: s}\n---\ntitle: C\ncorrelation:\n    "
	docs, err := sigma.Parse("c.yml", []byte(rules+strings.ReplaceAll(text, "\n", "\n    ")+"\n"))
	if err != nil {
		t.Fatal(err)
	}
	set, err := ir.Link(docs, ir.LinkOptions{})
	if err != nil {
		t.Fatal(err)
	}
	return set.Correlations[0]
}

func TestCorrelations(t *testing.T) {
	const count = "type: event_count\nrules: [a]\ngroup-by: [u]\ntimespan: 5m\ncondition: {gte: 10}"
	const temporal = "type: temporal\nrules: [a, b]\ngroup-by: [u]\ntimespan: 5m"
	for _, c := range []struct {
		old, from, to string // the new one is the old one with to for from
		want          compare.Relation
		note          string
	}{
		{count, "5m", "300s", compare.Same, ""},
		{count, "[a]", "[00000000-0000-4000-8000-000000000001]", compare.Same, ""},
		{count, "gte: 10", "gt: 9", compare.Same, ""},
		{count, "5m", "1h", compare.Broader, "the timespan is 1h, was 5m"},
		{count, "gte: 10", "gte: 20", compare.Narrower, "the condition is >= 20, was >= 10"},
		{count, "gte: 10", "eq: 10", compare.Narrower, "=="},
		{count, "gte: 10", "lt: 10", compare.Changed, "<"},
		{count, "[u]", "[u, v]", compare.Narrower, `it also groups by "v"`},
		{count, "group-by: [u]\n", "", compare.Broader, `it no longer groups by "u"`},
		{count, "[a]", "[a, b]", compare.Broader, `it also refers to the rule "b"`},
		{count, "[u]\ntimespan: 5m", "[u, v]\ntimespan: 1h", compare.Changed, "timespan"},
		{strings.Replace(count, "gte", "lte", 1), "5m", "1h", compare.Changed, "timespan"},
		{count, "event_count\nrules: [a]", "temporal\nrules: [a, b]", compare.Changed, "type temporal, was event_count"},
		{"type: value_count\nrules: [a]\ntimespan: 5m\ncondition: {field: x, gte: 3}", "field: x", "field: y", compare.Changed, `the field of the condition is "y", was "x"`},
		{"type: value_avg\nrules: [a]\ntimespan: 5m\ncondition: {field: x, gt: 9}", "gt: 9", "gte: 10", compare.Narrower, "condition"},
		{"type: value_avg\nrules: [a]\ntimespan: 5m\ncondition: {field: x, gt: 9}", "5m", "6m", compare.Changed, "timespan"},
		{"type: value_percentile\nrules: [a]\ntimespan: 5m\ncondition: {field: x, gt: 9, percentile: 90}", "90", "95", compare.Changed, "percentile is 95, was 90"},
		{temporal, "[a, b]", "[b, a]", compare.Same, ""},
		{"type: temporal_ordered\nrules: [a, b]\ntimespan: 5m", "[a, b]", "[b, a]", compare.Changed, "order"},
		{temporal, "[a, b]", "[a]", compare.Changed, "no longer refers"},
		{temporal + "\ncondition: a and b", "a and b", "b and a", compare.Same, ""},
		{temporal + "\ncondition: a and b", "a and b", "a or b", compare.Broader, `the condition is "a or b", was "a and b"`},
		{temporal + "\ncondition: a and not b", "5m", "1h", compare.Changed, "timespan"},
		{temporal + "\naliases: {u: {a: x, b: y}}", "b: y", "b: z", compare.Changed, `the field "u" is "z", was "y"`},
		{count + "\ngenerate: true", "generate: true", "generate: false", compare.Narrower, "generate"},
	} {
		to := strings.Replace(c.old, c.from, c.to, 1)
		r := compare.Correlations(link(t, c.old), link(t, to))
		if r.Relation != c.want || !strings.Contains(strings.Join(r.Notes, "\n"), c.note) || (c.want == compare.Same) != (r.Notes == nil) {
			t.Errorf("%q for %q: %s, %q; want %s, %q", c.to, c.from, r.Relation, r.Notes, c.want, c.note)
		}
		if back := compare.Correlations(link(t, to), link(t, c.old)); back.Relation != inverse(c.want) {
			t.Errorf("%q for %q: %s", c.from, c.to, back.Relation)
		}
	}
}

func document(t *testing.T, text string) sigma.Document {
	t.Helper()
	docs, err := sigma.Parse("d.yml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return docs[0]
}

func TestFilters(t *testing.T) {
	const filter = "title: F\nlogsource: {product: x}\nfilter:\n    rules: [a, b]\n    s: {f: x}\n    condition: not s\n"
	for _, c := range []struct {
		from, to string
		want     compare.Relation
	}{
		{"[a, b]", "[b, a]", compare.Same},
		{"[a, b]", "[a]", compare.Changed},
		{"[a, b]", "any", compare.Changed},
		{"f: x", "f: [x, y]", compare.Narrower},
	} {
		r, err := compare.Filters(document(t, filter).(*sigma.Filter), document(t, strings.Replace(filter, c.from, c.to, 1)).(*sigma.Filter), compare.Options{})
		if err != nil || r.Relation != c.want {
			t.Errorf("%q for %q: %v, %v", c.to, c.from, r, err)
		}
	}
}

func TestWords(t *testing.T) {
	const old = "title: T\nid: 00000000-0000-4000-8000-000000000001\nstatus: test\nlevel: low\ntags: [attack.t1001, attack.t1002]\nauthor: A\nx-team: {a: [1, 2]}\n" +
		"logsource: {product: x}\ndetection:\n    s: {f: a}\n    condition: s\n"
	for _, c := range []struct {
		from, to string
		want     []compare.Word
	}{
		{"level: low\n", "", []compare.Word{{"level", []string{"low"}, nil}}},
		{"title: T", "title: U", []compare.Word{{"title", []string{"T"}, []string{"U"}}}},
		{"attack.t1002", "attack.t1003", []compare.Word{{"tags", []string{"attack.t1002"}, []string{"attack.t1003"}}}},
		{"[attack.t1001, attack.t1002]", "[attack.t1002, attack.t1001]", []compare.Word{{Key: "tags"}}},
		{"[1, 2]", "[1, 3]", []compare.Word{{"x-team", []string{"{a: [1, 2]}"}, []string{"{a: [1, 3]}"}}}},
		{"x-team", "x-group", []compare.Word{{"x-team", []string{"{a: [1, 2]}"}, nil}, {"x-group", nil, []string{"{a: [1, 2]}"}}}},
		{"product: x", "product: x, definition: D", []compare.Word{{"logsource.definition", nil, []string{"D"}}}},
		{"{f: a}", "{f|contains: a}", []compare.Word{{Key: "detection"}}},
		{"author: A", "author: A # B", nil},
	} {
		got := compare.Words(document(t, old), document(t, strings.Replace(old, c.from, c.to, 1)))
		if !reflect.DeepEqual(got, c.want) {
			t.Errorf("%q for %q: %q, want %q", c.to, c.from, got, c.want)
		}
	}
}
