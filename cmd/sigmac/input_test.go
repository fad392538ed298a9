package main

import (
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

func TestFindInputs(t *testing.T) {
	dir := writeRules(t, map[string]string{
		"b/2.yml": "", "b/1.yaml": "", "b/note.txt": "", "b/c/3.yml": "", "b.yml": "", "a/X.yml": "", "a/x.yaml": "", "z.rule": "",
	})
	t.Chdir(dir)
	for _, c := range []struct{ args, paths, stems string }{
		{".", "./a/X.yml ./a/x.yaml ./b/1.yaml ./b/2.yml ./b/c/3.yml ./b.yml", "a/X.yml a/x.yaml b/1 b/2 b/c/3 b"},
		{"b", "b/1.yaml b/2.yml b/c/3.yml", "1 2 c/3"},
		{"b/ b.yml", "b/1.yaml b/2.yml b/c/3.yml b.yml", "b/1 b/2 b/c/3 b"},
		{"b/c a", "b/c/3.yml a/X.yml a/x.yaml", "b/c/3 a/X.yml a/x.yaml"},
		{"z.rule", "z.rule", "z.rule"},
		{"b/c/3.yml b/2.yml b", "b/c/3.yml b/2.yml b/1.yaml", "c/3 2 1"},
		{"../" + filepath.Base(dir) + "/b/c", "../" + filepath.Base(dir) + "/b/c/3.yml", "3"},
		{"- b/c", "- b/c/3.yml", "stdin 3"},
		{"", "-", "stdin"},
	} {
		ins, err := findInputs(&app{}, strings.Fields(c.args))
		if err != nil {
			t.Errorf("%q: %v", c.args, err)
			continue
		}
		var paths, stems []string
		for _, in := range ins {
			paths = append(paths, filepath.ToSlash(in.path))
			stems = append(stems, in.stem)
		}
		if got := strings.Join(paths, " "); got != c.paths {
			t.Errorf("%q: files %q, want %q", c.args, got, c.paths)
		}
		if got := strings.Join(stems, " "); got != c.stems {
			t.Errorf("%q: stems %q, want %q", c.args, got, c.stems)
		}
	}
}

// A link to a folder is the folder where it is named, and is not followed
// where it is found.
func TestFindInputsLinks(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("links need a privilege on Windows")
	}
	dir := writeRules(t, map[string]string{"real/a.yml": ""})
	t.Chdir(dir)
	for _, l := range [][2]string{{".", "real/loop"}, {"real", "link"}, {"a.yml", "real/b.yml"}} {
		if err := os.Symlink(l[0], l[1]); err != nil {
			t.Fatal(err)
		}
	}
	ins, err := findInputs(&app{}, []string{"link"})
	if err != nil {
		t.Fatal(err)
	}
	var paths []string
	for _, in := range ins {
		paths = append(paths, in.path)
	}
	if want := []string{"link/a.yml", "link/b.yml"}; !slices.Equal(paths, want) {
		t.Errorf("files %q, want %q", paths, want)
	}
}

// No path of a rule leads out of the output folder.
func TestBelow(t *testing.T) {
	sep := string(filepath.Separator)
	root, err := filepath.Abs(sep)
	if err != nil {
		t.Fatal(err)
	}
	base := filepath.Join(root, "rules") + sep
	for path, want := range map[string]string{
		filepath.Join(root, "rules", "a", "b.yml"): "a/b.yml",
		filepath.Join(root, "other", "b.yml"):      "b.yml",
		base + ".." + sep + "b.yml":                "b.yml",
		base + "a" + sep + ".." + sep + "b.yml":    "b.yml",
		dash:                                       "stdin",
	} {
		if got := below(base, path); got != want {
			t.Errorf("%s: %q, want %q", path, got, want)
		}
	}
}
