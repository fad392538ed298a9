package pack

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/sigma-compiler/sigmac/sigma"
)

const target = "targets: {splunk: {format: tiny}}\n"

func TestConfigErrors(t *testing.T) {
	head := "name: x\nrules: [r]\n"
	tests := []struct{ text, want string }{
		{"", "1:1: the file is empty"},
		{"- a", "1:1: the file must be a mapping, not a list"},
		{"a: b: c", "1:1: mapping values are not allowed"},
		{"name: x\n---\nname: y\n", "more than one YAML document"},
		{"rules: [r]\n" + target, "1:1: the pack has no name"},
		{"name: a b\nrules: [r]\n" + target, `1:7: "a b" cannot be the name of a folder`},
		{"name: CON\nrules: [r]\n" + target, `1:7: "CON" cannot be`},
		{"name: x\n" + target, "1:1: the file names no rules"},
		{head, "1:1: the file names no targets"},
		{head + "targets: {}\n", "3:10: the file names no targets"},
		{head + "targets: {splunk: {format: tiny}, Splunk: {target: splunk, format: tiny}}\n", "3:35: the target of line 3 has the same name"},
		{head + "tragets: {}\n" + target, `3:1: the file has no key "tragets" (did you mean "targets"?)`},
		{head + "name: y\n" + target, `3:1: the file has the key "name" twice: it is in line 1, too`},
		{head + "version: 1.2\n" + target, `3:10: "1.2" is no version`},
		{head + "outside: maybe\n" + target, `3:10: outside must be true or false, not "maybe"`},
		{head + "output: ../x\n" + target, `3:9: the path "../x" leads out of the folder of the file (write outside: true`},
		{"name: x\nrules: [r, ../s, /etc]\n" + target, `2:12: the path "../s" leads out`},
		{"name: x\nrules: [r, ../s, /etc]\n" + target, `2:18: the path "/etc" leads out`},
		{"name: x\nrules: ['a[']\n" + target, `2:9: "a[" is no glob`},
		{"name: x\nrules: {a: b}\n" + target, `2:8: an entry of rules must be one value, not a mapping`},
		{"name: x\nrules: ['']\n" + target, `2:9: an entry of rules is empty`},
		{head + "filter_polarity: matches\n" + target, `3:18: "matches" is no value of filter_polarity (did you mean "match"?)`},
		{head + "lists: {a-b: [x], c: []}\n" + target, `3:9: "a-b" cannot be the name of a placeholder`},
		{head + "lists: {a-b: [x], c: []}\n" + target, `3:19: the list c has no values`},
		{head + "select: {level: '>=hihg'}\n" + target, `3:17: there is no level "hihg" (did you mean "high"?)`},
		{head + "select: {level: '>critical'}\n" + target, `3:17: no rule has a level >critical`},
		{head + "select: {level: ['>=medium', <high]}\n" + target, `3:30: level is compared twice, with >=medium and <high (write the list`},
		{head + "targets: {splunk: {format: tinyapp, macros: {'m(1)': x}}}\n", `3:46: "m(1)" cannot be the name of a macro`},
		{head + "select: {status: [stabel]}\n" + target, `3:19: there is no status "stabel"`},
		{head + "select: {tags: ['[']}\n" + target, `3:17: "[" is neither a tag nor a glob`},
		{head + "select: {date: yesterday}\n" + target, `3:16: "yesterday" is no date`},
		{head + "select: {logsource: {prodct: windows}}\n" + target, `3:22: logsource has no key "prodct" (did you mean "product"?)`},
		{head + "targets: {splnk: {format: tiny}}\n", `3:11: there is no target "splnk" (did you mean "splunk"?)`},
		{head + "targets: {a: {target: splnk}}\n", `3:23: there is no target "splnk"`},
		{head + "targets: {splunk: {format: tinyy}}\n", `3:28: splunk has no format "tinyy" (did you mean "tiny"?)`},
		{head + "targets: {splunk: {}}\n", `3:11: the format default of splunk is for queries alone (there are `},
		{head + "targets: {splunk: {format: tiny, method: slow}}\n", `3:42: splunk has no correlation method "slow"`},
		{head + "targets: {splunk: {format: tiny, settings: {evry: 5m}}}\n", `3:45: splunk has no setting "evry" (did you mean "every"?)`},
		{head + "targets: {splunk: {format: tiny, settings: {enabled: maybe}}}\n", `3:45: "maybe" is no value of the setting enabled`},
		{head + "targets: {splunk: {format: tiny, settings: {every: [5m]}}}\n", `3:52: every must be one value, not a list`},
		{head + "targets: {splunk: {format: tiny, levels: {hgh: {every: 5m}}}}\n", `3:43: "hgh" is no value of level`},
		{head + "targets: {splunk: {format: tiny, levels: {high: {evry: 5m}}}}\n", `3:50: splunk has no setting "evry"`},
		{head + "targets: {splunk: {format: tiny, rules: {A rule: {evry: 5m}}}}\n", `3:51: splunk has no setting "evry"`},
		{head + "targets: {splunk: {format: tiny, unknown_fields: eror}}\n", `3:50: "eror" is no value of unknown_fields (did you mean "error"?)`},
		{head + "targets: {splunk: {format: tiny, archive: rar}}\n", `3:43: "rar" is no value of archive`},
		{head + "targets: {splunk: {format: tiny, macros: {a: b}}}\n", `3:42: the format tiny of splunk has no macros`},
		{head + "targets: {splunk: {format: tinyapp, macros: {a b: b}}}\n", `3:46: "a b" cannot be the name of a macro`},
		{head + "targets: {splunk: {format: tiny, join: true}}\n", `3:40: the format tiny of splunk cannot have all rules in one file`},
		{head + "targets: {splunk: {format: tiny, pipelines: [../p.yml]}}\n", `3:46: the path "../p.yml" leads out`},
		{head + "targets: {splunk: {format: tiny, schema: ['splunk:../p.csv']}}\n", `3:43: the path "../p.csv" leads out`},
		{"name: &n x\nrules: [*n, *m]\n" + target, "unknown anchor 'm' referenced"},
		{"a: &a {<<: *a}\n", "the file"},
		{strings.Repeat("#", maxConfig+1), "1:1: the file has more than 1048576 bytes"},
		{bomb(), "the file has more than 100000 values, those of aliases counted"},
	}
	for _, tt := range tests {
		_, err := ParseConfig(&sigma.File{Name: "sigmac.yml", Data: []byte(tt.text)}, ".")
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%.200q\n\tgives %.300v\n\twant  %s", tt.text, err, tt.want)
			continue
		}
		for _, e := range sigma.Errors(err) {
			if e.Line == 0 || e.Col == 0 {
				t.Errorf("%.200q: no place: %v", tt.text, e)
			}
		}
	}
}

