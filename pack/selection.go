package pack

import (
	"cmp"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/sigma-compiler/sigmac/sigma"
)

// A Selection says which rules are in a pack: those that hold to all it has.
type Selection struct {
	Levels   []string // those that rules may have; nil is all. A rule without one is medium
	Statuses []string // nil is all
	Tags     []string // globs, of which a tag of the rule matches one
	NoTags   []string // globs that no tag of the rule matches
	Date     []Bound
	Modified []Bound // of rules without it, their date
	Sources  []sigma.LogSource
	Without  []Path // ids, names or titles of rules to leave out
}

// A Bound compares a date, as 2006-01-02.
type Bound struct{ Op, Date string }

// ordered splits a comparison from what is compared with.
var ordered = regexp.MustCompile(`^\s*(>=|<=|>|<|=|)\s*(.*?)\s*$`)

// dateOf matches a date.
var dateOf = regexp.MustCompile(`^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$`)

// statuses returns the statuses of rules, the least mature first.
func statuses() []string {
	list := sigma.Statuses()
	slices.Reverse(list)
	return list
}

// selection reads what rules are to be in a pack.
func (r *reader) selection(n *yaml.Node) *Selection {
	m := r.mapping(n, "select")
	if m == nil {
		return nil
	}
	m.only("level", "status", "tags", "without_tags", "date", "modified", "logsource", "without")
	s := &Selection{
		Levels: m.ranks("level", sigma.Levels()), Statuses: m.ranks("status", statuses()),
		Tags: m.tags("tags"), NoTags: m.tags("without_tags"),
		Date: m.bounds("date"), Modified: m.bounds("modified"), Without: m.texts("without"),
	}
	for _, n := range m.list("logsource") {
		if source, ok := r.source(n); ok {
			s.Sources = append(s.Sources, source)
		}
	}
	return s
}

// ranks reads a comparison with one of a list of ranks, or a list of ranks.
func (m *mapping) ranks(name string, all []string) []string {
	var out []string
	compared := ""
	for _, p := range m.texts(name) {
		at := ordered.FindStringSubmatch(p.Text)
		op, word := at[1], at[2]
		if strings.ContainsAny(op, "<>") {
			if compared != "" { // one of them, as of all lists, would be nearly any
				m.fail(p.Pos, "write the list, such as [medium, high]", "%s is compared twice, with %s and %s", name, compared, p.Text)
				return nil
			}
			compared = p.Text
		}
		i := slices.Index(all, word)
		if i < 0 {
			m.fail(p.Pos, meant(word, all), "there is no %s %q", name, word)
			return nil
		}
		for k, w := range all {
			if holds(op, k-i) && !slices.Contains(out, w) {
				out = append(out, w)
			}
		}
		if len(out) == 0 {
			m.fail(p.Pos, "", "no rule has a %s %s", name, p.Text)
		}
	}
	return out
}

// holds reports whether a comparison turns out well.
func holds(op string, order int) bool {
	switch op {
	case ">=":
		return order >= 0
	case "<=":
		return order <= 0
	case ">":
		return order > 0
	case "<":
		return order < 0
	}
	return order == 0
}

// tags reads globs of tags.
func (m *mapping) tags(name string) []string {
	var out []string
	for _, p := range m.texts(name) {
		glob := strings.ToLower(p.Text)
		if _, err := path.Match(glob, ""); err != nil || strings.Contains(glob, "/") {
			m.fail(p.Pos, "write attack.t1571 or attack.t1021.*", "%q is neither a tag nor a glob of tags", p.Text)
		}
		out = append(out, glob)
	}
	return out
}

// bounds reads comparisons with dates, all of which must hold.
func (m *mapping) bounds(name string) []Bound {
	var out []Bound
	for _, p := range m.texts(name) {
		at := ordered.FindStringSubmatch(p.Text)
		if !dateOf.MatchString(at[2]) {
			m.fail(p.Pos, "write \">=2024-01-31\"", "%q is no date to compare with", p.Text)
		}
		out = append(out, Bound{at[1], at[2]})
	}
	return out
}

// source reads a log source.
func (r *reader) source(n *yaml.Node) (sigma.LogSource, bool) {
	m := r.mapping(n, "logsource")
	if m == nil {
		return sigma.LogSource{}, false
	}
	m.only("category", "product", "service")
	s := sigma.LogSource{Category: m.text("category"), Product: m.text("product"), Service: m.text("service")}
	if s.Category+s.Product+s.Service == "" {
		r.fail(r.at(n), "write category, product or service", "the log source says nothing")
	}
	return s, true
}

// refuse returns why a document is not wanted, "" where it is. sources are the
// log sources of the rule, or of all rules of a correlation.
func (s *Selection) refuse(m *sigma.Meta, sources []sigma.LogSource) string {
	if s == nil {
		return ""
	}
	level := string(m.EffectiveLevel())
	switch {
	case s.Levels != nil && !slices.Contains(s.Levels, level):
		return "level " + level
	case s.Statuses != nil && m.Status == "":
		return "no status"
	case s.Statuses != nil && !slices.Contains(s.Statuses, string(m.Status)):
		return "status " + string(m.Status)
	case s.Tags != nil && !tagged(m, s.Tags):
		return "tags"
	case s.NoTags != nil && tagged(m, s.NoTags):
		return "without_tags"
	case s.Sources != nil && !s.sourced(sources):
		return "logsource"
	}
	for _, p := range s.Without {
		if names(m, p.Text) {
			return "without " + p.Text
		}
	}
	if why := refuseDate("date", m.Date, s.Date); why != "" {
		return why
	}
	return refuseDate("modified", cmp.Or(m.Modified, m.Date), s.Modified)
}

// names reports whether a text is the id, the name or the title of a document.
func names(m *sigma.Meta, text string) bool {
	return text != "" && (strings.EqualFold(text, m.ID) || text == m.Name || text == m.Title)
}

// tagged reports whether a tag matches one of the globs.
func tagged(m *sigma.Meta, globs []string) bool {
	return slices.ContainsFunc(m.Tags, func(t sigma.Tag) bool {
		return slices.ContainsFunc(globs, func(g string) bool {
			ok, err := path.Match(g, strings.ToLower(t.Text))
			return ok && err == nil
		})
	})
}

// sourced reports whether one of the log sources is one that is wanted.
func (s *Selection) sourced(sources []sigma.LogSource) bool {
	same := func(want, have string) bool { return want == "" || strings.EqualFold(want, have) }
	return slices.ContainsFunc(sources, func(l sigma.LogSource) bool {
		return slices.ContainsFunc(s.Sources, func(w sigma.LogSource) bool {
			return same(w.Category, l.Category) && same(w.Product, l.Product) && same(w.Service, l.Service)
		})
	})
}

// refuseDate compares a date of a rule with bounds.
func refuseDate(what, date string, bounds []Bound) string {
	if len(bounds) == 0 {
		return ""
	}
	date = sigma.ISODate(date)
	if date == "" {
		return "no " + what
	}
	for _, b := range bounds {
		if !holds(b.Op, strings.Compare(date, b.Date)) {
			return fmt.Sprintf("%s %s", what, date)
		}
	}
	return ""
}
