package kusto

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/sigma-compiler/sigmac/backends/emit"
	"github.com/sigma-compiler/sigmac/sigma"
)

// defenderFormat writes custom detection rules of Defender XDR as Microsoft Graph
// takes them: detectionRule of microsoft.graph.security, v1.0, to be sent to
// /security/rules/detectionRules. What the beta had beside it until 2026-10-01
// (isEnabled, schedule.period, category, mitreTechniques, impactedAssets) is not
// written.
var defenderFormat = emit.Format{
	Name: "defender", Doc: "custom detection rules of Defender XDR, as JSON for Microsoft Graph v1.0",
	Content: &emit.Content{
		Entry: defenderEntry, Ext: ".json",
		Join: func(texts []string) string { return strings.Join(texts, "") },
		Settings: contentSettings("1h", "", []string{"delay", "overlap", "every"},
			emit.Setting{Name: "every", Default: "1h", Values: []string{"1h", "3h", "12h", "24h", "1d"}, Doc: "how often it runs; what a run looks back at follows from it: 4h, 12h, 48h and 30d"},
			emit.Setting{Name: settingKind, Default: scheduled, Values: []string{scheduled, nrt}, Doc: "whether it runs as every says, or continuously on what comes in"},
			emit.Setting{Name: settingActions, Doc: "what to do about an alert; what is known of false positives where it is empty"}),
	},
}

// lookbacks are how far each run looks back by how often a rule runs (Create and
// manage custom detections rules, "Rule frequency").
var lookbacks = map[time.Duration]time.Duration{
	time.Hour:      4 * time.Hour,
	3 * time.Hour:  12 * time.Hour,
	12 * time.Hour: 48 * time.Hour,
	24 * time.Hour: 30 * 24 * time.Hour,
}

// assets are the columns of which a query must return one (the same page,
// "Required columns in the query results").
var assets = []string{"DeviceId", "DeviceName", "RemoteDeviceName", "RecipientEmailAddress", "SenderFromAddress", "SenderMailFromAddress",
	"RecipientObjectId", "AccountObjectId", "AccountSid", "AccountUpn", "InitiatingProcessAccountSid", "InitiatingProcessAccountUpn", "InitiatingProcessAccountObjectId"}

// A detectionRule is the resource of that name.
type detectionRule struct {
	Type      string          `json:"@odata.type"`
	ID        string          `json:"id"`
	Name      string          `json:"displayName"`
	Text      string          `json:"description"`
	Status    string          `json:"status"`
	Condition queryCondition  `json:"queryCondition"`
	Schedule  ruleSchedule    `json:"schedule"`
	Action    detectionAction `json:"detectionAction"`
}

type queryCondition struct {
	Query string `json:"queryText"`
}

type ruleSchedule struct {
	Frequency string `json:"frequency"`
}

type detectionAction struct {
	Template alertTemplate `json:"alertTemplate"`
}

type alertTemplate struct {
	Title    string                         `json:"title"`
	Text     string                         `json:"description"`
	Severity string                         `json:"severity"`
	Actions  string                         `json:"recommendedActions,omitempty"`
	Tactics  []mitreTactic                  `json:"tactics,omitempty"`
	Entities map[string][]map[string]string `json:"entityMappings,omitempty"`
	Details  map[string]string              `json:"customDetails,omitempty"`
}

type mitreTactic struct {
	Tactic     string           `json:"tactic"`
	Techniques []mitreTechnique `json:"techniques"`
}

type mitreTechnique struct {
	Technique string   `json:"technique"`
	Sub       []string `json:"subTechniques,omitempty"`
}

// defenderEntry writes a rule.
func defenderEntry(j *emit.Job, e *emit.Entry) string {
	c := newContent(j, e)
	c.checkColumns()
	schedule := c.frequency()
	if len(j.Errors) > 0 {
		return ""
	}
	c.checkQuery(maxQuery)
	name, description := c.name(), c.description(maxText)
	doc := detectionRule{
		Type: "#microsoft.graph.security.detectionRule", ID: e.ID, Name: name, Text: description, Status: "disabled",
		Condition: queryCondition{c.query}, Schedule: ruleSchedule{schedule},
		Action: detectionAction{alertTemplate{
			Title: c.inert("title", name), Text: c.inert("description", description), Severity: c.severity(), Actions: c.actions(),
			Tactics: mitreTactics(e.Meta), Entities: graphEntities(c.entities), Details: c.details(),
		}},
	}
	if e.Enabled {
		doc.Status = "enabled"
	}
	if len(j.Errors) > 0 {
		return ""
	}
	return encodeJSON(j, e.Meta, doc)
}

