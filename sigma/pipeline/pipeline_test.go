package pipeline_test

import (
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/pipeline"
)

// itemRule returns a rule that tests one field, or nil where the value is
// wrong.
func itemRule(field, modifier, value string) *ir.Rule {
	it := &sigma.Item{Field: field, Values: []sigma.Value{{Text: value}}}
	if modifier != "" {
		it.Modifiers = []sigma.Modifier{{Name: modifier}}
	}
	src := &sigma.Rule{}
	src.Detection.Searches = []*sigma.Search{{Name: "sel", Node: it}}
	src.Detection.Conditions = []*sigma.Condition{{Expr: &sigma.CondSearch{Name: "sel"}}}
	r, err := ir.Build(src)
	if err != nil {
		return nil
	}
	return r
}

func parsed(t testing.TB, yaml string) *pipeline.Pipeline {
	t.Helper()
	p, err := pipeline.Parse("p.yml", []byte(yaml))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestChain sorts by priority, and keeps the order given where it is equal.
func TestChain(t *testing.T) {
	step := func(name, priority string) *pipeline.Pipeline {
		return parsed(t, "name: "+name+"\npriority: "+priority+"\ntransformations: [{type: field_name_suffix, suffix: ."+name+"}]\n")
	}
	a, b, c, d := step("a", "20"), step("b", "10"), step("c", "20"), step("d", "10")
	p := pipeline.Chain(pipeline.Chain(a, nil, b), c, nil, d)
	out, err := p.Apply(itemRule("F", "", "v"), "")
	if err != nil {
		t.Fatal(err)
	}
	if got := ir.String(out.Where[0]); got != `sel{F.b.d.a.c="v"}` {
		t.Errorf("got %s", got)
	}
	var names []string
	for _, part := range p.Parts() {
		names = append(names, part.Name)
	}
	if got := strings.Join(names, " "); got != "b d a c" || p.Name != "b, d, a, c" || p.Priority != 10 {
		t.Errorf("parts %s, name %q, priority %d", got, p.Name, p.Priority)
	}
	if pipeline.Chain() != nil || pipeline.Chain(nil) != nil || pipeline.Chain(nil, a) != a {
		t.Error("a chain of none is nil, a chain of one is that one")
	}
	if len(a.Parts()) != 1 || (*pipeline.Pipeline)(nil).Parts() != nil {
		t.Error("the parts of one are that one, those of none are none")
	}
}

// TestChainVars lets the variables of one pipeline fill the placeholders of
// another; the later ones win.
func TestChainVars(t *testing.T) {
	p := pipeline.Chain(
		parsed(t, "priority: 1\nvars: {a: one, b: [x, y]}\n"),
		parsed(t, "priority: 2\nvars: {a: two}\ntransformations: [{type: value_placeholders}]\n"),
	)
	out, err := p.Apply(itemRule("F", "expand", "%a%-%b%"), "")
	if err != nil {
		t.Fatal(err)
	}
	if got := ir.String(out.Where[0]); got != `sel{F=any{"two-x" "two-y"}}` {
		t.Errorf("got %s", got)
	}
}

// TestApplyShares returns the rule itself where nothing changed, and shares
// what did not.
func TestApplyShares(t *testing.T) {
	r := built(t, "r.yml", []byte("title: t\nlogsource: {product: windows}\ndetection:\n  one: {A: 1}\n  two: {B: 1, C: 2}\n  condition: one and not two\n"))
	if out, err := (*pipeline.Pipeline)(nil).Apply(r, "splunk"); out != r || err != nil {
		t.Errorf("nil: %v, %v", out, err)
	}
	if out, err := parsed(t, "transformations: [{type: field_name_mapping, mapping: {Z: z}}]").Apply(r, ""); out != r || err != nil {
		t.Errorf("nothing to do: %v, %v", out, err)
	}
	out, err := parsed(t, "transformations: [{type: field_name_mapping, mapping: {A: a}}]").Apply(r, "")
	if err != nil {
		t.Fatal(err)
	}
	before, after := r.Where[0].(ir.And), out.Where[0].(ir.And)
	if before[1] != after[1] || before[0] == after[0] {
		t.Error("the second part should be shared, the first not")
	}
}

// TestSupports compares the targets that a pipeline is for, by our names and
// pySigma's.
func TestSupports(t *testing.T) {
	for _, c := range []struct {
		backends, targets string
		want              bool
	}{
		{"", "splunk kusto", true},
		{"[]", "splunk", true},
		{"[splunk]", "splunk", true},
		{"splunk", "splunk", true},
		{"[splunk]", "kusto lucene", false},
		{"[elasticsearch]", "lucene kql eql esql elasticsearch", true},
		{"[elasticsearch]", "splunk kusto", false},
		{"[opensearch]", "lucene elasticsearch", false},
		{"[opensearch]", "lucene", true},
		{"[lucene]", "elasticsearch", true},
	} {
		yaml := "allowed_backends: " + c.backends
		if c.backends == "" {
			yaml = "name: any"
		}
		p := parsed(t, yaml)
		got := true
		for _, target := range strings.Fields(c.targets) {
			err := pipeline.Chain(p, parsed(t, "name: x")).Supports(target)
			if err != nil && !errors.Is(err, sigma.BadPipeline) {
				t.Errorf("%s for %s: %v", c.backends, target, err)
			}
			got = got && err == nil
		}
		if got != c.want {
			t.Errorf("%s for %s: %v", c.backends, c.targets, got)
		}
	}
}

// TestBuiltins reads every pipeline that comes with the project.
func TestBuiltins(t *testing.T) {
	var names []string
	for _, info := range pipeline.Builtins() {
		names = append(names, info.Name)
		if info.Doc == "" || info.Priority == 0 {
			t.Errorf("%s: no comment or no priority: %+v", info.Name, info)
		}
		for _, name := range append(info.Aliases, info.Name) {
			if p, ok := pipeline.Builtin(name); !ok || p.Name != info.Name {
				t.Errorf("%s: %v, %v", name, p, ok)
			}
		}
	}
	for _, want := range []string{"ecs_windows", "microsoft_xdr", "sentinel_asim", "splunk_windows", "sysmon", "windows-audit", "windows-logsources"} {
		if !slices.Contains(names, want) {
			_, err := pipeline.Resolve(want)
			t.Errorf("%s does not load: %v", want, err)
		}
	}
	if !slices.IsSorted(names) {
		t.Errorf("the names are not sorted: %v", names)
	}
	if _, ok := pipeline.Builtin("sysmn"); ok {
		t.Error("sysmn is no pipeline")
	}
}

// TestResolve names pipelines, files and folders.
func TestResolve(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	file := write("good/b.yml", "name: b")
	write("good/sub/a.yaml", "name: a")
	write("good/readme.md", "no pipeline")
	write("bad/a.yml", "nam: a")
	write("bad/b.yml", "nam: b")
	write("none/readme.md", "")
	for _, c := range []struct{ spec, name, err string }{
		{"sysmon", "sysmon", ""},
		{"microsoft_365_defender", "microsoft_xdr", ""},
		{file, "b", ""},
		{filepath.Join(dir, "good"), "b, a", ""},
		{"splunk-windows", "", `did you mean "splunk_windows"`},
		{"nonsense", "", "the pipelines are azure_monitor, "},
		{filepath.Join(dir, "none"), "", "the folder has no pipeline"},
		{filepath.Join(dir, "bad"), "", "b.yml:1:1"},
	} {
		p, err := pipeline.Resolve(c.spec)
		switch {
		case c.err == "" && (err != nil || p.Name != c.name):
			t.Errorf("%s: %v, %v", c.spec, p, err)
		case c.err != "" && (err == nil || !strings.Contains(err.Error(), c.err)):
			t.Errorf("%s: error %v, want %s", c.spec, err, c.err)
		}
	}
}

// TestFeatures lists every transformation and condition with what it is for.
func TestFeatures(t *testing.T) {
	seen := make(map[string]bool)
	for _, f := range pipeline.Features() {
		if f.Doc == "" || seen[f.Kind+f.Name] {
			t.Errorf("no doc, or twice: %+v", f)
		}
		seen[f.Kind+f.Name] = true
	}
	if len(seen) < 35 || !seen["transformationfield_name_mapping"] || !seen["field name conditioninclude_fields"] {
		t.Errorf("%d features", len(seen))
	}
}

// TestDropDirection drops an item from random conditions and compares the
// truth tables: where the warnings say "more" only, every event that matched
// still does; where they say "less" only, every event that matches now did.
func TestDropDirection(t *testing.T) {
	p := parsed(t, "transformations: [{type: drop_detection_item, field_name_conditions: [{type: include_fields, fields: [d]}]}]")
	rnd := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		e := randomExpr(rnd, 4)
		out, err := p.Apply(&ir.Rule{Where: []ir.Expr{e}}, "")
		if err != nil {
			continue // nothing is left
		}
		more, less := false, false
		for _, w := range out.Warnings {
			more, less = more || w.Code == sigma.MatchesMore, less || w.Code == sigma.MatchesLess
		}
		for bits := range 16 {
			was, is := truth(e, bits), truth(out.Where[0], bits)
			if was && !is && !less || is && !was && !more {
				t.Fatalf("%s became %s; for %04b it was %v and is %v; more %v, less %v", ir.String(e), ir.String(out.Where[0]), bits, was, is, more, less)
			}
		}
	}
}

