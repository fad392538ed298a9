package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/klauspost/compress/zstd"

	"github.com/sigma-compiler/sigmac/internal/shared"
)

// matched is a line of eval's output.
type matched struct {
	Rule  struct{ ID string }
	Event struct {
		File  string
		Index int
		Line  *int
	}
	Fields map[string]any
}

// runEval runs eval and returns the matches.
func runEval(t *testing.T, stdin string, args ...string) []matched {
	t.Helper()
	s := newSandbox(stdin)
	if code := s.run(append([]string{"eval", "-q"}, args...)); code != 0 {
		t.Fatalf("exit %d: %.2000s", code, s.stderr.String())
	}
	var out []matched
	for line := range strings.Lines(s.stdout.String()) {
		var m matched
		if err := json.Unmarshal([]byte(line), &m); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		out = append(out, m)
	}
	return out
}

// TestRegressionData runs SigmaHQ's rules over the events that it has for
// them, as event logs and as JSON, with and without the log source: each rule
// must match its own.
func TestRegressionData(t *testing.T) {
	root := shared.Path(t, "corpus", "sigmahq")
	want := regressionRules(t, filepath.Join(root, "regression_data"))
	var rules []string
	for _, dir := range []string{"rules", "rules-emerging-threats", "rules-threat-hunting", "rules-dfir", "rules-compliance"} {
		if path := filepath.Join(root, dir); isDir(path) {
			rules = append(rules, "-r", path)
		}
	}
	for _, ext := range []string{".evtx", ".json"} {
		for _, source := range []string{"off", "auto"} {
			args := append([]string{"-s", "--logsource", source}, rules...)
			for stem := range want {
				args = append(args, stem+ext)
			}
			got := make(map[string]map[string]bool)
			for _, m := range runEval(t, "", args...) {
				stem := strings.TrimSuffix(m.Event.File, ext)
				if got[stem] == nil {
					got[stem] = make(map[string]bool)
				}
				got[stem][m.Rule.ID] = true
				if (m.Event.Line == nil) != (ext == ".evtx") {
					t.Errorf("%+v", m)
				}
			}
			fired := 0
			for stem, ids := range want {
				for _, id := range ids {
					if got[stem][id] {
						fired++
					} else {
						t.Errorf("--logsource %s: rule %s does not match %s%s", source, id, stem, ext)
					}
				}
			}
			t.Logf("--logsource %s: %d rules match their %s", source, fired, ext)
		}
	}
}

