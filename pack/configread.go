package pack

import (
	"cmp"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/sigma-compiler/sigmac/backends/emit"
	"github.com/sigma-compiler/sigmac/sigma"
)

// What names may be.
var (
	nameOf    = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,79}$`)
	versionOf = regexp.MustCompile(`^(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})$`)
	macroOf   = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)
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
