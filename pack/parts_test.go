package pack

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sigma-compiler/sigmac/backends/emit"
	"github.com/sigma-compiler/sigmac/internal/golden"
	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func TestSelection(t *testing.T) {
	rule := func(extra string) *sigma.Rule {
		t.Helper()
		r, err := sigma.ParseRule("r.yml", []byte("title: T\nlogsource: {product: windows, category: process_creation}\ndetection:\n    s: {A: x}\n    condition: s\n"+extra))
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	tests := []struct{ selection, rule, why string }{
		{"level: '>=medium'", "level: high", ""},
		{"level: '>=medium'", "", ""}, // without a level it is medium
		{"level: '>medium'", "", "level medium"},
		{"level: '<=low'", "level: informational", ""},
		{"level: [low, critical]", "level: high", "level high"},
		{"level: [low, '>=high']", "level: critical", ""},
		{"status: '>=test'", "status: stable", ""},
		{"status: '>=test'", "status: experimental", "status experimental"},
		{"status: stable", "", "no status"},
		{"tags: attack.t1571", "tags: [attack.t1571]", ""},
		{"tags: attack.T1571", "tags: [attack.t1571]", ""},
		{"tags: [attack.t1021.*]", "tags: [attack.t1021.001]", ""},
		{"tags: [attack.t1021.*]", "tags: [attack.t1021]", "tags"},
		{"tags: [attack.t1021*]", "", "tags"},
		{"without_tags: [detection.*]", "tags: [detection.threat-hunting]", "without_tags"},
		{"without_tags: [detection.*]", "", ""},
		{"date: '>=2024-01-01'", "date: 2024-01-01", ""},
		{"date: '>2024-01-01'", "date: 2024-01-01", "date 2024-01-01"},
		{"date: ['>=2024-01-01', '<2025-01-01']", "date: 2025-01-01", "date 2025-01-01"},
		{"date: '>=2024-01-01'", "date: 2024/05/05", ""},
		{"date: '>=2024-01-01'", "", "no date"},
		{"modified: '>=2024-01-01'", "date: 2025-01-01", ""},
		{"modified: '>=2024-01-01'", "date: 2025-01-01\nmodified: 2023-01-01", "modified 2023-01-01"},
		{"logsource: {product: Windows}", "", ""},
		{"logsource: [{product: linux}, {product: windows, category: process_creation}]", "", ""},
		{"logsource: {product: windows, service: security}", "", "logsource"},
		{"without: [T]", "", "without T"},
		{"without: [AAAAAAAA-1111-1111-1111-111111111111]", "id: aaaaaaaa-1111-1111-1111-111111111111", "without AAAAAAAA-1111-1111-1111-111111111111"},
		{"without: [U]", "name: u", ""},
	}
	for _, tt := range tests {
		r := &reader{file: &sigma.File{Name: "s.yml", Data: []byte(tt.selection)}, left: maxNodes}
		s := r.selection(r.document())
		if len(r.errs) > 0 {
			t.Errorf("%s: %v", tt.selection, r.errs)
			continue
		}
		read := rule(tt.rule)
		if why := s.refuse(&read.Meta, []sigma.LogSource{read.LogSource}); why != tt.why {
			t.Errorf("%s with %q: %q, want %q", tt.selection, tt.rule, why, tt.why)
		}
	}
}

// What is the same in meaning has the same digest, and nothing else has.
func TestMeaning(t *testing.T) {
	digest := func(text string) [32]byte {
		t.Helper()
		r, err := sigma.ParseRule("r.yml", []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		built, err := ir.Build(r)
		if err != nil {
			t.Fatal(err)
		}
		return Meaning(built)
	}
	head := "title: T\nlogsource: {product: windows}\ndetection:\n"
	same := []string{
		head + "    s: {A: [x, y], B|contains: z}\n    condition: s\n",
		head + "    s: {B|contains: z, A: [y, x]}\n    condition: s\n",
		head + "    other: {A: [x, y]}\n    more: {B: '*z*'}\n    condition: more and other\n",
		"title: Words\nid: 11111111-1111-1111-1111-111111111111\nlevel: high\n# more\n" + strings.TrimPrefix(head, "title: T\n") + "    s: {A: [x, y, x], B|contains: z}\n    condition: s\n",
	}
	for _, text := range same {
		if digest(text) != digest(same[0]) {
			t.Errorf("another digest:\n%s", text)
		}
	}
	others := []string{
		head + "    s: {A: [x, y]}\n    condition: s\n",
		head + "    s: {A: [x, y], B|contains: z}\n    condition: not s\n",
		head + "    s: {A: [x, y], B|startswith: z}\n    condition: s\n",
		head + "    s: {A: [x, y], B|contains|cased: z}\n    condition: s\n",
		head + "    s: {A|contains|all: [x, y], B|contains: z}\n    condition: s\n",
		head + "    s: {A|contains: [x, y], B|contains: z}\n    condition: s\n",
		head + "    s: {A: [x, y], B|re: z+}\n    condition: s\n",
		head + "    s: {A: [x, y], B|re|i: z+}\n    condition: s\n",
		head + "    s: {A: 5}\n    condition: s\n",
		head + "    s: {A|gt: 5}\n    condition: s\n",
		head + "    s: {A: null}\n    condition: s\n",
		head + "    s: {A|exists: true}\n    condition: s\n",
		head + "    s: {A|exists: false}\n    condition: s\n",
		head + "    s: {A|fieldref: B}\n    condition: s\n",
		head + "    s: {A|cidr: 10.0.0.0/8}\n    condition: s\n",
		head + "    s: {A|expand: '%x%'}\n    condition: s\n",
		head + "    s: {A|hour: 5}\n    condition: s\n",
		head + "    s: [x, y]\n    condition: s\n",
		strings.Replace(head, "windows", "linux", 1) + "    s: {A: [x, y], B|contains: z}\n    condition: s\n",
	}
	seen := map[[32]byte]string{digest(same[0]): same[0]}
	for _, text := range others {
		d := digest(text)
		if seen[d] != "" {
			t.Errorf("the same digest:\n%s\n%s", text, seen[d])
		}
		seen[d] = text
	}
}

func TestMeaningOfCorrelations(t *testing.T) {
	rule := "title: T\nname: base\nlogsource: {product: windows}\ndetection:\n    s: {A: x}\n    condition: s\n---\n"
	correlation := "title: C\ncorrelation:\n    type: event_count\n    rules: [base]\n    group-by: [User]\n    timespan: 5m\n    condition: {gte: 5}\n"
	digest := func(text string) [32]byte {
		t.Helper()
		docs, err := sigma.Parse("r.yml", []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		set, err := ir.Link(docs, ir.LinkOptions{})
		if err != nil {
			t.Fatal(err)
		}
		return MeaningOf(set.Correlations[0])
	}
	first := digest(rule + correlation)
	if digest(strings.ReplaceAll(rule+correlation, "base", "other")) != first {
		t.Error("names change it")
	}
	for _, change := range []string{"A: x|A: y", "[User]|[Host]", "5m|6m", "gte: 5|gte: 6", "gte: 5|gt: 5", "event_count|temporal"} {
		old, new, _ := strings.Cut(change, "|")
		text := strings.Replace(rule+correlation, old, new, 1)
		if new == "temporal" {
			text = strings.Replace(text, "    condition: {gte: 5}\n", "", 1)
		}
		if digest(text) == first {
			t.Errorf("%s does not", change)
		}
	}
}

func TestArchives(t *testing.T) {
	files := []emit.File{{Path: "a/b.txt", Data: []byte("b")}, {Path: "c", Data: nil}}
	for _, kind := range []string{"zip", "tar.gz", "spl"} {
		one, err := archive(kind, files)
		if err != nil {
			t.Fatal(err)
		}
		two, err := archive(kind, files)
		if err != nil || !bytes.Equal(one, two) {
			t.Errorf("%s: two archives differ (%v)", kind, err)
		}
		var got string
		if kind == "zip" {
			got = readZip(t, one)
		} else {
			got = readTar(t, one)
		}
		if want := "a/b.txt b -rw-r--r-- 1980-01-01\nc  -rw-r--r-- 1980-01-01\n"; got != want {
			t.Errorf("%s has %q, want %q", kind, got, want)
		}
	}
}

func readZip(t *testing.T, data []byte) (text string) {
	r, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range r.File {
		in, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(in)
		if err != nil {
			t.Fatal(err)
		}
		text += fmt.Sprintln(f.Name, string(body), f.Mode(), f.Modified.UTC().Format("2006-01-02"))
	}
	return text
}

func readTar(t *testing.T, data []byte) (text string) {
	z, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil || !z.ModTime.IsZero() || z.Name != "" {
		t.Fatal(err, z)
	}
	for r := tar.NewReader(z); ; {
		h, err := r.Next()
		if err == io.EOF { //nolint:errorlint // Next returns it as it is
			return text
		}
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(r)
		if err != nil || h.Uid+h.Gid != 0 || h.Uname+h.Gname != "" {
			t.Fatal(err, h)
		}
		text += fmt.Sprintln(h.Name, string(body), h.FileInfo().Mode(), h.ModTime.UTC().Format("2006-01-02"))
	}
}

func TestCommits(t *testing.T) {
	one, two := strings.Repeat("1", 40), strings.Repeat("2", 64)
	tests := []struct {
		name  string
		files map[string]string
		want  string
	}{
		{"a branch", map[string]string{".git/HEAD": "ref: refs/heads/main\n", ".git/refs/heads/main": one + "\n"}, one},
		{"detached", map[string]string{".git/HEAD": two + "\n"}, two},
		{"packed", map[string]string{".git/HEAD": "ref: refs/heads/a/b\n", ".git/packed-refs": "# pack-refs\n" + two + " refs/heads/a\n" + one + " refs/heads/a/b\n^" + two + "\n"}, one},
		{"a worktree", map[string]string{".git": "gitdir: real/worktrees/w\n", "real/worktrees/w/HEAD": "ref: refs/heads/w\n", "real/worktrees/w/commondir": "../..\n", "real/refs/heads/w": one}, one},
		{"a submodule", map[string]string{".git": "gitdir: real\n", "real/HEAD": one}, one},
		{"no commit yet", map[string]string{".git/HEAD": "ref: refs/heads/main\n"}, ""},
		{"reftable", map[string]string{".git/HEAD": "ref: refs/heads/.invalid\n"}, ""},
		{"a way out", map[string]string{".git/HEAD": "ref: refs/../../secret\n", "secret": one}, ""},
		{"no commit", map[string]string{".git/HEAD": "ref: refs/heads/main\n", ".git/refs/heads/main": "root:x:0\n"}, ""},
		{"no repository", nil, ""},
	}
	for _, tt := range tests {
		dir := t.TempDir()
		for name, text := range tt.files {
			write(t, filepath.Join(dir, filepath.FromSlash(name)), text)
		}
		if got := make(commits).of(filepath.Join(dir, "deep", "er")); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

// A commit changes the manifest and nothing else, and is nothing to --check.
func TestCommitsInPacks(t *testing.T) {
	dir := t.TempDir()
	config := unpack(t, dir)
	head := filepath.Join(dir, ".git", "HEAD")
	write(t, head, strings.Repeat("1", 40))
	buildPacks(t, config, Options{})
	write(t, head, strings.Repeat("2", 40))
	if text := changes(buildPacks(t, config, Options{Mode: Check})); text != "" {
		t.Errorf("check says %s", text)
	}
	if text := changes(buildPacks(t, config, Options{})); text != "changed each/manifest.json\nchanged app/manifest.json" {
		t.Errorf("changes: %s", text)
	}
	data, err := os.ReadFile(filepath.Join(dir, "dist/each", ManifestName))
	if err != nil || !bytes.Contains(data, []byte(`"commit": "`+strings.Repeat("2", 40))) {
		t.Errorf("%s", data)
	}
	buildPacks(t, config, Options{Commit: "none"})
	if data, err = os.ReadFile(filepath.Join(dir, "dist/each", ManifestName)); err != nil || bytes.Contains(data, []byte(`"commit"`)) {
		t.Errorf("%s", data)
	}
}

func TestManifestGolden(t *testing.T) {
	dir := t.TempDir()
	config := unpack(t, dir)
	write(t, filepath.Join(dir, "rules/bad.yml"), "title: Bad\nlogsource: {product: windows}\ndetection:\n    sel: {A|contians: x}\n    condition: sel\n")
	write(t, filepath.Join(dir, "filter.yml"), filterText)
	edit(t, config, "rules: [rules]", "rules: [rules]\nfilters: [filter.yml]\nselect: {level: '>=medium'}")
	buildPacks(t, config, Options{Tool: Tool{Name: "sigmac", Version: "v1.0.0"}, Commit: "abc", Output: filepath.Join(dir, "out")})
	for _, name := range []string{"each"} { // the bytes of archives are those of Go's version
		got, err := os.ReadFile(filepath.Join(dir, "out", name, ManifestName))
		if err != nil {
			t.Fatal(err)
		}
		golden.Compare(t, *update, filepath.Join("testdata", name+".json"), string(got))
	}
}

// Entries of all rules in one file, and sums of a pack as other programs make them.
func TestJoin(t *testing.T) {
	dir := t.TempDir()
	config := unpack(t, dir)
	edit(t, config, "format: tiny,", "format: tinylist, join: true,")
	built := buildPacks(t, config, Options{Targets: []string{"each"}})
	data, err := os.ReadFile(filepath.Join(dir, "dist/each/my_rules.txt"))
	if err != nil || built[0].Files != 2 || strings.Count(string(data), "1h0m0s") != 2 || !strings.HasPrefix(string(data), "A\n11111111-1111-1111-1111-111111111111\nhigh 5m0s process=") {
		t.Errorf("%v: %+v\n%s", err, built[0].Summary, data)
	}
}

// A correlation is in the pack; the rules that only serve it are not.
func TestCorrelation(t *testing.T) {
	dir := t.TempDir()
	config := unpack(t, dir)
	write(t, filepath.Join(dir, "rules/many.yml"), "title: Many\nlevel: high\ncorrelation:\n    type: event_count\n    rules: [11111111-1111-1111-1111-111111111111]\n    timespan: 5m\n    condition: {gte: 5}\n")
	built := buildPacks(t, config, Options{Targets: []string{"each"}})
	if built[0].LeftOut != 1 || built[0].Rules != 3 {
		t.Errorf("%+v", built[0].Summary)
	}
	old, err := os.ReadFile(filepath.Join(dir, "dist/each/many.txt"))
	if err != nil {
		t.Fatal(err)
	}
	edit(t, filepath.Join(dir, "rules/a.yml"), "a.exe", "z.exe")
	built = buildPacks(t, config, Options{Targets: []string{"each"}})
	now, err := os.ReadFile(filepath.Join(dir, "dist/each/many.txt"))
	if err != nil || bytes.Equal(old, now) || built[0].Compiled != 1 {
		t.Errorf("%v: compiled %d\n%s", err, built[0].Compiled, now)
	}
}

func TestStaleTarget(t *testing.T) {
	dir := t.TempDir()
	config := unpack(t, dir)
	buildPacks(t, config, Options{})
	edit(t, config, "    app:", "    other:")
	told := ""
	buildPacks(t, config, Options{Report: func(m Message) { told += m.Error.Error() }})
	if !strings.Contains(told, "app is of no target any more") {
		t.Error(told)
	}
}