func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// regressionRules returns the IDs of the rules that must match a file, by the
// path of the file without extension.
func regressionRules(t *testing.T, root string) map[string][]string {
	t.Helper()
	want := make(map[string][]string)
	err := filepath.WalkDir(root, func(path string, _ fs.DirEntry, err error) error {
		if filepath.Base(path) != "info.yml" {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		var ids []string
		_, list, _ := strings.Cut(string(data), "rule_metadata:")
		for line := range strings.Lines(list) {
			if id, ok := strings.CutPrefix(strings.TrimSpace(line), "- id: "); ok {
				ids = append(ids, id)
			}
		}
		logs, err := filepath.Glob(filepath.Join(filepath.Dir(path), "*.evtx"))
		for _, log := range logs {
			want[strings.TrimSuffix(log, ".evtx")] = ids
		}
		return err
	})
	if err != nil || len(want) < 100 {
		t.Fatalf("%d files, error %v", len(want), err)
	}
	return want
}

// manyEvents returns JSON lines, of which some are wrong and some match.
func manyEvents(n int) string {
	var b strings.Builder
	for i := range n {
		switch i % 7 {
		case 3:
			fmt.Fprintf(&b, "{\"Image\":\"image%d\",\"n\":%d,\"x\":\"%s\"}\n", i%3, i, strings.Repeat("y", i%5*700))
		case 5:
			b.WriteString("not json\n")
		default:
			fmt.Fprintf(&b, "{\"Image\":\"none\",\"x\":\"%s\"}\n", strings.Repeat("z", i%11*50))
		}
	}
	return b.String()
}

// The output of eval is the same whatever the number of jobs, on both streams.
func TestEvalOrderIsStable(t *testing.T) {
	dir := writeRules(t, map[string]string{
		"rules/0.yml": rule("image0"), "rules/1.yml": rule("image1"), "rules/any.yml": rule("image*"),
		"a.json": manyEvents(9_000), "b.json": manyEvents(3_000), "c.json": "[" + strings.Repeat("{\"Image\":\"image0\"},\n", 30_000) + "{}]",
	})
	path := func(name string) string { return filepath.Join(dir, name) }
	for _, format := range []string{"jsonl", "table"} {
		var want *sandbox
		for _, jobs := range []string{"1", "2", "8", "64"} {
			s := newSandbox("")
			if code := s.run([]string{"eval", "-j", jobs, "--format", format, "-r", path("rules"), path("a.json"), path("b.json"), path("c.json"), path("b.json")}); code != 0 {
				t.Fatalf("-j %s: exit %d: %s", jobs, code, s.stderr.String())
			}
			if want == nil {
				want = s
			}
			if s.stdout.String() != want.stdout.String() || s.stderr.String() != want.stderr.String() {
				t.Errorf("%s: -j %s gives another output than -j 1", format, jobs)
			}
		}
		if text := want.stderr.String(); !strings.Contains(text, "/a.json: error: 1185 more events that cannot be read are not shown") ||
			!strings.HasSuffix(text, "matches in 42860 events; 2141 events could not be read\n") {
			t.Errorf("stderr ends with %q", text[max(0, len(text)-200):])
		}
	}
}

// Many large matches of one event are handed on in parts, and so is their
// memory: the output is that of one piece.
func TestEvalParts(t *testing.T) {
	rules := map[string]string{}
	for i := range 30 {
		rules[fmt.Sprintf("rules/%02d.yml", i)] = rule("image*")
	}
	dir := writeRules(t, rules)
	big := `{"Image":"image` + strings.Repeat("x", 300_000) + "\"}\n"
	s := newSandbox(`{"Image":"image"}` + "\n" + big + big + `{"Image":"image"}` + "\n")
	if code := s.run([]string{"eval", "-r", filepath.Join(dir, "rules"), "--include-event"}); code != 0 {
		t.Fatalf("exit %d: %s", code, s.stderr.String())
	}
	n := 0
	for line := range strings.Lines(s.stdout.String()) {
		var m matched
		if err := json.Unmarshal([]byte(line), &m); err != nil || m.Event.Index != n/30 || *m.Event.Line != n/30+1 {
			t.Fatalf("match %d: %v, %+v", n, err, m.Event)
		}
		n++
	}
	if n != 120 || !strings.HasPrefix(s.stderr.String(), "120 matches in 4 events\n") {
		t.Errorf("%d matches, %s", n, s.stderr.String())
	}
}

// Each match names its event: its index among those that can be read, and the
// line.
func TestEvalIndex(t *testing.T) {
	dir := writeRules(t, map[string]string{"r.yml": rule("image*")})
	index := -1
	next := 0
	got := runEval(t, manyEvents(20_000), "-r", filepath.Join(dir, "r.yml"))
	for i := range 20_000 {
		if i%7 != 5 {
			index++
		}
		if i%7 != 3 {
			continue
		}
		if next == len(got) || got[next].Event.Index != index || *got[next].Event.Line != i+1 {
			t.Fatalf("match %d is wrong, not event %d on line %d", next, index, i+1)
		}
		next++
	}
	if next != len(got) {
		t.Errorf("%d matches, want %d", len(got), next)
	}
}

// Compressed events are the same, whatever the name of the file.
func TestEvalCompressed(t *testing.T) {
	dir := writeRules(t, map[string]string{"r.yml": rule("image*")})
	text := manyEvents(5_000)
	want := runEval(t, text, "-r", filepath.Join(dir, "r.yml"))
	var zipped, packed bytes.Buffer
	z := gzip.NewWriter(&zipped)
	p, err := zstd.NewWriter(&packed)
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range []io.WriteCloser{z, p} {
		if _, err := io.WriteString(w, text); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
	}
	for name, data := range map[string][]byte{"gzip": zipped.Bytes(), "zstd": packed.Bytes(), "two of gzip": append(slices.Clone(zipped.Bytes()), zipped.Bytes()...)} {
		got := runEval(t, string(data), "-r", filepath.Join(dir, "r.yml"))
		if n := len(want) * (1 + strings.Count(name, "two")); len(got) != n || got[5].Event != want[5].Event && *got[5].Event.Line != *want[5].Event.Line {
			t.Errorf("%s: %d matches, want %d", name, len(got), n)
		}
	}
	s := newSandbox(zipped.String()[:zipped.Len()/2])
	if code := s.run([]string{"eval", "-r", filepath.Join(dir, "r.yml")}); code != exitUsage {
		t.Errorf("a file that is cut off: exit %d", code)
	}
	if !strings.Contains(s.stderr.String(), "-: error: cannot read the events: unexpected EOF [unreadable]") || !strings.Contains(s.stdout.String(), `"index":`) {
		t.Errorf("a file that is cut off: %s", s.stderr.String())
	}
}

func TestEvalOutputFails(t *testing.T) {
	dir := writeRules(t, map[string]string{"r.yml": rule("image*")})
	for _, c := range []struct {
		err  error
		want string
	}{
		{syscall.EPIPE, ""},
		{io.ErrShortWrite, "sigmac: cannot write the output: short write\n"},
	} {
		for _, command := range []string{"eval", "explain"} {
			s := newSandbox(strings.ReplaceAll(manyEvents(50_000), "not json\n", ""))
			s.out = &failingWriter{10_000, c.err}
			if code := s.run([]string{command, "-r", filepath.Join(dir, "r.yml")}); code != exitUsage || s.stderr.String() != c.want {
				t.Errorf("%s, %v: exit %d, stderr %q, want %q", command, c.err, code, s.stderr.String(), c.want)
			}
		}
	}
}

func TestEvalTerminalInput(t *testing.T) {
	dir := writeRules(t, map[string]string{"r.yml": rule("a")})
	s := newSandbox("{}")
	s.inTerm = true
	if code := s.run([]string{"eval", "-r", filepath.Join(dir, "r.yml")}); code != exitUsage || !strings.Contains(s.stderr.String(), "there are no events to read (name files") {
		t.Errorf("exit %d: %s", code, s.stderr.String())
	}
}

// What an event says cannot move a terminal's cursor or break a line.
func TestEvalIsPrintable(t *testing.T) {
	dir := writeRules(t, map[string]string{"r.yml": rule("'*'")})
	for _, args := range [][]string{{"eval"}, {"eval", "--format", "table"}, {"eval", "--include-event"}, {"explain"}} {
		s := newSandbox("{\"Image\":\"a\\u001b[2J\\nb\\u2028\u202e\"}\n\x1b[2J\n")
		s.run(append(args, "-r", filepath.Join(dir, "r.yml")))
		all := s.stdout.String() + s.stderr.String()
		if strings.ContainsRune(all, '\x1b') || args[0] == "eval" && strings.Count(s.stdout.String(), "\n") > 2 {
			t.Errorf("%v: %q", args, all)
		}
	}
}

func TestTuneEval(t *testing.T) {
	for _, set := range []string{"", "GOGC", "GOMEMLIMIT"} {
		tuned := ""
		tuneEval(func(name string) (string, bool) { return "", name == set },
			func(int) int { tuned += "GOGC "; return 0 }, func(int64) int64 { tuned += "GOMEMLIMIT "; return 0 })
		if want := strings.ReplaceAll("GOGC GOMEMLIMIT ", set+" ", ""); set != "" && tuned != want || set == "" && tuned != "GOGC GOMEMLIMIT " {
			t.Errorf("with %s set by the user: tuned %s", set, tuned)
		}
	}
}
