package eval_test

import (
	"encoding/json"
	"errors"
	"maps"
	"math/rand"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/sigma-compiler/sigmac/internal/filler"
	"github.com/sigma-compiler/sigmac/internal/oracle"
	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/eval"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// checkTree compares the answers of all steps with the oracle.
func checkTree(t *testing.T, s *eval.Step, e ir.Expr, ev oracle.Event) {
	t.Helper()
	if want := oracle.Match(e, ev); s.Passed != want {
		t.Fatalf("a step of kind %s says %t, the oracle %t: %s", s.Kind, s.Passed, want, ir.String(e))
	}
	var parts []ir.Expr
	switch e := e.(type) {
	case ir.And:
		parts = e
	case ir.Or:
		parts = e
	case *ir.Not:
		parts = []ir.Expr{e.X}
	case *ir.Named:
		parts = []ir.Expr{e.X}
	case *ir.Match:
		for _, test := range testsOf(e.Test) {
			parts = append(parts, &ir.Match{Field: e.Field, Test: test})
		}
	case *ir.Keyword:
		for _, test := range testsOf(e.Test) {
			parts = append(parts, &ir.Keyword{Test: test})
		}
	}
	if len(parts) != len(s.Parts) {
		t.Fatalf("%d parts of a step of kind %s, not %d: %s", len(s.Parts), s.Kind, len(parts), ir.String(e))
	}
	for i, p := range parts {
		checkTree(t, s.Parts[i], p, ev)
	}
}

// testsOf returns the tests of a list, nil for a single test.
func testsOf(t ir.Test) []ir.Test {
	switch t := t.(type) {
	case ir.AnyOf:
		return t
	case ir.AllOf:
		return t
	}
	return nil
}

// manyFields matches names that mean another field, too, at the top of an
// event.
var manyFields = regexp.MustCompile(`^(Event|EventData|System|winlog)\.`)

// changed returns the event with the changes of an explanation, or false
// where they cannot be made by giving it flat fields.
func changed(r *ir.Rule, ev oracle.Event, changes []eval.Change) (oracle.Event, bool) {
	ev = maps.Clone(ev)
	for i := range changes {
		c := &changes[i]
		if c.Field == "" && c.Remove {
			ev, _ = without(map[string]any(ev), c.Test()).(map[string]any)
		}
	}
	for i := range changes {
		c := &changes[i]
		value := any(nil)
		for _, text := range c.Values {
			value = text
		}
		if len(c.Values) > 1 {
			list := []any{}
			for _, text := range c.Values {
				list = append(list, text)
			}
			value = list
		}
		switch _, flat := ev[c.Field]; {
		case c.Field == "" && c.Remove:
		case c.Field == "":
			ev["what no rule names"] = value
		case strings.Contains(c.Field, " ") || manyFields.MatchString(c.Field), hasObject(ev[c.Field]),
			!flat && hasKeywords(r) && !oracle.Match(&ir.Match{Field: c.Field, Test: &ir.Exists{Want: false}}, ev):
			return nil, false // it would be more than one field
		case c.Remove:
			if delete(ev, c.Field); !oracle.Match(&ir.Match{Field: c.Field, Test: &ir.Exists{Want: false}}, ev) {
				return nil, false // it is there in another way
			}
		default:
			ev[c.Field] = value
		}
	}
	return ev, true
}

// hasObject reports whether a value has members, which would go with it.
func hasObject(v any) bool {
	switch v := v.(type) {
	case map[string]any:
		return true
	case []any:
		return slices.ContainsFunc(v, hasObject)
	}
	return false
}

func hasKeywords(r *ir.Rule) (found bool) {
	for _, x := range r.Where {
		ir.Walk(x, func(e ir.Expr) bool {
			_, ok := e.(*ir.Keyword)
			found = found || ok
			return true
		})
	}
	return found
}

// without returns a value in which the leaves that pass a test of keywords are
// null.
func without(v any, t ir.Test) any {
	switch v := v.(type) {
	case map[string]any:
		out := map[string]any{}
		for name, x := range v {
			out[name] = without(x, t)
		}
		return out
	case []any:
		out := []any{}
		for _, x := range v {
			out = append(out, without(x, t))
		}
		return out
	}
	if oracle.Match(&ir.Keyword{Test: t}, oracle.Event{"x": v}) {
		return nil
	}
	return v
}

// tally counts what came of explanations.
type tally struct{ explained, changed, applied int }

// checkExplanation checks that an explanation's answers are those of the
// oracle, and that the change that it names turns the answer.
func checkExplanation(t *testing.T, r *ir.Rule, ev oracle.Event, n *tally) *eval.Explanation {
	t.Helper()
	x, err := eval.Explain(r, eval.Map(ev), eval.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for i, e := range r.Where {
		checkTree(t, x.Where[i], e, ev)
	}
	if x.Matched != truth(r, ev) {
		t.Fatalf("the explanation says %t\n%v\n%s", x.Matched, ev, whereText(r))
	}
	n.explained++
	if len(x.Changes) == 0 {
		return x
	}
	n.changed++
	after, ok := changed(r, ev, x.Changes)
	if !ok {
		return x
	}
	n.applied++
	if truth(r, after) == x.Matched {
		t.Fatalf("the change turns nothing: %+v\nevent: %q\nafter: %q\nrule: %s", x.Changes, ev, after, whereText(r))
	}
	return x
}

func FuzzChange(f *testing.F) {
	f.Add(int64(1))
	f.Fuzz(func(t *testing.T, seed int64) {
		m := &maker{r: rand.New(rand.NewSource(seed)), soupy: seed%2 == 0}
		for _, r := range m.rules(3) {
			ev, err := oracle.Parse(m.event())
			if err != nil {
				t.Fatal(err)
			}
			checkExplanation(t, r, ev, &tally{})
		}
	})
}

// TestChangeTurns makes the changes that explanations of random rules and
// events name.
func TestChangeTurns(t *testing.T) {
	var n tally
	for seed := range int64(20) {
		m := &maker{r: rand.New(rand.NewSource(seed)), soupy: seed%2 == 0}
		for _, r := range m.rules(30) {
			for range 5 {
				ev, err := oracle.Parse(m.event())
				if err != nil {
					t.Fatal(err)
				}
				checkExplanation(t, r, ev, &n)
			}
		}
	}
	t.Logf("%+v", n)
	if n.changed < n.explained*8/10 || n.applied < n.explained*6/10 {
		t.Errorf("too few changes were found or could be made: %+v", n)
	}
}

// TestChangeCorpus makes the changes that explanations of SigmaHQ's rules
// name, for events that the rule matches, that it nearly does, and that have
// nothing to do with it.
func TestChangeCorpus(t *testing.T) {
	rules := windowsRules(t)
	random := rand.New(rand.NewSource(2))
	var n, matched tally
	for i, r := range rules {
		if i%6 != 0 {
			continue
		}
		for _, other := range []*ir.Rule{r, rules[random.Intn(len(rules))]} {
			text, _ := json.Marshal(filler.Event(random, other.Where[0]))
			ev, err := oracle.Parse(text)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := eval.Explain(r, eval.Map(ev), eval.Options{}); errors.Is(err, sigma.BadPlaceholder) {
				continue
			}
			if x := checkExplanation(t, r, ev, &n); x.Matched {
				matched.explained++
				continue
			} else if len(x.Changes) == 0 {
				t.Logf("nothing turns %s for %q", whereText(r), ev)
			}
		}
	}
	t.Logf("%+v, %d matches", n, matched.explained)
	if n.changed < n.explained*97/100 || n.applied < n.explained*99/100 {
		t.Errorf("too few changes were found or could be made: %+v", n)
	}
}

// TestChangeIsSmall looks for changes of one field by trying all that the
// rule's own tests suggest: an explanation that names none, or one of more
// fields, has missed none of them.
func TestChangeIsSmall(t *testing.T) {
	m := &maker{r: rand.New(rand.NewSource(3))}
	missed, cases := 0, 0
	for _, r := range m.rules(250) {
		e, err := eval.Compile([]*ir.Rule{r}, eval.Options{})
		if err != nil {
			t.Fatal(err)
		}
		for range 3 {
			ev := oracle.Event{}
			for _, name := range []string{"f", "g", "h", "n.x", "n.y.z"} {
				if m.r.Intn(3) > 0 {
					ev[name] = m.value(1)
				}
			}
			x, err := eval.Explain(r, eval.Map(ev), eval.Options{})
			if err != nil {
				t.Fatal(err)
			}
			fields := map[string]bool{}
			for _, c := range x.Changes {
				fields[c.Field] = true
			}
			cases++
			if len(fields) == 1 {
				continue
			}
			if after := turnedByOne(r, e, ev, x.Matched); after != nil {
				missed++
				t.Logf("%d fields: %+v\nbut %q\nbecomes %q\n%s", len(fields), x.Changes, ev, after, whereText(r))
			}
		}
	}
	if missed > 0 {
		t.Errorf("%d of %d explanations have missed a change of one field", missed, cases)
	}
}

// turnedByOne returns an event in which one field is another and that gives
// the other answer, or nil.
func turnedByOne(r *ir.Rule, e *eval.Engine, ev oracle.Event, matched bool) oracle.Event {
	pool := []any{"other", "", "0", nil}
	single := func(t ir.Test) {
		for _, text := range eval.Suggest(t, "x") {
			pool = append(pool, text)
		}
	}
	for _, v := range ev {
		pool = append(pool, v)
	}
	for _, x := range r.Where {
		ir.Walk(x, func(x ir.Expr) bool {
			switch x := x.(type) {
			case *ir.Match:
				ir.WalkTests(x.Test, single)
			case *ir.Keyword:
				ir.WalkTests(x.Test, single)
			}
			return true
		})
	}
	for _, name := range []string{"f", "g", "h", "n.x", "n.y.z", "more"} {
		after := maps.Clone(ev)
		for _, v := range pool {
			after[name] = v
			if (len(e.Match(eval.Map(after), nil)) > 0) != matched {
				return after
			}
		}
		delete(after, name)
		if (len(e.Match(eval.Map(after), nil)) > 0) != matched {
			return after
		}
	}
	return nil
}
