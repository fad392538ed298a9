package kusto

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/sigma-compiler/sigmac/backends/emit"
	"github.com/sigma-compiler/sigmac/internal/jsontext"
	"github.com/sigma-compiler/sigmac/sigma"
)

// armFormat writes analytic rules as resources of Azure Resource Manager, and
// those of a pack as templates.
var armFormat = emit.Format{
	Name: "sentinel_arm", Doc: "analytic rules of Microsoft Sentinel, as an ARM template",
	Content: &emit.Content{
		Entry: armEntry, Join: armTemplate, Files: armFiles,
		Ext: ".json", Settings: sentinelSettings(emit.Setting{
			Name: settingAPI, Default: "2025-09-01", Doc: "the version of the API of Microsoft.SecurityInsights; those that end with -preview have kind=NRT and sub-techniques",
		}),
	},
}

// A resource is an analytic rule in a template. What the template itself says,
// such as the name made of the parameter, is a string; all that comes of a rule is
// an armText.
type resource struct {
	Type       string        `json:"type"`
	APIVersion string        `json:"apiVersion"`
	Name       string        `json:"name"`
	Kind       string        `json:"kind"`
	Properties armProperties `json:"properties"`
}

type armProperties struct {
	DisplayName armText  `json:"displayName"`
	Description armText  `json:"description"`
	Enabled     bool     `json:"enabled"`
	Severity    armText  `json:"severity"`
	Query       armText  `json:"query"`
	Frequency   string   `json:"queryFrequency,omitempty"`
	Period      string   `json:"queryPeriod,omitempty"`
	Operator    string   `json:"triggerOperator,omitempty"`
	Threshold   *int     `json:"triggerThreshold,omitempty"`
	Suppress    string   `json:"suppressionDuration"`
	Suppressed  bool     `json:"suppressionEnabled"`
	Tactics     []string `json:"tactics"`
	Techniques  []string `json:"techniques"`
	Sub         []string `json:"subTechniques,omitempty"`

	Entities  []armMapping        `json:"entityMappings,omitempty"`
	Details   map[armText]armText `json:"customDetails,omitempty"`
	Override  *armOverride        `json:"alertDetailsOverride,omitempty"`
	Grouping  armGrouping         `json:"eventGroupingSettings"`
	Incidents incidentConfig      `json:"incidentConfiguration"`
	Version   string              `json:"templateVersion"`
}

type armMapping struct {
	Type   string     `json:"entityType"`
	Fields []armField `json:"fieldMappings"`
}

type armField struct {
	Column     armText `json:"columnName"`
	Identifier string  `json:"identifier"`
}

type armOverride struct {
	Name        armText `json:"alertDisplayNameFormat,omitempty"`
	Description armText `json:"alertDescriptionFormat,omitempty"`
}

type armGrouping struct {
	Kind string `json:"aggregationKind"`
}

// An armText is a string that Resource Manager does not evaluate. It takes for an
// expression what begins with a bracket and ends with one, and for the string
// behind the first bracket what begins with two and ends with one; a string that
// begins with a bracket and does not end with one stands for itself, and would keep
// a bracket more (Syntax and expressions in ARM templates, "Escape characters").
type armText string

// MarshalText writes the string with the bracket that it needs.
func (t armText) MarshalText() ([]byte, error) {
	s := string(t)
	if strings.HasPrefix(s, "[") && strings.HasSuffix(s, "]") {
		s = "[" + s
	}
	return []byte(s), nil
}

// restDefault stands where a rule does not rest, since the API asks for a time in
// any case.
const restDefault = "PT5H"

var apiVersion = regexp.MustCompile(`^[0-9]{4}-[0-9]{2}-[0-9]{2}(-preview)?$`)

// armEntry writes a rule.
func armEntry(j *emit.Job, e *emit.Entry) string {
	r := newAlertRule(j, e)
	preview := strings.HasSuffix(j.Setting(settingAPI), "-preview")
	if !apiVersion.MatchString(j.Setting(settingAPI)) {
		j.Fail(e.Meta.Pos, sigma.BadSetting, "write 2025-09-01 or 2025-07-01-preview", "the setting api_version is %q", j.Setting(settingAPI))
	}
	if r.nrt && !preview {
		j.Fail(e.Meta.Pos, sigma.BadSetting, "set api_version=2025-07-01-preview", "the API %s has no rules that run in near real time", j.Setting(settingAPI))
	}
	if len(j.Errors) > 0 {
		return ""
	}
	doc := resource{
		Type: "Microsoft.OperationalInsights/workspaces/providers/alertRules", APIVersion: j.Setting(settingAPI),
		Name: "[concat(parameters('workspace'),'/Microsoft.SecurityInsights/" + e.ID + "')]", Kind: scheduled,
		Properties: r.armProperties(preview),
	}
	if r.nrt {
		doc.Kind = nrt
	}
	return encodeJSON(j, e.Meta, doc)
}

