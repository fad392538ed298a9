package schema

import "slices"

// multiFields reads the other forms in which the index has a field.
func (m *mapping) multiFields(name string, n *node, barred string) []Column {
	if !n.is(object) {
		return nil
	}
	var out []Column
	for i, key := range n.keys {
		sub := n.items[i]
		if kind := sub.word("type"); kind != "" && len(name)+1+len(key) <= maxName {
			c := m.leaf(name+"."+key, kind, sub)
			c.Barred = cmpOr(barred, c.Barred)
			out = append(out, c)
			continue
		}
		m.fail(sub, "", "the field %q below \"fields\" needs a type", key)
	}
	return out
}

// wholeTwin returns the twin that holds the whole of a text: the one with the
// longest values, a name "keyword" before others, and one that folds case where
// there is no other.
func wholeTwin(name string, twins []Column) string {
	best := -1
	for i, t := range twins {
		if t.Barred == "" && (t.Type == Keyword || t.Type == Wildcard) &&
			(best < 0 || longer(t.Limit, twins[best].Limit) || t.Limit == twins[best].Limit && t.Name == name+".keyword") {
			best = i
		}
	}
	if best < 0 {
		return caselessTwin(twins)
	}
	return twins[best].Name
}

// pair says of a field and its other forms which is to be searched for which
// tests. It returns the other forms.
func pair(c *Column, twins []Column) []Column {
	folds := caselessTwin(twins)
	of := c.Name // the column whose twin folds case
	switch {
	case c.Type == Text:
		if c.Whole = wholeTwin(c.Name, twins); c.Whole == folds {
			return twins
		}
		of = c.Whole
	case c.Type != Caseless:
		c.Caseless = folds
	default:
		return twins
	}
	for i := range twins {
		t := &twins[i]
		switch t.Name {
		case folds:
			t.Twin = of
		case c.Whole:
			t.Caseless = folds
		}
	}
	return twins
}

// longer reports whether a limit allows longer values than another.
func longer(a, b int) bool { return b != 0 && (a == 0 || a > b) }

// caselessTwin returns the twin that folds case.
func caselessTwin(twins []Column) string {
	i := slices.IndexFunc(twins, func(t Column) bool { return t.Type == Caseless && t.Barred == "" })
	if i < 0 {
		return ""
	}
	return twins[i].Name
}

// filters returns what a normalizer does to the values, nil where the file
// does not say it.
func (m *mapping) filters(normalizer string) *node {
	for _, settings := range []*node{m.settings, m.settings.get("index")} {
		if n := settings.path("analysis", "normalizer", normalizer); n != nil {
			if f := n.get("filter"); f != nil {
				return f
			}
			return &node{kind: array}
		}
	}
	return nil
}

// normalized returns the type of a keyword with that normalizer, and whether
// that is all it does.
func (m *mapping) normalized(normalizer string) (Type, bool) {
	filters := m.filters(normalizer)
	switch names := words(filters); {
	case filters == nil:
		// One is built in (Elasticsearch Reference, "Normalizers").
		return Caseless, normalizer == "lowercase"
	case len(names) == 1 && names[0] == "lowercase":
		return Caseless, true
	default:
		return Keyword, len(names) == 0
	}
}