func randomExpr(rnd *rand.Rand, depth int) ir.Expr {
	if depth == 0 || rnd.IntN(4) == 0 {
		n := rnd.IntN(4)
		return &ir.Match{Pos: sigma.Pos{Line: 1 + rnd.IntN(1000)}, Field: "abcd"[n : n+1], Test: &ir.Bool{Value: true}}
	}
	switch rnd.IntN(4) {
	case 0:
		return ir.Negate(randomExpr(rnd, depth-1))
	case 1:
		return ir.All(randomExpr(rnd, depth-1), randomExpr(rnd, depth-1))
	case 2:
		return &ir.Named{Name: "n", X: randomExpr(rnd, depth-1)}
	}
	return ir.OneOf(randomExpr(rnd, depth-1), randomExpr(rnd, depth-1), randomExpr(rnd, depth-1))
}

// truth evaluates an expression over the fields a to d, a bit each.
func truth(e ir.Expr, bits int) bool {
	switch x := e.(type) {
	case ir.And:
		return !slices.ContainsFunc(x, func(y ir.Expr) bool { return !truth(y, bits) })
	case ir.Or:
		return slices.ContainsFunc(x, func(y ir.Expr) bool { return truth(y, bits) })
	case *ir.Not:
		return !truth(x.X, bits)
	case *ir.Named:
		return truth(x.X, bits)
	case *ir.Match:
		return bits>>(x.Field[0]-'a')&1 == 1
	}
	return bool(e.(ir.Const))
}

