package compare_test

import (
	"flag"
	"math/rand/v2"
	"path/filepath"
	"testing"

	"github.com/sigma-compiler/sigmac/internal/shared"
	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/compare"
	"github.com/sigma-compiler/sigmac/sigma/eval"
	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/synth"
)

var edits = flag.Int("edits", 150, "how many edits of rules TestEdits compares")

// corpusRules returns SigmaHQ's rules as they are meant.
func corpusRules(tb testing.TB) []*ir.Rule {
	tb.Helper()
	folders, err := filepath.Glob(filepath.Join(shared.Path(tb, "corpus", "sigmahq"), "rules*"))
	if err != nil {
		tb.Fatal(err)
	}
	c, err := sigma.Load(folders...)
	if err != nil {
		tb.Fatal(err)
	}
	var out []*ir.Rule
	for _, r := range c.Rules() {
		rule, err := ir.Build(r)
		if err != nil {
			tb.Fatal(err)
		}
		out = append(out, rule)
	}
	return out
}

// TestCorpus compares each rule of SigmaHQ with itself, its parts in the
// opposite order: equality is proven of all, those with placeholders too.
func TestCorpus(t *testing.T) {
	for _, rule := range corpusRules(t) {
		turned := *rule
		turned.Where = nil
		for i := range rule.Where {
			turned.Where = append(turned.Where, reorder(rule.Where[len(rule.Where)-1-i], func(n int) int { return n }))
		}
		if r := compare.Rules(rule, &turned, compare.Options{}); r.Relation != compare.Same {
			t.Errorf("%s: %s", rule.Source.Pos, r.Relation)
		}
	}
}

// reorder returns an expression with its lists turned round, searches under
// other names, and each list begun at what pick chooses.
func reorder(e ir.Expr, pick func(n int) int) ir.Expr {
	list := func(xs []ir.Expr) []ir.Expr {
		at := pick(len(xs))
		var out []ir.Expr
		for i := range xs {
			out = append(out, reorder(xs[(at+len(xs)-i)%len(xs)], pick))
		}
		return out
	}
	switch e := e.(type) {
	case ir.And:
		return ir.And(list(e))
	case ir.Or:
		return ir.Or(list(e))
	case *ir.Not:
		return &ir.Not{X: reorder(e.X, pick)}
	case *ir.Named:
		return &ir.Named{Name: "x" + e.Name, X: reorder(e.X, pick)}
	case *ir.Match:
		return &ir.Match{Pos: e.Pos, Field: e.Field, Test: reorderTest(e.Test)}
	case *ir.Keyword:
		return &ir.Keyword{Pos: e.Pos, Test: reorderTest(e.Test)}
	}
	return e
}

func reorderTest(t ir.Test) ir.Test {
	turn := func(ts []ir.Test) []ir.Test {
		var out []ir.Test
		for i := range ts {
			out = append(out, reorderTest(ts[len(ts)-1-i]))
		}
		return out
	}
	switch t := t.(type) {
	case ir.AnyOf:
		return ir.AnyOf(turn(t))
	case ir.AllOf:
		return ir.AllOf(turn(t))
	}
	return t
}

// TestEdits makes random edits of SigmaHQ's rules and asks what the edited rule
// is to the one before. The answer must agree with the evaluator on all events
// that are made of both: "same" and what is proven strictly, the rest but for
// one in fifty.
func TestEdits(t *testing.T) {
	rules := corpusRules(t)
	r := rand.New(rand.NewPCG(1, 2))
	seen := map[compare.Relation]int{}
	wrong := 0
	for range *edits {
		old := rules[r.IntN(len(rules))]
		new := edit(old, r)
		result := compare.Rules(old, new, compare.Options{})
		verify(t, old, new, result)
		seen[result.Relation]++
		more, less := evaluate(old, new)
		if result.OldInNew && less != "" || result.NewInOld && more != "" {
			t.Fatalf("%s: %s, proven, but %s %s\n%s\n%s", old.Source.Pos, result.Relation, more, less, ir.String(ir.OneOf(old.Where...)), ir.String(ir.OneOf(new.Where...)))
		}
		if less != "" && result.OnlyOld == nil || more != "" && result.OnlyNew == nil {
			wrong++
			t.Logf("%s: %s, but %s %s", old.Source.Pos, result.Relation, more, less)
		}
	}
	t.Logf("%d edits: %v; %d not found out", *edits, seen, wrong)
	if wrong > *edits/50 {
		t.Errorf("%d of %d relations are not what events show", wrong, *edits)
	}
}

