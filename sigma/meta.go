package sigma

import (
	"cmp"
	"strings"

	"gopkg.in/yaml.v3"
)

// A documentKind is one of the three kinds of documents (A4).
type documentKind uint8

const (
	ruleDocument documentKind = iota
	correlationDocument
	filterDocument
)

// The limits that the specification sets, in characters.
const (
	maxTitle       = 256   // B1, B5, B6
	maxDescription = 65535 // B9
)

// Statuses returns the values that status may have, the most mature first (B7).
func Statuses() []string {
	return []string{"stable", "test", "experimental", "deprecated", "unsupported"}
}

// Levels returns the values that level may have, the lowest first (B18).
func Levels() []string {
	return []string{"informational", "low", "medium", "high", "critical"}
}

// EffectiveLevel returns the level that a document is taken to have: its own, or
// medium where it has none. The level is optional and the specification has no
// default for it (B18), but alerts of targets must have one, and choices by level
// must decide: all of them take this.
func (m *Meta) EffectiveLevel() Level { return cmp.Or(m.Level, "medium") }

// RelatedTypes returns the types that an entry of related may have (B3).
func RelatedTypes() []string {
	return []string{"derived", "obsolete", "merged", "renamed", "similar", "correlation"}
}

// meta reads the attributes that all kinds of documents have in common. Keys
// that no kind knows are kept (A5).
func (p *parser) meta(root *yaml.Node, m *Meta, kind documentKind) {
	m.Pos = p.pos(root.Content[0])
	m.keys = make([]keyPos, 0, len(root.Content)/2)
	for i := 0; i+1 < len(root.Content); i += 2 {
		key, n := root.Content[i], root.Content[i+1]
		m.keys = append(m.keys, keyPos{key.Value, p.pos(n)})
		if !p.attribute(key.Value, n, m, kind) && !isBody(key.Value, kind) {
			m.Custom = append(m.Custom, CustomAttribute{Pos: p.pos(key), Name: key.Value, Value: n})
		}
	}
	if m.Title == "" {
		p.missingTitle(root, m)
	}
}

// isBody reports whether a key is read elsewhere for this kind of document.
func isBody(key string, kind documentKind) bool {
	switch key {
	case "logsource":
		return kind != correlationDocument
	case "detection":
		return kind == ruleDocument
	case "correlation", "generate":
		return kind == correlationDocument
	case "filter":
		return kind == filterDocument
	}
	return false
}

// missingTitle reports the absence of a title (B1).
func (p *parser) missingTitle(root *yaml.Node, m *Meta) {
	n := value(root, "title")
	switch {
	case n == nil:
		p.fail(m.Pos, MissingKey, "the title is missing", misspelt(root, "title"))
	case isEmpty(n) || isText(n):
		p.fail(p.pos(n), MissingKey, "the title is empty", "")
	}
}

// attribute reads one attribute. It returns false where the key is none of
// those that the specification names.
func (p *parser) attribute(key string, n *yaml.Node, m *Meta, kind documentKind) bool {
	switch key {
	case "title":
		if !isEmpty(n) {
			m.Title = p.text(n, key, maxTitle)
		}
	case "id":
		m.ID = p.id(n)
	case "name":
		m.Name = p.text(n, key, maxTitle)
	case "taxonomy":
		m.Taxonomy = p.text(n, key, maxTitle)
	case "status":
		m.Status = Status(p.oneOf(n, key, Statuses()))
	case "level":
		m.Level = Level(p.oneOf(n, key, Levels()))
	case "description":
		m.Description = p.text(n, key, maxDescription)
	case "license":
		m.License = p.text(n, key, 0)
	case "author":
		m.Author = p.text(n, key, 0)
	case "date":
		m.Date = p.date(n, key)
	case "modified":
		m.Modified = p.date(n, key)
	default:
		return p.listAttribute(key, n, m, kind)
	}
	return true
}

// listAttribute reads one attribute that is a list.
func (p *parser) listAttribute(key string, n *yaml.Node, m *Meta, kind documentKind) bool {
	switch key {
	case "references":
		m.References = p.texts(n, key, 0, false)
	case "falsepositives":
		m.FalsePositives = p.texts(n, key, 2, kind != ruleDocument)
	case "fields":
		m.Fields = p.texts(n, key, 0, false)
	case "scope":
		m.Scope = p.texts(n, key, 2, false)
	case "tags":
		m.Tags = p.tags(n)
	case "related":
		m.Related = p.related(n)
	default:
		return false
	}
	return true
}

// id reads an identifier. One that is no UUID is still an identifier (B2).
func (p *parser) id(n *yaml.Node) string {
	id := p.text(n, "id", 0)
	if id != "" && !IsUUID(id) {
		p.warn(p.pos(n), Style, "the id is no UUID", "other tools may refuse it")
	}
	return id
}

// IsUUID reports whether a text is a UUID in its usual spelling, of hexadecimal
// digits of any case.
func IsUUID(s string) bool {
	if len(s) != 36 {
		return false
	}
	for i := range len(s) {
		if i == 8 || i == 13 || i == 18 || i == 23 {
			if s[i] != '-' {
				return false
			}
		} else if !isHex(s[i]) {
			return false
		}
	}
	return true
}

