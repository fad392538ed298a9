package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/sigma-compiler/sigmac/internal/shared"
	"github.com/sigma-compiler/sigmac/sigma"
)

// madeSide returns a side with these files, path and text by turns.
func madeSide(files ...string) *side {
	s := &side{set: true}
	for i := 0; i < len(files); i += 2 {
		s.files = append(s.files, sideFile{rel: files[i], path: files[i], file: &sigma.File{Name: files[i], Data: []byte(files[i+1])}})
	}
	return s
}

func changesOf(old, new *side) []*change {
	load(old, new, 2, false)
	var out []*change
	for _, p := range pairEntries(old, new) {
		out = append(out, p.decide())
	}
	relate(out, new)
	return out
}

func madeRule(title, id, value string) string {
	if id != "" {
		id = "id: 00000000-0000-4000-8000-" + id + "\n"
	}
	return fmt.Sprintf("title: %q\n%slogsource: {product: x}\ndetection: {s: {f: %s}, condition: s}\n", title, id, value)
}

// TestPairs pairs rules by what they have in common.
func TestPairs(t *testing.T) {
	const one, two = "000000000001", "000000000002"
	for _, c := range []struct {
		name     string
		old, new []string
		want     string // old path and title, new path and title
	}{
		{"by id", []string{"a.yml", madeRule("A", one, "x")}, []string{"b.yml", madeRule("B", one, "x")}, "a.yml A = b.yml B"},
		{"by id before path", []string{"a.yml", madeRule("A", one, "x"), "b.yml", madeRule("B", two, "x")},
			[]string{"a.yml", madeRule("A", two, "x"), "b.yml", madeRule("B", one, "x")}, "b.yml B = a.yml A; a.yml A = b.yml B"},
		{"an id twice by path", []string{"a.yml", madeRule("A", one, "x"), "b.yml", madeRule("B", one, "x")},
			[]string{"b.yml", madeRule("B", one, "x")}, "a.yml A = ; b.yml B = b.yml B"},
		{"by path and title", []string{"a.yml", madeRule("A", "", "x") + "---\n" + madeRule("B", "", "x")},
			[]string{"a.yml", madeRule("B", "", "x") + "---\n" + madeRule("A", "", "x")}, "a.yml B = a.yml B; a.yml A = a.yml A"},
		{"by path alone", []string{"a.yml", madeRule("A", "", "x")}, []string{"a.yml", madeRule("B", one, "x")}, "a.yml A = a.yml B"},
		{"by title", []string{"a.yml", madeRule("A", "", "x")}, []string{"b.yml", madeRule("A", "", "x")}, "a.yml A = b.yml A"},
		{"not by a title of several", []string{"a.yml", madeRule("A", "", "x"), "b.yml", madeRule("A", "", "y")},
			[]string{"c.yml", madeRule("A", "", "x")}, "a.yml A = ; b.yml A = ;  = c.yml A"},
		{"an id that is new", []string{"a.yml", madeRule("A", one, "x")}, []string{"b.yml", madeRule("B", two, "x")}, "a.yml A = ;  = b.yml B"},
		{"what cannot be read, by path", []string{"a.yml", "a: [\n"}, []string{"a.yml", madeRule("A", one, "x")}, "a.yml  = a.yml A"},
	} {
		var got []string
		for _, x := range changesOf(madeSide(c.old...), madeSide(c.new...)) {
			name := func(e *located) string {
				if e == nil {
					return ""
				}
				return e.rel + " " + e.meta().Title
			}
			got = append(got, name(x.old)+" = "+name(x.new))
		}
		if text := strings.Join(got, "; "); text != c.want {
			t.Errorf("%s: %s, want %s", c.name, text, c.want)
		}
	}
}

// TestDiffCorpus compares SigmaHQ's rules with themselves: as they are, which
// takes no comparison at all, and with a comment in each file, which takes all.
func TestDiffCorpus(t *testing.T) {
	root := shared.Path(t, "corpus", "sigmahq")
	folders, err := filepath.Glob(filepath.Join(root, "rules*"))
	if err != nil {
		t.Fatal(err)
	}
	names, err := sigma.Files(folders...)
	if err != nil {
		t.Fatal(err)
	}
	var files, other []string
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, name, string(text))
		other = append(other, name, string(text)+"\n# a comment\n")
	}
	for _, new := range [][]string{files, other} {
		var sum changeTally
		for _, c := range changesOf(madeSide(files...), madeSide(new...)) {
			sum.add(c)
		}
		if n := len(names); sum.of[unchanged] < n || sum.of[unchanged] != sum.of[unchanged]+sum.meant() {
			t.Errorf("%d files: %s", n, sum.String())
		}
	}
}

// hostileTexts are texts that want to be more than text where they are shown.
var hostileTexts = []string{
	"</details><script>alert(1)</script>", "`x` **b** @octocat #1", "``` \n```\n# heading", "a\n\n- [ ] item\n![](http://example.com/x)",
	"``a```b````", "`", "\\` @octocat", "\x1b[2J\u202eevil", "::error file=x::y", "##[error]x", "| a | b |\n|---|---|", "[x](javascript:y)", "&lt;b&gt;", "$`x`$",
}