// armProperties returns the properties of a rule.
func (r *alertRule) armProperties(preview bool) armProperties {
	p := armProperties{
		DisplayName: armText(r.name), Description: armText(r.description), Enabled: r.Enabled, Severity: armText(r.level()),
		Query: armText(r.query), Suppress: restDefault, Tactics: []string{}, Details: textsOf[armText](r.details),
		Grouping: armGrouping{r.Setting(settingGrouping)}, Incidents: incidentConfig{Create: r.incidents}, Version: r.Setting(settingVersion),
	}
	if !r.nrt {
		p.Frequency, p.Period, p.Operator, p.Threshold = iso8601(r.every), iso8601(r.period), "GreaterThan", new(int)
	}
	if r.suppress > 0 {
		p.Suppress, p.Suppressed = iso8601(r.suppress), true
	}
	for _, t := range r.tactics {
		p.Tactics = append(p.Tactics, t.name)
	}
	techniques, sub := r.techniques()
	if p.Techniques = merge([]string{}, techniques); preview {
		p.Sub = sub
	}
	for _, e := range r.entities {
		m := armMapping{Type: e.kind}
		for _, i := range e.mappings() {
			m.Fields = append(m.Fields, armField{armText(i.column), i.name})
		}
		p.Entities = append(p.Entities, m)
	}
	if name, description := r.Setting(settingAlertName), r.Setting(settingAlertText); name != "" || description != "" {
		p.Override = &armOverride{armText(name), armText(description)}
	}
	if c := r.incidentConfig(); c != nil {
		p.Incidents = *c
	}
	return p
}

// encodeJSON writes a document.
func encodeJSON(j *emit.Job, m *sigma.Meta, doc any) string {
	text, err := jsontext.MarshalIndent(doc, "  ")
	if err != nil {
		j.Fail(m.Pos, sigma.Unsupported, "", "the rule cannot be written as JSON: %v", err)
	}
	return string(text)
}

// What stands round the resources of a template.
const (
	templateHead = `{
  "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
  "contentVersion": "1.0.0.0",
  "parameters": {
    "workspace": {
      "type": "string",
      "metadata": {
        "description": "The name of the Log Analytics workspace that Microsoft Sentinel works on"
      }
    }
  },
  "resources": [`
	templateTail = "\n  ]\n}\n"
)

// armTemplate makes a template of resources.
func armTemplate(resources []string) string {
	var b strings.Builder
	b.WriteString(templateHead)
	for i, r := range resources {
		if i > 0 {
			b.WriteByte(',')
		}
		for line := range strings.SplitSeq(strings.TrimRight(r, "\n"), "\n") {
			b.WriteString("\n    " + line)
		}
	}
	b.WriteString(templateTail)
	return b.String()
}

// The limits of a template (ARM template best practices, "Template limits": 800
// resources, 4 MB), of which the size is not used up: the request holds more than
// the template.
const (
	maxResources = 800
	maxTemplate  = 3 << 20
)

// armFiles makes the templates of a pack: one, or as many as the limits ask for.
func armFiles(p *emit.Pack) ([]emit.File, error) {
	var parts [][]string
	size := maxTemplate
	for _, e := range p.Entries {
		n := len(e.Text) + 6*strings.Count(e.Text, "\n")
		if size+n > maxTemplate || len(parts[len(parts)-1]) == maxResources {
			parts = append(parts, nil)
			size = 0
		}
		parts[len(parts)-1] = append(parts[len(parts)-1], e.Text)
		size += n
	}
	files := make([]emit.File, len(parts))
	for i, part := range parts {
		name := p.Name
		if len(parts) > 1 {
			name += "_" + strconv.Itoa(i+1)
		}
		files[i] = emit.File{Path: name + ".json", Data: []byte(armTemplate(part))}
	}
	return files, nil
}
