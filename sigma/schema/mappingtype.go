package schema

import (
	"strconv"
	"strings"
)

// elasticTypes are the types of fields that decide how a query is written
// (Elasticsearch Reference, "Field data types").
var elasticTypes = map[string]Type{
	"keyword": Keyword, "constant_keyword": Keyword, "version": Keyword, "wildcard": Wildcard,
	"text": Text, "match_only_text": Text, "search_as_you_type": Text, "annotated_text": Text, "pattern_text": Text,
	"byte": Int, "short": Int, "integer": Int, "long": Int, "unsigned_long": Int, "token_count": Int,
	"half_float": Float, "float": Float, "double": Float, "scaled_float": Float,
	"boolean": Bool, "ip": IP, "date": Time, "date_nanos": Time,
	"flattened": Dynamic, "flat_object": Dynamic,
}

// unsearched are the types whose values no query of these languages finds.
var unsearched = map[string]bool{
	"binary": true, "completion": true, "dense_vector": true, "sparse_vector": true, "rank_vectors": true, "rank_feature": true,
	"rank_features": true, "histogram": true, "exponential_histogram": true, "aggregate_metric_double": true,
	"geo_point": true, "geo_shape": true, "point": true, "shape": true, "percolator": true, "join": true, "semantic_text": true,
}

// leaf returns the column of a field with that type.
func (m *mapping) leaf(name, kind string, n *node) Column {
	c := Column{Name: name, Flattened: kind == "flattened" || kind == "flat_object"}
	t, known := elasticTypes[kind]
	c.Type = t
	switch {
	case unsearched[kind]:
		c.Type, c.Barred = Dynamic, "it is of Elastic's type "+kind
	case !known:
		m.noteAt(n.off, "", "the type %q of the field %s is not known: queries go by the value of the rule", kind, name)
	case t == Text && n.word("index") == "false":
		c.Barred = "the mapping has index: false"
	case n.word("index") == "false" && n.word("doc_values") == "false":
		c.Barred = "the mapping has index: false and doc_values: false"
	}
	if limit, err := strconv.Atoi(n.word("ignore_above")); err == nil && limit > 0 && limit < 1<<31-1 {
		c.Limit = limit
	}
	if norm := n.word("normalizer"); kind == "keyword" && norm != "" {
		m.normalize(&c, norm, n)
	}
	return c
}

// normalize gives a keyword the type that its normalizer makes of it.
func (m *mapping) normalize(c *Column, normalizer string, n *node) {
	t, known := m.normalized(normalizer)
	switch {
	case known:
		c.Type = t
	case m.filters(normalizer) == nil && strings.HasSuffix(c.Name, ".caseless"):
		c.Type = Caseless // the name that Elastic gives to such fields
	case m.filters(normalizer) == nil:
		m.noteAt(n.off, "the answer of GET INDEX has the settings too", "%s has the normalizer %q, which the file does not describe: its case is taken to be kept", c.Name, normalizer)
	default:
		m.noteAt(n.off, "", "%s has the normalizer %q, which does not only fold case: values with what it changes are not found as they are written", c.Name, normalizer)
	}
}

// dynamic reads the templates of fields that come with the events. A template
// about a path says that every field below it may exist; one about all fields
// of a type says nothing of what there is.
func (m *mapping) dynamic(n *node) {
	if !n.is(array) {
		return
	}
	var other []Column
	for _, item := range n.items {
		if len(item.items) != 1 || !item.items[0].is(object) {
			m.fail(item, "", "a dynamic template is an object with one key, its name")
			continue
		}
		name, t := item.keys[0], item.items[0]
		paths, of := words(t.get("path_match")), t.word("match_mapping_type")
		if len(paths) == 0 || of == "object" {
			continue
		}
		if narrowed(t) {
			m.noteAt(t.off, "", "the dynamic template %s has conditions besides path_match: the fields that it would make are not known", name)
			continue
		}
		for _, path := range paths {
			c := m.template(path, t)
			if of == "" || of == "*" || of == "string" {
				m.pattern(c)
			} else {
				other = append(other, Column{Name: path})
			}
		}
	}
	for _, c := range other {
		m.pattern(c)
	}
}

