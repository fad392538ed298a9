package sigma

import "gopkg.in/yaml.v3"

// A Document is one YAML document of a rule file: *Rule, *Correlation or
// *Filter (A4).
type Document interface {
	// Metadata returns what all kinds of documents have in common.
	Metadata() *Meta
	document()
}

// Meta is the part that rules, correlations and filters have in common
// (specification, "Components"). Absent attributes are empty.
type Meta struct {
	Pos                        // the first key of the document
	Title, ID, Name            string
	Taxonomy                   string // "" means sigma (B6)
	Status                     Status
	Level                      Level
	Description, License       string
	Author                     string
	Date, Modified             string // as written: 2006-01-02, or 2006/01/02 of version 1
	References, FalsePositives []string
	Fields, Scope              []string
	Tags                       []Tag
	Related                    []Related
	Custom                     []CustomAttribute // top-level keys that the specification does not name (A5)

	keys []keyPos
}

// keyPos says where a top-level key stands.
type keyPos struct {
	name string
	pos  Pos
}

// Metadata returns m itself.
func (m *Meta) Metadata() *Meta { return m }

// At returns the place of a top-level key's value, or that of the document
// where it has no such key.
func (m *Meta) At(key string) Pos {
	for _, k := range m.keys {
		if k.name == key {
			return k.pos
		}
	}
	return m.Pos
}

// A Status is the maturity of a rule: stable, test, experimental, deprecated
// or unsupported (B7).
type Status string

// A Level is the severity of a rule: informational, low, medium, high or
// critical (B18).
type Level string

// A Tag is one entry of tags: "attack.t1571" has namespace "attack" and name
// "t1571".
type Tag struct {
	Pos
	Text string
}

// Namespace returns what stands before the first dot.
func (t Tag) Namespace() string { ns, _ := t.cut(); return ns }

// Name returns what stands behind the first dot.
func (t Tag) Name() string { _, name := t.cut(); return name }

func (t Tag) cut() (ns, name string) {
	for i := range len(t.Text) {
		if t.Text[i] == '.' {
			return t.Text[:i], t.Text[i+1:]
		}
	}
	return "", t.Text
}

// Related refers to another rule (B3).
type Related struct {
	Pos
	ID, Type string // Type is derived, obsolete, merged, renamed, similar or correlation
}

// A CustomAttribute is a key that the specification does not name, kept as the
// YAML node that was read.
type CustomAttribute struct {
	Pos
	Name  string
	Value *yaml.Node
}

// A Rule is a detection rule as written.
type Rule struct {
	Meta
	LogSource LogSource
	Detection Detection
}

func (*Rule) document() {}

// A LogSource says which events a rule is about (L1). Empty attributes are
// absent ones.
type LogSource struct {
	Pos
	Category, Product, Service string
	Definition                 string            // for people, not evaluated
	Custom                     map[string]string // further attributes, nil where there are none
}

// A Detection is what a rule looks for: named searches and conditions over
// them, both in the order of the file.
type Detection struct {
	Pos
	Searches   []*Search
	Conditions []*Condition // several conditions: a query each (N5)
	Timeframe  string       // version 1 only, not evaluated (S8)
}

// Search returns the search with that name, or nil.
func (d *Detection) Search(name string) *Search {
	for _, s := range d.Searches {
		if s.Name == name {
			return s
		}
	}
	return nil
}

// A Search is one named search identifier (S2).
type Search struct {
	Pos  // of the name
	Name string
	Node Node
}

// A Node is a part of a search: AllOf, AnyOf or *Item.
type Node interface{ node() }

// AllOf is a YAML mapping: all of its items must match (S3).
type AllOf []Node

// AnyOf is a YAML list of mappings, or of values and mappings: one must match
// (S5, S7).
type AnyOf []Node

func (AllOf) node() {}
func (AnyOf) node() {}
func (*Item) node() {}

// An Item is one detection item: a field with modifiers and values, or, where
// Field is empty, keywords that are sought in the whole event (S6).
type Item struct {
	Pos       // of the key; of the first value for keywords without a key
	Field     string
	Modifiers []Modifier
	Values    []Value
	List      bool // the values were written as a list
}

// A Modifier is one "|name" behind a field name.
type Modifier struct {
	Pos
	Name string
}

// A Kind is the YAML type of a value.
type Kind uint8

// The kinds of values. A list or a mapping is never a value.
const (
	String Kind = iota
	Int
	Float
	Bool
	Null
)

// String returns the kind's name as error messages use it.
func (k Kind) String() string {
	return [...]string{"string", "integer", "float", "boolean", "null"}[k]
}

// A Value is one value of an item. Text is the value as written, after YAML's
// own quoting is undone and before any Sigma escape is: regular expressions,
// networks and encodings need it raw. Numbers keep their digits, booleans are
// "true" or "false", null is "".
type Value struct {
	Pos
	Kind Kind
	Text string
}