// code matches what stands in code of Markdown on one line: between as many
// backticks as stand before it.
func withoutCode(s string) string {
	var out strings.Builder
	for s != "" {
		i := strings.IndexByte(s, '`')
		if i < 0 {
			break
		}
		out.WriteString(s[:i])
		rest := strings.TrimLeft(s[i:], "`")
		fence := s[i : len(s)-len(rest)]
		end := -1
		for _, at := range regexp.MustCompile("`+").FindAllStringIndex(rest, -1) {
			if at[1]-at[0] == len(fence) {
				end = at[0]
				break
			}
		}
		if end < 0 {
			out.WriteString(fence)
			s = rest
			continue
		}
		out.WriteString("<code>")
		s = rest[end+len(fence):]
	}
	return out.String() + s
}

// TestDiffHostile shows rules whose texts are hostile: each text stays in code,
// and each line of an annotation or for a terminal is what it seems.
func TestDiffHostile(t *testing.T) {
	for _, text := range hostileTexts {
		old := madeSide("a.yml", madeRule(text, "000000000001", fmt.Sprintf("%q", text)), "b.yml", madeRule("B", "000000000002", "x"))
		new := madeSide("a.yml", madeRule(text+text, "000000000001", fmt.Sprintf("%q", text+"x")), "b.yml", madeRule(text, "000000000002", "x"))
		changes := changesOf(old, new)
		if len(changes) != 2 || changes[0].kind != ruleIncomparable || changes[1].kind != ruleWords {
			t.Fatalf("%q: %v", text, changes)
		}
		checkMarkdown(t, changes)
		if s := changesText(changes); strings.ContainsAny(s, "\x1b\u202e") {
			t.Errorf("%q is printed as %q", text, s)
		}
		var b bytes.Buffer
		if err := annotate(&b, changeAnnotations(changes)); err != nil {
			t.Fatal(err)
		}
		for l := range strings.Lines(b.String()) {
			if !strings.HasPrefix(l, "::warning file=") && !strings.HasPrefix(l, "::notice file=") {
				t.Errorf("%q is annotated as %q", text, l)
			}
		}
	}
}

// markdownLine matches the lines that a comment has, texts of rules left out.
var markdownLine = regexp.MustCompile(`^(### Sigma: [0-9a-z ,;:]+|\*\*[A-Za-z ,:]+\*\* \(\d+\)|- <code> in <code>|  - <code>|  </?details>(<summary>[A-Za-z ]+</summary>)?|)$`)

func checkMarkdown(t *testing.T, changes []*change) {
	t.Helper()
	var b strings.Builder
	var sum changeTally
	for _, c := range changes {
		sum.add(c)
	}
	if err := writeChangesMarkdown(&b, changes, &sum); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(b.String(), "\n")
	for i := 0; i < len(lines); i++ {
		if fence, ok := strings.CutSuffix(lines[i], "json"); ok && strings.Trim(fence, " `") == "" {
			if i += 2; lines[i] != fence || strings.HasPrefix(strings.TrimSpace(lines[i-1]), "`") {
				t.Errorf("a block is not closed: %q", lines[i-2:i+1])
			}
			continue
		}
		if l := withoutCode(lines[i]); !markdownLine.MatchString(l) {
			t.Errorf("%q is in the comment", lines[i])
		}
	}
}

// TestDiffLong bounds a comment, whatever there is to tell.
func TestDiffLong(t *testing.T) {
	var old, new []string
	for i := range 400 {
		name, id := fmt.Sprintf("%03d.yml", i), fmt.Sprintf("%012d", i)
		old = append(old, name, madeRule("A", id, "x"))
		new = append(new, name, madeRule("A", id, "x"+strings.Repeat("y", i)))
	}
	changes := changesOf(madeSide(old...), madeSide(new...))
	var b strings.Builder
	var sum changeTally
	for _, c := range changes {
		sum.add(c)
	}
	if err := writeChangesMarkdown(&b, changes, &sum); err != nil {
		t.Fatal(err)
	}
	told := regexp.MustCompile(`(?m)^(\d+) more are not shown here`).FindStringSubmatch(b.String())
	if b.Len() > maxMarkdown+200 || told == nil {
		t.Fatalf("%d bytes, %v", b.Len(), told)
	}
	if n := fmt.Sprint(399 - strings.Count(b.String(), "\n- `")); told[1] != n {
		t.Errorf("%s are said not to be shown, %s are not", told[1], n)
	}
}

func TestCutRevisions(t *testing.T) {
	for spec, want := range map[string][]string{
		"HEAD": {"HEAD", "", ""}, "a..b": {"a", "b", ".."}, "a...b": {"a", "b", "..."}, "a..": {"a", "HEAD", ".."}, "...b": {"HEAD", "b", "..."}, "v1.0": {"v1.0", "", ""},
	} {
		a, b, dots := cutRevisions(spec)
		if got := []string{a, b, dots}; !slices.Equal(got, want) {
			t.Errorf("%s: %q", spec, got)
		}
	}
}