func isHex(c byte) bool {
	return isDigit(c) || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// oneOf reads an attribute that has one of a few values.
func (p *parser) oneOf(n *yaml.Node, what string, allowed []string) string {
	word := p.text(n, what, 0)
	if word == "" {
		return ""
	}
	for _, a := range allowed {
		if a == word {
			return word
		}
	}
	p.fail(p.pos(n), BadValue, "unknown "+what+" "+quoted(word), meant(strings.ToLower(word), allowed))
	return ""
}

// meant returns the hint for a word that is none of those allowed.
func meant(word string, allowed []string) string {
	if near := Nearest(word, allowed); near != "" {
		return "did you mean " + near + "?"
	}
	return "known are " + strings.Join(allowed, ", ")
}

// quoted returns a word as messages show it: shortened where it is long, and
// with escapes for what a terminal would not show.
func quoted(word string) string {
	const most = 60
	n := 0
	for i := range word {
		if n++; n > most {
			word = word[:i] + "..."
			break
		}
	}
	if !isPrintable(word) {
		return doubleQuoted(word)
	}
	return "'" + word + "'"
}

// date reads a date (B13). The slashes of version 1 are still read.
func (p *parser) date(n *yaml.Node, what string) string {
	d := p.text(n, what, 0)
	switch {
	case d == "" || isDate(d, '-'):
	case isDate(d, '/'):
		p.warn(p.pos(n), Deprecated, what+" has slashes", "write "+ISODate(d))
	default:
		p.fail(p.pos(n), BadValue, what+" "+quoted(d)+" is no date", "write it as 2006-01-31")
	}
	return d
}

// ISODate returns a date of a document as the specification writes it. The dates of
// version 1 have slashes (B13).
func ISODate(date string) string { return strings.ReplaceAll(date, "/", "-") }

// isDate reports whether a text is a date with that separator:
// ^\d{4}-(0[1-9]|1[012])-(0[1-9]|[12]\d|3[01])$.
func isDate(s string, sep byte) bool {
	if len(s) != 10 || s[4] != sep || s[7] != sep {
		return false
	}
	for i := range len(s) {
		if i != 4 && i != 7 && !isDigit(s[i]) {
			return false
		}
	}
	month, day := s[5:7], s[8:10]
	return "01" <= month && month <= "12" && "01" <= day && day <= "31"
}

// tags reads the tags (B19).
func (p *parser) tags(n *yaml.Node) []Tag {
	nodes := p.items(n, "tags", false)
	list := make([]Tag, 0, len(nodes))
	p.unique(nodes, "tags")
	for _, item := range nodes {
		if !isText(item) {
			p.text(item, "a tag", 0)
			continue
		}
		if !isTag(item.Value) {
			p.fail(p.pos(item), BadValue, "bad tag "+quoted(item.Value), tagHint(item.Value))
		}
		list = append(list, Tag{Pos: p.pos(item), Text: item.Value})
	}
	return list
}

// isTag reports whether a text is a tag: ^[a-z0-9_-]+\.[a-z0-9._-]+$.
func isTag(s string) bool {
	dot := strings.IndexByte(s, '.')
	if dot < 1 || dot == len(s)-1 {
		return false
	}
	for i := range len(s) {
		c := s[i]
		if !('a' <= c && c <= 'z' || isDigit(c) || c == '_' || c == '-' || c == '.' && i >= dot) {
			return false
		}
	}
	return true
}

func tagHint(tag string) string {
	if low := strings.ReplaceAll(strings.ToLower(tag), " ", "-"); low != tag && isTag(low) {
		return "write " + low
	}
	return "a tag is a namespace, a dot and a name, in lower case, such as attack.t1571"
}

// related reads the references to other rules (B3, B4).
func (p *parser) related(n *yaml.Node) []Related {
	nodes := p.items(n, "related", false)
	list := make([]Related, 0, len(nodes))
	for _, item := range nodes {
		if item.Kind != yaml.MappingNode {
			p.fail(p.pos(item), BadType, "an entry of related must have id and type", "")
			continue
		}
		list = append(list, p.relation(item))
	}
	return list
}

// relation reads one entry of related.
func (p *parser) relation(m *yaml.Node) Related {
	r := Related{Pos: p.pos(m)}
	for i := 0; i+1 < len(m.Content); i += 2 {
		key, n := m.Content[i], m.Content[i+1]
		switch key.Value {
		case "id":
			r.ID = p.id(n)
		case "type":
			if n.Value == "obsoletes" {
				p.warn(p.pos(n), Deprecated, "obsoletes is an old spelling", "write obsolete")
				r.Type = "obsolete"
			} else {
				r.Type = p.oneOf(n, "type of relation", RelatedTypes())
			}
		default:
			p.fail(p.pos(key), BadValue, "unknown key "+quoted(key.Value)+" in related", "an entry has id and type")
		}
	}
	for _, name := range []string{"id", "type"} {
		if n := value(m, name); n == nil || isEmpty(n) {
			p.fail(r.Pos, MissingKey, "an entry of related has no "+name, "")
		}
	}
	return r
}
