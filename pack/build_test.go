package pack

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestSecondBuildWritesNothing(t *testing.T) {
	dir := t.TempDir()
	config := unpack(t, dir)
	first := buildPacks(t, config, Options{})
	if n := first[0].Compiled; n != 3 || len(first[0].Changes) != 4 {
		t.Fatalf("the first build compiled %d rules and changed %v", n, first[0].Changes)
	}
	before := snapshot(t, filepath.Join(dir, "dist"), true)
	for _, o := range []Options{{}, {Jobs: 1}, {Mode: DryRun}, {Mode: Check}} {
		again := buildPacks(t, config, o)
		if text := changes(again); text != "" || o.Mode != Check && again[0].Compiled != 0 {
			t.Errorf("%+v compiles %d and changes %s", o, again[0].Compiled, text)
		}
		if again[0].Summary != first[0].Summary {
			t.Errorf("the summary was %+v and is %+v", first[0].Summary, again[0].Summary)
		}
		if d := differ(before, snapshot(t, filepath.Join(dir, "dist"), true)); len(d) > 0 {
			t.Errorf("%+v touched %v", o, d)
		}
	}
}

// Each edit says how many rules of the target each are compiled again, and which
// of its files change. Whatever was built before, the result is that of a
// build from nothing.
func TestWhatIsBuiltAgain(t *testing.T) {
	tests := []struct {
		name, file, old, new string
		compiled             int
		files                string
	}{
		{"a rule", "rules/a.yml", "a.exe", "z.exe", 1, "changed a.txt"},
		{"a title", "rules/a.yml", "title: A", "title: Z", 1, "removed a.txt, added z.txt"},
		{"a pipeline", "names.yml", "process", "process_path", 3, "changed a.txt"},
		{"a file that a pipeline reads", "ports.txt", "4444", "5555", 3, "changed b.txt"},
		{"a list", "sigmac.yml", "root, admin", "root", 3, "changed c.txt"},
		{"a setting of a level", "sigmac.yml", "5m", "10m", 3, "changed a.txt"},
		{"a comment", "sigmac.yml", "name:", "# nothing\nname:", 0, ""},
		{"the version", "sigmac.yml", "1.2.3", "1.2.4", 0, ""},
		{"a filter", "sigmac.yml", "rules: [rules]", "rules: [rules]\nfilters: [filter.yml]", 3, "changed a.txt"},
		{"a selection", "sigmac.yml", "rules: [rules]", "rules: [rules]\nselect: {level: \">=medium\"}", 0, "removed b.txt"},
		{"an exclusion", "sigmac.yml", "rules: [rules]", "rules: [rules]\nexclude: [rules/deep]", 0, "removed c.txt"},
		{"words that no format tells", "rules/a.yml", "level:", "description: about it\nlevel:", 1, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			config := unpack(t, dir)
			write(t, filepath.Join(dir, "filter.yml"), filterText)
			buildPacks(t, config, Options{})
			edit(t, filepath.Join(dir, tt.file), tt.old, tt.new)
			each := buildPacks(t, config, Options{})[0]
			var got []string
			for _, c := range each.Changes {
				if c.Path != ManifestName {
					got = append(got, c.Kind+" "+c.Path)
				}
			}
			slices.Sort(got)
			want := strings.Split(tt.files, ", ")
			slices.Sort(want)
			if each.Compiled != tt.compiled || strings.Join(got, ", ") != strings.Join(want, ", ") {
				t.Errorf("compiled %d, %v; want %d, %v", each.Compiled, got, tt.compiled, want)
			}
			buildPacks(t, config, Options{Output: filepath.Join(dir, "fresh")})
			if d := differ(snapshot(t, filepath.Join(dir, "dist"), false), snapshot(t, filepath.Join(dir, "fresh"), false)); len(d) > 0 {
				t.Errorf("a build from nothing differs in %v", d)
			}
		})
	}
}

const filterText = `
title: Not mine
logsource: {product: windows}
filter:
    rules: [11111111-1111-1111-1111-111111111111]
    mine: {User: me}
    condition: not mine
`

func TestUnchangedFilesKeepTheirTimes(t *testing.T) {
	dir := t.TempDir()
	config := unpack(t, dir)
	buildPacks(t, config, Options{})
	before := snapshot(t, filepath.Join(dir, "dist", "each"), true)
	edit(t, filepath.Join(dir, "rules/a.yml"), "a.exe", "z.exe")
	buildPacks(t, config, Options{})
	if d := differ(before, snapshot(t, filepath.Join(dir, "dist", "each"), true)); !slices.Equal(d, []string{"a.txt", ManifestName}) {
		t.Errorf("touched: %v", d)
	}
}

