package splunk

import (
	"math/rand"
	"strings"
	"testing"

	"github.com/sigma-compiler/sigmac/backends/emit"
	"github.com/sigma-compiler/sigmac/internal/oracle"
	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/schema"
)

// A pipeline of pySigma's names fields as tstats has them, and the state as
// its own pipeline for CIM does.
func TestDataModelOfUsers(t *testing.T) {
	for _, c := range []struct {
		state map[string]string
		e     ir.Expr
		want  string // the query up to what all have at the end, or the beginning of the error
	}{
		{
			map[string]string{"data_model_set": "Endpoint.Processes", "fields": "Processes.dest,Processes.user"},
			text("Processes.process", "*x*", false),
			`where Processes.process="*x*" by Processes.dest Processes.user Processes.process | rename "Processes.*"`,
		},
		{
			map[string]string{"data_model_set": "Web.Proxy"},
			text("Web.url", "*x?*", false),
			`from datamodel=Web.Proxy where Web.url="*x*" by Web.url | where like(lower('Web.url'),"%x_%") | rename "Proxy.*"`,
		},
		{
			map[string]string{"data_model_set": "M.D", "fields": "D.a b"}, text("D.d e", "x", true),
			`where "D.d e"="x" by D.a b "D.d e" | where 'D.d e'=="x"`,
		},
		{map[string]string{"data_model_set": "M.D"}, &ir.Match{Field: "D.f", Test: &ir.Null{}}, `where NOT D.f=* by D.f`},
		{map[string]string{"data_model_set": "M.D where x"}, text("f", "x", false), `the format data_model needs the state data_model_set`},
		{map[string]string{"data_model_set": "M"}, text("f", "x", false), `the format data_model needs`},
		{nil, text("f", "x", false), `the format data_model needs`},
		{map[string]string{"data_model_set": "M.D"}, &ir.Raw{Text: "x=y"}, `Splunk cannot say a piece of a search`},
		{map[string]string{"data_model_set": "M.D"}, &ir.Keyword{Test: text("", "*x*", false).Test}, `Splunk cannot say a search of the whole event`},
		{map[string]string{"data_model_set": "M.D"}, &ir.Match{Field: "_time", Test: &ir.TimePart{Part: ir.Hour, Number: "5"}}, `Splunk cannot say in tstats a test of the time`},
	} {
		j := job()
		j.Rule.State = c.state
		got := dataModelQuery(j, emit.Lower(j, c.e))
		if len(j.Errors) > 0 {
			got = j.Errors[0].Msg
		}
		if !strings.Contains(got, c.want) {
			t.Errorf("got  %s\nwant %s", got, c.want)
		}
	}
}

// TestFill checks that an expression for filled fields says of an event that
// the data model has filled what the rule says of the event itself, and the
// same where the model leaves the field out.
func TestFill(t *testing.T) {
	table := &schema.Table{Open: true, Columns: map[string]schema.Column{
		"a": {Name: "a", Type: schema.Keyword, Filled: "unknown"}, "b": {Name: "b", Type: schema.Keyword},
	}}
	r := rand.New(rand.NewSource(1))
	tests := []ir.Test{
		text("", "x", false).Test, text("", "*know*", false).Test, text("", "UN*", false).Test, text("", "UN*", true).Test, text("", "u?k*n", false).Test,
		&ir.Null{}, &ir.Exists{Want: true}, &ir.Exists{}, text("", "*", false).Test, &ir.Compare{Number: "5"},
		&ir.FieldRef{Field: "b"}, &ir.FieldRef{Field: "a"}, &ir.CIDR{},
	}
	match := func() ir.Expr {
		field, test := []string{"a", "b"}[r.Intn(2)], tests[r.Intn(len(tests))]
		if other := tests[r.Intn(len(tests)-3)]; r.Intn(2) == 0 {
			test = ir.AnyTest(test, other)
		}
		return &ir.Match{Field: field, Test: test}
	}
	for range 5000 {
		e := ir.Or{ir.And{match(), &ir.Not{X: match()}}, match()}
		for _, otherwise := range []string{"", fillValue} {
			j := job()
			j.Rule.Table = table
			filled := side{Job: j}.fill(e, otherwise)
			if len(j.Errors)+len(j.Warnings) > 0 {
				t.Fatalf("%s: %v %v", ir.String(e), j.Errors, j.Warnings)
			}
			for _, event := range []oracle.Event{{}, {"a": "x"}, {"b": "xknowx"}, {"a": "5", "b": "5"}} {
				want := oracle.Match(e, event)
				for _, has := range []oracle.Event{event, inModel(event, otherwise)} {
					if got := oracle.Match(filled, has); got != want {
						t.Fatalf("%s of %v: %t; %s of %v: %t", ir.String(e), event, want, ir.String(filled), has, got)
					}
				}
			}
		}
	}
}

// inModel returns the event as a data model has it.
func inModel(event oracle.Event, otherwise string) oracle.Event {
	out := oracle.Event{"a": "unknown"}
	if otherwise != "" {
		out["b"] = otherwise
	}
	for name, v := range event {
		out[name] = v
	}
	return out
}

// What a model makes "unknown" itself is found with the missing, and said.
func TestFillEmpty(t *testing.T) {
	table := &schema.Table{Open: true, Columns: map[string]schema.Column{"a": {Name: "a", Type: schema.Keyword, Filled: "unknown"}}}
	pos := sigma.Pos{Line: 3, Col: 5}
	empty := &ir.Match{Field: "a", Test: &ir.Text{Pos: pos}}
	for _, c := range []struct {
		e    ir.Expr
		want sigma.Code
	}{
		{empty, sigma.MatchesMore},
		{&ir.Not{X: empty}, sigma.MatchesLess},
		{&ir.Match{Field: "a", Test: ir.AnyOf{empty.Test, &ir.Null{}}}, ""},
		{&ir.Match{Field: "a", Test: &ir.Text{Pos: pos, Pattern: ir.Plain("Unknown")}}, sigma.Unsupported},
		{&ir.Match{Field: "b", Test: &ir.Text{Pos: pos}}, ""},
	} {
		j := job()
		j.Rule.Table = table
		side{Job: j}.fill(c.e, "")
		got := sigma.Code("")
		for _, e := range append(j.Errors, j.Warnings...) {
			got = e.Code
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", ir.String(c.e), got, c.want)
		}
	}
}
