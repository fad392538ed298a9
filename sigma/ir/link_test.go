package ir_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// rule writes a rule document of that name, with more attributes.
func rule(name string) string {
	return "title: " + name + "\nname: " + name + "\nlogsource: {category: process_creation, product: windows}\ndetection:\n  sel:\n    F: " + name + "\n  condition: sel\n"
}

// correlation writes a correlation document.
func correlation(name, section string) string {
	return "title: " + name + "\nname: " + name + "\ncorrelation: {" + section + "}\n"
}

// link parses and links documents.
func link(t *testing.T, o ir.LinkOptions, docs ...string) (*ir.Set, sigma.ErrorList) {
	t.Helper()
	parsed, err := sigma.Parse("r.yml", []byte(strings.Join(docs, "---\n")))
	if err != nil {
		t.Fatal(err)
	}
	set, err := ir.Link(parsed, o)
	return set, sigma.Errors(err)
}

// dumpCorrelation writes what a correlation means, in one line.
func dumpCorrelation(c *ir.Correlation) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s", c.Type, c.Window)
	for _, p := range c.Members {
		reads := p.Reads
		if p.Rule != nil {
			fmt.Fprintf(&b, " %s", p.Name)
			reads = p.Rule.Reads
		} else {
			fmt.Fprintf(&b, " %s(%s)", p.Name, dumpCorrelation(p.Correlation))
		}
		for _, r := range reads {
			if r.Outer != nil {
				continue
			}
			fmt.Fprintf(&b, " %s=%s", r.Name, strings.Join(r.Fields, "|"))
		}
	}
	for _, x := range c.Bounds {
		op := x.Op.String()
		if x.Not {
			op = "!="
		}
		fmt.Fprintf(&b, " %s%s", op, x.Number)
	}
	if c.Percentile != "" {
		fmt.Fprintf(&b, " p%s", c.Percentile)
	}
	if c.Need != nil {
		fmt.Fprintf(&b, " %v", c.Need)
	}
	return b.String()
}

