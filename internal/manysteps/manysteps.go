// Package manysteps makes long pipelines for the tests and benchmarks of what
// a pipeline costs. The steps are about the log sources and fields of given
// rules, as those are that a company piles up over years.
package manysteps

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// A source is a log source and the fields that rules about it test.
type source struct {
	sigma.LogSource
	fields []string
}

// A maker writes steps.
type maker struct {
	*rand.Rand
	b       strings.Builder
	sources []source
	fields  []string // of all rules
	n       int      // steps so far
}

// YAML returns a pipeline of n steps for rules like those given, the same for
// the same seed.
func YAML(rules []*ir.Rule, n int, seed uint64) []byte {
	m := &maker{Rand: rand.New(rand.NewPCG(seed, 1))}
	m.survey(rules)
	fmt.Fprintf(&m.b, "name: %d steps\nvars:\n  users: [admin, root]\ntransformations:\n", n)
	for m.n < n {
		m.step()
	}
	return []byte(m.b.String())
}

// survey finds the log sources and the fields.
func (m *maker) survey(rules []*ir.Rule) {
	type key struct{ product, category, service string }
	fields, all := make(map[key]map[string]bool), make(map[string]bool)
	for _, r := range rules {
		k := key{r.LogSource.Product, r.LogSource.Category, r.LogSource.Service}
		if fields[k] == nil {
			fields[k] = make(map[string]bool)
		}
		for _, e := range r.Where {
			ir.Walk(e, func(e ir.Expr) bool {
				if x, ok := e.(*ir.Match); ok {
					fields[k][x.Field], all[x.Field] = true, true
				}
				return true
			})
		}
	}
	m.fields = slices.Sorted(maps.Keys(all))
	for k, names := range fields {
		if len(names) > 0 {
			m.sources = append(m.sources, source{sigma.LogSource{Product: k.product, Category: k.category, Service: k.service}, slices.Sorted(maps.Keys(names))})
		}
	}
	slices.SortFunc(m.sources, func(a, b source) int {
		return strings.Compare(a.Product+" "+a.Category+" "+a.Service, b.Product+" "+b.Category+" "+b.Service)
	})
}

// line appends a line at the depth of a step's parameters.
func (m *maker) line(format string, args ...any) { fmt.Fprintf(&m.b, "  "+format+"\n", args...) }

// step appends a step about one log source or, one in ten, about every rule
// with certain fields.
func (m *maker) step() {
	m.n++
	s := m.sources[m.IntN(len(m.sources))]
	fields := s.fields
	fmt.Fprintf(&m.b, "- id: step_%d\n", m.n)
	kind := m.IntN(100)
	if m.IntN(10) == 0 && kind < 60 { // what would change every rule of all sources is left out
		fields = m.fields
	} else {
		m.conditions(&s, kind)
	}
	m.transformation(kind, fields)
}

// conditions appends what the rule's log source must be, half of the time only
// a part of it, and sometimes more about the rule. What narrows rules down is
// about one log source: a rule has one index, not six.
func (m *maker) conditions(s *source, kind int) {
	whole := kind >= additions && kind < states
	text := ""
	for _, a := range [...][2]string{{"category", s.Category}, {"service", s.Service}, {"product", s.Product}} {
		if a[1] != "" && (text == "" || whole || m.IntN(2) == 0) {
			text += fmt.Sprintf(", %s: %q", a[0], a[1])
		}
	}
	m.line("rule_conditions:")
	m.line("- {type: logsource%s}", text)
	switch {
	case kind >= failures && kind < nests:
		m.line("- {type: contains_field, field: %q}", s.fields[m.IntN(len(s.fields))])
		m.line("- {type: contains_detection_item, field: %q, value: none}", s.fields[m.IntN(len(s.fields))])
	case m.IntN(20) == 0:
		m.line("- {type: tag, tag: attack.execution}")
		m.line("rule_cond_op: %s", []string{"and", "or"}[m.IntN(2)])
	}
}

// The first of the kinds, of a hundred.
const (
	additions = 65
	states    = 88
	failures  = 94
	nests     = 97
)

// transformation appends one of the kinds that pipelines mostly have.
func (m *maker) transformation(kind int, fields []string) {
	pick := func() string { return fields[m.IntN(len(fields))] }
	switch {
	case kind < 35:
		m.line("type: field_name_mapping")
		m.line("mapping:")
		names := make(map[string]bool)
		for range 1 + m.IntN(8) {
			names[pick()] = true
		}
		for _, f := range slices.Sorted(maps.Keys(names)) {
			m.line("  %q: %q", f, fmt.Sprintf("event.%s", f))
		}
	case kind < 50:
		m.line("type: replace_string")
		m.line("field_name_conditions: [{type: include_fields, fields: [%q, %q]}]", pick(), pick())
		m.line("regex: '%s'", []string{`^[Cc]:\\\\`, `\\\\+$`, `(?i)^HKLM\\`, `/`, `\s+`}[m.IntN(5)])
		m.line("replacement: 'x'")
	case kind < 55:
		m.line("type: %s", []string{"map_string", "convert_type", "case"}[kind%3])
		m.line("field_name_conditions: [{type: include_fields, fields: [%q]}]", pick())
		m.line("%s", []string{"mapping: {'true': '1', 'false': '0'}", "target_type: str", "method: lower"}[kind%3])
	case kind < 60:
		m.line("type: value_placeholders")
		m.line("include: [users]")
		m.line("field_name_conditions: [{type: include_fields, fields: [%q]}]", pick())
	case kind < additions:
		m.line("type: replace_string")
		m.line("detection_item_conditions: [{type: match_string, cond: any, pattern: '(?i).*temp'}]")
		m.line("regex: '(?i)temp'")
		m.line("replacement: 'tmp'")
	case kind < states:
		m.line("type: add_condition")
		m.line("conditions: {%q: %q}", []string{"index", "source", "sourcetype", "event.module"}[m.IntN(4)], fmt.Sprintf("value%d", m.IntN(40)))
	case kind < failures:
		m.line("type: set_state")
		m.line("key: index")
		m.line("val: logs-%d", m.n)
	case kind < nests:
		m.line("type: rule_failure")
		m.line("message: 'the field has no home'")
	default:
		m.line("type: nest")
		m.line("items:")
		m.line("- type: field_name_mapping")
		m.line("  mapping: {%q: other}", pick())
		m.line("- type: add_condition")
		m.line("  conditions: {event.kind: nested}")
	}
}
