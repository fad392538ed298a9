package compare_test

import (
	"strings"
	"testing"

	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/compare"
	"github.com/sigma-compiler/sigmac/sigma/eval"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// build returns a rule whose detection is the text, searches and condition.
func build(t testing.TB, source, detection string) *ir.Rule {
	t.Helper()
	text := "title: T\nlogsource: {" + source + "}\ndetection:\n    " + strings.ReplaceAll(strings.TrimSpace(detection), "\n", "\n    ") + "\n"
	r, err := sigma.ParseRule("rule.yml", []byte(text))
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	rule, err := ir.Build(r)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return rule
}

// matches asks the evaluator about an event.
func matches(t testing.TB, rule *ir.Rule, event []byte) bool {
	t.Helper()
	engine, err := eval.Compile([]*ir.Rule{rule}, eval.Options{})
	if err != nil {
		t.Fatal(err)
	}
	found, err := engine.MatchJSON(event, nil)
	if err != nil {
		t.Fatalf("%v: %s", err, event)
	}
	return len(found) > 0
}

// verify checks that the events of a result show what they are said to.
func verify(t testing.TB, old, new *ir.Rule, r *compare.Result) {
	t.Helper()
	if e := r.OnlyNew; e != nil && (matches(t, old, e.JSON) || !matches(t, new, e.JSON)) {
		t.Errorf("not only the new rule matches %s", e.JSON)
	}
	if e := r.OnlyOld; e != nil && (!matches(t, old, e.JSON) || matches(t, new, e.JSON)) {
		t.Errorf("not only the old rule matches %s", e.JSON)
	}
	if r.OldInNew && r.OnlyOld != nil || r.NewInOld && r.OnlyNew != nil {
		t.Error("an event shows what was proven not to be")
	}
}

// pairs are detections, what they are to each other, and whether that is
// proven. A detection of one line is a search with that item.
var pairs = []struct {
	name, old, new string
	want           compare.Relation
	proven         bool
}{
	{"itself", `f: a`, `f: a`, compare.Same, true},
	{"case of a value", `f: Ab`, `f: aB`, compare.Same, true},
	{"case that counts", `f|cased: Ab`, `f|cased: aB`, compare.Incomparable, true},
	{"cased without letters", `f|cased: '1-2'`, `f: '1-2'`, compare.Same, true},
	{"order of values", `f: [a, b, c]`, `f: [c, a, b]`, compare.Same, true},
	{"a value twice", `f: [a, b, A]`, `f: [a, b]`, compare.Same, true},
	{"contains as stars", `f|contains: a`, `f: '*a*'`, compare.Same, true},
	{"stars in a row", `f: 'a**b'`, `f: 'a*b'`, compare.Same, true},
	{"a regular expression that is a text", `f|re: '^abc$'`, `f|cased: abc`, compare.Same, true},
	{"a value another one has", `f|endswith: ['\a.exe', '.exe']`, `f|endswith: '.exe'`, compare.Same, true},
	{"true as text", `f: true`, `f: 'TRUE'`, compare.Same, true},
	{"exists negated", "s: {f|exists: false}\ncondition: s", "s: {f|exists: true}\ncondition: not s", compare.Same, true},
	{"selections renamed and joined", "a: {f: x}\nb: {g: y}\ncondition: a and b", "s: {g: y, f: x}\ncondition: s", compare.Same, true},
	{"a list regrouped", "a: {f: x}\nb: {f: y}\ncondition: 1 of them", "s: {f: [y, x]}\ncondition: s", compare.Same, true},
	{"conditions joined", "a: {f: x}\nb: {g: y}\ncondition: [a, b]", "a: {f: x}\nb: {g: y}\ncondition: b or a", compare.Same, true},
	{"De Morgan", "a: {f: x}\nb: {g: y}\ncondition: not (a or b)", "a: {f: x}\nb: {g: y}\ncondition: not a and not b", compare.Same, true},
	{"distributed", "a: {f: x}\nb: {g: y}\nc: {h: z}\ncondition: a and (b or c)", "p: {f: x, g: y}\nq: {f: x, h: z}\ncondition: p or q", compare.Same, true},
	{"absorbed", "a: {f: x}\nb: {g: y}\ncondition: a or (a and b)", "a: {f: x}\ncondition: a", compare.Same, true},
	{"null of a field that has a value", "a: {f: x}\nn: {f: null}\ncondition: a and not n", "a: {f: x}\ncondition: a", compare.Same, true},
	{"the network of a network", "n: {f|cidr: [10.0.0.0/8, 10.1.0.0/16]}\ncondition: n", "n: {f|cidr: 10.0.0.0/8}\ncondition: n", compare.Same, true},
	{"a bound of a bound", "n: {f|lt: 5, f|lte: 10}\ncondition: n", "n: {f|lt: 5}\ncondition: n", compare.Same, true},
	{"a number as text and number", `f: ['80', 80]`, `f: 80`, compare.Same, true},
	{"all in any order", `f|contains|all: [a, b]`, `f|contains|all: [b, a]`, compare.Same, true},
	{"never", "a: {f: x}\ncondition: a and not a", "b: {g: x}\ncondition: b and not b", compare.Same, true},

	{"a value more", `f: [a, b]`, `f: [a, b, c]`, compare.Broader, true},
	{"a value less", `f: [a, b, c]`, `f: [a, b]`, compare.Narrower, true},
	{"another value", `f: [a, b]`, `f: [a, c]`, compare.Incomparable, true},
	{"a field more", `f: a`, "s: {f: a, g: b}\ncondition: s", compare.Narrower, true},
	{"ends with less", `f|endswith: '\a.exe'`, `f|endswith: 'a.exe'`, compare.Broader, true},
	{"contains for ends with", `f|endswith: abc`, `f|contains: bc`, compare.Broader, true},
	{"a star for a question mark", `f: 'a?c'`, `f: 'a*c'`, compare.Broader, true},
	{"a dash of any kind", `f|contains: ' -x'`, `f|windash|contains: ' -x'`, compare.Broader, true},
	{"case no longer counts", `f|cased: Abc`, `f: Abc`, compare.Broader, true},
	{"anything", `f|re: 'a{3}'`, `f: '*'`, compare.Broader, true},
	{"the field alone", `f: a`, `f|exists: true`, compare.Broader, true},
	{"a filter more", "a: {f|endswith: x}\ncondition: a", "a: {f|endswith: x}\nb: {g: y}\ncondition: a and not b", compare.Narrower, true},
	{"a value in a filter", "a: {f|endswith: x}\nb: {g: y}\ncondition: a and not b", "a: {f|endswith: x}\nb: {g: [y, z]}\ncondition: a and not b", compare.Narrower, true},
	{"a smaller network", `f|cidr: 10.0.0.0/8`, `f|cidr: 10.1.0.0/16`, compare.Narrower, true},
	{"an address of a network", `f: 10.1.2.3`, `f|cidr: 10.0.0.0/8`, compare.Broader, true},
	{"a larger bound", `f|gt: 10`, `f|gte: 10`, compare.Broader, true},
	{"a text that a number is", `f: '80'`, `f: 80`, compare.Broader, true},
	{"an hour more", `f|hour: [1, 2]`, `f|hour: [1, 2, 3]`, compare.Broader, true},
	{"a text that an expression matches", `f|cased: abb`, `f|re: '^ab+$'`, compare.Broader, true},
	{"and for or", "a: {f: x}\nb: {g: y}\ncondition: a or b", "a: {f: x}\nb: {g: y}\ncondition: a and b", compare.Narrower, true},
	{"negated", `f: a`, "s: {f: a}\ncondition: not s", compare.Incomparable, true},
	{"any for all", `f|contains|all: [a, b]`, `f|contains: [a, b]`, compare.Broader, true},
	{"keywords", "k: [a, b]\ncondition: k", "k: [a, b, c]\ncondition: k", compare.Broader, true},
	{"another field", `f|fieldref: g`, `f|fieldref: h`, compare.Incomparable, true},
	{"expressions of which nothing is known", `f|re: 'ab+c'`, `f|re: 'ab*c'`, compare.Broader, false},
	{"expressions that are the same in other words", `f|re: 'x(ab|ac)'`, `f|re: 'xa(b|c)'`, compare.Alike, false},
	{"values of one field", `f|contains|all: [ab, cd]`, `f|contains: 'ab*cd'`, compare.Narrower, true},
}

func detection(text string) string {
	if strings.Contains(text, "condition:") {
		return text
	}
	return "s: {" + text + "}\ncondition: s"
}

func TestRules(t *testing.T) {
	for _, p := range pairs {
		t.Run(p.name, func(t *testing.T) {
			old, new := build(t, "product: windows", detection(p.old)), build(t, "product: windows", detection(p.new))
			check(t, old, new, p.want, p.proven)
			check(t, new, old, inverse(p.want), p.proven)
		})
	}
}

func check(t *testing.T, old, new *ir.Rule, want compare.Relation, proven bool) {
	t.Helper()
	r := compare.Rules(old, new, compare.Options{})
	if r.Relation != want || r.Proven() != proven {
		t.Errorf("%s, proven: %t; want %s, %t", r.Relation, r.Proven(), want, proven)
	}
	if more := want == compare.Broader || want == compare.Incomparable; more != (r.OnlyNew != nil) {
		t.Errorf("an event that only the new one matches: %v", r.OnlyNew)
	}
	if less := want == compare.Narrower || want == compare.Incomparable; less != (r.OnlyOld != nil) {
		t.Errorf("an event that only the old one matches: %v", r.OnlyOld)
	}
	if want == compare.Alike && r.Events < 10 {
		t.Errorf("only %d events were tried", r.Events)
	}
	verify(t, old, new, r)
}

func inverse(r compare.Relation) compare.Relation {
	switch r {
	case compare.Broader:
		return compare.Narrower
	case compare.Narrower:
		return compare.Broader
	}
	return r
}
