package kusto

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/sigma-compiler/sigmac/backends/emit"
	"github.com/sigma-compiler/sigmac/sigma"
)

// sentinelSettings are those of both formats for Microsoft Sentinel.
func sentinelSettings(more ...emit.Setting) []emit.Setting {
	return contentSettings("1h", "0", []string{"delay"}, append([]emit.Setting{
		{Name: settingKind, Default: scheduled, Values: []string{scheduled, nrt}, Doc: "the kind of rule: one that runs on a schedule, or one that runs each minute over what came in"},
		{Name: settingVersion, Default: "1.0.0", Doc: "the version of the rule, such as 1.0.2"},
		{Name: settingGrouping, Default: "SingleAlert", Values: []string{"SingleAlert", "AlertPerResult"}, Doc: "one alert for all that a run finds, or one for each"},
		{Name: settingAlertName, Doc: "the name of alerts, with columns in braces, such as {{DvcHostname}}: port {{DstPortNumber}}; the rule's where it is empty"},
		{Name: settingAlertText, Doc: "the description of alerts, with columns in braces; the rule's where it is empty"},
		{Name: settingSuppress, Doc: "how long the rule rests after it found something, such as 5h; up to 24h"},
		{Name: settingIncidents, Default: "true", Values: []string{"true", "false"}, Doc: "whether alerts become incidents"},
		{Name: settingGroup, Values: []string{"", "AllEntities", "AnyAlert"}, Doc: "alerts of five hours become one incident where all their entities are the same, or in any case; none where it is empty"},
	}, more...)...)
}

// The limits of scheduled rules (Create a scheduled analytics rule from scratch,
// "Schedule and scope the query"; Azure/Azure-Sentinel, "Query Style Guide": a
// query over two days or more runs once an hour at most).
const (
	shortestTime  = 5 * time.Minute
	longestTime   = 14 * 24 * time.Hour
	longPeriod    = 2 * 24 * time.Hour
	longFrequency = time.Hour
	longestRest   = 24 * time.Hour
	maxQuery      = 10000
	maxText       = 5000
)

// late is how much later than its schedule says Sentinel runs a rule (Scheduled
// analytics rules in Microsoft Sentinel, "Query scheduling"). Microsoft does not
// say whether ago() counts from the one time or the other.
const late = 5 * time.Minute

// An alertRule is an analytic rule of Microsoft Sentinel.
type alertRule struct {
	*content
	name, description string
	tactics           []tactic
	details           map[string]string
	every, period     time.Duration // 0 of one that runs in near real time
	suppress          time.Duration // 0 for not at all
	incidents         bool
}

// newAlertRule makes an analytic rule of an entry.
func newAlertRule(j *emit.Job, e *emit.Entry) *alertRule {
	r := &alertRule{content: newContent(j, e)}
	if len(j.Errors) > 0 {
		return r
	}
	r.name, r.description = r.content.name(), r.content.description(maxText)
	r.tactics, r.details = tactics(e.Meta), r.content.details()
	r.incidents = j.Setting(settingIncidents) == "true"
	r.suppress = r.rest()
	if len(r.entities) > maxMappings {
		r.entities = r.entities[:maxMappings]
	}
	if !version.MatchString(j.Setting(settingVersion)) {
		j.Fail(e.Meta.Pos, sigma.BadSetting, "write 1.0.0", "the setting version is %q", j.Setting(settingVersion))
	}
	r.schedule()
	r.addColumns()
	r.checkQuery(maxQuery)
	r.checkFormat(settingAlertName)
	r.checkFormat(settingAlertText)
	return r
}

// version is how rules number their versions (templateVersion in the API).
var version = regexp.MustCompile(`^[0-9]{1,9}\.[0-9]{1,9}\.[0-9]{1,9}$`)

// schedule sets when the rule runs, and what of the query's rows is new since the
// last run.
func (r *alertRule) schedule() {
	if r.nrt {
		if r.Correlation != nil {
			r.Fail(r.Correlation.Source.TypePos, sigma.Unsupported, "kind=Scheduled can", "a rule that runs in near real time sees what came in during a minute, and not what lies a timespan before it")
		}
		return
	}
	r.every, r.period = r.Schedule.Every, r.Schedule.Window
	switch overlap := r.period - r.every; {
	case r.Correlation != nil:
		r.correlated(overlap)
	case overlap > 0:
		r.ingested()
	}
	r.checkSchedule()
}

// correlated keeps what is new of a correlation. What fires in the five minutes
// before is looked at, too, lest some is lost between two runs. Pieces of time that
// end in the last five minutes may not be seen whole, and are left to the next run:
// in them there would be less than there is.
func (r *alertRule) correlated(overlap time.Duration) {
	reach := emit.Reach(r.Correlation)
	r.firings(r.every+overlap-reach+late, late)
	r.period = (r.period + late + time.Minute - 1).Truncate(time.Minute)
	if r.Method == emit.Buckets && overlap == reach {
		return // each is found once
	}
	r.Warn(r.Correlation.Source.TypePos, sigma.Assumed, "",
		"what fires in the last %s of a run may be found by the next one, too: Sentinel runs rules five minutes late, and where ago() counts from is not documented", inWords(overlap-reach+late))
}

// ingested keeps what came in since the last run, so that of what a run looks
// back at for late events nothing is found twice (Handle ingestion delay in
// scheduled analytics rules). Functions over tables do not tell when.
func (r *alertRule) ingested() {
	table := tableOf(&emit.Job{Backend: r.Backend, Rule: r.Entry.Rule, Settings: r.Settings})
	rest, ok := strings.CutPrefix(r.query, table+"\n")
	t := tableColumns(r.Job)
	if !ok || t == nil || t.Schema == "asim" {
		r.Warn(r.Meta.Pos, sigma.Assumed, "the setting overlap=0 does not look back, and finds no late events", "what lies in the overlap of two runs is found by both")
		return
	}
	r.query = table + "\n| where ingestion_time() > ago(" + timespan(r.every) + ")\n" + rest
}

