package pack

import (
	"cmp"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/sigma-compiler/sigmac/backends"
	"github.com/sigma-compiler/sigmac/backends/emit"
	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/schema"
)

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
			m.fail(m.at(p.key), "letters, digits, _ and - make one; there are none with arguments", "%q cannot be the name of a macro", p.key.Value)
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