// Whatever somebody did to the pack, or to what builds remember, is noticed and
// made good.
func TestDamage(t *testing.T) {
	tests := []struct {
		name, file string
		data       string // "" removes it
		silent     bool   // the pack is as it should be
	}{
		{"a file edited", "each/a.txt", "mine", false},
		{"a file edited to the same size", "each/a.txt", "same", false},
		{"a file gone", "each/a.txt", "", false},
		{"the manifest edited", "each/manifest.json", `{"manifest": 1}`, false},
		{"the manifest damaged", "each/manifest.json", "{", false},
		{"the manifest gone", "each/manifest.json", "", false},
		{"the archive damaged", "app/my_rules-1.2.3.tar.gz", "x", false},
		{"the state damaged", ".sigmac/each.state", "x", true},
		{"the state gone", ".sigmac/each.state", "", true},
		{"the rules damaged", ".sigmac/each.rules", "x", true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			config := unpack(t, dir)
			buildPacks(t, config, Options{})
			out := filepath.Join(dir, "dist")
			want := snapshot(t, out, false)
			path := filepath.Join(out, filepath.FromSlash(tt.file))
			old, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			switch tt.data {
			case "":
				err = os.Remove(path)
			case "same":
				err = os.WriteFile(path, []byte(strings.Repeat("x", len(old))), 0o666)
			default:
				err = os.WriteFile(path, []byte(tt.data), 0o666)
			}
			if err != nil {
				t.Fatal(err)
			}
			if text := changes(buildPacks(t, config, Options{Mode: Check})); (text == "") != tt.silent {
				t.Errorf("check says %q", text)
			}
			text := changes(buildPacks(t, config, Options{}))
			if (text == "") != tt.silent || !tt.silent && !strings.HasSuffix(text, tt.file) {
				t.Errorf("changes: %q", text)
			}
			if d := differ(want, snapshot(t, out, false)); len(d) > 0 {
				t.Errorf("still wrong: %v", d)
			}
		})
	}
}

func TestForeignFilesStay(t *testing.T) {
	for _, file := range []string{"each/notes.md", "each/sub/z.txt", "app/x"} {
		dir := t.TempDir()
		config := unpack(t, dir)
		buildPacks(t, config, Options{})
		write(t, filepath.Join(dir, "dist", file), "mine")
		edit(t, filepath.Join(dir, "rules/a.yml"), "a.exe", "z.exe")
		before := snapshot(t, filepath.Join(dir, "dist"), false)
		_, err := tryPacks(config, Options{})
		if err == nil || !strings.Contains(err.Error(), strings.SplitN(file, "/", 2)[1]) {
			t.Errorf("%s: %v", file, err)
		}
		if d := differ(before, snapshot(t, filepath.Join(dir, "dist"), false)); len(d) > 0 {
			t.Errorf("%s: changed: %v", file, d)
		}
	}
	// A folder that never was a pack.
	dir := t.TempDir()
	config := unpack(t, dir)
	write(t, filepath.Join(dir, "dist/each/a.txt"), "mine")
	if _, err := tryPacks(config, Options{}); err == nil || !strings.Contains(err.Error(), "a.txt") {
		t.Error(err)
	}
}

// A pack without what builds remember, as of a fresh checkout, is known by its
// manifest: files of rules that are gone go, too.
func TestCheckout(t *testing.T) {
	dir := t.TempDir()
	config := unpack(t, dir)
	buildPacks(t, config, Options{})
	if err := os.RemoveAll(filepath.Join(dir, "dist", stateDir)); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(dir, "rules/b.yml")); err != nil {
		t.Fatal(err)
	}
	text := changes(buildPacks(t, config, Options{}))
	if !strings.Contains(text, "removed each/b.txt") {
		t.Error(text)
	}
	if _, err := os.Stat(filepath.Join(dir, "dist/each/b.txt")); err == nil {
		t.Error("the file of a rule that is gone is there")
	}
}

