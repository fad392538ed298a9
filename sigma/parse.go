package sigma

import (
	"strconv"

	"gopkg.in/yaml.v3"
)

// Parse reads all documents of one file: rules, correlations and filters. The
// name is what errors call the file. The documents that are right are returned
// even where others are not; the error is then an ErrorList with everything
// that is wrong in the file, in order. ParseFile returns the warnings too.
// The data must not be changed afterwards: positions refer to it.
func Parse(name string, data []byte) ([]Document, error) {
	docs, _, errs := ParseFile(&File{Name: name, Data: data})
	return docs, errs.Err()
}

// ParseRule reads a text that is exactly one detection rule.
func ParseRule(name string, data []byte) (*Rule, error) {
	f := &File{Name: name, Data: data}
	docs, _, errs := ParseFile(f)
	if len(errs) > 0 {
		return nil, errs
	}
	start := Pos{File: f, Line: 1, Col: 1}
	if len(docs) == 0 {
		return nil, ErrorList{{Pos: start, Code: BadYAML, Msg: "there is no rule in the text"}}
	}
	rule, ok := docs[0].(*Rule)
	if !ok {
		return nil, ErrorList{{Pos: docs[0].Metadata().Pos, Code: BadValue, Msg: "the document is no detection rule"}}
	}
	if len(docs) > 1 {
		return nil, ErrorList{{Pos: docs[1].Metadata().Pos, Code: BadYAML,
			Msg: "there is more than one document in the text", Hint: "one detection rule is expected"}}
	}
	return rule, nil
}

// ParseFile reads all documents of one file. It returns the documents that
// have no errors, and the warnings and the errors of all, each in the order of
// the file.
func ParseFile(f *File) (docs []Document, warnings, errs ErrorList) {
	docs, _, warnings, errs = ParseAll(f)
	return docs, warnings, errs
}

// ParseAll is ParseFile. It also returns what could be read of the rules that
// have errors, for programs that say more about them; they are not fit to
// be compiled.
func ParseAll(f *File) (docs []Document, broken []*Rule, warnings, errs ErrorList) {
	p := &parser{file: f, budget: MaxExpansion, condLeft: MaxConditions, searchLeft: 8 << 20}
	if p.readable() {
		segs := f.segments()
		if len(segs) > MaxDocuments {
			p.fail(Pos{File: f, Line: segs[MaxDocuments].line + 1, Col: 1}, Limit,
				"the file has more than "+strconv.Itoa(MaxDocuments)+" documents", "split it")
			segs = segs[:MaxDocuments]
		}
		for _, s := range segs {
			if p.budget < 0 { // the file is a bomb, and said to be
				break
			}
			if doc := p.segment(s); doc != nil {
				docs = append(docs, doc)
			}
		}
	}
	return docs, p.broken, p.warnings.capped(), p.errs.capped()
}

// capped returns the sorted list, cut where it is longer than anybody reads.
func (l ErrorList) capped() ErrorList {
	l.Sort()
	if len(l) > MaxErrors {
		l = append(l[:MaxErrors:MaxErrors], &Error{Pos: l[MaxErrors].Pos, Code: Limit, Msg: "there are more such messages, which are left out"})
	}
	return l
}

// A parser reads one file.
type parser struct {
	file       *File
	broken     []*Rule
	warnings   ErrorList
	errs       ErrorList
	failed     int        // errors so far, those included that were too many to keep
	budget     int        // nodes that aliases and merges may still add
	condLeft   int        // bytes of conditions that may still come
	searchLeft int        // bytes that may still be read again to find mistakes in the YAML
	global     *yaml.Node // what action: global gives to later documents
	previous   *yaml.Node // the document that action: repeat repeats
	last       cursor     // where the source was last read again
}

func (p *parser) fail(pos Pos, code Code, msg, hint string) {
	p.failed++
	if len(p.errs) <= MaxErrors {
		p.errs = append(p.errs, &Error{Pos: pos, Code: code, Msg: msg, Hint: hint})
	}
}

func (p *parser) warn(pos Pos, code Code, msg, hint string) {
	if len(p.warnings) <= MaxErrors {
		p.warnings = append(p.warnings, &Error{Pos: pos, Code: code, Msg: msg, Hint: hint})
	}
}

// pos returns the place of a node's first character.
func (p *parser) pos(n *yaml.Node) Pos {
	return Pos{File: p.file, Line: n.Line, Col: n.Column}
}