// TestSplitExact compares what a pattern matches on joined values with what
// its halves match, over all short values.
func TestSplitExact(t *testing.T) {
	p := parsed(t, "transformations: [{type: split_field, field: F, separator: '/', into: [k, v]}]")
	texts := words("ab/", 3)
	for _, pattern := range words("a/*?", 4) {
		r := itemRule("F", "", pattern)
		out, err := p.Apply(r, "")
		for _, k := range texts {
			for _, v := range words("ab", 2) {
				was := matchItem(r.Where[0], map[string]string{"F": k + "/" + v})
				is := err == nil && matchItem(out.Where[0], map[string]string{"k": k, "v": v})
				if was != is {
					t.Fatalf("%q on %q and %q: %v, split %v (%v)", pattern, k, v, was, is, err)
				}
			}
		}
	}
}

// words returns all words over the letters of at most that length.
func words(letters string, most int) []string {
	out := []string{""}
	for from := 0; most > 0; most-- {
		to := len(out)
		for _, w := range out[from:to] {
			for _, l := range letters {
				out = append(out, w+string(l))
			}
		}
		from = to
	}
	return out
}

// matchItem evaluates text tests of fields.
func matchItem(e ir.Expr, event map[string]string) bool {
	switch x := e.(type) {
	case ir.And:
		return !slices.ContainsFunc(x, func(y ir.Expr) bool { return !matchItem(y, event) })
	case ir.Or:
		return slices.ContainsFunc(x, func(y ir.Expr) bool { return matchItem(y, event) })
	case *ir.Named:
		return matchItem(x.X, event)
	case *ir.Match:
		tests, ok := x.Test.(ir.AnyOf)
		if !ok {
			tests = ir.AnyOf{x.Test}
		}
		return slices.ContainsFunc(tests, func(t ir.Test) bool { return glob(t.(*ir.Text).Pattern, event[x.Field]) })
	}
	return bool(e.(ir.Const))
}

func glob(p ir.Pattern, s string) bool {
	if len(p) == 0 {
		return s == ""
	}
	switch p[0].Kind {
	case ir.Star:
		return glob(p[1:], s) || s != "" && glob(p, s[1:])
	case ir.Question:
		return s != "" && glob(p[1:], s[1:])
	}
	rest, ok := strings.CutPrefix(s, p[0].Text)
	return ok && glob(p[1:], rest)
}

func TestResolveAll(t *testing.T) {
	if p, err := pipeline.ResolveAll(); p != nil || err != nil {
		t.Errorf("none: %v, %v", p, err)
	}
	p, err := pipeline.ResolveAll("splunk_windows", "sysmon")
	if err != nil || len(p.Parts()) != 2 || p.Parts()[0].Name == p.Parts()[1].Name {
		t.Errorf("two: %v, %v", p, err)
	}
	if _, err := pipeline.ResolveAll("sysmon", "sysmom"); err == nil || !strings.Contains(err.Error(), "sysmom") {
		t.Errorf("one that does not exist: %v", err)
	}
}
