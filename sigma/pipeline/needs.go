package pipeline

import (
	"maps"
	"slices"
)

// itemwise are the transformations that do nothing to a rule without an item
// that the conditions of the step select.
var itemwise = map[string]bool{
	"field_name_mapping": true, "field_name_prefix_mapping": true, "field_name_prefix": true, "field_name_suffix": true,
	"fact_mapping": true, "drop_detection_item": true, "hashes_fields": true, "wildcard_placeholders": true,
	"value_placeholders": true, "query_expression_placeholders": true, "replace_string": true, "map_string": true,
	"set_value": true, "convert_type": true, "case": true, "detection_item_failure": true, "detection_item_warning": true,
	"map_item": true, "split_field": true, "absent_field": true, "computed_fields": true, "check_fields": true, "regex": true,
}

// neededNames returns names of which a rule must have one, in an item, a
// reference or its list of fields, for the step to do anything to it. "" is
// the name of keywords. The second result is false where there are no such
// names.
func neededNames(s *step, conds Step) ([]string, bool) {
	best, ok := ruleNames(conds.Rule)
	consider := func(names []string, finite bool) {
		if finite && (!ok || len(names) < len(best)) {
			best, ok = names, true
		}
	}
	if itemwise[s.kind] {
		consider(fieldNames(conds.Field))
	}
	switch t := s.do.(type) {
	case tableNaming:
		if !t.prefixes {
			names := []string{}
			for _, e := range t.entries {
				names = append(names, e.Key)
			}
			consider(names, true)
		}
	case *conditionalMapping:
		consider(slices.Collect(maps.Keys(t.fields)), true)
	case *mapItem:
		consider([]string{t.field}, true)
	case *splitField:
		consider([]string{t.field}, true)
	case computedField:
		consider([]string{t.Name}, true)
	}
	return best, ok
}

// fieldNames returns the names for which a field name condition may hold,
// where they can be listed.
func fieldNames(c *Condition) ([]string, bool) {
	switch {
	case c == nil:
		return nil, false
	case c.Op == "" && c.Type == "include_fields" && c.Text("mode") != "re":
		v, _ := c.Param("fields")
		return v.Texts(), true
	}
	return listed(c, fieldNames)
}

// ruleNames returns names of which a rule must have one for a rule condition
// to hold, where there are any.
func ruleNames(c *Condition) ([]string, bool) {
	if c == nil {
		return nil, false
	}
	if c.Op == "" {
		switch c.Type {
		case "contains_field", "contains_detection_item", "requires_detection_item":
			return []string{c.Text("field")}, true
		}
	}
	return listed(c, ruleNames)
}

// listed returns the names that a joined condition needs: those of the part
// with the fewest, or of all parts where any of them will do.
func listed(c *Condition, of func(*Condition) ([]string, bool)) (names []string, ok bool) {
	switch c.Op {
	case "and":
		for _, p := range c.Parts {
			if ns, finite := of(p); finite && (!ok || len(ns) < len(names)) {
				names, ok = ns, true
			}
		}
	case "or":
		for _, p := range c.Parts {
			ns, finite := of(p)
			if !finite {
				return nil, false
			}
			names = append(names[:len(names):len(names)], ns...)
		}
		return names, true
	}
	return names, ok
}

// An answer is what can be told of a condition from the log source alone.
type answer uint8

const (
	no answer = iota
	perhaps
	yes
)

// A sourceTest is a rule condition as far as it is about the log source.
type sourceTest struct {
	op    string // and, or, not; "" for a single condition
	parts []*sourceTest

	has     bool // logsource: the attributes that are given must be those
	source  sourceKey
	lacks   bool // logsource_lacks: the attributes that are given must be absent
	unknown bool // it is about something else
}

// newSourceTest returns the test of a condition, nil where there is nothing to
// ask of the log source.
func newSourceTest(c *Condition) *sourceTest {
	if c == nil {
		return nil
	}
	t := &sourceTest{op: c.Op}
	for _, p := range c.Parts {
		part := newSourceTest(p)
		if part == nil {
			part = &sourceTest{unknown: true}
		}
		t.parts = append(t.parts, part)
	}
	switch {
	case c.Op != "":
	case c.Type == "logsource":
		t.has, t.source = true, sourceKey{c.Text("category"), c.Text("product"), c.Text("service")}
	case c.Type == "logsource_lacks":
		t.lacks = true
		v, _ := c.Param("attributes")
		for _, a := range v.Texts() {
			switch a {
			case "category":
				t.source.category = a
			case "product":
				t.source.product = a
			case "service":
				t.source.service = a
			}
		}
	default:
		t.unknown = true
	}
	return t
}

// holds says whether the condition holds for the log source.
func (t *sourceTest) holds(l *sourceKey) answer {
	switch {
	case t == nil || t.unknown:
		return perhaps
	case t.has:
		k := &t.source
		return answerOf((k.category == "" || k.category == l.category) && (k.product == "" || k.product == l.product) && (k.service == "" || k.service == l.service))
	case t.lacks:
		k := &t.source
		return answerOf((k.category == "" || l.category == "") && (k.product == "" || l.product == "") && (k.service == "" || l.service == ""))
	case t.op == "not":
		return yes - t.parts[0].holds(l)
	}
	out := t.parts[0].holds(l)
	for _, p := range t.parts[1:] {
		if t.op == "and" {
			out = min(out, p.holds(l))
		} else {
			out = max(out, p.holds(l))
		}
	}
	return out
}

func answerOf(b bool) answer {
	if b {
		return yes
	}
	return no
}
