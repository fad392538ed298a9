package ir

import (
	"fmt"

	"github.com/sigma-compiler/sigmac/sigma"
)

// A Set is what documents mean together: rules with the filters that are about
// them, and correlations with all that they refer to.
type Set struct {
	// Rules are the detection rules in the order of the documents, filters
	// applied.
	Rules []*Rule

	// Correlations are the correlation rules in the order of the documents.
	Correlations []*Correlation

	// Warnings are about filters and references; those of a rule or a
	// correlation are with it.
	Warnings sigma.ErrorList

	inner        map[sigma.Document]bool // referred to, and by no correlation with generate: true
	rules        map[*sigma.Rule]*Rule
	correlations map[*sigma.Correlation]*Correlation
}

// Rule returns what a detection rule means, filters applied; nil where it has
// mistakes or is none of the documents.
func (s *Set) Rule(doc *sigma.Rule) *Rule { return s.rules[doc] }

// Correlation returns what a correlation means. The error is what to say of one
// that could not be linked and in which nothing is wrong itself; mistakes of its
// own are in the error of Link.
func (s *Set) Correlation(doc *sigma.Correlation) (*Correlation, *sigma.Error) {
	if c := s.correlations[doc]; c != nil {
		return c, nil
	}
	return nil, &sigma.Error{Pos: doc.Pos, Code: sigma.RuleRejected, Msg: "the correlation refers to another that has mistakes of its own"}
}

// Alone reports whether a document stands for itself. Rules and correlations
// that others refer to do not, unless one of these says generate: true (C27).
func (s *Set) Alone(doc sigma.Document) bool { return !s.inner[doc] }

// LinkOptions are choices of Link. The zero value is what the specification
// and other tools do.
type LinkOptions struct {
	// SuppressFilters reads the condition of a filter as what is to be left out,
	// as its purpose suggests. Otherwise it is what events of the rule must
	// match, too (G7).
	SuppressFilters bool

	// Build stands in for the function Build, such as where rules were built
	// before. A rule for which it returns nil has mistakes, which are reported as
	// far as they are in the error.
	Build func(*sigma.Rule) (*Rule, error)
}

// Link builds the documents of a collection, which may come from any number
// of files in any order. References go by id or name (C5). Documents that do
// not build do not keep others from it: the Set has all that is right, and the
// error is an ErrorList with all that is wrong, such as references to what
// does not exist and correlations that refer to themselves.
func Link(docs []sigma.Document, o LinkOptions) (*Set, error) {
	if o.Build == nil {
		o.Build = Build
	}
	l := &linker{
		options: o,
		named:   make(map[string][]sigma.Document),
		rules:   make(map[*sigma.Rule]*Rule),
		done:    make(map[*sigma.Correlation]*Correlation),
		sizes:   make(map[*sigma.Correlation]int),
	}
	l.set = &Set{inner: make(map[sigma.Document]bool), rules: l.rules, correlations: l.done}
	for _, d := range docs {
		l.add(d)
	}
	for _, d := range docs {
		if f, ok := d.(*sigma.Filter); ok {
			l.filter(f, docs)
		}
	}
	for _, d := range docs {
		switch d := d.(type) {
		case *sigma.Rule:
			if r := l.rules[d]; r != nil {
				l.set.Rules = append(l.set.Rules, r)
			}
		case *sigma.Correlation:
			if c := l.correlation(d); c != nil {
				l.set.Correlations = append(l.set.Correlations, c)
			}
		}
	}
	l.settleInner()
	if len(l.errs) > 0 {
		l.errs.Sort()
		return l.set, l.errs
	}
	return l.set, nil
}

// A linker puts documents together.
type linker struct {
	options LinkOptions
	set     *Set
	named   map[string][]sigma.Document // by id and by name
	rules   map[*sigma.Rule]*Rule       // nil for those that do not build
	done    map[*sigma.Correlation]*Correlation
	sizes   map[*sigma.Correlation]int // how many rules and correlations they refer to, by all ways
	path    []*sigma.Correlation       // those that are being built, each referred to by the one before
	refers  []reference
	errs    sigma.ErrorList
}

// A reference is one of a correlation to another document.
type reference struct {
	to       sigma.Document
	generate bool
}

func (l *linker) fail(pos sigma.Pos, code sigma.Code, hint, format string, args ...any) {
	l.errs = append(l.errs, &sigma.Error{Pos: pos, Code: code, Msg: fmt.Sprintf(format, args...), Hint: hint})
}

// add notes the names of a document, and builds it where it is a rule.
func (l *linker) add(d sigma.Document) {
	m := d.Metadata()
	if m.ID != "" {
		l.named[m.ID] = append(l.named[m.ID], d)
	}
	if m.Name != "" && m.Name != m.ID {
		l.named[m.Name] = append(l.named[m.Name], d)
	}
	r, ok := d.(*sigma.Rule)
	if !ok {
		return
	}
	built, err := l.options.Build(r)
	l.errs = append(l.errs, sigma.Errors(err)...)
	l.rules[r] = built
}

// resolve returns the document that a reference means, or nil after an error.
func (l *linker) resolve(ref sigma.Ref) sigma.Document {
	found := l.named[ref.Text]
	switch {
	case len(found) == 0:
		l.fail(ref.Pos, sigma.UnknownName, l.nearest(ref.Text), "there is no rule with the id or name %q among what was read", ref.Text)
		return nil
	case len(found) > 1:
		l.fail(ref.Pos, sigma.UnknownName, "the others are at "+places(found[1:]), "%d documents have the id or name %q: one is at %s", len(found), ref.Text, found[0].Metadata().Pos)
		return nil
	}
	return found[0]
}

// nearest suggests a name of a rule or correlation.
func (l *linker) nearest(word string) string {
	const most = 1000 // names are compared one by one
	var names []string
	for name, docs := range l.named {
		if _, ok := docs[0].(*sigma.Filter); !ok && len(names) < most {
			names = append(names, name)
		}
	}
	if near := sigma.Nearest(word, names); near != "" {
		return fmt.Sprintf("did you mean %q?", near)
	}
	return "the file with it must be read, too"
}

// places lists where documents stand.
func places(docs []sigma.Document) string {
	out := ""
	for i, d := range docs {
		if i > 0 {
			out += ", "
		}
		out += d.Metadata().Pos.String()
	}
	return out
}

// settleInner notes the documents that correlations refer to, and none of
// these wants to see by themselves.
func (l *linker) settleInner() {
	for _, r := range l.refers {
		l.set.inner[r.to] = true
	}
	for _, r := range l.refers {
		if r.generate {
			delete(l.set.inner, r.to)
		}
	}
}
