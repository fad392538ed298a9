package schema

import "slices"

// An index is the mapping of one index, or of one template.
type index struct {
	name     string
	mappings *node
	settings *node // nil where the file does not have them
}

// elastic reads what Elasticsearch says of its fields: an index with its
// mapping as GET INDEX/_mapping or GET INDEX gives it, any number of them;
// the body that makes an index; index and component templates, one or the
// answer of GET _index_template or _component_template; the answer of
// _field_caps. Fields of several indices are put together.
func (r *reader) elastic(root *node) {
	r.out.Format = Elastic
	if fields := root.get("fields"); fields.is(object) {
		r.fieldCaps(fields)
		return
	}
	found := indices(root)
	if len(found) == 0 {
		r.fail(root, "", "there is no mapping in the file")
		return
	}
	t := r.into("")
	for _, x := range found {
		m := &mapping{reader: r, index: x, columns: map[string]Column{}}
		m.read()
		r.merge(t, m.columns, m.patterns, x)
	}
}

// metadata are the fields that every document has (Elasticsearch Reference,
// "Metadata fields"), as far as queries name them.
var metadata = []string{"_id", "_ignored", "_index", "_routing", "_tier"}

// indices returns the indices that a document describes.
func indices(root *node) []index {
	var out []index
	add := func(name string, n *node) {
		if m := n.get("mappings"); m.is(object) {
			out = append(out, index{name, typeless(m), n.get("settings")})
		}
	}
	switch {
	case root.get("properties") != nil || root.get("runtime") != nil:
		return []index{{"", root, nil}}
	case root.get("mappings") != nil:
		add("", root)
	case root.get("template").is(object):
		add("", root.get("template"))
	case root.get("index_templates") != nil:
		for _, n := range root.get("index_templates").items {
			add(n.word("name"), n.path("index_template", "template"))
		}
	case root.get("component_templates") != nil:
		for _, n := range root.get("component_templates").items {
			add(n.word("name"), n.path("component_template", "template"))
		}
	default:
		for i, n := range root.items {
			if root.kind == object {
				add(root.keys[i], n)
			}
		}
	}
	return out
}

// typeless returns the mapping without the name of the document type, which
// Elasticsearch before 7 has around it.
func typeless(m *node) *node {
	if len(m.items) == 1 && m.get("properties") == nil && m.items[0].get("properties") != nil {
		return m.items[0]
	}
	return m
}

// A mapping reads the mapping of one index.
type mapping struct {
	*reader
	index
	columns  map[string]Column
	patterns []Column
	aliases  []alias
	nested   map[string]bool // of an answer of _field_caps
}

// An alias is a field that is another by another name.
type alias struct {
	name, path string
	at         *node
}

// maxName is how long the name of a field may be, in bytes.
const maxName = 1000

func (m *mapping) read() {
	m.properties("", m.mappings.get("properties"), Column{})
	m.dynamic(m.mappings.get("dynamic_templates"))
	m.runtime(m.mappings.get("runtime"))
	m.resolve()
}

// properties reads the fields of an object. within says what holds for all of
// them.
func (m *mapping) properties(prefix string, n *node, within Column) {
	if n != nil && n.kind != object {
		m.fail(n, "", "properties are an object")
		return
	}
	if n == nil {
		return
	}
	for i, key := range n.keys {
		field := n.items[i]
		switch {
		case !field.is(object):
			m.fail(field, "", "the field %q is described by an object", prefix+key)
		case len(prefix)+len(key) > maxName:
			m.fail(field, "", "the name of a field has more than %d bytes", maxName)
		default:
			m.field(prefix+key, field, within)
		}
	}
}

// field reads one field.
func (m *mapping) field(name string, n *node, within Column) {
	kind := n.word("type")
	if kind == "" || kind == "object" || kind == "nested" || kind == "passthrough" {
		m.object(name, kind, n, within)
		return
	}
	if kind == "alias" {
		m.aliases = append(m.aliases, alias{name, n.word("path"), n})
		return
	}
	c := m.leaf(name, kind, n)
	c.Barred = cmpOr(within.Barred, c.Barred)
	twins := m.multiFields(name, n.get("fields"), c.Barred)
	for _, t := range pair(&c, twins) {
		m.add(t)
	}
	m.add(c)
	if c.Flattened {
		m.pattern(Column{Name: name + ".*", Type: Keyword, Limit: c.Limit, Flattened: true, Barred: c.Barred})
	}
}

// cmpOr returns the first text that is not empty.
func cmpOr(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// object reads a field that holds others.
func (m *mapping) object(name, kind string, n *node, within Column) {
	c := Column{Name: name, Type: Dynamic, Object: true, Barred: within.Barred}
	if kind == "nested" {
		within.Barred = cmpOr(within.Barred, belowNested(name))
	}
	if n.word("enabled") == "false" {
		within.Barred = cmpOr(within.Barred, "the mapping has enabled: false for "+name)
		c.Barred = within.Barred
		m.pattern(Column{Name: name + ".*", Barred: c.Barred})
	}
	if kind == "passthrough" {
		m.noteAt(n.off, "", "%s is a passthrough object: its fields are known with its name before theirs only", name)
	}
	m.add(c)
	m.properties(name+".", n.get("properties"), within)
}

// belowNested is why the fields of a nested one are not found.
func belowNested(name string) string {
	return name + " is nested, and its fields are only found by a nested query"
}

// add adds a column. A name is there twice where an object and dotted keys say
// the same; what they add to each other is put together.
func (m *mapping) add(c Column) {
	if old, ok := m.columns[c.Name]; ok {
		c = join(old, c, shorten(m.index.name))
	}
	m.columns[c.Name] = c
}

// pattern adds a pattern, unless an earlier one says what such fields are.
func (m *mapping) pattern(c Column) {
	if !slices.ContainsFunc(m.patterns, func(p Column) bool { return p.Name == c.Name }) && len(m.patterns) < maxPatterns {
		m.patterns = append(m.patterns, c)
	}
}

// maxPatterns is how many patterns of a table are kept; each field that is no
// column is compared with all of them.
const maxPatterns = 2000

// runtime reads the fields that are computed from others: they stand in for a
// field of the mapping with their name.
func (m *mapping) runtime(n *node) {
	if !n.is(object) {
		return
	}
	for i, key := range n.keys {
		field := n.items[i]
		if len(key) > maxName {
			m.fail(field, "", "the name of a field has more than %d bytes", maxName)
			continue
		}
		parts := field.get("fields")
		if field.word("type") != "composite" || !parts.is(object) {
			m.columns[key] = m.leaf(key, field.word("type"), field)
			continue
		}
		for k, part := range parts.keys {
			name := key + "." + part
			m.columns[name] = m.leaf(name, parts.items[k].word("type"), parts.items[k])
		}
	}
}

// resolve gives aliases what the fields have that they stand for. One of
// another alias is refused by Elasticsearch, so that there are no circles.
func (m *mapping) resolve() {
	resolved := make([]Column, len(m.aliases))
	for i, a := range m.aliases {
		c, ok := m.columns[a.path]
		if !ok {
			m.noteAt(a.at.off, "", "%s is an alias of %s, which is no field of the mapping: its type is not known", a.name, a.path)
			c = Column{}
		}
		if ok && c.Alias == "" {
			c.Alias = c.Name
		}
		c.Name = a.name
		resolved[i] = c
	}
	for _, c := range resolved {
		m.add(c)
	}
}