// checkColumns refuses a query that does not return what Defender asks for. What
// is written for correlations keeps all columns of a row, so that they are those
// of one event.
func (c *content) checkColumns() {
	if len(c.Errors) > 0 || len(c.result.unknown) > 0 {
		return
	}
	if c.result.shaped {
		c.Warn(c.Meta.Pos, sigma.Assumed, "it must return Timestamp, ReportId and DeviceId", "the pipeline's postprocessing decides which columns the query returns")
		return
	}
	for _, name := range []string{"Timestamp", "ReportId"} {
		if !c.result.has(name) {
			c.Fail(c.Meta.Pos, sigma.Unsupported, "the pipeline microsoft_xdr writes queries for Defender's tables, the formats sentinel and sentinel_arm rules for others",
				"Defender's rules must return the column %s, and %s has none", name, strings.Join(c.result.tables, ", "))
			return
		}
	}
	if !slices.ContainsFunc(assets, c.result.has) {
		c.Warn(c.Meta.Pos, sigma.Assumed, "", "Defender asks for a column with a device, a user or a mailbox, and %s has none of those that it lists", strings.Join(c.result.tables, ", "))
	}
}

// frequency returns how often the rule runs, and keeps of a correlation what fires
// where the query sees all of the timespan before. What two runs find is one alert:
// Defender passes over what has the same entities and details.
func (c *content) frequency() string {
	if len(c.Errors) > 0 {
		return ""
	}
	if c.nrt {
		c.checkContinuous()
		return iso8601(0)
	}
	every := c.Entry.Schedule.Every
	if c.Correlation != nil {
		reach, back := emit.Reach(c.Correlation), lookbacks[every]
		if back < reach+every {
			c.Fail(c.Correlation.Source.Timespan.Pos, sigma.Unsupported, "a longer every looks back further: 4h at 1h, 12h at 3h, 48h at 12h and 30d at 24h",
				"a rule that runs every %s looks back %s, and this one needs %s", inWords(every), inWords(back), inWords(reach+every))
			return ""
		}
		c.firings(back-reach, 0)
	}
	return iso8601(every)
}

// continuous are the tables whose events rules can be run on as they come in (the
// same page, "Tables that support Continuous (NRT) frequency").
var continuous = []string{"AlertEvidence", "CloudAppEvents", "DeviceEvents", "DeviceFileCertificateInfo", "DeviceFileEvents", "DeviceImageLoadEvents",
	"DeviceLogonEvents", "DeviceNetworkEvents", "DeviceNetworkInfo", "DeviceInfo", "DeviceProcessEvents", "DeviceRegistryEvents", "EmailAttachmentInfo",
	"EmailEvents", "EmailPostDeliveryEvents", "EmailUrlInfo", "IdentityDirectoryEvents", "IdentityLogonEvents", "IdentityQueryEvents", "UrlClickEvents"}

// notContinuous finds what queries are written with that is not among the operators
// and functions of rules that run continuously (Supported KQL features in Azure
// Monitor transformations); literals are to be left out before.
var (
	notContinuous = regexp.MustCompile(`!?in~|\b(not|coalesce|column_ifexists|replace_string|has_any|has_all|between|ipv[46]_[a-z_]+|format_ipv[46][a-z_]*|ingestion_time|tohex)\b`)
	quoted        = regexp.MustCompile(`@"(?:[^"]|"")*"|"(?:[^"\\\n]|\\.)*"|@'(?:[^']|'')*'|'(?:[^'\\\n]|\\.)*'`)
)

// checkContinuous refuses what cannot run continuously.
func (c *content) checkContinuous() {
	const hint = "kind=Scheduled can"
	if c.Correlation != nil {
		c.Fail(c.Correlation.Source.TypePos, sigma.Unsupported, hint, "a rule that runs continuously sees one event at a time")
		return
	}
	for _, t := range c.result.tables {
		if !slices.Contains(continuous, t) {
			c.Fail(c.Meta.Pos, sigma.Unsupported, hint, "Defender runs no rules continuously on %s", t)
		}
	}
	var found []string
	for _, word := range notContinuous.FindAllString(quoted.ReplaceAllString(c.query, `""`), -1) {
		found = merge(found, []string{word})
	}
	if found != nil {
		c.Warn(c.Meta.Pos, sigma.Assumed, hint, "Microsoft's list of what rules that run continuously may use does not have %s", strings.Join(found, ", "))
	}
}

