package backends_test

import (
	"maps"
	"testing"

	"github.com/sigma-compiler/sigmac/backends"
	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// TestState wants every key of the state that a backend names to change a
// query of one of its formats.
func TestState(t *testing.T) {
	rule, err := sigma.ParseRule("r.yml", []byte("title: t\nlogsource: {category: c}\ndetection: {sel: {A: v}, condition: sel}\n"))
	if err != nil {
		t.Fatal(err)
	}
	built, err := ir.Build(rule)
	if err != nil {
		t.Fatal(err)
	}
	values := map[string]string{"data_model_set": "Endpoint.Processes", "fields": "user", "index": "logs-x", "query_table": "Table"}
	for _, b := range backends.All() {
		for _, key := range b.State {
			changed := false
			for _, f := range b.Formats {
				c, err := backends.New(backends.Options{Target: b.Name, Format: f.Name})
				if err != nil {
					t.Fatal(err)
				}
				query := func(without string) string {
					r := *built
					r.State = maps.Clone(values)
					delete(r.State, without)
					out, err := c.Mapped(&r)
					if err != nil {
						return err.Error()
					}
					return out.Queries[0].Text
				}
				changed = changed || query("") != query(key)
			}
			if !changed {
				t.Errorf("%s: no query depends on the state %q", b.Name, key)
			}
		}
	}
}