// bomb is a file whose aliases make far more values than it has.
func bomb() string {
	var b strings.Builder
	b.WriteString("name: x\nrules: [r]\nselect:\n  without: [")
	b.WriteString(strings.Repeat("a,", 1000) + "]\nlists:\n  a0: &a0 [" + strings.Repeat("x,", 1000) + "x]\n")
	for i := range 200 {
		fmt.Fprintf(&b, "  a%d: *a0\n", i+1)
	}
	return b.String() + target
}

func TestConfig(t *testing.T) {
	c, err := ParseConfig(&sigma.File{Name: "sigmac.yml", Data: []byte(`
base: &base
`)}, ".")
	if err == nil {
		t.Fatal("base is a key", c)
	}
	c, err = ParseConfig(&sigma.File{Name: "sigmac.yml", Data: []byte(`
name: x
rules: r
lists: {b: [1, true], a: x}
targets:
  one: &one
    target: splunk
    format: tinyapp
    settings: &s {every: 5m, key.x: 1.50}
    macros: {m2: a, m1: b}
  two:
    <<: *one
    settings: {<<: *s, every: 1h}
    archive: spl
`)}, "dir")
	if err != nil {
		t.Fatal(err)
	}
	if c.Title != "x" || c.Version != "1.0.0" || c.Output != "dist" || len(c.Rules) != 1 || c.Lists[0].Name != "a" || c.Lists[1].Values[0] != "1" {
		t.Errorf("%+v", c)
	}
	one, two := c.Targets[0], c.Targets[1]
	if one.Settings["every"] != "5m" || two.Settings["every"] != "1h" || two.Settings["key.x"] != "1.50" || two.Archive != "spl" || one.Archive != "" || two.Macros[0].Name != "m1" {
		t.Errorf("%+v\n%+v", one, two)
	}
}