// actions returns what to do about an alert.
func (c *content) actions() string {
	text := c.Setting(settingActions)
	if text == "" {
		text = bullets("Rule out what is known to be harmless:", c.Meta.FalsePositives)
	}
	return c.inert("recommended actions", text)
}

// inert keeps a text from being taken for one with columns in it, which two braces
// make of it in the texts of alerts.
func (c *content) inert(what, text string) string {
	if !strings.Contains(text, "{{") {
		return text
	}
	c.Warn(c.Meta.Pos, sigma.Assumed, "", "the %s of the alert has two braces in a row, which Defender takes for the begin of a column: a blank is put between them", what)
	for strings.Contains(text, "{{") {
		text = strings.ReplaceAll(text, "{{", "{ {")
	}
	return text
}

// mitreTactics returns the tactics and techniques of a rule.
func mitreTactics(m *sigma.Meta) []mitreTactic {
	var out []mitreTactic
	for _, t := range tactics(m) {
		tactic := mitreTactic{Tactic: t.name, Techniques: []mitreTechnique{}}
		for _, technique := range t.techniques {
			id, sub := technique.ID, ""
			if technique.Parent != nil {
				id, sub = technique.Parent.ID, technique.ID
			}
			i := slices.IndexFunc(tactic.Techniques, func(t mitreTechnique) bool { return t.Technique == id })
			if i < 0 {
				i = len(tactic.Techniques)
				tactic.Techniques = append(tactic.Techniques, mitreTechnique{Technique: id})
			}
			if sub != "" {
				tactic.Techniques[i].Sub = append(tactic.Techniques[i].Sub, sub)
			}
		}
		out = append(out, tactic)
	}
	return out
}

// graphKinds are the collections of entityMappingConfiguration by Sentinel's types
// of entities, and the properties of their members by Sentinel's identifiers.
// Identifiers that are not here Graph does not have.
var graphKinds = map[string]struct {
	collection string
	properties map[string]string
}{
	"Account":          {"accounts", map[string]string{"Name": "nameColumn", "NTDomain": "ntDomainColumn", "Sid": "sidColumn", "AadUserId": "aadUserIdColumn"}},
	"AzureResource":    {"azureResources", map[string]string{"ResourceId": "resourceIdColumn"}},
	"CloudApplication": {"cloudApplications", map[string]string{"Name": "nameColumn"}},
	"DNS":              {"dns", map[string]string{"DomainName": "domainNameColumn"}},
	"File":             {"files", map[string]string{"Name": "nameColumn"}},
	"Host":             {"hosts", map[string]string{"FullName": "nameColumn", "HostName": "nameColumn"}},
	"IP":               {"ips", map[string]string{"Address": "addressColumn"}},
	"Mailbox":          {"mailboxes", map[string]string{"MailboxPrimaryAddress": "primaryAddressColumn"}},
	"MailMessage":      {"mailMessages", map[string]string{"NetworkMessageId": "networkMessageIdColumn", "Recipient": "recipientColumn", "Sender": "senderColumn"}},
	"Process":          {"processes", nil},
	"RegistryValue":    {"registryValues", map[string]string{"Name": "valueNameColumn"}},
	"URL":              {"urls", map[string]string{"Url": "addressColumn"}},
}

// graphEntities returns the entities as Graph has them.
func graphEntities(list []entity) map[string][]map[string]string {
	out := make(map[string][]map[string]string)
	for _, e := range list {
		kind := graphKinds[e.kind]
		mapping := make(map[string]string)
		for _, i := range e.identifiers {
			property := kind.properties[i.name]
			if i.onlyGraph() {
				property = i.name
			}
			if property != "" && mapping[property] == "" && kind.collection != "" {
				mapping[property] = i.column
			}
		}
		if len(mapping) > 0 {
			out[kind.collection] = append(out[kind.collection], mapping)
		}
	}
	return out
}
