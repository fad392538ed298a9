// Package content writes what Elastic's products are given of queries in any of
// their languages: the rules of Elastic Security, as Kibana imports them and as
// the repository elastic/detection-rules has them, saved searches of Discover,
// and the bodies of search requests.
//
// What Kibana accepts was read in the schemas of its API
// (security_solution/common/api/detection_engine) and, where that says less, in
// its validation of rules. The comments say where the schema of
// elastic/detection-rules differs.
package content

import "github.com/sigma-compiler/sigmac/backends/emit"

// A Language is what the formats of one of Elastic's languages differ in.
type Language struct {
	Name string // as Kibana calls it: kuery, lucene, eql or esql

	// Wrap makes the query of a rule, or of a correlation, of what the language's
	// printer wrote; nil leaves it as it is.
	Wrap func(j *emit.Job, query string) string

	// Or stands between two conditions in parentheses. Only languages whose
	// correlations become threshold rules have it.
	Or string
}

// Formats returns the formats of the language that people deploy.
func (l Language) Formats() []emit.Format {
	formats := []emit.Format{
		{
			Name:        "rule",
			Doc:         "a rule of Elastic Security, a line each, as Kibana imports them",
			Aliases:     l.ruleAliases(),
			Wrap:        l.Wrap,
			Correlation: l.correlation(),
			Content: &emit.Content{
				Entry:    func(j *emit.Job, e *emit.Entry) string { return l.rule(j, e).json() },
				Ext:      ".ndjson",
				Settings: l.ruleSettings(),
			},
		},
		{
			Name:        "rule_toml",
			Doc:         "a rule of Elastic Security, a file each, as the repository elastic/detection-rules has them",
			Wrap:        l.Wrap,
			Correlation: l.correlation(),
			Content:     &emit.Content{Entry: l.ruleTOML, Join: joinTOML, Ext: ".toml", Settings: append(l.ruleSettings(), maturity)},
		},
	}
	if l.Name != "eql" {
		formats = append(formats, l.savedSearch())
	}
	return formats
}

// ruleAliases are the names that sigma-cli and the sigmac of old have for rules.
func (l Language) ruleAliases() []string {
	aliases := []string{"siem_rule", "siem_rule_ndjson"}
	if l.Name == "eql" {
		return append(aliases, "es-rule-eql")
	}
	return append(aliases, "es-rule")
}

// ruleSettings are the settings of the formats that are rules. A run looks back
// over nine minutes and is five minutes after the last one: Elastic's own rules
// overlap so, and Kibana makes no second alert of an event.
func (l Language) ruleSettings() []emit.Setting {
	settings := append(emit.ContentSettings("5m", "4m", "0"),
		emit.Setting{Name: "max_signals", Default: "100", Doc: "how many alerts a run makes at most"},
		emit.Setting{Name: "risk_score", Doc: "a number from 0 to 100, in place of the one that the level stands for"},
		emit.Setting{Name: "rule_version", Default: "1", Doc: "the version of the rule, a number from 1 on"},
		emit.Setting{Name: "license", Doc: "the license of rules that name none"},
		emit.Setting{Name: "tags", Doc: "more tags, with commas between them"},
		emit.Setting{Name: "timestamp_override", Default: "event.ingested", Doc: "the field with the time that a run goes by, which finds events that arrive late; where an event has none it is @timestamp, and so it is in correlations"},
	)
	switch l.Name {
	case "eql":
		settings = append(settings, emit.Setting{Name: "tiebreaker_field", Doc: "the field that orders events of one point in time, such as event.sequence"})
	case "esql": // it has a setting index of its own
		return settings
	}
	return append(settings, emit.Setting{Name: indexSetting, Whole: true, Doc: "the indices that are searched, with commas between them, in place of those of the log source"})
}