// No link leads out of the folder unless the file says so.
func TestLinks(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("links need a right of their own")
	}
	dir := t.TempDir()
	config := unpack(t, filepath.Join(dir, "in"))
	write(t, filepath.Join(dir, "out/secret.yml"), "title: Secret\nlogsource: {product: windows}\ndetection:\n    sel: {A: x}\n    condition: sel\n")
	write(t, filepath.Join(dir, "out/p.yml"), "name: p\n")
	for from, to := range map[string]string{"in/rules/link.yml": "../../out/secret.yml", "in/p.yml": "../out/p.yml"} {
		if err := os.Symlink(to, filepath.Join(dir, from)); err != nil {
			t.Fatal(err)
		}
	}
	built := buildPacks(t, config, Options{Targets: []string{"each"}})
	if built[0].Refused != 1 || built[0].Rules != 3 {
		t.Errorf("%+v", built[0].Summary)
	}
	edit(t, config, "[names.yml]", "[names.yml, p.yml]")
	if _, err := tryPacks(config, Options{}); err == nil || !strings.Contains(err.Error(), `sigmac.yml:8:65: a link leads "p.yml" out of the folder`) {
		t.Errorf("%v", err)
	}
	edit(t, config, "name:", "outside: true\nname:")
	built = buildPacks(t, config, Options{Targets: []string{"each"}})
	if built[0].Refused != 0 || built[0].Rules != 4 {
		t.Errorf("%+v", built[0].Summary)
	}
}

func TestMissing(t *testing.T) {
	tests := []struct{ old, new, want string }{
		{"rules: [rules]", "rules: [none]", "sigmac.yml:4:9: there is no file or folder none"},
		{"rules: [rules]", "rules: ['none/**']", "sigmac.yml:4:9: "},
		{"rules: [rules]", "rules: ['rules/*.yaml']", "sigmac.yml:4:9: there are no rule files in rules/*.yaml"},
		{"rules: [rules]", "rules: [rules]\nfilters: [rules/a.yml]", "a.yml:1:1: the document is no filter"},
		{"names.yml", "sysmonn", `sigmac.yml:8:54: there is no pipeline "sysmonn", nor a file or folder of that name (did you mean "sysmon"?)`},
		{"names.yml", "ports.txt", "ports.txt:1:1: "},
		{"names.yml", "microsoft_xdr", "sigmac.yml:8:54: the pipeline "},
		{"names.yml", "names.yml, microsoft_xdr", `sigmac.yml:8:65: the pipeline "microsoft_xdr" is not for the target splunk`},
		{"names.yml", "names.yml, {name: x}", "sigmac.yml:8:65: "},
		{"format: tiny,", "format: tiny, schema: [none.csv],", "none.csv: "},
	}
	for _, tt := range tests {
		dir := t.TempDir()
		config := unpack(t, dir)
		edit(t, config, tt.old, tt.new)
		_, err := tryPacks(config, Options{})
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v\nwant %s", tt.new, err, tt.want)
		}
		if list := snapshot(t, dir, false); len(list) != 6 {
			t.Errorf("%s: there is %v", tt.new, sorted(list))
		}
	}
}