// segment reads one YAML document. It returns nil where the document is
// empty, wrong, or only says something about other documents.
func (p *parser) segment(s segment) Document {
	before := p.failed
	if s.directives > MaxDirectives {
		p.fail(Pos{File: p.file, Line: s.line + 1, Col: 1}, Limit,
			"the document has more than "+strconv.Itoa(MaxDirectives)+" directives", "a rule needs none")
		return nil
	}
	root, err := p.file.nodes(s)
	if err != nil {
		p.syntaxError(s, err)
		return nil
	}
	if root == nil || !p.resolve(root, s) || isEmpty(root) {
		return nil
	}
	if root.Kind != yaml.MappingNode {
		p.fail(p.pos(root), BadYAML, "a document must be a mapping, not "+kindOf(root),
			"a rule begins with a line such as title: Name of the rule")
		return nil
	}
	root = p.action(root)
	if root == nil || p.budget < 0 {
		return nil
	}
	doc := p.document(root)
	if p.failed == before {
		return doc
	}
	if r, ok := doc.(*Rule); ok {
		p.broken = append(p.broken, r)
	}
	return nil
}

// document reads a document by its kind (A4).
func (p *parser) document(root *yaml.Node) Document {
	correlation, filter, detection := keyNode(root, "correlation"), keyNode(root, "filter"), keyNode(root, "detection")
	switch {
	case correlation != nil && filter != nil:
		p.fail(p.pos(filter), BadValue, "a document cannot be a correlation and a filter", "write two documents")
	case detection != nil && (correlation != nil || filter != nil):
		p.fail(p.pos(detection), BadValue, "a document with detection cannot be a correlation or a filter too", "write two documents")
	case correlation != nil:
		return p.correlation(root)
	case filter != nil:
		return p.filter(root)
	case detection != nil:
		return p.rule(root)
	default:
		p.unknownDocument(root)
	}
	return nil
}

// unknownDocument says why a document is of no kind.
func (p *parser) unknownDocument(root *yaml.Node) {
	kinds := []string{"detection", "correlation", "filter"}
	hint := ""
	for i := 0; i < min(len(root.Content), 100); i += 2 {
		if near := Nearest(root.Content[i].Value, kinds); near != "" {
			hint = "did you mean " + near + " where it says " + root.Content[i].Value + "?"
		}
	}
	at := root
	if len(root.Content) > 0 {
		at = root.Content[0]
	}
	p.fail(p.pos(at), MissingKey,
		"the document has none of the keys detection, correlation and filter, so it is no Sigma rule", hint)
}

// rule reads a detection rule.
func (p *parser) rule(root *yaml.Node) *Rule {
	r := &Rule{}
	p.meta(root, &r.Meta, ruleDocument)
	if n := p.mandatory(root, &r.Meta, "logsource"); n != nil {
		r.LogSource = p.logSource(n, value(root, "logsource"))
	}
	r.Detection = p.detection(keyNode(root, "detection"), value(root, "detection"), nil)
	return r
}

// mandatory returns the key of an attribute that a document must have.
func (p *parser) mandatory(root *yaml.Node, m *Meta, name string) *yaml.Node {
	if key := keyNode(root, name); key != nil {
		return key
	}
	p.fail(m.Pos, MissingKey, "the "+name+" is missing", misspelt(root, name))
	return nil
}

// misspelt returns a hint where a mapping has a key that is nearly the name.
func misspelt(m *yaml.Node, name string) string {
	for i := 0; i < min(len(m.Content), 100); i += 2 {
		if word := m.Content[i].Value; word != name && Nearest(word, []string{name}) != "" {
			return "did you mean " + name + " where it says " + word + "?"
		}
	}
	return ""
}

// keyNode returns the node of a mapping's key, or nil.
func keyNode(m *yaml.Node, name string) *yaml.Node {
	for i := 0; i+1 < len(m.Content); i += 2 {
		if m.Content[i].Value == name {
			return m.Content[i]
		}
	}
	return nil
}

// value returns the node of the value that a mapping has for a key, or nil.
func value(m *yaml.Node, name string) *yaml.Node {
	for i := 0; i+1 < len(m.Content); i += 2 {
		if m.Content[i].Value == name {
			return m.Content[i+1]
		}
	}
	return nil
}
