package backends_test

import (
	"path/filepath"
	"testing"

	"github.com/sigma-compiler/sigmac/backends"
	"github.com/sigma-compiler/sigmac/internal/errtest"
	"github.com/sigma-compiler/sigmac/internal/shared"
	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// TestErrors builds and compiles wrong rules: each error must be expected
// behind its line, each expectation met.
func TestErrors(t *testing.T) {
	dir := filepath.Join(shared.Root(t), "testdata", "errors")
	errtest.Run(t, filepath.Join(dir, "build-*.yml"), "ERROR", func(f *sigma.File) sigma.ErrorList {
		return each(t, f, func(r *sigma.Rule) error {
			_, err := ir.Build(r)
			return err
		})
	})
	for _, b := range []string{"splunk", "lucene", "kql", "kusto"} {
		c := compiler(t, b, nil)
		errtest.Run(t, filepath.Join(dir, "compile-"+b+".yml"), "ERROR", func(f *sigma.File) sigma.ErrorList {
			return each(t, f, func(r *sigma.Rule) error {
				_, err := c.Compile(r)
				return err
			})
		})
	}
}

// each parses the rules of a file, which must parse, and returns what check
// says of all of them.
func each(t *testing.T, f *sigma.File, check func(*sigma.Rule) error) sigma.ErrorList {
	t.Helper()
	docs, _, errs := sigma.ParseFile(f)
	if len(errs) > 0 {
		t.Fatalf("the rules must parse: %v", errs)
	}
	for _, d := range docs {
		errs = append(errs, sigma.Errors(check(d.(*sigma.Rule)))...)
	}
	return errs
}

// TestNew shows what is said of targets, formats and settings that do not
// exist.
func TestNew(t *testing.T) {
	for _, c := range []struct {
		options backends.Options
		want    string
	}{
		{backends.Options{Target: "splnk"}, `there is no target "splnk" (did you mean "splunk"?)`},
		{backends.Options{Target: "eql", Format: "savedsearches"}, `eql has no format "savedsearches" (there are default, eqlapi, rule, rule_toml)`},
		{backends.Options{Target: "splunk", Settings: map[string]string{"widn": "true"}}, `splunk has no setting "widn" (did you mean "widen"?)`},
		{backends.Options{Target: "splunk", Settings: map[string]string{"widen": "maybe"}}, `"maybe" is no value of the setting widen (there are false, true)`},
	} {
		_, err := backends.New(c.options)
		if err == nil || err.Error() != c.want {
			t.Errorf("got %v, want %s", err, c.want)
		}
	}
	for _, b := range backends.All() {
		for _, name := range append(b.Aliases, b.Name) {
			if found := backends.Find(name); found != b {
				t.Errorf("%s finds %v, not %s", name, found, b.Name)
			}
		}
	}
}
