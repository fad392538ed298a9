package schema_test

import (
	"testing"

	"github.com/sigma-compiler/sigmac/sigma/schema"
)

func TestParsePolicy(t *testing.T) {
	for name, want := range map[string]schema.Policy{"": schema.ByPipeline, "error": schema.Refuse, "warn": schema.Warn, "pass": schema.Pass, "absent": schema.Absent} {
		if got, ok := schema.ParsePolicy(name); got != want || !ok {
			t.Errorf("%q: %d, %t, want %d", name, got, ok, want)
		}
	}
	if _, ok := schema.ParsePolicy("ignore"); ok {
		t.Error("there is no policy ignore")
	}
	for _, name := range schema.Policies() {
		if _, ok := schema.ParsePolicy(name); !ok {
			t.Errorf("there is a policy %s", name)
		}
	}
}
