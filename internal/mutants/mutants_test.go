package mutants

import (
	_ "embed"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sigma-compiler/sigmac/internal/shared"
)

//go:embed list.txt
var list string

// A mutant is one mistake.
type mutant struct{ name, file, also, from, to string }

// parse reads list.txt.
func parse(t *testing.T) (all []mutant) {
	t.Helper()
	for _, block := range strings.Split(list, "\n\n") {
		lines := strings.Split(strings.Trim(block, "\n"), "\n")
		if strings.HasPrefix(lines[0], "#") {
			continue
		}
		if len(lines) < 4 {
			t.Fatalf("no mutant: %q", block)
		}
		m := mutant{name: lines[0], file: lines[1]}
		var from, to []string
		rest := lines[2:]
		if also, ok := strings.CutPrefix(rest[0], "also "); ok {
			m.also, rest = also, rest[1:]
		}
		for _, line := range rest {
			switch line[0] {
			case '-':
				from = append(from, line[1:])
			case '+':
				to = append(to, line[1:])
			default:
				t.Fatalf("%s: %q", m.name, line)
			}
		}
		m.from, m.to = strings.Join(from, "\n"), strings.Join(to, "\n")
		all = append(all, m)
	}
	return all
}

// mutate returns the text of the file with the mistake in it.
func (m *mutant) mutate(t *testing.T, root string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(m.file)))
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(text), m.from); n != 1 {
		t.Fatalf("%s: what is to be changed stands %d times in %s", m.name, n, m.file)
	}
	return strings.Replace(string(text), m.from, m.to, 1)
}

// TestList checks that every mistake can still be made.
func TestList(t *testing.T) {
	all := parse(t)
	names := map[string]bool{}
	for _, m := range all {
		m.mutate(t, shared.Root(t))
		if names[m.name] {
			t.Errorf("two mutants are called %q", m.name)
		}
		names[m.name] = true
	}
	if len(all) < 30 {
		t.Errorf("only %d mutants", len(all))
	}
}

// Enable is the environment variable that makes the mutants run: it takes
// minutes, for the backends are compiled anew for each.
const Enable = "SIGMAC_MUTANTS"

// TestMutants makes one mistake after the other and runs the proof on the
// rules of the repository, which must fail.
func TestMutants(t *testing.T) {
	if os.Getenv(Enable) == "" {
		t.Skip("set " + Enable + "=1 to run the mutants")
	}
	root := shared.Root(t)
	for _, m := range parse(t) {
		t.Run(m.name, func(t *testing.T) {
			dir := t.TempDir()
			changed := filepath.Join(dir, filepath.Base(m.file))
			if err := os.WriteFile(changed, []byte(m.mutate(t, root)), 0o644); err != nil {
				t.Fatal(err)
			}
			overlay, err := json.Marshal(map[string]any{"Replace": map[string]string{filepath.Join(root, filepath.FromSlash(m.file)): changed}})
			if err != nil {
				t.Fatal(err)
			}
			file := filepath.Join(dir, "overlay.json")
			if err := os.WriteFile(file, overlay, 0o644); err != nil {
				t.Fatal(err)
			}
			args := []string{"test", "-vet=off", "-overlay", file, "-short", "-run", "^(TestProof|FuzzRandom|TestRules)$", "./backends/verify"}
			if m.also != "" {
				args = append(args, m.also)
			}
			cmd := exec.Command("go", args...)
			cmd.Dir = root
			if target := filepath.Base(filepath.Dir(m.file)); target != "emit" && target != "elastic" {
				cmd.Env = append(os.Environ(), "SIGMAC_PROOF_TARGET="+target)
			}
			out, err := cmd.CombinedOutput()
			switch {
			case strings.Contains(string(out), "[build failed]"):
				t.Fatalf("the mutant does not compile:\n%s", out)
			case err == nil:
				t.Error("the proof does not notice")
			case !notices(string(out)):
				t.Errorf("the proof fails for another reason:\n%.3000s", out)
			}
		})
	}
}

// notices reports whether tests failed since a query and its rule differ.
func notices(out string) bool {
	for _, why := range []string{"differs from its rule", "cannot be read back", "the rule finds what the query does not", "the query finds what the rule does not", "the rule says true", "the rule says false"} {
		if strings.Contains(out, why) {
			return true
		}
	}
	return false
}
