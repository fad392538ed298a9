package sigma

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
)

// tempTree makes a folder with these files, and goes there.
func tempTree(t *testing.T, files map[string]string) {
	t.Helper()
	t.Chdir(t.TempDir())
	for name, text := range files {
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func someFiles() map[string]string {
	return map[string]string{
		"rules/b.yml": oneRule, "rules/a.yaml": oneRule, "rules/a/z.yml": oneRule + "---\n" + oneRule, "rules/a/readme.md": "no rule",
		"rules/c/d/e.yml": oneRule, "rules/.git/x.yml": "no rule", "rules/.x.yml": "no rule", "rules/b.tests.yml": "tests: []\n", "rules/b.tests.yaml": "tests: []\n", "other.txt": oneRule, "wrong.yml": "title: 5\n",
	}
}

func TestFiles(t *testing.T) {
	tempTree(t, someFiles())
	tests := []struct{ name, paths, want string }{
		{"a folder", "rules", "rules/a/z.yml rules/a.yaml rules/b.yml rules/c/d/e.yml"},
		{"with a slash", "rules/", "rules/a/z.yml rules/a.yaml rules/b.yml rules/c/d/e.yml"},
		{"with a dot", "./rules/a", "./rules/a/z.yml"},
		{"in the order given", "wrong.yml rules/c rules/a", "wrong.yml rules/c/d/e.yml rules/a/z.yml"},
		{"a file with any name", "other.txt rules/.x.yml", "other.txt rules/.x.yml"},
		{"a folder with a dot that is given", "rules/.git", "rules/.git/x.yml"},
		{"tests that are given", "rules/b.tests.yml", "rules/b.tests.yml"},
		{"nothing", "", ""},
		{"the working folder", ".", "./rules/a/z.yml ./rules/a.yaml ./rules/b.yml ./rules/c/d/e.yml ./wrong.yml"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			names, err := Files(strings.Fields(tt.paths)...)
			if err != nil {
				t.Fatal(err)
			}
			if got := filepath.ToSlash(strings.Join(names, " ")); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

// TestFilesErrors checks that one path's failure does not cost the others.
func TestFilesErrors(t *testing.T) {
	tempTree(t, someFiles())
	names, err := Files("absent", "rules/b.yml", "rules/none.yml")
	if len(names) != 1 || !errors.Is(err, Unreadable) || len(Errors(err)) != 2 {
		t.Errorf("got %q and %v", names, err)
	}
	if want := "absent: cannot read: "; err == nil || !strings.HasPrefix(err.Error(), want) {
		t.Errorf("got %v, want %q", err, want)
	}
}

// TestSymlinks checks that links to files are read, and links to folders are
// not followed: they may lead in a circle.
func TestSymlinks(t *testing.T) {
	tempTree(t, map[string]string{"rules/a.yml": oneRule, "elsewhere/b.yml": oneRule})
	for link, target := range map[string]string{
		"rules/circle.yml": ".", "rules/up": "..", "rules/file.yml": "../elsewhere/b.yml", "rules/dead.yml": "nowhere", "root": "elsewhere",
	} {
		if err := os.Symlink(target, link); err != nil {
			t.Skip("no symbolic links here: ", err)
		}
	}
	names, err := Files("rules", "root")
	if got := filepath.ToSlash(strings.Join(names, " ")); got != "rules/a.yml rules/file.yml root/b.yml" {
		t.Errorf("got %s", got)
	}
	if errs := Errors(err); len(errs) != 1 || filepath.ToSlash(errs[0].Name()) != "rules/dead.yml" {
		t.Errorf("got %v", err)
	}
}

func TestLoad(t *testing.T) {
	tempTree(t, someFiles())
	c, err := Load("rules", "wrong.yml", "absent", "other.txt")
	if len(c.Documents) != 6 || len(c.Rules()) != 6 {
		t.Errorf("%d documents, %d rules", len(c.Documents), len(c.Rules()))
	}
	var got []string
	for _, e := range Errors(err) {
		got = append(got, filepath.ToSlash(e.Pos.String())+" "+string(e.Code))
	}
	if g := strings.Join(got, ", "); g != "wrong.yml:1:1 missing-key, absent unreadable" {
		t.Errorf("errors: %s", g)
	}
	if name := filepath.ToSlash(c.Documents[0].Metadata().Pos.Name()); name != "rules/a/z.yml" {
		t.Errorf("the first document is from %s", name)
	}
}

func TestLoadFS(t *testing.T) {
	fsys := fstest.MapFS{}
	for name, text := range someFiles() {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	c, err := LoadFS(fsys, "rules/c", "rules/b.yml")
	if err != nil || len(c.Documents) != 2 || c.Documents[0].Metadata().Pos.Name() != "rules/c/d/e.yml" {
		t.Errorf("got %v, %v", c.Documents, err)
	}
	if c, err = LoadFS(fsys); len(c.Documents) != 5 || len(Errors(err)) != 1 {
		t.Errorf("all: %d documents, %v", len(c.Documents), err)
	}
}

// TestLoadLarge checks that a file above the limit is not read.
func TestLoadLarge(t *testing.T) {
	t.Chdir(t.TempDir())
	f, err := os.Create("large.yml")
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(f.Truncate(100<<30), f.Close()); err != nil {
		t.Skip("no sparse files here: ", err)
	}
	if _, err := Load("large.yml"); !errors.Is(err, Limit) || !strings.HasPrefix(err.Error(), "large.yml: the file is larger than 16777216 bytes") {
		t.Errorf("got %v", err)
	}
	if _, err := ReadFile("large.yml"); !errors.Is(err, Limit) {
		t.Errorf("got %v", err)
	}
}
