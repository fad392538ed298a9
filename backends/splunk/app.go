package splunk

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/sigma-compiler/sigmac/backends/emit"
	"github.com/sigma-compiler/sigmac/internal/jsontext"
	"github.com/sigma-compiler/sigmac/sigma"
)

// listColumn is the column of the lookups that lists of placeholders become. A
// pipeline refers to them by query_expression_placeholders:
//
//	expression: '[| inputlookup {id} | rename value as {field} | fields {field}]'
const listColumn = "value"

// appFiles makes the folder of a Splunk app. What its files must have is said
// by app.conf.spec, default.meta.spec and the checks of AppInspect.
func appFiles(p *emit.Pack) ([]emit.File, error) {
	a, err := newApp(p)
	if err != nil {
		return nil, err
	}
	texts := make([]string, len(p.Entries))
	for i, e := range p.Entries {
		texts[i] = e.Text
	}
	texts = distinctStanzas(texts)
	a.add("app.manifest", a.manifest())
	a.add("README.md", a.readme(texts))
	a.add("default/app.conf", a.conf())
	if len(p.Macros) > 0 {
		text, err := macrosConf(p.Macros)
		if err != nil {
			return nil, err
		}
		a.add("default/macros.conf", text)
	}
	a.add("default/savedsearches.conf", emit.JoinTexts(texts))
	if len(p.Lists) > 0 {
		if err := a.lookups(); err != nil {
			return nil, err
		}
	}
	a.add("metadata/default.meta", defaultMeta)
	return a.files, nil
}

// An app is what is said of the app in its files.
type app struct {
	*emit.Pack
	id, label, author string
	build             int
	files             []emit.File
}

func (a *app) add(path, text string) {
	a.files = append(a.files, emit.File{Path: a.id + "/" + path, Data: []byte(text)})
}

var (
	// appID is what an app's folder may be called: "letters, numbers, dot and
	// underscore" (app.conf.spec), which AppInspect wants to begin with a letter.
	appID = regexp.MustCompile(`\A[A-Za-z][A-Za-z0-9_]*\z`)
	// reserved are the names that no folder can have on Windows (app.conf.spec).
	reserved   = regexp.MustCompile(`\A(?i:con|prn|aux|nul|com[1-9]|lpt[1-9])\z`)
	appVersion = regexp.MustCompile(`\A(0|[1-9][0-9]{0,2})\.(0|[1-9][0-9]{0,2})\.(0|[1-9][0-9]{0,2})\z`)
)

// newApp checks what is said of the pack.
func newApp(p *emit.Pack) (*app, error) {
	a := &app{Pack: p, id: strings.ReplaceAll(p.Name, "-", "_")}
	wrong := func(what, got, hint string) error {
		return &sigma.Error{Code: sigma.BadValue, Msg: fmt.Sprintf("the %s of the pack is %q, which a Splunk app cannot have", what, got), Hint: hint}
	}
	version := appVersion.FindStringSubmatch(p.Version)
	switch {
	case !appID.MatchString(a.id) || reserved.MatchString(a.id):
		return nil, wrong("name", p.Name, "write letters, digits, _ and -, a letter first, and none of the names that Windows reserves")
	case version == nil:
		return nil, wrong("version", p.Version, "write three numbers up to 999, such as 1.0.0")
	case strings.HasPrefix(strings.ToLower(p.Title), "splunk for"):
		return nil, wrong("title", p.Title, `Splunk wants no "Splunk for" at its begin`)
	}
	// "Every release must change both 'version' and 'build'."
	for _, n := range version[1:] {
		i, _ := strconv.Atoi(n) // up to three digits
		a.build = a.build*1000 + i
	}
	a.build = max(a.build, 1)
	a.label, a.author = oneLine(p.Title), oneLine(p.Author)
	if a.label == "" {
		a.label = a.id
	}
	// "Recommended length between 5 and 80 characters."
	if utf8.RuneCountInString(a.label) < 5 {
		a.label += " Sigma rules"
	}
	a.label = cut(a.label, 80)
	return a, nil
}

// oneLine returns words of the pack as a value that has one line.
func oneLine(text string) string {
	value, _ := confText(strings.Join(strings.Fields(text), " "))
	return value
}

