package content

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/sigma-compiler/sigmac/backends/elastic"
	"github.com/sigma-compiler/sigmac/backends/emit"
	"github.com/sigma-compiler/sigmac/sigma"
)

// A severity is what a level is in Elastic Security: it has no informational, and
// scores that its own rules have.
type severity struct {
	name  string
	score int
}

var severities = map[sigma.Level]severity{
	"informational": {"low", 1},
	"low":           {"low", 21},
	"medium":        {"medium", 47},
	"high":          {"high", 73},
	"critical":      {"critical", 99},
}

// rule returns an entry as a rule of Elastic Security. Kibana ignores members that
// it does not know, and wants rule_id, name, description, risk_score, severity,
// type and what the type needs; names and descriptions must not be empty.
func (l Language) rule(j *emit.Job, e *emit.Entry) object {
	var o object
	m := e.Meta
	s := severities[e.Level]
	o.add("rule_id", e.ID)
	o.add("name", e.Title)
	o.add("description", cmp.Or(m.Description, m.Title))
	o.add("risk_score", l.number(j, e, "risk_score", s.score, 0, 100))
	o.add("severity", s.name)
	l.addQuery(j, e, &o)
	o.add("enabled", e.Enabled)
	l.addSchedule(j, e, &o)
	o.add("max_signals", l.number(j, e, "max_signals", 100, 1, 1<<31-1))
	o.add("tags", addNew(tagsOf(m), emit.SplitList(j.Setting("tags"))...))
	o.add("references", texts(m.References))
	o.add("false_positives", texts(m.FalsePositives))
	o.add("author", authors(m.Author))
	o.addText("license", cmp.Or(m.License, j.Setting("license")))
	o.add("threat", threat(j, e))
	if e.Correlation == nil {
		o.addText("timestamp_override", j.Setting("timestamp_override"))
	}
	o.add("version", l.number(j, e, "rule_version", 1, 1, 1<<31-1))
	o.addText("note", note(m))
	o.addText("setup", setup(e))
	if len(e.Rule.Fields) > 0 { // Kibana refuses an empty list
		o.add("investigation_fields", object{{"field_names", addNew(nil, e.Rule.Fields...)}})
	}
	o.add("required_fields", requiredFields(e))
	o.add("related_integrations", integrations(j, e))
	o.add("exceptions_list", []string{})
	o.add("actions", []string{})
	return o
}

// addQuery adds the type of the rule, the query and where it is sought. The
// queries of ES|QL say so themselves, and Kibana refuses such rules with an
// index.
func (l Language) addQuery(j *emit.Job, e *emit.Entry, o *object) {
	kind := l.Name
	var t *threshold
	switch {
	case l.Or == "":
	case e.Correlation == nil:
		kind = "query"
	default:
		kind, t = "threshold", thresholdOf(e.Correlation)
	}
	o.add("type", kind)
	o.add("language", l.Name)
	o.add("query", e.Query)
	if t != nil {
		o.add("threshold", t.object())
	}
	if l.Name != "esql" {
		o.add("index", indicesOf(j, e))
	}
	o.addText("tiebreaker_field", j.Setting("tiebreaker_field"))
	if l.Name == "esql" && e.Correlation != nil {
		l.suppress(j, e, o)
	}
}

// addSchedule adds how often the rule runs and what it looks at. The bounds of
// what it looks at are date math of Elasticsearch.
func (l Language) addSchedule(j *emit.Job, e *emit.Entry, o *object) {
	s := e.Schedule
	if l.Or != "" && e.Correlation != nil {
		s = thresholdSchedule(j, e)
	}
	o.add("interval", span(s.Every))
	o.add("from", "now-"+span(s.Window+s.Delay))
	to := "now"
	if s.Delay > 0 {
		to += "-" + span(s.Delay)
	}
	o.add("to", to)
}

// span writes a length of time as Kibana has it.
func span(d time.Duration) string {
	n, unit := elastic.Span(d, units)
	return strconv.FormatInt(n, 10) + unit
}

// units are the units of time of rules.
var units = []elastic.Unit{{Length: time.Hour, Name: "h"}, {Length: time.Minute, Name: "m"}, {Length: time.Second, Name: "s"}}

// number reads a setting that is a whole number between two others.
func (l Language) number(j *emit.Job, e *emit.Entry, name string, otherwise, least, most int) int {
	text := j.Setting(name)
	if text == "" {
		return otherwise
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < least || n > most {
		j.Fail(e.Meta.Pos, sigma.BadSetting, fmt.Sprintf("write a whole number from %d to %d", least, most), "the setting %s is %q", name, text)
	}
	return n
}

// texts returns a list that is never nil: Kibana refuses null.
func texts(list []string) []string { return append([]string{}, list...) }

func tagsOf(m *sigma.Meta) []string {
	tags := make([]string, len(m.Tags))
	for i, t := range m.Tags {
		tags[i] = t.Text
	}
	return tags
}

// authors returns the names of an author, between which there are commas (B11).
// Those in parentheses are part of a name.
func authors(text string) []string {
	out := []string{}
	depth, begin := 0, 0
	end := func(at int) {
		if name := strings.TrimSpace(text[begin:at]); name != "" {
			out = append(out, name)
		}
		begin = at + 1
	}
	for i := range len(text) {
		switch text[i] {
		case '(':
			depth++
		case ')':
			depth = max(depth-1, 0)
		case ',':
			if depth == 0 {
				end(i)
			}
		}
	}
	end(len(text))
	return out
}

// note tells those who investigate an alert where the rule is from.
func note(m *sigma.Meta) string {
	var lines []string
	for _, fact := range [][2]string{{"id", m.ID}, {"status", string(m.Status)}, {"date", m.Date}, {"modified", m.Modified}} {
		if fact[1] != "" {
			lines = append(lines, "- "+fact[0]+": "+fact[1])
		}
	}
	for _, r := range m.Related {
		lines = append(lines, "- "+r.Type+": "+r.ID)
	}
	if lines == nil {
		return ""
	}
	return "## Sigma rule\n\n" + strings.Join(lines, "\n")
}

// setup is what the log sources need to be set up for, in words of the rules.
func setup(e *emit.Entry) string {
	var out []string
	for _, r := range e.Rules() {
		if d := r.Source.LogSource.Definition; d != "" {
			out = addNew(out, d)
		}
	}
	return strings.Join(out, "\n\n")
}

// integrations returns the packages that the rule cannot do without. Any version
// will do: Kibana takes "*" for a range, and links to the package.
func integrations(j *emit.Job, e *emit.Entry) []object {
	out := []object{}
	for _, p := range packagesOf(j, e) {
		name, part, _ := strings.Cut(p, "/")
		o := object{{"package", name}, {"version", "*"}}
		o.addText("integration", part)
		out = append(out, o)
	}
	return out
}
