package sigma

import (
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// detection reads a detection section: searches and conditions (S1). The
// filter is that of a filter document, whose section also says which rules it
// is about, and nil for a rule.
func (p *parser) detection(key, m *yaml.Node, f *Filter) Detection {
	d := Detection{Pos: p.pos(key)}
	if m.Kind != yaml.MappingNode {
		p.fail(p.pos(key), BadType, key.Value+" must be a mapping, not "+kindOf(m), "give searches and a condition below it")
		return d
	}
	if len(m.Content)/2 > MaxSearches {
		p.fail(p.pos(key), Limit, key.Value+" has more than "+strconv.Itoa(MaxSearches)+" searches", "")
		return d
	}
	d.Searches = make([]*Search, 0, len(m.Content)/2)
	for i := 0; i+1 < len(m.Content); i += 2 {
		k, n := m.Content[i], m.Content[i+1]
		switch {
		case k.Value == "condition":
		case k.Value == "timeframe" && f == nil:
			d.Timeframe = p.timeframe(k, n)
		case k.Value == "rules" && f != nil:
			p.filterRules(f, n)
		default:
			d.Searches = append(d.Searches, p.search(k, n))
		}
	}
	if f != nil && keyNode(m, "rules") == nil {
		p.fail(p.pos(key), MissingKey, "the filter does not say which rules it is about", "give rules: a list of ids or names, or any")
	}
	if len(d.Searches) == 0 {
		p.fail(p.pos(key), MissingKey, key.Value+" has no search", "")
	}
	if n := value(m, "condition"); n != nil {
		d.Conditions = p.conditions(n, d.Searches)
	} else {
		p.fail(p.pos(key), MissingKey, key.Value+" has no condition", misspelt(m, "condition"))
	}
	return d
}

// timeframe reads the attribute that version 1 had for its aggregations (S8).
func (p *parser) timeframe(k, n *yaml.Node) string {
	p.warn(p.pos(k), NotEvaluated, "timeframe has no effect: conditions no longer aggregate", "write a correlation rule")
	if n.Kind == yaml.ScalarNode {
		return n.Value
	}
	p.fail(p.pos(n), BadType, "timeframe must be a string, not "+kindOf(n), "")
	return ""
}

// search reads one search (S2).
func (p *parser) search(key, n *yaml.Node) *Search {
	s := &Search{Pos: p.pos(key), Name: key.Value}
	if !isIdentifier(s.Name) {
		p.warn(s.Pos, Style, "a condition cannot name the search "+quoted(s.Name),
			"use only letters, digits, _ and - in the names of searches")
	}
	switch {
	case isEmpty(n):
		p.fail(s.Pos, BadDetection, "the search "+quoted(s.Name)+" is empty", "")
	case n.Kind == yaml.MappingNode:
		s.Node = p.allOf(n, s)
	case n.Kind == yaml.SequenceNode:
		s.Node = p.anyOf(n, s)
	default:
		p.warn(p.pos(n), Style, "the search "+quoted(s.Name)+" is a single value, read as a keyword", "write it as a list of one")
		if v, ok := p.value(n); ok {
			s.Node = &Item{Pos: v.Pos, Values: []Value{v}}
		}
	}
	return s
}

// isIdentifier reports whether a condition can name a search: [A-Za-z0-9_-]+
// (N8).
func isIdentifier(s string) bool {
	for i := range len(s) {
		if !isNameByte(s[i]) {
			return false
		}
	}
	return s != ""
}

func isNameByte(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || isDigit(c) || c == '_' || c == '-'
}

// allOf reads a mapping: every item must match (S3, S10).
func (p *parser) allOf(m *yaml.Node, s *Search) AllOf {
	if len(m.Content) == 0 {
		p.fail(p.pos(m), BadDetection, "the search "+quoted(s.Name)+" is an empty mapping", "")
		return nil
	}
	all := make(AllOf, 0, len(m.Content)/2)
	for i := 0; i+1 < len(m.Content); i += 2 {
		all = append(all, p.item(m.Content[i], m.Content[i+1]))
	}
	return all
}

// anyOf reads a list: of mappings (S5), of keywords (S6) or of both (S7).
func (p *parser) anyOf(seq *yaml.Node, s *Search) Node {
	if len(seq.Content) == 0 {
		p.fail(p.pos(seq), BadDetection, "the search "+quoted(s.Name)+" is an empty list", "")
		return nil
	}
	var list AnyOf
	var words *Item // the keywords since the last mapping
	for _, n := range seq.Content {
		switch n.Kind {
		case yaml.MappingNode:
			list, words = append(list, p.allOf(n, s)), nil
		case yaml.SequenceNode:
			p.fail(p.pos(n), BadDetection, "a list inside a list means nothing", "write the values in one list")
		default:
			if words == nil {
				words = &Item{Pos: p.pos(n), List: true}
				list = append(list, words)
			}
			words.Values = p.appendValue(words.Values, n, true)
		}
	}
	if len(list) == 1 && words != nil {
		return words
	}
	return list
}

// item reads one key of a mapping with its values (S4).
func (p *parser) item(key, n *yaml.Node) *Item {
	it := &Item{Pos: p.pos(key)}
	p.fieldAndModifiers(it, key)
	switch n.Kind {
	case yaml.MappingNode:
		hint := "write a nested field with dots"
		if len(n.Content) > 0 {
			hint += ": " + it.Field + "." + n.Content[0].Value
		}
		p.fail(p.pos(key), BadDetection, "the value of "+quoted(key.Value)+" is a mapping", hint)
	case yaml.SequenceNode:
		it.List = true
		if len(n.Content) == 0 {
			p.fail(p.pos(n), BadDetection, "the list of values of "+quoted(key.Value)+" is empty", "null is the value that is absent, '' the empty one")
		}
		it.Values = make([]Value, 0, len(n.Content))
		for _, v := range n.Content {
			it.Values = p.appendValue(it.Values, v, true)
		}
	default:
		it.Values = p.appendValue(nil, n, false)
	}
	return it
}

// fieldAndModifiers reads a key such as Image|endswith|cased (M1).
func (p *parser) fieldAndModifiers(it *Item, key *yaml.Node) {
	bar := strings.IndexByte(key.Value, '|')
	if bar < 0 {
		it.Field = key.Value
		if it.Field == "" {
			p.fail(it.Pos, BadDetection, "the name of the field is empty", "keywords stand in a list, or under '|all'")
		}
		return
	}
	it.Field = key.Value[:bar]
	count := strings.Count(key.Value, "|")
	if count > MaxModifiers {
		p.fail(it.Pos, Limit, "the field has more than "+strconv.Itoa(MaxModifiers)+" modifiers", "")
		return
	}
	places := p.places(key)
	it.Modifiers = make([]Modifier, 0, count)
	for from := bar + 1; ; {
		name := key.Value[from:]
		if i := strings.IndexByte(name, '|'); i >= 0 {
			name = name[:i]
		}
		m := Modifier{Pos: places.at(from), Name: name}
		if name == "" {
			p.fail(m.Pos, BadModifier, "the name of a modifier is missing behind '|'", "")
		}
		it.Modifiers = append(it.Modifiers, m)
		if from += len(name) + 1; from > len(key.Value) {
			return
		}
	}
}

// appendValue reads a value and appends it.
func (p *parser) appendValue(list []Value, n *yaml.Node, inList bool) []Value {
	v, ok := p.value(n)
	if !ok {
		return list
	}
	if inList && v.Kind == Null {
		p.warn(v.Pos, Style, "null should not stand in a list", "write a search with null of its own (specification, \"Special Field Values\")") // V5
	}
	return append(list, v)
}

// value reads a single value. Every scalar of YAML's core schema is one.
func (p *parser) value(n *yaml.Node) (Value, bool) {
	v := Value{Pos: p.pos(n), Text: n.Value}
	switch n.Kind {
	case yaml.ScalarNode:
	case yaml.MappingNode:
		p.fail(v.Pos, BadDetection, "a mapping stands where a value should", "")
		return v, false
	default:
		p.fail(v.Pos, BadDetection, "a list stands where a value should", "")
		return v, false
	}
	switch n.Tag {
	case tagString, tagTime, tagMerge: // A10: a date is its text
	case tagInt, tagFloat:
		v.Kind = p.numberKind(n)
	case tagBool:
		v.Kind, v.Text = Bool, strings.ToLower(n.Value)
	case tagNull:
		v.Kind, v.Text = Null, ""
	default:
		p.fail(v.Pos, BadType, "values of the YAML type "+n.Tag+" have no meaning in a rule", "quote the value, or leave the tag out")
		return v, false
	}
	return v, true
}

// numberKind decides what a scalar is that the YAML library took for a number.
// YAML 1.2 knows neither 1_000 nor 0b11: they are strings.
func (p *parser) numberKind(n *yaml.Node) Kind {
	text := strings.ToLower(strings.TrimLeft(n.Value, "+-"))
	switch {
	case text == ".inf" || text == ".nan":
		p.fail(p.pos(n), BadValue, n.Value+" is no number that an event can have", "quote it where the text is meant") // V10
		return Float
	case strings.IndexByte(text, '_') >= 0 || strings.HasPrefix(text, "0b"):
		return String
	case n.Tag == tagInt:
		return Int
	case n.Style&yaml.TaggedStyle == 0 && isNumber(text):
		return Int // too large for the library's integers
	}
	return Float
}