// template returns the pattern of a dynamic template.
func (m *mapping) template(path string, t *node) Column {
	of, kind := t.get("mapping"), t.path("mapping", "type").value()
	if t.get("runtime") != nil {
		of, kind = t.get("runtime"), t.path("runtime", "type").value()
	}
	if !of.is(object) || kind == "" || strings.HasPrefix(kind, "{") || kind == "object" || kind == "nested" {
		return Column{Name: path}
	}
	return m.leaf(path, kind, of)
}

// narrowed reports whether a template has conditions on names.
func narrowed(t *node) bool {
	if match := words(t.get("match")); len(match) > 1 || len(match) == 1 && match[0] != "*" {
		return true
	}
	return len(words(t.get("unmatch"))) > 0 || len(words(t.get("path_unmatch"))) > 0 || t.word("match_pattern") == "regex"
}

// words returns a text, or those of a list.
func words(n *node) []string {
	if n == nil {
		return nil
	}
	if n.kind == text {
		return []string{n.text}
	}
	var out []string
	for _, item := range n.items {
		if item.kind == text {
			out = append(out, item.text)
		}
	}
	return out
}

// fieldCaps reads the fields of an answer of _field_caps: under each name the
// types that it has. A field below one that is no object is another form of
// it.
func (r *reader) fieldCaps(fields *node) {
	t, m := r.into(""), &mapping{reader: r, columns: map[string]Column{}, nested: map[string]bool{}}
	for i, name := range fields.keys {
		if len(name) > maxName || !fields.items[i].is(object) {
			r.fail(fields.items[i], "", "a field has a name of %d bytes at most and an object", maxName)
			return
		}
		for k, kind := range fields.items[i].keys {
			if kind == "unmapped" {
				continue
			}
			m.index.name = "an index"
			m.add(m.capability(name, kind, fields.items[i].items[k]))
		}
	}
	m.findTwins()
	m.barNested()
	t.Columns, t.Patterns = m.columns, m.patterns
}

// barNested bars the fields below nested ones.
func (m *mapping) barNested() {
	for name, c := range m.columns {
		for i := range len(name) {
			if name[i] == '.' && m.nested[name[:i]] {
				c.Barred = cmpOr(c.Barred, belowNested(name[:i]))
				m.columns[name] = c
				break
			}
		}
	}
}

// capability returns the column of a field in one of its types.
func (m *mapping) capability(name, kind string, n *node) Column {
	switch {
	case kind == "object":
		return Column{Name: name, Type: Dynamic, Object: true}
	case kind == "nested":
		m.nested[name] = true
		m.pattern(Column{Name: name + ".*", Barred: belowNested(name)})
		return Column{Name: name, Type: Dynamic, Object: true}
	}
	c := m.leaf(name, kind, n)
	if kind == "keyword" && strings.HasSuffix(name, ".caseless") {
		c.Type = Caseless // the name that Elastic gives to such fields
	}
	if n.word("searchable") == "false" {
		c.Barred = "it is not searchable"
	}
	if c.Flattened {
		m.pattern(Column{Name: name + ".*", Type: Keyword, Flattened: true, Barred: c.Barred})
	}
	return c
}

// findTwins finds the other forms of fields by their names.
func (m *mapping) findTwins() {
	twins := map[string][]Column{}
	for name, c := range m.columns {
		if i := strings.LastIndexByte(name, '.'); i >= 0 {
			if of, ok := m.columns[name[:i]]; ok && !of.Object && !of.Flattened {
				twins[name[:i]] = append(twins[name[:i]], c)
			}
		}
	}
	for name, list := range twins {
		sortColumns(list)
		c := m.columns[name]
		for _, t := range pair(&c, list) {
			m.columns[t.Name] = t
		}
		m.columns[name] = c
	}
}
