package pack

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/sigma-compiler/sigmac/backends/emit"
	"github.com/sigma-compiler/sigmac/backends/splunk"
)

// The tests have formats of their own: one makes a file of each entry, the other
// two files of all.
func TestMain(m *testing.M) {
	settings := append(emit.ContentSettings("1h", "0", "0"), emit.Setting{Name: "key.", Open: true})
	entry := func(j *emit.Job, e *emit.Entry) string {
		return fmt.Sprintf("%s\n%s\n%s %s %s", e.Title, e.ID, e.Level, e.Schedule.Every, e.Query)
	}
	splunk.Backend.Formats = append(splunk.Backend.Formats,
		emit.Format{Name: "tiny", Content: &emit.Content{Entry: entry, Ext: ".txt", Settings: settings}},
		emit.Format{Name: "tinylist", Content: &emit.Content{Entry: entry, Ext: ".txt", Settings: settings, Join: emit.JoinTexts}},
		emit.Format{Name: "tinyapp", Content: &emit.Content{Entry: entry, Ext: ".txt", Settings: settings, Files: tinyApp}})
	if len(os.Args) == 4 && os.Args[1] == "build-and-stop" {
		os.Exit(buildAndStop(os.Args[2], os.Args[3]))
	}
	os.Exit(m.Run())
}

func tinyApp(p *emit.Pack) ([]emit.File, error) {
	var list, values strings.Builder
	for _, e := range p.Entries {
		fmt.Fprintf(&list, "[%s]\n%s\n", e.Stem, e.Text)
	}
	for _, l := range p.Lists {
		fmt.Fprintf(&values, "%s=%s\n", l.Name, strings.Join(l.Values, ","))
	}
	for _, m := range p.Macros {
		fmt.Fprintf(&values, "[%s]\n%s\n", m.Name, m.Definition)
	}
	return []emit.File{
		{Path: p.Name + "/rules.conf", Data: []byte(list.String())},
		{Path: p.Name + "/about.conf", Data: []byte(p.Title + " " + p.Version + "\n" + values.String())},
	}, nil
}

// rules are what most tests pack.
const rules = `
-- sigmac.yml --
name: my_rules
title: My rules
version: 1.2.3
rules: [rules]
lists:
    admins: [root, admin]
targets:
    each: {target: splunk, format: tiny, pipelines: [names.yml], levels: {high: {every: 5m}}}
    app: {target: splunk, format: tinyapp, archive: tar.gz, macros: {sysmon: index=main}}
-- names.yml --
name: names
transformations:
  - id: image
    type: field_name_mapping
    mapping: {Image: process}
  - id: ports
    type: file_placeholders
    include: [ports]
    path: ports.txt
    format: plaintext
-- ports.txt --
4444
-- rules/a.yml --
title: A
id: 11111111-1111-1111-1111-111111111111
level: high
logsource: {product: windows}
detection:
    sel: {Image: a.exe}
    condition: sel
-- rules/b.yml --
title: B
level: low
logsource: {product: windows}
detection:
    sel: {Port|expand: "%ports%"}
    condition: sel
-- rules/deep/c.yml --
title: C
logsource: {product: linux}
detection:
    sel: {User|expand: "%admins%"}
    condition: sel
`

// unpack writes the file and its rules into a folder.
func unpack(t testing.TB, dir string) string {
	t.Helper()
	for _, f := range txtar.Parse([]byte(rules)).Files {
		write(t, filepath.Join(dir, filepath.FromSlash(f.Name)), string(f.Data))
	}
	return filepath.Join(dir, FileName)
}

func write(t testing.TB, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}

// edit replaces a text in a file.
func edit(t testing.TB, path, old, new string) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil || !strings.Contains(string(data), old) {
		t.Fatalf("%s has no %q (%v)", path, old, err)
	}
	write(t, path, strings.Replace(string(data), old, new, 1))
}

// build builds the packs of a file, and fails the test where that fails.
func buildPacks(t testing.TB, config string, o Options) []*Built {
	t.Helper()
	out, err := tryPacks(config, o)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func tryPacks(config string, o Options) ([]*Built, error) {
	c, err := ReadConfig(config)
	if err != nil {
		return nil, err
	}
	return c.Build(context.Background(), o)
}

// A seen is what a folder has: by path the digest and the time of files.
type seen map[string]string

// snapshot returns what is in a folder, without what builds remember.
func snapshot(t testing.TB, dir string, times bool) seen {
	t.Helper()
	out := make(seen)
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, _ := filepath.Rel(dir, path)
		if d.IsDir() {
			if d.Name() == stateDir && !times {
				return fs.SkipDir
			}
			return nil
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		out[filepath.ToSlash(rel)] = fmt.Sprintf("%x", sha256.Sum256(data))
		if info, err := d.Info(); err == nil && times {
			out[filepath.ToSlash(rel)] += info.ModTime().String()
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// differ returns the names of what two snapshots do not have in common.
func differ(a, b seen) []string {
	var out []string
	for _, name := range slices.Compact(slices.Sorted(slices.Values(slices.Concat(sorted(a), sorted(b))))) {
		if a[name] != b[name] {
			out = append(out, name)
		}
	}
	return out
}

// leftovers returns what a build that ended left of its work.
func leftovers(t testing.TB, out string) []string {
	t.Helper()
	list, err := os.ReadDir(filepath.Join(out, stateDir))
	if err != nil {
		return nil
	}
	var names []string
	for _, d := range list {
		if strings.HasPrefix(d.Name(), newPrefix) || strings.HasPrefix(d.Name(), oldPrefix) {
			names = append(names, d.Name())
		}
	}
	return names
}

// kinds lists the changes of packs.
func changes(list []*Built) string {
	var out []string
	for _, b := range list {
		for _, c := range b.Changes {
			out = append(out, c.Kind+" "+b.Target+"/"+c.Path)
		}
	}
	return strings.Join(out, "\n")
}
