package taxonomy

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"github.com/sigma-compiler/sigmac/internal/shared"
	"github.com/sigma-compiler/sigmac/sigma"
)

func TestNames(t *testing.T) {
	for attribute, want := range map[string]string{"category": "process_creation", "product": "windows", "service": "sysmon"} {
		if got := Names(attribute); !slices.Contains(got, want) {
			t.Errorf("%s: %q is not among %q", attribute, want, got)
		}
	}
	if got := Names("definition"); got != nil {
		t.Errorf("definition: %q", got)
	}
	for attribute, list := range names {
		seen := make(map[string]bool)
		for _, name := range list {
			if seen[name] {
				t.Errorf("%s %s is there twice", attribute, name)
			}
			seen[name] = true
		}
	}
}

func has(t *testing.T, where, attribute, name string) {
	t.Helper()
	if name != "" && !slices.Contains(Names(attribute), name) {
		t.Errorf("%s: there is no %s %q", where, attribute, name)
	}
}

// TestSpecification: each name of the appendix is there.
func TestSpecification(t *testing.T) {
	path := shared.Path(t, "corpus", "sigma-spec", "specification", "sigma-appendix-taxonomy.md")
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile(`\b(category|product|service): ([\w.-]+)`).FindAllSubmatch(data, -1)
	if len(found) < 200 {
		t.Errorf("only %d names found in %s", len(found), path)
	}
	for _, m := range found {
		has(t, path, string(m[1]), string(m[2]))
	}
}

// TestCorpus: each name of SigmaHQ's rules is there.
func TestCorpus(t *testing.T) {
	n := 0
	_ = filepath.WalkDir(shared.Path(t, "corpus", "sigmahq"), func(path string, d fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".yml" {
			return err
		}
		file, err := sigma.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		docs, _, _, _ := sigma.ParseAll(file)
		for _, doc := range docs {
			if r, ok := doc.(*sigma.Rule); ok {
				n++
				has(t, path, "category", r.LogSource.Category)
				has(t, path, "product", r.LogSource.Product)
				has(t, path, "service", r.LogSource.Service)
			}
		}
		return nil
	})
	if n < 3000 {
		t.Errorf("only %d rules", n)
	}
}
