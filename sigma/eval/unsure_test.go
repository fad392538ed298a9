package eval_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/sigma-compiler/sigmac/sigma/eval"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// shy is an engine that gives up on values that begin with a question mark,
// and otherwise finds its source without what is in parentheses.
type shy string

var errShy = errors.New("no idea")

func (s shy) Match(text []byte) (bool, error) {
	if strings.HasPrefix(string(text), "?") {
		return false, errShy
	}
	_, want, _ := strings.Cut(string(s), ")")
	return strings.Contains(string(text), want), nil
}

var shyOptions = eval.Options{Regexp: func(re *ir.Regexp) (eval.Matcher, error) { return shy(re.Source), nil }}

// TestUndecided has rules with an expression whose engine gives up, and what
// comes of them: a match, none, or no decision, only where it matters.
func TestUndecided(t *testing.T) {
	for _, c := range []struct{ detection, event, want string }{
		{"s:\n  a|re: '(?=x)y'\ncondition: s", `{"a":"y"}`, "match"},
		{"s:\n  a|re: '(?=x)y'\ncondition: s", `{"a":"n"}`, ""},
		{"s:\n  a|re: '(?=x)y'\ncondition: s", `{"a":"?"}`, "no idea"},
		{"s:\n  a|re: '(?=x)y'\ncondition: s", `{"a":["?","y"]}`, "match"},
		{"s:\n  a|re: '(?=x)y'\ncondition: s", `{"a":["y","?"]}`, "match"},
		{"s:\n  a|re: '(?=x)y'\ncondition: s", `{"a":["?","n"]}`, "no idea"},
		{"s:\n  a|re: '(?=x)y'\ncondition: s", `{"a":["n","?"]}`, "no idea"},
		{"s:\n  a|re: '(?=x)y'\ncondition: s", `{"b":"?"}`, ""},
		{"s:\n  a|re: '(?=x)y'\ncondition: not s", `{"a":"?"}`, "no idea"},
		{"s:\n  a|re: '(?=x)y'\nt:\n  b: 1\ncondition: s or t", `{"a":"?","b":1}`, "match"},
		{"s:\n  a|re: '(?=x)y'\nt:\n  b: 1\ncondition: s or t", `{"a":"?","b":2}`, "no idea"},
		{"s:\n  a|re: '(?=x)y'\nt:\n  b: 1\ncondition: s and t", `{"a":"?","b":2}`, ""},
		{"s:\n  a|re: '(?=x)y'\nt:\n  b: 1\ncondition: s and t", `{"a":"?","b":1}`, "no idea"},
		{"s:\n  a|re: '(?=x)y'\nt:\n  b: 1\ncondition: t and not s", `{"a":"?","b":1}`, "no idea"},
		{"s:\n  a|re: '(?=x)y'\nt:\n  b|re: '(?=x)z'\ncondition: s or t", `{"a":"?","b":"z"}`, "match"},
		{"s:\n  a|re: '(?=x)y'\nt:\n  b|re: '(?=x)z'\ncondition: t or s", `{"a":"?","b":"z"}`, "match"},
		{"s:\n  a|re: '(?=x)y'\nt:\n  b|re: '(?=x)z'\ncondition: s or t", `{"a":"?","b":"?"}`, "no idea"},
		{"s:\n  a|re: '(?=x)y'\nt:\n  b|re: '(?=x)z'\ncondition: s and not t", `{"a":"?","b":"z"}`, ""},
		{"s:\n  a|re: '(?=x)y'\nt:\n  b: 1\nu:\n  c: 1\ncondition: (s and t) or (u and not s) or (s and u)", `{"a":"?","b":2,"c":1}`, "no idea"},
	} {
		rules := []*ir.Rule{build(t, "s:\n  z: 1\ncondition: not s"), build(t, c.detection), build(t, c.detection), build(t, "s:\n  z: 2\ncondition: not s")}
		engine, err := eval.Compile(rules, shyOptions)
		if err != nil {
			t.Fatal(err)
		}
		session := engine.NewSession()
		for range 3 { // also from memory
			if got := outcomes(session.Match(parsed(t, c.event), nil)); got != outcomesWant(c.want) {
				t.Errorf("%s\n%s: %s, want %s", c.detection, c.event, got, c.want)
			}
			if got := outcomes(session.Match(eval.Pairs{{"a", "n"}}, nil)); strings.Contains(got, "idea") {
				t.Errorf("%s: the next event: %s", c.detection, got)
			}
		}
		x, err := eval.Explain(rules[1], parsed(t, c.event), shyOptions)
		if err != nil || x.Matched != (c.want == "match") || x.Undecided != (c.want == "no idea") ||
			x.Undecided && (len(x.Changes) > 0 || !strings.Contains(x.String(), `the rule "t" is not decided`) || !strings.Contains(x.String(), "? a matches /(?=x)y/; it is ")) {
			t.Errorf("%s\n%s: want %s: %v, %v", c.detection, c.event, c.want, x, err)
		}
	}
}

// outcomes returns the rules with what came of them.
func outcomes(ms []eval.Match) string {
	var out []string
	for _, m := range ms {
		out = append(out, fmt.Sprintf("%d:%v", m.Index, m.Err))
	}
	return strings.Join(out, " ")
}

func outcomesWant(want string) string {
	switch want {
	case "match":
		return "0:<nil> 1:<nil> 2:<nil> 3:<nil>"
	case "":
		return "0:<nil> 3:<nil>"
	}
	return "0:<nil> 1:" + want + " 2:" + want + " 3:<nil>"
}

// TestUndecidedRouted leaves out rules of other log sources.
func TestUndecidedRouted(t *testing.T) {
	rules := []*ir.Rule{build(t, "s:\n  a|re: '(?=x)y'\ncondition: s"), build(t, "s:\n  a|re: '(?=x)y'\ncondition: s")}
	rules[0].LogSource.Product, rules[1].LogSource.Product = "windows", "linux"
	o := shyOptions
	o.Derive = true
	engine, err := eval.Compile(rules, o)
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		for product, want := range map[string]string{"windows": "0:no idea", "linux": "1:no idea", "": "0:no idea 1:no idea"} {
			event := eval.Pairs{{"a", "?"}}
			if product != "" {
				event = append(event, eval.Pair{Name: "product", Value: product})
			}
			if got := outcomes(engine.Match(event, nil)); got != want {
				t.Errorf("product %q: %s, want %s", product, got, want)
			}
		}
	}
}

// TestUndecidedKeyword looks with such an expression at the whole event.
func TestUndecidedKeyword(t *testing.T) {
	re := &ir.Regexp{Source: "(?=x)y"}
	if err := re.Parse(); err != nil {
		t.Fatal(err)
	}
	engine, err := eval.Compile([]*ir.Rule{{Where: []ir.Expr{&ir.Keyword{Test: re}}}}, shyOptions)
	if err != nil {
		t.Fatal(err)
	}
	for event, want := range map[string]string{`{"b":{"c":"?"}}`: "0:no idea", `{"b":"?","c":"y"}`: "0:<nil>", `{"b":"n"}`: ""} {
		if got := outcomes(engine.Match(parsed(t, event), nil)); got != want {
			t.Errorf("%s: %s, want %s", event, got, want)
		}
	}
}
