package kusto_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/sigma-compiler/sigmac/backends"
	"github.com/sigma-compiler/sigmac/backends/emit"
	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/pipeline"
)

const (
	networkRule = `title: A
name: a
logsource: {category: network_connection, product: windows}
detection: {s: {DestinationPort: 4444}, condition: s}
fields: [DestinationIp, Nothing]
tags: [attack.defense-evasion, attack.t1027.001, attack.command-and-control, attack.t1571]
`
	keywordRule = `title: K
name: k
logsource: {product: windows, service: nothing}
detection: {keywords: [evil], condition: keywords}
`
	syslogRule = `title: S
name: s
logsource: {product: linux, service: sshd}
detection: {keywords: [evil], condition: keywords}
`
)

// overNetwork returns a correlation over the rule a.
func overNetwork(span, condition string) string {
	return networkRule + "---\ntitle: C\nlevel: high\ncorrelation: {type: event_count, rules: [a], group-by: [Computer], timespan: " + span + ", condition: {" + condition + "}}\n"
}

// TestContentSettings shows what settings and correlations do: each case has texts
// that stand in the rule, texts behind a "!" that do not, the begin of an error, or a
// text in a warning.
func TestContentSettings(t *testing.T) {
	const sentinel, arm, defender = "sentinel", "sentinel_arm", "defender"
	for _, c := range []struct {
		name, format, pipeline, rule string
		settings                     string // name=value, separated by blanks
		method                       string
		want                         []string
		err                          string
		warning                      string
	}{
		{name: "plain", format: sentinel, rule: networkRule,
			want: []string{"queryFrequency: 1h\nqueryPeriod: 1h\n", "kind: Scheduled", "tactics:\n  - DefenseEvasion\n  - CommandAndControl\n", "  - T1027.001\n", "customDetails:\n  DstIpAddr: DstIpAddr\n", "!ingestion_time"}},
		{name: "units", format: sentinel, rule: networkRule, settings: "every=90m", want: []string{"queryFrequency: 90m"}},
		{name: "units of ARM", format: arm, rule: networkRule, settings: "every=90m enabled=true", want: []string{`"queryFrequency": "PT1H30M"`, `"enabled": true`}},
		{name: "days", format: arm, rule: networkRule, settings: "every=1d suppress=24h", want: []string{`"queryPeriod": "P1D"`, `"suppressionDuration": "P1D"`, `"suppressionEnabled": true`}},
		{name: "techniques", format: arm, rule: networkRule, want: []string{"\"techniques\": [\n          \"T1027\",\n          \"T1571\"\n", "!subTechniques"}},
		{name: "subtechniques", format: arm, rule: networkRule, settings: "api_version=2025-07-01-preview", want: []string{"\"subTechniques\": [\n          \"T1027.001\"\n"}},
		{name: "techniques of Graph", format: defender, rule: networkRule, want: []string{"\"technique\": \"T1027\",\n              \"subTechniques\": [\n                \"T1027.001\"\n"}},
		{name: "too often", format: sentinel, rule: networkRule, settings: "every=1m", err: "Sentinel runs rules every 5m to 14d, not every 1m"},
		{name: "too seldom", format: sentinel, rule: networkRule, settings: "every=15d", err: "Sentinel runs rules every 5m to 14d"},
		{name: "half minutes", format: sentinel, rule: networkRule, settings: "every=330s", err: "Sentinel runs rules every 5m to 14d"},
		{name: "long period", format: sentinel, rule: networkRule, settings: "every=30m overlap=3d", err: "a rule that looks back 3d 30m runs once an hour at most"},
		{name: "too long a period", format: sentinel, rule: networkRule, settings: "every=1d overlap=14d", err: "Sentinel's rules look back 14d at most, and this one would need 15d"},
		{name: "overlap of a function", format: sentinel, rule: networkRule, settings: "overlap=10m", warning: "found by both", want: []string{"queryPeriod: 70m"}},
		{name: "overlap of a table", format: sentinel, pipeline: "azure_monitor", rule: syslogRule, settings: "overlap=10m", want: []string{"Syslog\n  | where ingestion_time() > ago(1h)\n"}},
		{name: "version", format: sentinel, rule: networkRule, settings: "version=1", err: `the setting version is "1"`},
		{name: "suppress", format: sentinel, rule: networkRule, settings: "suppress=2d", err: `the setting suppress is "2d"`},
		{name: "suppressed", format: sentinel, rule: networkRule, settings: "suppress=5h", want: []string{"suppressionDuration: 5h\nsuppressionEnabled: true\n"}},
		{name: "alert name", format: sentinel, rule: networkRule, settings: "alert_name={{DvcHostname}}!", want: []string{"alertDisplayNameFormat: \"{{DvcHostname}}!\"\n"}},
		{name: "alert name without column", format: arm, rule: networkRule, settings: "alert_name={{Nothing}}", err: "the setting alert_name names the column Nothing"},
		{name: "incidents", format: arm, rule: networkRule, settings: "create_incidents=false group_incidents=AnyAlert", want: []string{`"createIncident": false`, `"matchingMethod": "AnyAlert"`}},
		{name: "no entities", format: sentinel, rule: networkRule, settings: "entities=false", want: []string{"!entityMappings"}},
		{name: "critical", format: arm, rule: networkRule, settings: "severity=critical", want: []string{`"severity": "High"`}},
		{name: "API", format: arm, rule: networkRule, settings: "api_version=[resourceGroup().id]", err: "the setting api_version is"},

		{name: "near real time", format: sentinel, rule: networkRule, settings: "kind=NRT", want: []string{"kind: NRT", "!queryFrequency", "!trigger"}},
		{name: "near real time in ARM", format: arm, rule: networkRule, settings: "kind=NRT", err: "the API 2025-09-01 has no rules that run in near real time"},
		{name: "near real time in ARM's preview", format: arm, rule: networkRule, settings: "kind=NRT api_version=2025-07-01-preview", want: []string{`"kind": "NRT"`, "!queryPeriod"}},
		{name: "correlation in near real time", format: sentinel, rule: overNetwork("1h", "gte: 3"), settings: "kind=NRT", err: "a rule that runs in near real time sees"},
		{name: "continuous", format: defender, rule: networkRule, settings: "kind=NRT", want: []string{`"frequency": "PT0S"`}, warning: "does not have in~"},
		{name: "correlation, continuous", format: defender, rule: overNetwork("1h", "gte: 3"), settings: "kind=NRT", err: "a rule that runs continuously sees one event"},

		{name: "correlation", format: sentinel, rule: overNetwork("1h", "gte: 3"),
			want: []string{"queryPeriod: 125m", "| where _sigma_to > ago(65m)\n", "  DvcHostname: DvcHostname\n"}, warning: "where ago() counts from is not documented"},
		{name: "correlation in buckets", format: sentinel, rule: overNetwork("1h", "gte: 3"), method: emit.Buckets,
			want: []string{"| where _sigma_to > ago(65m) and _sigma_to <= ago(5m)\n"}},
		{name: "correlation with overlap", format: sentinel, rule: overNetwork("30m", "gte: 3"), settings: "every=30m overlap=10m", want: []string{"queryPeriod: 75m", "ago(45m)"}},
		{name: "correlation over weeks", format: sentinel, rule: overNetwork("30d", "lte: 1"), err: "Sentinel's rules look back 14d at most"},
		{name: "correlation over days", format: sentinel, rule: overNetwork("3d", "gte: 1"), settings: "every=10m", err: "a rule that looks back 3d 15m runs once an hour at most"},
		{name: "correlation in Defender", format: defender, rule: overNetwork("1h", "gte: 3"), want: []string{"| where _sigma_to > ago(3h)", `"frequency": "PT1H"`}},
		{name: "long correlation in Defender", format: defender, rule: overNetwork("4h", "gte: 3"), err: "a rule that runs every 1h looks back 4h, and this one needs 5h"},
		{name: "long correlation in Defender, seldom", format: defender, rule: overNetwork("4h", "gte: 3"), settings: "every=3h", want: []string{"ago(8h)", `"frequency": "PT3H"`}},
		{name: "daily in Defender", format: defender, rule: networkRule, settings: "every=24h enabled=true", want: []string{`"frequency": "P1D"`, `"status": "enabled"`}},

		{name: "keywords without a table", format: sentinel, pipeline: "none", rule: keywordRule, err: "a rule that runs on a schedule needs a table"},
		{name: "no table", format: defender, pipeline: "none", rule: networkRule, err: "a rule that runs on a schedule needs a table"},
		{name: "all tables", format: sentinel, pipeline: "none", rule: networkRule, settings: "table=union_*", err: "the query searches all tables"},
		{name: "a table by setting", format: sentinel, pipeline: "none", rule: keywordRule, settings: "table=Syslog", want: []string{"columnName: Computer", "connectorId: Syslog\n"}},
		{name: "an unknown table", format: sentinel, pipeline: "none", rule: keywordRule, settings: "table=Mine_CL", warning: "the columns of the table of K are not known", want: []string{"!entityMappings"}},
		{name: "a workspace's table in Defender", format: defender, pipeline: "azure_monitor", rule: syslogRule, err: "Defender's rules must return the column Timestamp, and Syslog has none"},
		{name: "a function in Defender", format: defender, pipeline: "sentinel_asim", rule: networkRule, err: "Defender's rules must return the column Timestamp"},
		{name: "braces", format: defender, rule: strings.Replace(networkRule, "title: A", "title: 'SSTI {{7*7}}'", 1), want: []string{`"title": "SSTI { {7*7}}"`, `"displayName": "SSTI {{7*7}}"`}, warning: "two braces"},
		{name: "long name", format: sentinel, rule: networkRule, settings: "title=" + strings.Repeat("x", 257), err: "the name has 257 characters"},
		{name: "long query", format: sentinel, rule: strings.Replace(networkRule, "4444", "4444, DestinationHostname: ["+strings.Repeat("aaaaaaaaaa.example.com, ", 500)+"b]", 1), err: "the query has 1"},
		{name: "unknown technique", format: sentinel, rule: strings.Replace(networkRule, "t1571", "t9999", 1), warning: "T9999"},
	} {
		t.Run(c.name, func(t *testing.T) {
			text, warnings, err := contentOf(t, c.format, c.pipeline, c.rule, c.settings, c.method)
			if c.err != "" {
				var list sigma.ErrorList
				if !errors.As(err, &list) || !strings.HasPrefix(list[0].Msg, c.err) || list[0].Pos.Line == 0 {
					t.Fatalf("%v", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if c.settings == "" || !strings.Contains(c.settings, "preview") {
				valid(t, c.format, text)
			}
			for _, want := range c.want {
				if not, ok := strings.CutPrefix(want, "!"); ok == strings.Contains(text, cmpOr(not, want, ok)) {
					t.Errorf("%s:\n%s", want, text)
				}
			}
			if !strings.Contains(warnings, c.warning) || c.warning == "" && strings.Contains(warnings, "found by") && !strings.Contains(c.rule, "correlation") {
				t.Errorf("warnings: %s", warnings)
			}
		})
	}
}

func cmpOr(not, want string, ok bool) string {
	if ok {
		return not
	}
	return want
}

// contentOf makes the rule of the last document.
func contentOf(t *testing.T, format, name, rule, settings, method string) (text, warnings string, err error) {
	t.Helper()
	o := backends.Options{Target: "kusto", Format: format, Settings: map[string]string{}, Method: method}
	switch {
	case name == "" && format == "defender":
		name = "microsoft_xdr"
	case name == "":
		name = "sentinel_asim"
	}
	if name != "none" {
		if o.Pipeline, err = pipeline.Resolve(name); err != nil {
			t.Fatal(err)
		}
	}
	for _, word := range strings.Fields(settings) {
		k, v, _ := strings.Cut(word, "=")
		o.Settings[k] = strings.ReplaceAll(v, "union_", "union ")
	}
	c, err := backends.New(o)
	if err != nil {
		t.Fatal(err)
	}
	docs, err := sigma.Parse("rule.yml", []byte(rule))
	if err != nil {
		t.Fatal(err)
	}
	result, err := compileLast(t, c, docs)
	if err != nil {
		return "", "", err
	}
	return c.Join([]string{result.Queries[0].Text}), result.Warnings.Error(), nil
}
