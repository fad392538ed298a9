package compare

import (
	"bytes"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/sigma-compiler/sigmac/sigma"
)

// A Word is an attribute that two documents write in different ways, beside what
// they match: their titles, levels, tags.
type Word struct {
	Key      string   // the attribute, as documents call it
	Old, New []string // of a list what only the one has; nothing where only the order differs
}

// Words returns what two documents say differently that has no bearing on what
// they match, in the order in which documents have their attributes. The same
// detection in other words is the attribute detection, without what it says.
func Words(old, new sigma.Document) []Word {
	w := words{}
	a, b := old.Metadata(), new.Metadata()
	w.text("title", a.Title, b.Title)
	w.text("id", a.ID, b.ID)
	w.text("name", a.Name, b.Name)
	w.text("taxonomy", a.Taxonomy, b.Taxonomy)
	w.list("related", relations(a), relations(b))
	w.text("status", string(a.Status), string(b.Status))
	w.text("description", a.Description, b.Description)
	w.text("license", a.License, b.License)
	w.list("references", a.References, b.References)
	w.text("author", a.Author, b.Author)
	w.text("date", a.Date, b.Date)
	w.text("modified", a.Modified, b.Modified)
	w.list("tags", tags(a), tags(b))
	w.list("scope", a.Scope, b.Scope)
	w.section(old, new)
	w.list("fields", a.Fields, b.Fields)
	w.list("falsepositives", a.FalsePositives, b.FalsePositives)
	w.text("level", string(a.Level), string(b.Level))
	w.custom(a, b)
	return w.found
}

type words struct{ found []Word }

func (w *words) text(key, old, new string) {
	if old != new {
		w.found = append(w.found, Word{key, listOf(old), listOf(new)})
	}
}

// listOf returns a list of a text that is there.
func listOf(s string) []string {
	if s == "" {
		return nil
	}
	return []string{s}
}

func (w *words) list(key string, old, new []string) {
	if !slices.Equal(old, new) {
		w.found = append(w.found, Word{key, missing(old, new), missing(new, old)})
	}
}

func relations(m *sigma.Meta) []string {
	out := make([]string, len(m.Related))
	for i, r := range m.Related {
		out[i] = r.Type + " " + r.ID
	}
	return out
}

func tags(m *sigma.Meta) []string {
	out := make([]string, len(m.Tags))
	for i, t := range m.Tags {
		out[i] = t.Text
	}
	return out
}

// section compares how the part is written that says what the document is
// about.
func (w *words) section(old, new sigma.Document) {
	a, b := sectionOf(old), sectionOf(new)
	w.text("logsource.definition", a.definition, b.definition)
	if a.text != b.text {
		w.found = append(w.found, Word{Key: a.key})
	}
}

// A section is what a document is about, as text that does not tell of places.
type section struct{ key, definition, text string }

func sectionOf(d sigma.Document) section {
	bare := sigma.Meta{Title: "T"}
	s := section{key: "detection"}
	switch x := d.(type) {
	case *sigma.Rule:
		r := *x
		s.definition = r.LogSource.Definition
		r.Meta, r.LogSource.Definition = bare, ""
		s.text = written(&r)
	case *sigma.Filter:
		f := *x
		s.key, s.definition = "filter", f.LogSource.Definition
		f.Meta, f.LogSource.Definition = bare, ""
		s.text = written(&f)
	case *sigma.Correlation:
		c := *x
		s.key, c.Meta = "correlation", bare
		s.text = written(&c)
	}
	return s
}

// written returns a document as sigma.Write writes it. One that it cannot write
// is not complete, and has no text to compare.
func written(d sigma.Document) string {
	var b bytes.Buffer
	if err := sigma.Write(&b, d); err != nil {
		return ""
	}
	return b.String()
}

// custom compares the keys that the specification does not name.
func (w *words) custom(old, new *sigma.Meta) {
	for _, a := range old.Custom {
		w.text(a.Name, value(a.Value), value(customOf(new, a.Name)))
	}
	for _, b := range new.Custom {
		if customOf(old, b.Name) == nil {
			w.text(b.Name, "", value(b.Value))
		}
	}
}

func customOf(m *sigma.Meta, name string) *yaml.Node {
	for _, c := range m.Custom {
		if c.Name == name {
			return c.Value
		}
	}
	return nil
}

// value returns a YAML value as text: a scalar as it is, others in the manner of
// JSON. What an alias refers to is not written again.
func value(n *yaml.Node) string {
	if n == nil {
		return ""
	}
	switch n.Kind {
	case yaml.SequenceNode, yaml.MappingNode:
	case yaml.AliasNode:
		return "*" + n.Value
	default:
		return n.Value
	}
	var parts []string
	for i := 0; i < len(n.Content); i++ {
		part := value(n.Content[i])
		if n.Kind == yaml.MappingNode && i+1 < len(n.Content) {
			i++
			part += ": " + value(n.Content[i])
		}
		parts = append(parts, part)
	}
	if n.Kind == yaml.MappingNode {
		return "{" + strings.Join(parts, ", ") + "}"
	}
	return "[" + strings.Join(parts, ", ") + "]"
}
