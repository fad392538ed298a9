package kusto

import (
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/sigma-compiler/sigmac/backends/emit"
	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/attack"
)

// The names of settings that formats of content read.
const (
	settingKind        = "kind"
	settingVersion     = "version"
	settingGrouping    = "event_grouping"
	settingAlertName   = "alert_name"
	settingAlertText   = "alert_description"
	settingSuppress    = "suppress"
	settingIncidents   = "create_incidents"
	settingGroup       = "group_incidents"
	settingAPI         = "api_version"
	settingEntities    = "entities"
	settingDescription = "describe"
	settingActions     = "recommended_actions"
)

// What the setting kind may be.
const (
	scheduled = "Scheduled"
	nrt       = "NRT"
)

// contentSettings returns settings of content without those that a service decides
// itself, followed by others. Both services wait for late events by themselves:
// Sentinel runs rules five minutes late, and Defender goes by ingestion.
func contentSettings(every, overlap string, without []string, more ...emit.Setting) []emit.Setting {
	list := emit.ContentSettings(every, overlap, "")
	list = slices.DeleteFunc(list, func(s emit.Setting) bool { return slices.Contains(without, s.Name) })
	list = append(list,
		emit.Setting{Name: settingEntities, Default: "true", Values: []string{"true", "false"}, Doc: "whether columns of the query are mapped to entities of the alert"},
		emit.Setting{Name: settingDescription, Default: "full", Values: []string{"full", "rule"}, Doc: "the description: the rule's with its false positives, references and author, or the rule's alone"})
	return append(list, more...)
}

// A content is what the formats of Microsoft have in common: an entry and what
// is made of it.
type content struct {
	*emit.Job
	*emit.Entry
	result   *result
	entities []entity
	nrt      bool
	query    string // with what the format adds
}

// newContent returns the content of an entry for which a rule can be made. A
// condition without a table asks all tables, and rules of both services are about
// one or some.
func newContent(j *emit.Job, e *emit.Entry) *content {
	c := &content{Job: j, Entry: e, nrt: j.Setting(settingKind) == nrt, query: strings.TrimSpace(e.Query)}
	for _, of := range e.Jobs(j) {
		if rule := of.Rule; bareTable(of) == "" {
			j.Fail(rule.Source.LogSource.Pos, sigma.Unsupported, "a pipeline names the table of a log source (sentinel_asim, azure_monitor, microsoft_xdr), or the setting table",
				"a rule that runs on a schedule needs a table, and none is known for the events of %s", rule.Source.Title)
		}
	}
	if allTables.MatchString(c.query) {
		j.Fail(e.Meta.Pos, sigma.Unsupported, "name the tables", "the query searches all tables (search * or union *), which rules that run on a schedule may not")
	}
	c.result = resultOf(j, e)
	c.chooseEntities()
	for _, p := range attack.Of(e.Meta).Problems {
		j.Warn(p.Pos, p.Code, p.Hint, "%s", p.Msg)
	}
	return c
}

// allTables finds search and union over all tables (Scheduled analytics rules,
// "Best practices for analytics rule queries").
var allTables = regexp.MustCompile(`(?im)(^|[|(;=])\s*(search|union)\s+([a-z_.]+\s*=\s*\S+\s+)*\*`)

// chooseEntities sets the entities that the rule maps.
func (c *content) chooseEntities() {
	if c.Setting(settingEntities) == "false" {
		return
	}
	if c.result.shaped {
		c.Warn(c.Meta.Pos, sigma.Assumed, "the setting entities=false says that there are to be none",
			"the pipeline's postprocessing decides which columns the query returns: no entities and details are mapped")
		c.result.columns = nil
		return
	}
	for _, rule := range c.result.unknown {
		c.Warn(rule.Source.LogSource.Pos, sigma.Assumed, "a pipeline names a table that is known, --schema gives its columns",
			"the columns of the table of %s are not known: none of them is mapped to an entity", rule.Source.Title)
	}
	c.entities = c.result.entities()
}