// Tests of rules stand beside them, and are no rules for a glob either.
func TestGlobs(t *testing.T) {
	dir := t.TempDir()
	config := unpack(t, dir)
	write(t, filepath.Join(dir, "rules/a.tests.yml"), "tests:\n  - event: {Image: a.exe}\n")
	for _, glob := range []string{"rules/**/*.yml", "rules/**", "rules*", "{rules,rules/deep}"} {
		before, _ := os.ReadFile(config)
		edit(t, config, "rules: [rules]", "rules: ['"+glob+"']")
		if s := buildPacks(t, config, Options{Targets: []string{"each"}})[0].Summary; s.Rules != 3 || s.Refused != 0 {
			t.Errorf("%s: %+v", glob, s)
		}
		write(t, config, string(before))
	}
}

// A pipeline with a finalizer is refused where it stands.
func TestFinalizer(t *testing.T) {
	dir := t.TempDir()
	config := unpack(t, dir)
	write(t, filepath.Join(dir, "final.yml"), "name: final\nfinalizers: [{type: concat}]\n")
	edit(t, config, "[names.yml]", "[names.yml, final.yml]")
	if _, err := tryPacks(config, Options{}); err == nil || !strings.Contains(err.Error(), "sigmac.yml:8:65: a finalizer makes one text of all queries") {
		t.Error(err)
	}
}

// Names of rules that there are not are told.
func TestUnknownRules(t *testing.T) {
	dir := t.TempDir()
	config := unpack(t, dir)
	edit(t, config, "rules: [rules]", "rules: [rules]\nselect: {without: [B, Bb]}")
	edit(t, config, "levels:", "rules: {A: {every: 5m}, 11111111-1111-1111-1111-111111111112: {every: 5m}}, levels:")
	var told []string
	buildPacks(t, config, Options{Report: func(m Message) {
		if m.Error.Code == sigma.UnknownName {
			told = append(told, m.Error.Error())
		}
	}})
	if text := strings.Join(told, "\n"); len(told) != 2 || !strings.Contains(text, `sigmac.yml:5:23: no rule has the id, name or title "Bb"`) ||
		!strings.Contains(text, `did you mean "11111111-1111-1111-1111-111111111111"?`) {
		t.Error(text)
	}
}

// What is written stays in the folder, too; the command line may say another one.
func TestLinkedOutput(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("links need a right of their own")
	}
	for _, link := range []string{"dist", "dist/.sigmac"} {
		dir := t.TempDir()
		config := unpack(t, filepath.Join(dir, "in"))
		write(t, filepath.Join(dir, "out/mine.txt"), "mine")
		at := filepath.Join(dir, "in", filepath.FromSlash(link))
		if err := os.MkdirAll(filepath.Dir(at), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(filepath.Join(dir, "out"), at); err != nil {
			t.Fatal(err)
		}
		if _, err := tryPacks(config, Options{}); err == nil || !strings.Contains(err.Error(), `a link leads "dist" out of the folder`) {
			t.Errorf("%s: %v", link, err)
		}
		if list := snapshot(t, filepath.Join(dir, "out"), false); len(list) != 1 {
			t.Errorf("%s: %v", link, sorted(list))
		}
		buildPacks(t, config, Options{Output: filepath.Join(dir, "in/dist")})
		edit(t, config, "name:", "outside: true\nname:")
		buildPacks(t, config, Options{})
	}
}

func FuzzParseConfig(f *testing.F) {
	f.Add("name: x\nrules: [r]\n" + target)
	f.Add(bomb())
	f.Add("a: &a {<<: [*a, *a]}\n")
	f.Fuzz(func(t *testing.T, text string) {
		_, err := ParseConfig(&sigma.File{Name: "sigmac.yml", Data: []byte(text)}, ".")
		for _, e := range sigma.Errors(err) {
			if e.Line < 1 || e.Col < 1 || e.Msg == "" {
				t.Errorf("%v", e)
			}
		}
	})
}
