package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sigma-compiler/sigmac/internal/taxonomy"
	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/eval"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// logSource is the flag --logsource.
type logSource struct {
	auto   bool
	source sigma.LogSource
	given  []string // names of attributes
}

// parseLogSource reads the values of the flag.
func parseLogSource(values []string) (*logSource, error) {
	if len(values) == 0 { // the flag's value is empty
		values = []string{""}
	}
	l := &logSource{}
	off := false
	for _, text := range values {
		key, value, ok := strings.Cut(text, "=")
		switch {
		case !ok && key == "auto":
			l.auto = true
		case !ok && key == "off":
			off = true
		case !ok || key == "" || value == "":
			return nil, usage("it is auto, off or key=value such as product=windows", "%q is no log source", text)
		case slices.Contains(l.given, key):
			return nil, usage("", "the log source has two values for %s", key)
		default:
			l.set(key, value)
		}
	}
	if l.auto && off || len(l.given) > 0 && (l.auto || off) {
		return nil, usage("choose one of auto, off and key=value", "--logsource %s contradicts itself", strings.Join(values, ","))
	}
	return l, nil
}

func (l *logSource) set(key, value string) {
	l.given = append(l.given, key)
	switch key {
	case "category":
		l.source.Category = value
	case "product":
		l.source.Product = value
	case "service":
		l.source.Service = value
	default:
		if l.source.Custom == nil {
			l.source.Custom = make(map[string]string)
		}
		l.source.Custom[key] = value
	}
}

// choose returns the engine of the rules about the log source. An attribute
// that no rule has would exclude nothing, and is a mistake.
func (l *logSource) choose(e *eval.Engine) (*eval.Engine, error) {
	if len(l.given) == 0 {
		return e, nil
	}
	known := standardAttributes()
	for _, r := range e.Rules() {
		known = appendAttributes(known, r)
	}
	for _, key := range l.given {
		if slices.Contains(known, key) {
			continue
		}
		return nil, usage(attributeHint(key, known), "no rule has %q in its log source", key)
	}
	return e.For(l.source), nil
}

// unknown returns a note for each name of the log source that nobody knows:
// neither the rules nor Sigma's taxonomy. The rules that have another one are
// passed over, perhaps by mistake.
func (l *logSource) unknown(rules []*ir.Rule) (notes []string) {
	sources := make([]*sigma.LogSource, len(rules))
	for i, r := range rules {
		sources[i] = &r.LogSource
	}
	for _, key := range l.given {
		a := attribute{name: key}
		a.value = a.of([]*sigma.LogSource{&l.source})[0]
		known := append(a.of(sources), taxonomy.Names(key)...)
		if a.among(known) {
			continue
		}
		note := fmt.Sprintf("no rule and no log source of Sigma's taxonomy has the %s %q: the rules about others are passed over", key, a.value)
		if near := sigma.Nearest(strings.ToLower(a.value), known); near != "" {
			note += "; did you mean " + near + "?"
		}
		notes = append(notes, note)
	}
	return notes
}

// standardAttributes returns the attributes of log sources that Sigma names.
func standardAttributes() []string { return []string{"category", "product", "service"} }

// attributeHint says what an attribute that is not known may stand for.
func attributeHint(name string, known []string) string {
	if near := sigma.Nearest(name, known); near != "" {
		return "did you mean " + near + "?"
	}
	return "the attributes are " + list(known)
}

// appendAttributes appends the further attributes of a rule's log source.
func appendAttributes(names []string, r *ir.Rule) []string {
	for name := range r.LogSource.Custom {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}