// evaluate returns events that only one of two rules matches, of the many that
// are made of both.
func evaluate(old, new *ir.Rule) (more, less string) {
	engine, err := eval.Compile([]*ir.Rule{old, new}, eval.Options{})
	if err != nil {
		return "", "" // a placeholder
	}
	for _, rule := range []*ir.Rule{old, new} {
		set, err := synth.Events(rule, synth.Options{Seed: 7, Max: 300})
		if err != nil {
			continue
		}
		for _, e := range set.Events {
			found, err := engine.MatchJSON(e.JSON, nil)
			switch {
			case err != nil || len(found) != 1:
			case found[0].Index == 1:
				more = string(e.JSON)
			default:
				less = string(e.JSON)
			}
		}
	}
	return more, less
}

// edit returns a rule with one to three things about it changed.
func edit(rule *ir.Rule, r *rand.Rand) *ir.Rule {
	out := *rule
	out.Where = nil
	for _, e := range rule.Where {
		for range 1 + r.IntN(3) {
			n := 0
			ir.Walk(e, func(ir.Expr) bool { n++; return true })
			at := r.IntN(n)
			e = ir.Rewrite(e, func(x ir.Expr) ir.Expr {
				if at--; at == -1 {
					return editPart(x, r)
				}
				return x
			})
		}
		if r.IntN(2) == 0 {
			e = reorder(e, r.IntN)
		}
		out.Where = append(out.Where, e)
	}
	return &out
}

func editPart(e ir.Expr, r *rand.Rand) ir.Expr {
	switch x := e.(type) {
	case ir.And:
		return editList(x, r, ir.All, ir.OneOf)
	case ir.Or:
		return editList(x, r, ir.OneOf, ir.All)
	case *ir.Match:
		return &ir.Match{Pos: x.Pos, Field: x.Field, Test: editTest(x.Test, r)}
	case *ir.Keyword:
		return &ir.Keyword{Pos: x.Pos, Test: editTest(x.Test, r)}
	case *ir.Not:
		return x.X
	}
	return ir.Negate(e)
}

func editList(xs []ir.Expr, r *rand.Rand, same, other func(...ir.Expr) ir.Expr) ir.Expr {
	switch r.IntN(4) {
	case 0: // one less
		return same(without(xs, r.IntN(len(xs)))...)
	case 1:
		return other(xs...)
	case 2: // one twice, which changes nothing
		return same(append(append([]ir.Expr{}, xs...), xs[r.IntN(len(xs))])...)
	}
	return ir.Negate(same(xs...))
}

func without[T any](xs []T, i int) []T {
	return append(append([]T{}, xs[:i]...), xs[i+1:]...)
}

func editTest(t ir.Test, r *rand.Rand) ir.Test {
	switch x := t.(type) {
	case ir.AnyOf:
		if r.IntN(2) == 0 {
			return ir.AnyTest(without(x, r.IntN(len(x)))...)
		}
		return ir.AnyTest(append(append([]ir.Test{}, x...), editTest(x[r.IntN(len(x))], r))...)
	case ir.AllOf:
		if r.IntN(2) == 0 {
			return ir.AllTests(without(x, r.IntN(len(x)))...)
		}
		return ir.AnyOf(x)
	case *ir.Text:
		y := *x
		star := ir.Element{Kind: ir.Star}
		switch r.IntN(4) {
		case 0:
			y.Pattern = ir.NewPattern(append([]ir.Element{star}, x.Pattern...)...)
		case 1:
			y.Pattern = ir.NewPattern(append(append([]ir.Element{}, x.Pattern...), star)...)
		case 2:
			y.Cased = !x.Cased
		default:
			y.Pattern = ir.NewPattern(append(append([]ir.Element{}, x.Pattern...), ir.Element{Kind: ir.Literal, Text: "x"})...)
		}
		return &y
	case *ir.Compare:
		y := *x
		y.Op = ir.Op(r.IntN(5))
		return &y
	}
	return t
}
