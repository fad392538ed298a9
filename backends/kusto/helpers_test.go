package kusto

import (
	"strings"
	"testing"

	"github.com/sigma-compiler/sigmac/backends/emit"
	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/schema"
)

// given is what a case has besides its rule.
type given struct {
	columns  map[string]schema.Type // a table with these columns, and others of unknown type
	computed []ir.Computed
	state    map[string]string
	settings map[string]string
}

// compile compiles a detection: the text of a YAML mapping in flow style, or,
// without a condition in it, of its only search.
func compile(t testing.TB, detection string, g given) ([]string, *emit.Job) {
	t.Helper()
	if !strings.Contains(detection, "condition:") {
		detection = "{sel: " + detection + ", condition: sel}"
	}
	source := "title: T\nlogsource: {category: test}\ndetection: " + detection + "\n"
	rule, err := sigma.ParseRule("rule.yml", []byte(source))
	if err != nil {
		t.Fatal(err)
	}
	r, err := ir.Build(rule)
	if err != nil {
		t.Fatal(err)
	}
	if g.columns != nil {
		r.Table = &schema.Table{Columns: map[string]schema.Column{}, Open: true}
		for name, typ := range g.columns {
			r.Table.Columns[name] = schema.Column{Name: name, Type: typ}
		}
	}
	r.Computed, r.State = g.computed, g.state
	return queries(r, g.settings)
}

// queries writes the conditions of a rule.
func queries(r *ir.Rule, settings map[string]string) ([]string, *emit.Job) {
	j := &emit.Job{Backend: Backend, Rule: r, Settings: settings}
	var out []string
	for _, e := range r.Where {
		e = emit.Lower(j, e)
		if k, ok := e.(ir.Const); ok {
			out = append(out, "const "+ir.String(k))
			continue
		}
		out = append(out, Backend.Query(j, e))
	}
	return out, j
}

// check compares the only query of a detection with what is wanted.
func check(t *testing.T, detection string, g given, want string) {
	t.Helper()
	got, j := compile(t, detection, g)
	if len(j.Errors) > 0 {
		t.Errorf("%s\n%v", detection, j.Errors)
	} else if got[0] != want {
		t.Errorf("%s\ngot  %s\nwant %s", detection, got[0], want)
	}
}

type testCase struct{ name, detection, want string }

func run(t *testing.T, g given, cases []testCase) {
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) { check(t, c.detection, g, c.want) })
	}
}