// description returns the text that describes the rule, of at most so many
// characters.
func (c *content) description(limit int) string {
	parts := []string{clean(c.Meta.Description)}
	if c.Setting(settingDescription) == "full" {
		parts = append(parts, bullets("False positives:", c.Meta.FalsePositives), bullets("References:", c.Meta.References))
		if c.Meta.Author != "" {
			parts = append(parts, "Author: "+clean(c.Meta.Author))
		}
	}
	parts = slices.DeleteFunc(parts, func(s string) bool { return s == "" })
	if len(parts) == 0 {
		parts = []string{clean(c.Title)}
	}
	text := strings.Join(parts, "\n\n")
	if n := utf8.RuneCountInString(text); n > limit {
		c.Warn(c.Meta.At("description"), sigma.Assumed, "the setting describe=rule leaves out false positives and references",
			"the description has %d characters, and what is beyond %d is cut off", n, limit)
		text = strings.TrimSpace(string([]rune(text)[:limit]))
	}
	return text
}

// clean returns a text without blanks at its ends, as every reader of it has it.
// Blanks round brackets could hide from one and not from another what is an
// expression of Resource Manager.
func clean(s string) string { return strings.TrimSpace(strings.ToValidUTF8(s, "\uFFFD")) }

// bullets writes a list below a line of its own.
func bullets(head string, list []string) string {
	if len(list) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString(head)
	for _, item := range list {
		b.WriteString("\n- " + clean(item))
	}
	return b.String()
}

// maxDetails is how many custom details a rule may have (Service limits for
// Microsoft Sentinel, "Analytics rule limits").
const maxDetails = 20

// details returns the columns that the rule's fields name, of a correlation those
// that it groups by and computes with, by name.
func (c *content) details() map[string]string {
	names := slices.Clone(c.Entry.Rule.Fields)
	if c.Correlation != nil {
		names = nil
		for _, m := range c.Correlation.Rules() {
			for _, r := range m.Rule.Reads {
				names = append(names, r.Fields...)
			}
		}
	}
	out := make(map[string]string)
	for _, name := range names {
		if !c.result.has(name) || !plainName(name) || out[name] != "" {
			continue
		}
		if len(out) == maxDetails {
			c.Warn(c.Meta.At("fields"), sigma.Assumed, "", "a rule has at most %d custom details: %s is left out", maxDetails, name)
			continue
		}
		out[name] = name
	}
	return out
}

// firings adds to the query of a correlation that it returns what fires in the last
// of a time only: what fired before was found by an earlier run, and there the
// query does not see all of the timespan before it. A piece of time whose end may
// not be seen, since it is no longer ago than late, is left to a later run.
func (c *content) firings(last, late time.Duration) {
	if c.result.shaped {
		c.Warn(c.Meta.Pos, sigma.MatchesMore, "", "the pipeline's postprocessing decides which columns the query returns: what an earlier run found is not left out")
		return
	}
	conds := c.result.to + " > ago(" + timespan(last) + ")"
	switch {
	case c.Method != emit.Buckets:
	case late > 0:
		conds += " and " + c.result.to + " <= ago(" + timespan(late) + ")"
	default:
		conds += " and " + c.result.to + " <= now()"
	}
	c.query += "\n| where " + conds
}

// checkQuery refuses a query that is too long.
func (c *content) checkQuery(limit int) {
	if n := utf8.RuneCountInString(c.query); n > limit {
		c.Fail(c.Meta.Pos, sigma.Unsupported, "split the rule", "the query has %d characters, and a rule's may have %d", n, limit)
	}
}

// maxName is how many characters the name of a rule may have.
const maxName = 256

// name returns the name of the rule.
func (c *content) name() string {
	name := clean(c.Title)
	if n := utf8.RuneCountInString(name); n > maxName {
		c.Fail(c.Meta.At("title"), sigma.Unsupported, "shorten the title, or what the setting title adds to it", "the name has %d characters, and a rule's may have %d", n, maxName)
	}
	return name
}

// severity returns the level as both services have it; there is nothing above
// high.
func (c *content) severity() string {
	if c.Level == "critical" {
		return "high"
	}
	return string(c.Level)
}

// textsOf returns a mapping whose texts are written as a format has them.
func textsOf[T ~string](m map[string]string) map[T]T {
	out := make(map[T]T, len(m))
	for k, v := range m {
		out[T(k)] = T(v)
	}
	return out
}