func TestRefused(t *testing.T) {
	dir := t.TempDir()
	config := unpack(t, dir)
	write(t, filepath.Join(dir, "rules/bad.yml"), "title: Bad\nlogsource: {product: windows}\ndetection:\n    sel: {A|contians: x}\n    condition: sel\n")
	write(t, filepath.Join(dir, "rules/worse.yml"), "title: Worse\ndetection: [\n")
	write(t, filepath.Join(dir, "rules/twin.yml"), "title: Twin\nid: 11111111-1111-1111-1111-111111111111\nlogsource: {product: windows}\ndetection:\n    sel: {A: x}\n    condition: sel\n")
	if _, err := tryPacks(config, Options{Strict: true}); err != ErrRefused { //nolint:errorlint // that it is returned is the test
		t.Fatal(err)
	}
	if list := snapshot(t, filepath.Join(dir, "dist"), false); len(list) > 0 {
		t.Errorf("there is %v", sorted(list))
	}
	var told []string
	o := Options{Targets: []string{"each"}, Report: func(m Message) { told = append(told, m.Error.Error()) }}
	first := buildPacks(t, config, o)[0]
	if first.Refused != 3 || first.Rules != 3 {
		t.Errorf("%+v", first.Summary)
	}
	text := strings.Join(told, "\n")
	for _, want := range []string{"bad.yml:4:", "worse.yml:2:", "twin.yml:2:5", `did you mean "contains"`} {
		if !strings.Contains(text, want) {
			t.Errorf("%q lacks %q", text, want)
		}
	}
	data, err := os.ReadFile(filepath.Join(dir, "dist/each", ManifestName))
	if err != nil {
		t.Fatal(err)
	}
	m, err := ParseManifest(data)
	if err != nil || len(m.Refused) != 3 || m.Refused[0].File != "rules/bad.yml" || !strings.HasPrefix(m.Refused[0].Errors[0], "rules/bad.yml:4:") {
		t.Errorf("%v: %+v", err, m.Refused)
	}
	if again := buildPacks(t, config, Options{Targets: []string{"each"}})[0]; again.Summary != first.Summary {
		t.Errorf("the second build says %+v", again.Summary)
	}
}

// TestAmongRules: what is built, the file that says so and tests of rules are no
// rules, though they lie among them.
func TestAmongRules(t *testing.T) {
	for _, output := range []string{"dist", "."} {
		dir := t.TempDir()
		config := unpack(t, dir)
		edit(t, config, "rules: [rules]", `rules: [., "**/*.{yml,yaml,txt}"]
exclude: [names.yml, ports.txt]
output: `+output)
		edit(t, config, "targets:", "targets:\n    yaml: {target: kusto, format: sentinel, settings: {table: T}}")
		write(t, filepath.Join(dir, "rules/a.tests.yml"), "tests: []\n")
		first := buildPacks(t, config, Options{})
		again := buildPacks(t, config, Options{Mode: Check})
		for i, b := range again {
			if b.Rules+b.Refused+b.Unsupported != 3 || b.Summary != first[i].Summary || len(b.Changes) > 0 {
				t.Errorf("%s: %+v, %v; at first %+v", b.Target, b.Summary, b.Changes, first[i].Summary)
			}
		}
	}
}

// TestNamesOfTargets: a target may be called as what a build leaves.
func TestNamesOfTargets(t *testing.T) {
	dir := t.TempDir()
	config := unpack(t, dir)
	edit(t, config, "    each:", "    old-each:")
	edit(t, config, "    app:", "    new-app:")
	buildPacks(t, config, Options{})
	write(t, filepath.Join(dir, "rules/d.yml"), "title: D\nlogsource: {product: windows}\ndetection:\n    sel: {A: x}\n    condition: sel\n")
	for _, b := range buildPacks(t, config, Options{}) {
		if b.Compiled != 1 {
			t.Errorf("%s: %d compiled", b.Target, b.Compiled)
		}
	}
	list, err := os.ReadDir(filepath.Join(dir, "dist"))
	if err != nil || len(list) != 3 {
		t.Errorf("the output folder has %v (%v)", list, err)
	}
}

// TestFileThatComes: a rule that was refused for want of a file is in the pack once
// the file is there.
func TestFileThatComes(t *testing.T) {
	dir := t.TempDir()
	config := unpack(t, dir)
	ports := filepath.Join(dir, "ports.txt")
	data, err := os.ReadFile(ports)
	if err != nil {
		t.Fatal(err)
	}
	first := buildPacks(t, config, Options{})[0]
	if err := os.Remove(ports); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if b := buildPacks(t, config, Options{})[0]; b.Refused != 1 {
			t.Fatalf("without the file: %+v", b.Summary)
		}
	}
	write(t, ports, string(data))
	if b := buildPacks(t, config, Options{})[0]; b.Summary != first.Summary {
		t.Errorf("with the file again: %+v; at first %+v", b.Summary, first.Summary)
	}
}
