package sigma

import (
	"bytes"
	"io"
	"sort"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// Write writes documents as one YAML stream. What Parse reads from it are the
// same documents, positions aside. The error is an *Error where a document
// holds what no rule file can say, such as a search without values or text
// that is not UTF-8, and otherwise that of w. Nothing is written where a
// document cannot be.
func Write(w io.Writer, docs ...Document) error {
	out := &writer{}
	for i, d := range docs {
		if i > 0 {
			out.buf.WriteString("---\n")
		}
		switch d := d.(type) {
		case *Rule:
			out.rule(d)
		case *Correlation:
			out.correlation(d)
		case *Filter:
			out.filter(d)
		}
	}
	if out.err == nil && !utf8.Valid(out.buf.Bytes()) {
		out.err = &Error{Code: BadValue, Msg: "the text is not UTF-8"}
	}
	if out.err != nil {
		return out.err
	}
	_, err := w.Write(out.buf.Bytes())
	return err
}

// indentStep is the indentation that the specification recommends (A2).
const indentStep = "    "

// A writer writes YAML. After an error it writes on, into a buffer that nobody
// will see.
type writer struct {
	buf bytes.Buffer
	err error
}

// fail keeps the first error.
func (w *writer) fail(pos Pos, code Code, msg string) {
	if w.err == nil {
		w.err = &Error{Pos: pos, Code: code, Msg: msg}
	}
}

// key writes a key and its colon. Longer ones than 1024 characters need a
// question mark in front (YAML 1.2.2, 7.4.2).
func (w *writer) key(indent, key string) {
	w.buf.WriteString(indent)
	w.keyInLine(indent, key)
}

// keyInLine writes a key where the indentation stands already.
func (w *writer) keyInLine(indent, key string) {
	text := quoteYAML(key)
	if len(text) > 1000 {
		w.buf.WriteString("? " + text + "\n" + indent)
	} else {
		w.buf.WriteString(text)
	}
	w.buf.WriteString(":")
}

// text writes an attribute that is a string, unless it is empty.
func (w *writer) text(indent, key, s string) {
	if s == "" {
		return
	}
	w.key(indent, key)
	spelling, ok := literalBlock(s, indent+indentStep)
	if !ok {
		spelling = quoteYAML(s)
	}
	w.buf.WriteString(" " + spelling + "\n")
}

// list writes an attribute that is a list of strings, unless it is empty.
func (w *writer) list(indent, key string, list []string) {
	if len(list) == 0 {
		return
	}
	w.key(indent, key)
	w.buf.WriteString("\n")
	for _, s := range list {
		w.buf.WriteString(indent + indentStep + "- " + quoteYAML(s) + "\n")
	}
}

// head writes the attributes that stand before the section of the kind.
func (w *writer) head(m *Meta) {
	w.text("", "title", m.Title)
	w.text("", "id", m.ID)
	w.text("", "name", m.Name)
	w.text("", "taxonomy", m.Taxonomy)
	if len(m.Related) > 0 {
		w.buf.WriteString("related:\n")
		for _, r := range m.Related {
			w.buf.WriteString(indentStep + "- id: " + quoteYAML(r.ID) + "\n")
			w.buf.WriteString(indentStep + "  type: " + quoteYAML(r.Type) + "\n")
		}
	}
	w.text("", "status", string(m.Status))
	w.text("", "description", m.Description)
	w.text("", "license", m.License)
	w.list("", "references", m.References)
	w.text("", "author", m.Author)
	w.text("", "date", m.Date)
	w.text("", "modified", m.Modified)
	tags := make([]string, len(m.Tags))
	for i, t := range m.Tags {
		tags[i] = t.Text
	}
	w.list("", "tags", tags)
	w.list("", "scope", m.Scope)
}

// tail writes the attributes that stand behind the section of the kind.
func (w *writer) tail(m *Meta) {
	w.list("", "fields", m.Fields)
	w.list("", "falsepositives", m.FalsePositives)
	w.text("", "level", string(m.Level))
	for _, c := range m.Custom {
		w.key("", c.Name)
		w.node(c.Value, "")
	}
}

func (w *writer) rule(r *Rule) {
	w.head(&r.Meta)
	w.logSource(&r.LogSource)
	w.buf.WriteString("detection:\n")
	w.detection(&r.Detection)
	w.tail(&r.Meta)
}

func (w *writer) filter(f *Filter) {
	w.head(&f.Meta)
	w.logSource(&f.LogSource)
	w.buf.WriteString("filter:\n")
	if f.Any {
		w.text(indentStep, "rules", "any")
	} else {
		w.list(indentStep, "rules", refTexts(f.Rules))
	}
	w.detection(&f.Detection)
	w.tail(&f.Meta)
}

func refTexts(refs []Ref) []string {
	list := make([]string, len(refs))
	for i, r := range refs {
		list[i] = r.Text
	}
	return list
}

func (w *writer) logSource(ls *LogSource) {
	w.buf.WriteString("logsource:\n")
	w.text(indentStep, "category", ls.Category)
	w.text(indentStep, "product", ls.Product)
	w.text(indentStep, "service", ls.Service)
	names := make([]string, 0, len(ls.Custom))
	for name := range ls.Custom {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		w.text(indentStep, name, ls.Custom[name])
	}
	w.text(indentStep, "definition", ls.Definition)
}

// node writes the value of a custom attribute behind its colon or dash.
func (w *writer) node(n *yaml.Node, indent string) {
	switch {
	case n == nil:
		w.buf.WriteString(" null\n")
	case n.Kind == yaml.ScalarNode:
		w.buf.WriteString(" " + scalarYAML(n) + "\n")
	case n.Kind == yaml.MappingNode && len(n.Content) == 0:
		w.buf.WriteString(tagPrefix(n, "!!map") + " {}\n")
	case n.Kind == yaml.SequenceNode && len(n.Content) == 0:
		w.buf.WriteString(tagPrefix(n, "!!seq") + " []\n")
	case n.Kind == yaml.MappingNode:
		w.buf.WriteString(tagPrefix(n, "!!map") + "\n")
		for i := 0; i+1 < len(n.Content); i += 2 {
			w.key(indent+indentStep, n.Content[i].Value)
			w.node(n.Content[i+1], indent+indentStep)
		}
	case n.Kind == yaml.SequenceNode:
		w.buf.WriteString(tagPrefix(n, "!!seq") + "\n")
		for _, item := range n.Content {
			w.buf.WriteString(indent + indentStep + "-")
			w.node(item, indent+indentStep)
		}
	default:
		w.fail(Pos{}, BadYAML, "a custom attribute has a YAML node that is no value")
	}
}

// tagPrefix returns the tag that must be written in front of a node.
func tagPrefix(n *yaml.Node, usual string) string {
	if n.Tag == "" || n.Tag == usual {
		return ""
	}
	return " " + n.Tag
}

// scalarYAML returns the spelling of a scalar of a custom attribute.
func scalarYAML(n *yaml.Node) string {
	switch n.Tag {
	case "", tagString:
		return quoteYAML(n.Value)
	}
	return typedYAML(n.Tag, n.Value)
}
