package pack

import (
	"cmp"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/sigma-compiler/sigmac/backends"
	"github.com/sigma-compiler/sigmac/backends/emit"
	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/schema"
)

// What names may be.
var (
	nameOf    = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,79}$`)
	versionOf = regexp.MustCompile(`^(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})$`)
	macroOf   = regexp.MustCompile(`^[A-Za-z0-9_-]+(\(\d+\))?$`)
	listOf    = regexp.MustCompile(`^[A-Za-z0-9_]+$`)
	// reserved are the names that Windows has no files of.
	reserved = regexp.MustCompile(`(?i)^(con|prn|aux|nul|com\d|lpt\d)$`)
)

// config reads the whole file.
func (r *reader) config(c *Config, root *yaml.Node) {
	m := r.mapping(root, "the file")
	if m == nil {
		return
	}
	m.only("name", "title", "description", "author", "license", "version", "output", "outside",
		"rules", "exclude", "filters", "filter_polarity", "select", "lists", "targets")
	c.Name = m.name()
	c.Title = cmp.Or(m.text("title"), c.Name)
	c.Description, c.Author, c.License = m.text("description"), m.text("author"), m.text("license")
	c.Version = m.version()
	c.Outside = m.bool("outside")
	c.Output = cmp.Or(m.text("output"), "dist")
	if n := m.get("output"); n != nil {
		m.inside(c, Path{m.at(n), c.Output})
	}
	c.Rules, c.Exclude, c.Filters = m.paths(c, "rules"), m.texts("exclude"), m.paths(c, "filters")
	if len(c.Rules) == 0 {
		m.fail(m.at(m.root), "write rules: with files, folders or globs", "the file names no rules")
	}
	m.globs(c.Rules, c.Exclude, c.Filters)
	if n := m.get("filter_polarity"); n != nil {
		c.Suppress = m.oneOf(n, "filter_polarity", "match", "suppress") == "suppress"
	}
	if n := m.get("select"); n != nil {
		c.Select = r.selection(n)
	}
	c.Lists = m.lists()
	m.targets(c)
}

// name reads the pack's name.
func (m *mapping) name() string {
	n := m.get("name")
	if n == nil {
		m.fail(m.at(m.root), "write name: my_rules", "the pack has no name")
		return ""
	}
	return m.folder(n, m.scalar(n, "name"))
}

// folder checks what is to be the name of a folder.
func (r *reader) folder(n *yaml.Node, name string) string {
	if !nameOf.MatchString(name) || reserved.MatchString(name) {
		r.fail(r.at(n), "letters, digits, _ and - make a name, 80 at most", "%q cannot be the name of a folder everywhere", name)
	}
	return name
}

// version reads the pack's version.
func (m *mapping) version() string {
	n := m.get("version")
	if n == nil {
		return "1.0.0"
	}
	v := m.scalar(n, "version")
	if !versionOf.MatchString(v) {
		m.fail(m.at(n), "write three numbers, such as 1.2.3", "%q is no version", v)
	}
	return v
}

// oneOf reads a value that is one of a few.
func (r *reader) oneOf(n *yaml.Node, what string, values ...string) string {
	v := r.scalar(n, what)
	if !slices.Contains(values, v) {
		r.fail(r.at(n), meant(v, values), "%q is no value of %s", v, what)
	}
	return v
}

// meant says what was probably meant, or what there is.
func meant(word string, values []string) string {
	if near := sigma.Nearest(word, values); near != "" {
		return fmt.Sprintf("did you mean %q?", near)
	}
	return "there are " + strings.Join(values, ", ")
}

// paths reads paths, which stay in the folder unless the file says otherwise.
func (m *mapping) paths(c *Config, name string) []Path {
	list := m.texts(name)
	for _, p := range list {
		m.inside(c, p)
	}
	return list
}

// inside reports a path that leads out of the folder of the file.
func (r *reader) inside(c *Config, p Path) {
	if !c.Outside && !filepath.IsLocal(filepath.FromSlash(p.Text)) {
		r.fail(p.Pos, "write outside: true at the top to allow it", "the path %q leads out of the folder of the file", p.Text)
	}
}

// lists reads the values of placeholders.
func (m *mapping) lists() []emit.List {
	n := m.get("lists")
	if n == nil {
		return nil
	}
	sub := m.mapping(n, "lists")
	if sub == nil {
		return nil
	}
	var out []emit.List
	for _, p := range sub.keys {
		l := emit.List{Name: p.key.Value}
		for _, v := range sub.texts(l.Name) {
			l.Values = append(l.Values, v.Text)
		}
		if !listOf.MatchString(l.Name) {
			m.fail(m.at(p.key), "letters, digits and _ make one", "%q cannot be the name of a placeholder", l.Name)
		}
		if len(l.Values) == 0 {
			m.fail(m.at(p.key), "", "the list %s has no values", l.Name)
		}
		out = append(out, l)
	}
	slices.SortFunc(out, func(a, b emit.List) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// targets reads the targets.
func (m *mapping) targets(c *Config) {
	n := m.get("targets")
	if n == nil {
		m.fail(m.at(m.root), "write targets: with a name for each pack", "the file names no targets")
		return
	}
	sub := m.mapping(n, "targets")
	if sub == nil {
		return
	}
	lines := make(map[string]int)
	for _, p := range sub.keys {
		name := m.folder(p.key, p.key.Value)
		fold := strings.ToLower(name)
		if line := lines[fold]; line > 0 {
			m.fail(m.at(p.key), "", "the target of line %d has the same name but for the case of its letters", line)
		}
		lines[fold] = p.key.Line
		if t := m.target(c, p, name); t != nil {
			c.Targets = append(c.Targets, t)
		}
	}
	if len(sub.keys) == 0 {
		m.fail(m.at(n), "", "the file names no targets")
	}
}

// target reads one target.
func (r *reader) target(c *Config, p pair, name string) *Target {
	m := r.mapping(p.value, "the target "+name)
	if m == nil {
		return nil
	}
	m.only("target", "format", "pipelines", "schema", "unknown_fields", "method", "settings", "levels", "rules", "macros", "join", "archive", "select")
	t := &Target{Pos: r.at(p.key), Name: name, Language: cmp.Or(m.text("target"), name), Format: m.text("format"),
		Method: m.text("method"), Pipelines: m.texts("pipelines"), Schemas: m.texts("schema"), Settings: m.pairs("settings")}
	if n := m.get("unknown_fields"); n != nil {
		t.Unknown = m.policy(n)
	}
	if n := m.get("select"); n != nil {
		t.Select = r.selection(n)
	}
	m.overrides(t)
	t.Macros = m.macros()
	t.Join = m.bool("join")
	if n := m.get("archive"); n != nil {
		t.Archive = m.oneOf(n, "archive", "zip", "tar.gz", "spl")
	}
	m.check(c, t)
	return t
}

// policy reads what becomes of fields that the schema does not have.
func (r *reader) policy(n *yaml.Node) schema.Policy {
	p, _ := schema.ParsePolicy(r.oneOf(n, "unknown_fields", schema.Policies()...)) // others were told
	return p
}

// overrides reads the settings of levels and of rules.
func (m *mapping) overrides(t *Target) {
	t.about = make(map[string]sigma.Pos)
	if n := m.get("levels"); n != nil {
		if sub := m.mapping(n, "levels"); sub != nil {
			t.Overrides.Levels = make(map[sigma.Level]map[string]string)
			for _, p := range sub.keys {
				level := m.oneOf(p.key, "level", sigma.Levels()...)
				t.Overrides.Levels[sigma.Level(level)] = sub.pairs(p.key.Value)
			}
		}
	}
	if n := m.get("rules"); n != nil {
		if sub := m.mapping(n, "rules"); sub != nil {
			t.Overrides.Rules = make(map[string]map[string]string)
			for _, p := range sub.keys {
				t.about[p.key.Value] = m.at(p.key)
				t.Overrides.Rules[p.key.Value] = sub.pairs(p.key.Value)
			}
		}
	}
}

// macros reads macros.
func (m *mapping) macros() []emit.Macro {
	var out []emit.Macro
	n := m.get("macros")
	if n == nil {
		return nil
	}
	sub := m.mapping(n, "macros")
	if sub == nil {
		return nil
	}
	for _, p := range sub.keys {
		if !macroOf.MatchString(p.key.Value) {
			m.fail(m.at(p.key), "letters, digits, _ and - make one, and the number of its arguments, as in name(2)", "%q cannot be the name of a macro", p.key.Value)
		}
		out = append(out, emit.Macro{Name: p.key.Value, Definition: sub.text(p.key.Value)})
	}
	slices.SortFunc(out, func(a, b emit.Macro) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// check reports what the target's language or format does not have, each at its
// place.
func (m *mapping) check(c *Config, t *Target) {
	o := backends.Options{Target: t.Language}
	if m.full || !m.try(m.whereOf(t, "target"), o) {
		return
	}
	b := backends.Find(t.Language)
	t.Language = b.Name
	o.Target, o.Format = b.Name, t.Format
	if !m.try(m.whereOf(t, "format"), o) {
		return
	}
	f := b.Format(t.Format)
	t.Format = f.Name
	if f.Content == nil {
		m.fail(m.whereOf(t, "format"), "there are "+strings.Join(b.ContentFormats(), ", "), "the format %s of %s is for queries alone", f.Name, b.Name)
		return
	}
	o.Method = t.Method
	m.try(m.whereOf(t, "method"), o)
	o.Method = ""
	m.settings(o, "settings")
	m.settingsBelow(o, "levels")
	m.settingsBelow(o, "rules")
	if len(t.Macros) > 0 && f.Content.Files == nil {
		m.fail(m.whereOf(t, "macros"), "write them into a pipeline", "the format %s of %s has no macros", f.Name, b.Name)
	}
	if t.Join && (f.Content.Files != nil || f.Content.Join == nil && f.Content.Ext != ".ndjson") {
		m.fail(m.whereOf(t, "join"), "", "the format %s of %s cannot have all rules in one file of its own", f.Name, b.Name)
	}
	if t.Archive == "spl" && b.Name != "splunk" {
		m.fail(m.whereOf(t, "archive"), "there are zip and tar.gz", "an archive .spl is for Splunk")
	}
	for _, p := range t.Schemas {
		_, path := cutSpec(p.Text)
		m.inside(c, Path{p.Pos, path})
	}
	for _, p := range t.Pipelines {
		m.inside(c, p) // names are of no folder
	}
}

// whereOf returns the place of a key's value, or of the target.
func (m *mapping) whereOf(t *Target, key string) sigma.Pos {
	if n := m.get(key); n != nil {
		return m.at(n)
	}
	return t.Pos
}

// try reports what is wrong with options, at a place.
func (r *reader) try(pos sigma.Pos, o backends.Options) bool {
	if len(r.errs) > maxErrors {
		return false
	}
	_, err := backends.New(o)
	for _, e := range sigma.Errors(err) {
		r.errs = append(r.errs, &sigma.Error{Pos: pos, Code: e.Code, Msg: e.Msg, Hint: e.Hint})
	}
	return err == nil
}

// settings tries each setting of a key by itself.
func (m *mapping) settings(o backends.Options, name string) {
	n := m.get(name)
	if n == nil || n.Kind != yaml.MappingNode {
		return
	}
	sub := (&reader{file: m.file, left: maxNodes}).mapping(n, name) // its mistakes were told
	for _, p := range sub.keys {
		if p.value.Kind == yaml.ScalarNode {
			o.Settings = map[string]string{p.key.Value: p.value.Value}
			m.try(m.at(p.key), o)
		}
	}
}

// settingsBelow tries the settings of each key of a key.
func (m *mapping) settingsBelow(o backends.Options, name string) {
	n := m.get(name)
	if n == nil || n.Kind != yaml.MappingNode {
		return
	}
	sub := (&reader{file: m.file, left: maxNodes}).mapping(n, name)
	sub.reader = m.reader
	for _, p := range sub.keys {
		sub.settings(o, p.key.Value)
	}
}
