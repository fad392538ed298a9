// Package contentpack_test builds the packs of sigmac.yml, and runs what the
// workflow files run.
package contentpack_test

import (
	"context"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/sigma-compiler/sigmac/pack"
)

// TestPack builds all packs. Each has rules, and says of every other rule why
// it has it not.
func TestPack(t *testing.T) {
	c, err := pack.ReadConfig("sigmac.yml")
	if err != nil {
		t.Fatal(err)
	}
	out := t.TempDir()
	built, err := c.Build(context.Background(), pack.Options{Output: out})
	if err != nil {
		t.Fatal(err)
	}
	if len(built) != len(c.Targets) {
		t.Errorf("%d packs of %d targets", len(built), len(c.Targets))
	}
	rules := documents(t)
	for _, target := range c.Targets {
		m := manifest(t, filepath.Join(out, target.Name))
		of := make(map[string]bool)
		for _, e := range m.Entries {
			of[e.Title] = true
		}
		if len(of) == 0 {
			t.Errorf("%s: no rules", target.Name)
		}
		if n := len(of) + len(m.Refused) + len(m.LeftOut); n != rules {
			t.Errorf("%s: %d entries, %d refused, %d left out: together not %d", target.Name, len(of), len(m.Refused), len(m.LeftOut), rules)
		}
	}
}

// documents counts the documents of the rules.
func documents(t *testing.T) int {
	t.Helper()
	n := 0
	err := filepath.WalkDir("../t1571/rules", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(path)
		n += len(regexp.MustCompile(`(?m)^title:`).FindAll(text, -1))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func manifest(t *testing.T, folder string) *pack.Manifest {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(folder, "manifest.json"))
	if err != nil {
		t.Fatal(err)
	}
	m, err := pack.ParseManifest(data)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// TestWorkflows runs the commands of the workflow files in a repository as they
// are meant for.
func TestWorkflows(t *testing.T) {
	for _, program := range []string{"go", "git", "sh"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("there is no %s: %v", program, err)
		}
	}
	bin := t.TempDir()
	run(t, ".", nil, "go", "build", "-o", bin+string(filepath.Separator), "github.com/sigma-compiler/sigmac/cmd/sigmac")
	for _, file := range []string{"ci/github.yml", "ci/gitlab.yml"} {
		t.Run(filepath.Base(file), func(t *testing.T) {
			repository := newRepository(t)
			env := []string{
				"PATH=" + bin + string(filepath.ListSeparator) + os.Getenv("PATH"),
				"GITHUB_BASE_REF=main", "GITHUB_STEP_SUMMARY=" + filepath.Join(t.TempDir(), "summary.md"), "CI_MERGE_REQUEST_DIFF_BASE_SHA=main",
			}
			n := 0
			for _, script := range scripts(t, file) {
				if !strings.HasPrefix(script, "sigmac ") {
					continue
				}
				n++
				run(t, repository, env, "sh", "-e", "-c", script)
			}
			if n < 4 {
				t.Errorf("only %d commands were found", n)
			}
			if _, err := os.Stat(filepath.Join(repository, "dist", "splunk", "manifest.json")); err != nil {
				t.Error(err)
			}
		})
	}
}

// newRepository returns a repository with the rules, in which a commit on top of
// the branch main makes a rule narrower.
func newRepository(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, folder := range []string{"rules", "events"} {
		if err := os.CopyFS(filepath.Join(dir, folder), os.DirFS("../t1571/"+folder)); err != nil {
			t.Fatal(err)
		}
	}
	config, err := os.ReadFile("sigmac.yml")
	if err != nil {
		t.Fatal(err)
	}
	placeholders, err := os.ReadFile("../t1571/placeholders.yml")
	if err != nil {
		t.Fatal(err)
	}
	write(t, dir, "sigmac.yml", strings.Replace(string(config), "../t1571/rules", "rules", 1))
	write(t, dir, "placeholders.yml", string(placeholders))
	git := func(args ...string) {
		run(t, dir, nil, "git", append([]string{"-c", "user.name=t", "-c", "user.email=t@example.com"}, args...)...)
	}
	git("init", "-q", "-b", "main")
	git("add", ".")
	git("commit", "-q", "-m", "rules")
	git("update-ref", "refs/remotes/origin/main", "HEAD")
	git("checkout", "-q", "-b", "change")
	const name = "rules/network/zeek_conn_smb_unusual_port.yml"
	rule, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	write(t, dir, name, strings.Replace(string(rule), "level: high", "level: medium", 1))
	git("commit", "-q", "-a", "-m", "less")
	return dir
}

func write(t *testing.T, dir, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}

// run runs a program and fails the test where it does not end well.
func run(t *testing.T, dir string, env []string, name string, args ...string) {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), env...)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
}

// scripts returns the lines of all "run" and "script" keys of a file.
func scripts(t *testing.T, file string) []string {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var root any
	if err := yaml.Unmarshal(data, &root); err != nil {
		t.Fatal(err)
	}
	var lines []string
	var walk func(key string, value any)
	walk = func(key string, value any) {
		switch value := value.(type) {
		case map[string]any:
			for _, k := range slices.Sorted(maps.Keys(value)) {
				walk(k, value[k])
			}
		case []any:
			for _, v := range value {
				walk(key, v)
			}
		case string:
			if key == "run" || key == "script" {
				lines = append(lines, strings.Split(strings.TrimSpace(value), "\n")...)
			}
		}
	}
	walk("", root)
	return lines
}