// conf is default/app.conf.
func (a *app) conf() string {
	var c conf
	c.stanza("install")
	c.set("is_configured", "false")
	c.set("state", "enabled")
	c.set("build", strconv.Itoa(a.build))
	c.stanza("launcher")
	c.set("author", a.author)
	c.set("version", a.Version)
	c.set("description", a.short())
	c.stanza("ui")
	c.set("is_visible", "false") // "Apps require at least one view to be available in Splunk Web."
	c.set("label", a.label)
	c.stanza("package")
	c.set("id", a.id)
	c.set("check_for_updates", "false")
	c.stanza("id")
	c.set("name", a.id)
	c.set("version", a.Version)
	return c.String()
}

// short is the description in one line: "Limit descriptions to 200 characters".
func (a *app) short() string {
	text := oneLine(a.Description)
	if utf8.RuneCountInString(text) > 200 {
		text = oneLine(cut(text, 196)) + " ..."
	}
	return text
}

// manifest is app.manifest, as the packaging toolkit reads it (slim,
// app/_manifest.py).
func (a *app) manifest() string {
	text := func(s string) any {
		if s == "" {
			return nil
		}
		return s
	}
	m := map[string]any{
		"schemaVersion": "2.0.0",
		"info": map[string]any{
			"title":       a.label,
			"id":          map[string]any{"group": nil, "name": a.id, "version": a.Version},
			"author":      []any{map[string]any{"name": a.author, "email": nil, "company": nil}},
			"description": text(a.short()),
			"license":     map[string]any{"name": text(oneLine(a.License)), "text": nil, "uri": nil},
		},
		"targetWorkloads":      []string{"_search_heads"},
		"supportedDeployments": []string{"*"},
	}
	data, _ := jsontext.MarshalIndent(m, "  ") // strings, and lists and maps of them
	return string(data)
}

// defaultMeta lets everybody read what the app has, in all apps: searches that
// are opened in another one need its macros and lookups.
const defaultMeta = `[]
access = read : [ * ], write : [ admin, sc_admin ]
export = system
`

// macrosConf is default/macros.conf.
func macrosConf(macros []emit.Macro) (string, error) {
	var c conf
	seen := make(map[string]bool)
	for _, m := range macros {
		definition, err := confExact(m.Definition)
		switch {
		case !macroName.MatchString(m.Name) || seen[m.Name]:
			return "", &sigma.Error{Code: sigma.BadValue, Msg: fmt.Sprintf("a macro of Splunk cannot be called %q", m.Name), Hint: "write letters, digits, _ and -, and each name once"}
		case err != nil || definition == "":
			return "", &sigma.Error{Code: sigma.BadValue, Msg: fmt.Sprintf("the macro %s: the definition %q is none: %v", m.Name, m.Definition, err)}
		}
		seen[m.Name] = true
		c.stanza(m.Name)
		c.set("definition", definition)
		c.set("iseval", "0")
	}
	return c.String(), nil
}

// lookups makes a lookup of each list: a file, and a name for it.
func (a *app) lookups() error {
	var c conf
	var files []emit.File
	seen := make(map[string]bool)
	for _, l := range a.Lists {
		if !macroName.MatchString(l.Name) || seen[strings.ToLower(l.Name)] {
			return &sigma.Error{Code: sigma.BadValue, Msg: fmt.Sprintf("a lookup of Splunk cannot be called %q", l.Name), Hint: "write letters, digits, _ and -, and each name once"}
		}
		seen[strings.ToLower(l.Name)] = true
		c.stanza(l.Name)
		c.set("filename", l.Name+".csv")
		data, err := listCSV(l)
		if err != nil {
			return err
		}
		files = append(files, emit.File{Path: a.id + "/lookups/" + l.Name + ".csv", Data: data})
	}
	a.add("default/transforms.conf", c.String())
	a.files = append(a.files, files...)
	return nil
}

// listCSV writes the values of a list.
func listCSV(l emit.List) ([]byte, error) {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	rows := [][]string{{listColumn}}
	for _, v := range l.Values {
		if !utf8.ValidString(v) || strings.ContainsRune(v, 0) || v == "" {
			return nil, &sigma.Error{Code: sigma.BadValue, Msg: fmt.Sprintf("the list %s has the value %q, which a lookup cannot hold", l.Name, v)}
		}
		rows = append(rows, []string{v})
	}
	if err := w.WriteAll(rows); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}
