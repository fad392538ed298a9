package kusto

import (
	"strings"
	"unicode"

	"gopkg.in/yaml.v3"

	"github.com/sigma-compiler/sigmac/backends/emit"
	"github.com/sigma-compiler/sigmac/sigma"
)

// sentinelFormat writes analytic rules as the repository Azure/Azure-Sentinel has
// them (its wiki, "Query Style Guide"), a document of YAML each.
var sentinelFormat = emit.Format{
	Name: "sentinel", Doc: "analytic rules of Microsoft Sentinel, as YAML",
	Content: &emit.Content{
		Entry: sentinelEntry,
		Join:  func(texts []string) string { return strings.Join(texts, "---\n") },
		Ext:   ".yaml", Settings: sentinelSettings(),
	},
}

// A ruleYAML is the keys of a rule, in their order in the repository.
type ruleYAML struct {
	ID          yamlText    `yaml:"id"`
	Name        yamlText    `yaml:"name"`
	Description yamlText    `yaml:"description"`
	Severity    string      `yaml:"severity"`
	Status      string      `yaml:"status"`
	Connectors  []connector `yaml:"requiredDataConnectors"`
	Frequency   string      `yaml:"queryFrequency,omitempty"`
	Period      string      `yaml:"queryPeriod,omitempty"`
	Operator    string      `yaml:"triggerOperator,omitempty"`
	Threshold   *int        `yaml:"triggerThreshold,omitempty"`
	Tactics     []string    `yaml:"tactics"`
	Techniques  []string    `yaml:"relevantTechniques"`
	Tags        []yamlText  `yaml:"tags,omitempty"`
	Query       yamlText    `yaml:"query"`
	Suppress    string      `yaml:"suppressionDuration,omitempty"`
	Suppressed  bool        `yaml:"suppressionEnabled,omitempty"`

	Entities  []mappingYAML         `yaml:"entityMappings,omitempty"`
	Details   map[yamlText]yamlText `yaml:"customDetails,omitempty"`
	Override  *overrideYAML         `yaml:"alertDetailsOverride,omitempty"`
	Grouping  groupingYAML          `yaml:"eventGroupingSettings"`
	Incidents *incidentConfig       `yaml:"incidentConfiguration,omitempty"`
	Version   string                `yaml:"version"`
	Kind      string                `yaml:"kind"`
}

type connector struct {
	ID    yamlText   `yaml:"connectorId"`
	Types []yamlText `yaml:"dataTypes"`
}

type mappingYAML struct {
	Type   string      `yaml:"entityType"`
	Fields []fieldYAML `yaml:"fieldMappings"`
}

type fieldYAML struct {
	Identifier string   `yaml:"identifier"`
	Column     yamlText `yaml:"columnName"`
}

type overrideYAML struct {
	Name        yamlText `yaml:"alertDisplayNameFormat,omitempty"`
	Description yamlText `yaml:"alertDescriptionFormat,omitempty"`
}

type groupingYAML struct {
	Kind string `yaml:"aggregationKind"`
}

// sentinelEntry writes a rule.
func sentinelEntry(j *emit.Job, e *emit.Entry) string {
	r := newAlertRule(j, e)
	if len(j.Errors) > 0 {
		return ""
	}
	doc := ruleYAML{
		ID: yamlText(e.ID), Name: yamlText(r.name), Description: yamlText(r.description), Severity: r.level(), Status: "Available",
		Connectors: r.connectors(), Tags: tagsYAML(e.Meta), Query: yamlText(r.query), Details: textsOf[yamlText](r.details),
		Tactics: []string{}, Techniques: []string{},
		Grouping: groupingYAML{j.Setting(settingGrouping)}, Incidents: r.incidentConfig(),
		Version: j.Setting(settingVersion), Kind: scheduled,
	}
	if r.nrt {
		doc.Kind = nrt
	} else {
		doc.Frequency, doc.Period, doc.Operator, doc.Threshold = timespan(r.every), timespan(r.period), "gt", new(int)
	}
	for _, t := range r.tactics {
		doc.Tactics = append(doc.Tactics, t.name)
		for _, technique := range t.techniques {
			doc.Techniques = merge(doc.Techniques, []string{technique.ID})
		}
	}
	if r.suppress > 0 {
		doc.Suppress, doc.Suppressed = timespan(r.suppress), true
	}
	for _, e := range r.entities {
		m := mappingYAML{Type: e.kind}
		for _, i := range e.mappings() {
			m.Fields = append(m.Fields, fieldYAML{i.name, yamlText(i.column)})
		}
		doc.Entities = append(doc.Entities, m)
	}
	if name, description := j.Setting(settingAlertName), j.Setting(settingAlertText); name != "" || description != "" {
		doc.Override = &overrideYAML{yamlText(name), yamlText(description)}
	}
	return encodeYAML(j, e.Meta, doc)
}

// tagsYAML returns the tags of a rule other than those of ATT&CK, which have keys
// of their own.
func tagsYAML(m *sigma.Meta) []yamlText {
	var out []yamlText
	for _, t := range m.Tags {
		if t.Namespace() != "attack" {
			out = append(out, yamlText(t.Text))
		}
	}
	return out
}

// encodeYAML writes a document.
func encodeYAML(j *emit.Job, m *sigma.Meta, doc any) string {
	var b strings.Builder
	enc := yaml.NewEncoder(&b)
	enc.SetIndent(2)
	if err := enc.Encode(doc); err != nil {
		j.Fail(m.Pos, sigma.Unsupported, "", "the rule cannot be written as YAML: %v", err)
	}
	_ = enc.Close()
	return b.String()
}

// A yamlText is a string that is read back as it is, whatever is in it: lines stand
// as they are where nothing but lines is in them, and between quotes with escapes
// otherwise.
type yamlText string

// MarshalYAML chooses the style.
func (t yamlText) MarshalYAML() (any, error) {
	n := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: strings.ToValidUTF8(string(t), "\uFFFD")}
	switch {
	case n.Value == "" || !plainLines(n.Value):
		n.Style = yaml.DoubleQuotedStyle
	case strings.Contains(n.Value, "\n"):
		n.Style = yaml.LiteralStyle
	case !plainWord(n.Value):
		n.Style = yaml.DoubleQuotedStyle
	}
	return n, nil
}

// plainLines reports whether a yamlText is made of lines with nothing invisible in
// them that a reader could take for something else: no blanks at the ends, no
// characters that do not print, no empty first or last line.
func plainLines(s string) bool {
	for line := range strings.SplitSeq(s, "\n") {
		if line != strings.TrimRightFunc(line, unicode.IsSpace) || strings.ContainsFunc(line, func(r rune) bool { return !unicode.IsPrint(r) }) {
			return false
		}
	}
	return s == strings.TrimSpace(s)
}

// plainWord reports whether a line needs no quotes to be read as a string in any
// version of YAML: it begins with a letter, and is no word for true or false of
// version 1.1 (or is quoted by the encoder, which knows the others).
func plainWord(s string) bool {
	c := s[0] | 0x20
	if c < 'a' || c > 'z' {
		return s[0] == '_'
	}
	switch strings.ToLower(s) {
	case "y", "n", "yes", "no", "on", "off":
		return false
	}
	return true
}