// TestLink shows what correlations mean (C2 to C5, C9 to C13, C19, C20, C22 to
// C26): references by name and id, in any order of documents, aliases, chains.
func TestLink(t *testing.T) {
	id := "id: 5638f7c0-ac70-491d-8465-2a65075e0d86\n"
	for _, c := range []struct {
		name, want string
		docs       []string
	}{
		{"C1 C2 C4 C6 C14 by id, before the rule", "event_count 1h0m0s 5638f7c0-ac70-491d-8465-2a65075e0d86 H=H >=10",
			[]string{correlation("c", "type: event_count, rules: 5638f7c0-ac70-491d-8465-2a65075e0d86, group-by: H, timespan: 1h, condition: {gte: 10}"), id + rule("a")}},
		{"C12 a range", "event_count 1m30s a >100 <=200",
			[]string{rule("a"), correlation("c", "type: event_count, rules: a, timespan: 90s, condition: {gt: 100, lte: 200}")}},
		{"C9 C11 C13 C21 C23 neq and fractions", "value_avg 24h0m0s a H=H B=B !=0.5",
			[]string{rule("a"), correlation("c", "type: value_avg, rules: a, group-by: H, timespan: 1d, condition: {field: B, neq: 0.5}")}},
		{"C10 C15 tuples", "value_count 168h0m0s a H=H x=x y=y >=3",
			[]string{rule("a"), correlation("c", "type: value_count, rules: a, group-by: H, timespan: 1w, condition: {field: [x, y], gte: 3}")}},
		{"C16 C19 all rules", "temporal 5m0s a H=H b H=H >=2",
			[]string{rule("a"), rule("b"), correlation("c", "type: temporal, rules: [a, b], group-by: H, timespan: 5m")}},
		{"C7 C20 boolean, and no group-by", "temporal 5m0s a b d [0 {[1 2]}]",
			[]string{rule("a"), rule("b"), rule("d"), correlation("c", "type: temporal, rules: [a, b, d], timespan: 5m, condition: 'a and not (b or d)'")}},
		{"C18 ordered and all of them", "temporal_ordered 5m0s a b >=2",
			[]string{rule("a"), rule("b"), correlation("c", "type: temporal_ordered, rules: [a, b], timespan: 5m, condition: 'a and b'")}},
		{"C22 percentile", "value_percentile 720h0m0s a x=x <1 p99.5",
			[]string{rule("a"), correlation("c", "type: value_percentile, rules: a, timespan: 1M, condition: {field: x, percentile: 99.5, lt: 1}")}},
		{"C3 median", "value_median 8760h0m0s a x=x <1 p50",
			[]string{rule("a"), correlation("c", "type: value_median, rules: a, timespan: 1y, condition: {field: x, lt: 1}")}},
		{"C24 aliases, by name where the rule is referred to by id", "temporal 10s 5638f7c0-ac70-491d-8465-2a65075e0d86 ip=d.ip b ip=s.ip >=2",
			[]string{id + rule("a"), rule("b"), correlation("c", "type: temporal, rules: [5638f7c0-ac70-491d-8465-2a65075e0d86, b], timespan: 10s, group-by: ip, aliases: {ip: {a: d.ip, b: s.ip}}")}},
		{"C25 C26 chain", "temporal_ordered 10m0s many(event_count 10m0s a H=H >=10) User=User b User=User >=2",
			[]string{correlation("c", "type: temporal_ordered, rules: [many, b], group-by: User, timespan: 10m"),
				correlation("many", "type: event_count, rules: a, group-by: H, timespan: 10m, condition: {gte: 10}"), rule("a"), rule("b")}},
	} {
		t.Run(c.name, func(t *testing.T) {
			set, errs := link(t, ir.LinkOptions{}, c.docs...)
			if errs != nil {
				t.Fatal(errs)
			}
			if got := dumpCorrelation(set.Correlations[0]); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

// TestLinkErrors: what does not fit together is said with its place.
func TestLinkErrors(t *testing.T) {
	count := "type: event_count, timespan: 1h, condition: {gte: 1}, "
	for _, c := range []struct {
		name, want string
		docs       []string
	}{
		{"C5 unknown", `r.yml:11:76: there is no rule with the id or name "abd" among what was read (did you mean "abc"?)`, []string{rule("abc"), correlation("c", count+"rules: abd")}},
		{"C5 itself", `r.yml:3:76: the correlation refers to itself: "c" refers to "c"`, []string{correlation("c", count+"rules: c")}},
		{"C5 a cycle", `r.yml:7:76: the correlation refers to itself: "c" refers to "d" refers to "c"`, []string{correlation("c", count+"rules: d"), correlation("d", count+"rules: c")}},
		{"twice (B5)", `2 documents have the id or name "a": one is at r.yml:1:1 (the others are at r.yml:9:1)`, []string{rule("a"), rule("a"), correlation("c", count+"rules: a")}},
		{"alias of a stranger (C24)", `the correlation refers to no rule "b"`, []string{rule("a"), correlation("c", count+"rules: a, group-by: x, aliases: {x: {a: y, b: z}}")}},
		{"alias without a rule (C24)", `the alias "x" says no field for the rule "b"`, []string{rule("a"), rule("b"), correlation("c", count+"rules: [a, b], group-by: x, aliases: {x: {a: y}}")}},
		{"order of an or", `the order of rules is defined where all of them must occur`, []string{rule("a"), rule("b"), correlation("c", "type: temporal_ordered, rules: [a, b], timespan: 5m, condition: a or b")}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, errs := link(t, ir.LinkOptions{}, c.docs...)
			if len(errs) != 1 && c.name != "C5 a cycle" || len(errs) == 0 || !strings.Contains(errs.Error(), c.want) {
				t.Errorf("got  %v\nwant %s", errs, c.want)
			}
		})
	}
}

// TestAlone: what a correlation refers to is not wanted by itself, unless it
// says so (C27).
func TestAlone(t *testing.T) {
	for _, c := range []struct{ name, generate, want string }{{"C27 by default", "false", "b c"}, {"C27 generate", "true", "a b c"}} {
		generate, want := c.generate, c.want
		set, errs := link(t, ir.LinkOptions{}, rule("a"), rule("b"), correlation("c", "type: event_count, rules: a, timespan: 1h, generate: "+generate+", condition: {gte: 1}"))
		if errs != nil {
			t.Fatal(errs)
		}
		var got []string
		for _, r := range set.Rules {
			if set.Alone(r.Source) {
				got = append(got, r.Source.Name)
			}
		}
		for _, c := range set.Correlations {
			if set.Alone(c.Source) {
				got = append(got, c.Source.Name)
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("generate %s: %v", generate, got)
		}
	}
}

// TestLongWindow: a timespan longer than a duration is as long as one can be.
func TestLongWindow(t *testing.T) {
	set, errs := link(t, ir.LinkOptions{}, rule("a"), correlation("c", "type: event_count, rules: a, timespan: 999999999y, condition: {gte: 1}"))
	if errs != nil || set.Correlations[0].Window < 100*365*24*time.Hour {
		t.Error(errs, set.Correlations)
	}
}

// filterDoc writes a filter of that condition for these rules.
func filterDoc(rules, condition string) string {
	return "title: f\nlogsource: {product: windows}\nfilter:\n  rules: " + rules + "\n  sel:\n    U|startswith: adm_\n  other:\n    V: 1\n  condition: " + condition + "\n"
}

// TestFilters: filters apply to the rules that they name or to any, as far as
// the log source fits, and see their own searches only (G2 to G9).
func TestFilters(t *testing.T) {
	linux := strings.Replace(rule("lin"), "windows", "linux", 1)
	of := strings.Replace(rule("a"), "condition: sel", "condition: 1 of s*", 1)
	for _, c := range []struct {
		name, docs, want, warning string
		o                         ir.LinkOptions
	}{
		{"G1 G2 G4 G10 by name", rule("a") + "---\n" + rule("b") + "---\n" + filterDoc("[a]", "not sel"), `and{sel{F="a"} not{sel{U="adm_*"}}}; sel{F="b"}`, "", ir.LinkOptions{}},
		{"G3 before the rule, any", filterDoc("any", "not sel") + "---\n" + rule("a") + "---\n" + linux, `and{sel{F="a"} not{sel{U="adm_*"}}}; sel{F="lin"}`, "", ir.LinkOptions{}},
		{"G5 another log source", linux + "---\n" + filterDoc("[lin]", "not sel"), `sel{F="lin"}`, `the log source of "lin" is not that of the filter`, ir.LinkOptions{}},
		{"G8 G9 not in the rule's selectors", of + "---\n" + filterDoc("a", "not 1 of s* and not all of them"), `and{sel{F="a"} not{sel{U="adm_*"}} not{and{sel{U="adm_*"} other{V=1}}}}`, "", ir.LinkOptions{}},
		{"G7 as written", rule("a") + "---\n" + filterDoc("a", "sel"), `and{sel{F="a"} sel{U="adm_*"}}`, `negates nothing`, ir.LinkOptions{}},
		{"G7 as meant", rule("a") + "---\n" + filterDoc("a", "sel"), `and{sel{F="a"} not{sel{U="adm_*"}}}`, "", ir.LinkOptions{SuppressFilters: true}},
		{"G2 a stranger", rule("a") + "---\n" + filterDoc("zz", "not sel"), `sel{F="a"}`, `no rule with the id or name "zz"`, ir.LinkOptions{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			set, errs := link(t, c.o, c.docs)
			if errs != nil {
				t.Fatal(errs)
			}
			var got []string
			for _, r := range set.Rules {
				got = append(got, ir.String(r.Where[0]))
			}
			if s := strings.Join(got, "; "); s != c.want {
				t.Errorf("got  %s\nwant %s", s, c.want)
			}
			if (c.warning == "") != (len(set.Warnings) == 0) || !strings.Contains(set.Warnings.Error(), c.warning) {
				t.Errorf("warnings %v, want %s", set.Warnings, c.warning)
			}
		})
	}
}

// TestFilterOfCorrelation: filters are not for correlations, but act on the
// rules that these refer to (G6).
func TestFilterOfCorrelation(t *testing.T) {
	t.Run("G6 not for correlations", testFilterOfCorrelation)
}

func testFilterOfCorrelation(t *testing.T) {
	set, errs := link(t, ir.LinkOptions{}, rule("a"), correlation("c", "type: event_count, rules: a, timespan: 1h, condition: {gte: 1}"), filterDoc("[c, a]", "not sel"))
	if errs != nil {
		t.Fatal(errs)
	}
	if got := ir.String(set.Correlations[0].Members[0].Rule.Where[0]); got != `and{sel{F="a"} not{sel{U="adm_*"}}}` {
		t.Error(got)
	}
	if !strings.Contains(set.Warnings.Error(), `"c" is a correlation`) {
		t.Error(set.Warnings)
	}
}

// TestManyWays: a few correlations that refer to each other twice refer to
// millions of rules, which is refused in no time.
func TestManyWays(t *testing.T) {
	docs := []string{rule("x0"), rule("y0")}
	for i := 1; i < 60; i++ {
		for _, name := range []string{"x", "y"} {
			docs = append(docs, correlation(fmt.Sprint(name, i), fmt.Sprintf("type: temporal, rules: [x%d, y%d], timespan: 5m", i-1, i-1)))
		}
	}
	_, errs := link(t, ir.LinkOptions{}, docs...)
	if len(errs) == 0 || !strings.Contains(errs.Error(), "refers to more than 10000 rules") {
		t.Error(errs)
	}
}

// TestCorrelationMeta: the outermost correlation says how bad it is, and may
// have one false positive as a string; a count that is small at first is
// warned of.
func TestCorrelationMeta(t *testing.T) {
	for _, c := range []struct {
		name, meta, condition string
		test                  func(c *ir.Correlation) bool
	}{
		{"C28 C29 its own level", "level: high\nstatus: test\n", "gte: 1", func(c *ir.Correlation) bool {
			return c.Source.Level == "high" && c.Source.Status == "test" && c.Members[0].Rule.Source.Level == ""
		}},
		{"C36 one false positive", "falsepositives: none so far\n", "gte: 1", func(c *ir.Correlation) bool {
			return len(c.Source.FalsePositives) == 1 && c.Source.FalsePositives[0] == "none so far"
		}},
		{"C34 few events", "", "lt: 5", func(c *ir.Correlation) bool {
			return strings.Contains(c.Warnings.Error(), "holds of the first event")
		}},
		{"C34 many events", "", "gte: 5", func(c *ir.Correlation) bool { return len(c.Warnings) == 0 }},
	} {
		t.Run(c.name, func(t *testing.T) {
			set, errs := link(t, ir.LinkOptions{}, rule("a"), c.meta+correlation("c", "type: event_count, rules: a, group-by: x, timespan: 1h, condition: {"+c.condition+"}"))
			if errs != nil || !c.test(set.Correlations[0]) {
				t.Error(errs, set.Correlations)
			}
		})
	}
}