// checkSchedule refuses schedules that Sentinel does not take.
func (r *alertRule) checkSchedule() {
	bad := func(hint, format string, args ...any) {
		pos, code := r.Meta.Pos, sigma.BadSetting
		if r.Correlation != nil {
			pos, code = r.Correlation.Source.Timespan.Pos, sigma.Unsupported
		}
		r.Fail(pos, code, hint, format, args...)
	}
	switch {
	case r.every < shortestTime || r.every > longestTime || r.every%time.Minute != 0 || r.period%time.Minute != 0:
		r.Fail(r.Meta.Pos, sigma.BadSetting, "every and overlap are whole minutes; kind=NRT runs each minute", "Sentinel runs rules every 5m to 14d, not every %s over %s", inWords(r.every), inWords(r.period))
	case r.period > longestTime:
		bad("shorten the timespan, or the settings every and overlap", "Sentinel's rules look back 14d at most, and this one would need %s", inWords(r.period))
	case r.period >= longPeriod && r.every < longFrequency:
		bad("the setting every=1h", "a rule that looks back %s runs once an hour at most, not every %s", inWords(r.period), inWords(r.every))
	}
}

// rest returns how long the rule rests after it found something.
func (r *alertRule) rest() time.Duration {
	text := r.Setting(settingSuppress)
	if text == "" || text == "0" {
		return 0
	}
	d, ok := emit.ParseDuration(text)
	if !ok || d < shortestTime || d > longestRest || d%time.Minute != 0 {
		r.Fail(r.Meta.Pos, sigma.BadSetting, "write a time from 5m to 24h", "the setting suppress is %q", text)
	}
	return d
}

// addColumns adds to the query the columns that entities need and no table has.
func (r *alertRule) addColumns() {
	var items []string
	for _, e := range r.entities {
		for _, i := range e.identifiers {
			if item := i.column + " = " + i.expr; i.expr != "" && !slices.Contains(items, item) {
				items = append(items, item)
			}
		}
	}
	if items != nil {
		r.query += "\n| extend " + strings.Join(items, ", ")
	}
}

// inBraces finds columns in the text of alerts (Customize alert details in
// Microsoft Sentinel).
var inBraces = regexp.MustCompile(`\{\{([^{}]*)\}\}`)

// checkFormat refuses a text of alerts that names a column which the query does not
// return.
func (r *alertRule) checkFormat(setting string) {
	for _, m := range inBraces.FindAllStringSubmatch(r.Setting(setting), -1) {
		if name := strings.TrimSpace(m[1]); r.result.columns != nil && len(r.result.unknown) == 0 && !r.result.has(name) {
			r.Fail(r.Meta.Pos, sigma.BadSetting, "", "the setting %s names the column %s, which the query does not return", setting, name)
		}
	}
}

// mappings returns the identifiers of an entity that Sentinel has.
func (e entity) mappings() []identifier {
	return slices.DeleteFunc(slices.Clone(e.identifiers), identifier.onlyGraph)
}

// level returns the severity as Sentinel spells it.
func (r *alertRule) level() string {
	s := r.severity()
	return strings.ToUpper(s[:1]) + s[1:]
}

// techniques returns the identifiers of the techniques, those of sub-techniques
// apart.
func (r *alertRule) techniques() (techniques, sub []string) {
	for _, t := range r.tactics {
		some, more := split(t.techniques)
		techniques, sub = merge(techniques, some), merge(sub, more)
	}
	return techniques, sub
}

// merge appends what is not there yet.
func merge(list, more []string) []string {
	for _, s := range more {
		if !slices.Contains(list, s) {
			list = append(list, s)
		}
	}
	return list
}

// connectors returns what fills the tables of the query, as far as it is known.
func (r *alertRule) connectors() []connector {
	out := []connector{}
	for _, table := range r.result.tables {
		f := facts()[table]
		if f == nil {
			continue
		}
		for _, id := range f.connectors {
			i := slices.IndexFunc(out, func(c connector) bool { return c.ID == yamlText(id) })
			if i < 0 {
				i = len(out)
				out = append(out, connector{ID: yamlText(id)})
			}
			out[i].Types = append(out[i].Types, yamlText(table))
		}
	}
	return out
}

// An incidentConfig says what becomes of alerts (IncidentConfiguration in the API).
type incidentConfig struct {
	Create   bool         `json:"createIncident" yaml:"createIncident"`
	Grouping *groupConfig `json:"groupingConfiguration,omitempty" yaml:"groupingConfiguration,omitempty"`
}

type groupConfig struct {
	Enabled  bool   `json:"enabled" yaml:"enabled"`
	Reopen   bool   `json:"reopenClosedIncident" yaml:"reopenClosedIncident"`
	Lookback string `json:"lookbackDuration" yaml:"lookbackDuration"`
	Method   string `json:"matchingMethod" yaml:"matchingMethod"`
}

// incidentConfig returns what the settings say of incidents; nil is what Sentinel
// does by itself.
func (r *alertRule) incidentConfig() *incidentConfig {
	method := r.Setting(settingGroup)
	if r.incidents && method == "" {
		return nil
	}
	c := &incidentConfig{Create: r.incidents}
	if method != "" {
		c.Grouping = &groupConfig{Enabled: true, Lookback: "PT5H", Method: method}
	}
	return c
}
