package splunk_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/sigma-compiler/sigmac/backends"
	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/pipeline"
)

// chain returns pipelines by their names.
func chain(t testing.TB, names ...string) *pipeline.Pipeline {
	t.Helper()
	var list []*pipeline.Pipeline
	for _, name := range names {
		p, err := pipeline.Resolve(name)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, p)
	}
	return pipeline.Chain(list...)
}

// compiler returns a compiler of a format; the pipelines are named.
func compiler(t testing.TB, format string, settings map[string]string, pipelines ...string) *backends.Compiler {
	t.Helper()
	c, err := backends.New(backends.Options{Target: "splunk", Format: format, Settings: settings, Pipeline: chain(t, pipelines...)})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// compile compiles all documents of a text that stand alone.
func compile(c *backends.Compiler, text string) (queries []backends.Query, notes sigma.ErrorList, err error) {
	docs, err := sigma.Parse("r.yml", []byte(text))
	if err != nil {
		return nil, nil, err
	}
	set, err := ir.Link(docs, ir.LinkOptions{})
	if err != nil {
		return nil, nil, err
	}
	var results []*backends.Result
	for _, r := range set.Rules {
		if set.Alone(r.Source) {
			out, err := c.Rule(r)
			if err != nil {
				return nil, nil, err
			}
			results = append(results, out)
		}
	}
	for _, x := range set.Correlations {
		if set.Alone(x.Source) {
			out, err := c.Correlation(x)
			if err != nil {
				return nil, nil, err
			}
			results = append(results, out)
		}
	}
	for _, r := range results {
		queries, notes = append(queries, r.Queries...), append(notes, r.Warnings...)
	}
	return queries, notes, nil
}

// deployed compiles a rule and returns its stanza and the warnings.
func deployed(t *testing.T, c *backends.Compiler, text string) (stanza, string) {
	t.Helper()
	queries, notes, err := compile(c, text)
	if err != nil || len(queries) != 1 {
		t.Fatalf("%d queries, %v", len(queries), err)
	}
	got, err := readConf(c.Join([]string{queries[0].Text}))
	if err != nil || len(got) != 1 {
		t.Fatalf("%v\n%s", err, queries[0].Text)
	}
	var warnings []string
	for _, w := range notes {
		warnings = append(warnings, w.Text())
	}
	return got[0], strings.Join(warnings, "\n")
}

const flagship = `title: Odd Port
id: 929a690e-bef0-4204-a928-ef5e620d6fcc
status: deprecated
description: |
    Two lines,

    and a gap.
references: [https://a.example/, https://b.example/]
author: A. Author
date: 2024-05-01
modified: 2025-06-02
tags: [attack.command-and-control, attack.t1571, cve.2021-44228]
logsource: {category: c, product: p}
detection: {s: {User: x, DestinationPort: 4444}, condition: s}
fields: [User, Image]
falsepositives: [Games, Back\slash\]
level: high
`

// TestStanza checks the settings that a saved search has, key by key.
func TestStanza(t *testing.T) {
	for name, c := range map[string]struct {
		settings map[string]string
		want     map[string]string // "-" for settings that are not there
		warns    string
	}{
		"defaults": {nil, map[string]string{
			"search": `User="x" DestinationPort=4444`, "disabled": "1", "enableSched": "1", "cron_schedule": "50 * * * *",
			"dispatch.earliest_time": "-70m@m", "dispatch.latest_time": "-10m@m", "counttype": "number of events", "relation": "greater than", "quantity": "0",
			"alert.track": "1", "alert.severity": "5", "alert.digest_mode": "1", "alert.suppress": "0", "is_visible": "false", "schedule_window": "auto", "realtime_schedule": "0",
			"description":                             "Two lines,\n\nand a gap.\n\nFalse positives:\n- Games\n- Back\\slash\\ \n\nReferences:\n- https://a.example/\n- https://b.example/",
			"action.correlationsearch.annotations":    `{"cve":["CVE-2021-44228"],"mitre_attack":["T1571"]}`,
			"action.correlationsearch.enabled":        "-",
			"action.notable.param.drilldown_searches": "-",
		}, "the description is not as the rule has it, since a .conf file cannot hold that: lines that ended with a backslash end with a space behind it"},
		"schedule": {map[string]string{"every": "15m", "overlap": "5m", "delay": "90s", "enabled": "true", "suppress": "User, Image"}, map[string]string{
			"disabled": "0", "dispatch.earliest_time": "-1290s@s", "dispatch.latest_time": "-90s@s", "alert.digest_mode": "0",
			"alert.suppress": "1", "alert.suppress.fields": "User,Image", "alert.suppress.period": "22m",
		}, ""},
		"overlap":    {map[string]string{"overlap": "10m"}, map[string]string{"dispatch.earliest_time": "-80m@m"}, "runs overlap by 10m: what lies there is told twice (set suppress"},
		"no overlap": {map[string]string{"overlap": "0s"}, map[string]string{"dispatch.earliest_time": "-70m@m"}, ""},
		"no fields":  {map[string]string{"suppress_period": "2w"}, map[string]string{"alert.suppress": "1", "alert.suppress.period": "14d", "alert.suppress.fields": "-", "alert.digest_mode": "1"}, ""},
		"index":      {map[string]string{"index": "main"}, map[string]string{"search": `index=main (User="x" DestinationPort=4444)`}, ""},
		"indexes":    {map[string]string{"index": "a, b_*", "macro": "m-1"}, map[string]string{"search": "(index=a OR index=b_*) `m-1` (User=\"x\" DestinationPort=4444)"}, ""},
		"table":      {map[string]string{"table": "true"}, map[string]string{"search": `User="x" DestinationPort=4444 | table _time User Image`}, ""},
		"no column":  {map[string]string{"table": "true", "suppress": "User, host"}, nil, "the results have no field host to suppress by"},
		"key":        {map[string]string{"key.action.email": "1", "key.action.email.to": "a@b.example", "key.alert.severity": "6"}, map[string]string{"action.email": "1", "action.email.to": "a@b.example", "alert.severity": "6"}, ""},
		"severity":   {map[string]string{"severity": "informational"}, map[string]string{"alert.severity": "2"}, ""},
		"severest":   {map[string]string{"severity": "critical"}, map[string]string{"alert.severity": "6"}, ""},
		"story":      {map[string]string{"analytic_story": "C2, Worms"}, map[string]string{"action.correlationsearch.annotations": `{"analytic_story":["C2","Worms"],"cve":["CVE-2021-44228"],"mitre_attack":["T1571"]}`}, ""},
		"es": {map[string]string{"es": "true", "suppress": "User"}, map[string]string{
			"action.correlationsearch.enabled": "1", "action.correlationsearch.label": "Odd Port", "action.notable": "1", "action.notable.param.severity": "high",
			"action.notable.param.rule_title": "Odd Port", "action.notable.param.security_domain": "threat", "action.notable.param.nes_fields": "User,DestinationPort,Image",
			"action.risk": "1", "action.risk.param._risk": `[{"risk_object_field":"User","risk_object_type":"user","risk_score":80}]`, "alert.digest_mode": "1", "action.escu": "-",
			"action.notable.param.drilldown_searches": `[{"earliest_offset":"$info_min_time$","latest_offset":"$info_max_time$","name":"View the results of the detection","search":"User=\"x\" DestinationPort=4444"}]`,
		}, ""},
		"risk": {map[string]string{"es": "true", "notable": "false", "risk_score": "7", "risk_objects": "dest:system, Image:other", "security_domain": "endpoint"}, map[string]string{
			"action.notable": "-", "action.risk.param._risk": `[{"risk_object_field":"dest","risk_object_type":"system","risk_score":7},{"risk_object_field":"Image","risk_object_type":"other","risk_score":7}]`,
		}, ""},
		"escu": {map[string]string{"escu": "true", "risk": "false"}, map[string]string{
			"action.risk": "-", "action.escu.enabled": "1", "action.escu.mappings": `{"mitre_attack":["T1571"]}`, "action.escu.creation_date": "2024-05-01", "action.escu.modification_date": "2025-06-02",
			"action.escu.known_false_positives": "Games\nBack\\slash\\.", "action.escu.how_to_implement": "The search reads the logs that Sigma calls p c.", "action.escu.data_models": "[]",
			"description": "Two lines,\n\nand a gap.\n\nReferences:\n- https://a.example/\n- https://b.example/",
		}, ""},
	} {
		got, warnings := deployed(t, compiler(t, "savedsearches", c.settings), flagship)
		for key, want := range c.want {
			value, ok := got.values[key]
			if want == "-" {
				if ok {
					t.Errorf("%s: %s is %q", name, key, value)
				}
			} else if value != want {
				t.Errorf("%s: %s is %q\nwant %q", name, key, value, want)
			}
		}
		if !strings.Contains(warnings, c.warns) || name == "no overlap" && strings.Contains(warnings, "overlap") {
			t.Errorf("%s: warnings %s\nwant %s", name, warnings, c.warns)
		}
	}
}

// TestMetadata reads what the stanza says about its rule.
func TestMetadata(t *testing.T) {
	got, _ := deployed(t, compiler(t, "savedsearches", nil), flagship)
	var m map[string]any
	if err := json.Unmarshal([]byte(got.values["action.correlationsearch.metadata"]), &m); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{"detection_id": "929a690e-bef0-4204-a928-ef5e620d6fcc", "deprecated": "1", "publish_time": 1714521600.0, "sigma_author": "A. Author", "sigma_level": "high"}
	for key, value := range want {
		if m[key] != value {
			t.Errorf("%s is %v, want %v", key, m[key], value)
		}
	}
}

// TestRefused checks what a saved search cannot be.
func TestRefused(t *testing.T) {
	for name, c := range map[string]struct {
		settings map[string]string
		want     string
	}{
		"cron":         {map[string]string{"every": "7m"}, "cron cannot say every 7m (the nearest that it can say is 6m)"},
		"index":        {map[string]string{"index": "main OR index=*"}, `the setting index is "main OR index=*", and "main OR index=*" is no name of an index`},
		"macro":        {map[string]string{"macro": "m` | delete `"}, "which is no name of a macro"},
		"key":          {map[string]string{"key.a\nsearch": "x"}, `"a\nsearch" is no name of a setting in a .conf file`},
		"key with =":   {map[string]string{"key.search=x": "x"}, "is no name of a setting in a .conf file"},
		"search":       {map[string]string{"key.search": "x"}, "the search is made of the rule"},
		"value":        {map[string]string{"key.a": `x\`}, `the setting key.a: a .conf file cannot hold it`},
		"field":        {map[string]string{"suppress": "a\nb"}, "which is no name of a field"},
		"period":       {map[string]string{"suppress_period": "often"}, `the setting suppress_period is "often", which is no length of time`},
		"score":        {map[string]string{"es": "true", "risk_score": "101"}, `the setting risk_score is "101"`},
		"risk objects": {map[string]string{"es": "true", "risk_objects": "dest"}, `the setting risk_objects has "dest"`},
		"tstats":       {map[string]string{"tstats": "true"}, "the format data_model needs the state data_model_set"},
	} {
		if _, _, err := compile(compiler(t, "savedsearches", c.settings), flagship); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v\nwant %s", name, err, c.want)
		}
	}
}

// TestTstats deploys a search of a data model.
func TestTstats(t *testing.T) {
	const rule = "title: t\nlogsource: {category: process_creation, product: windows}\nlevel: low\ndetection: {s: {Image: x}, condition: s}\nfields: [User]\n"
	alone, _, err := compile(compiler(t, "data_model", nil, "splunk_cim"), rule)
	if err != nil {
		t.Fatal(err)
	}
	settings := map[string]string{"tstats": "true", "es": "true", "escu": "true"}
	got, _ := deployed(t, compiler(t, "savedsearches", settings, "splunk_cim"), rule)
	if got.values["search"] != alone[0].Text || got.values["action.escu.data_models"] != `["Endpoint"]` {
		t.Errorf("%v\nwant the search %s", got.values, alone[0].Text)
	}
	settings["index"] = "main"
	if _, _, err := compile(compiler(t, "savedsearches", settings, "splunk_cim"), rule); err == nil || !strings.Contains(err.Error(), "the index of a query that does not begin with a search clause") {
		t.Errorf("index of a data model: %v", err)
	}
	const x = "---\ntitle: x\nlevel: low\ncorrelation: {type: event_count, rules: r, timespan: 1h, condition: {gte: 2}}\n"
	delete(settings, "index")
	if _, _, err := compile(compiler(t, "savedsearches", settings, "splunk_cim"), "name: r\n"+rule+x); err == nil || !strings.Contains(err.Error(), "a correlation by tstats") {
		t.Errorf("correlation: %v", err)
	}
}

// TestCorrelationStanza checks the time of a correlation and its risk.
func TestCorrelationStanza(t *testing.T) {
	const x = "---\ntitle: x\nlevel: low\ncorrelation: {type: event_count, rules: r, timespan: 2h, group-by: [src, user], condition: {gte: 3}}\n"
	rules := "name: r\n" + flagship + x
	got, warnings := deployed(t, compiler(t, "savedsearches", map[string]string{"es": "true", "table": "true", "index": "main"}), rules)
	const tail = " | addinfo | where _time>=info_min_time+7200 | fields - info_min_time info_max_time info_search_time info_sid | table _time src user"
	search := got.values["search"]
	if !strings.HasPrefix(search, `index=main (User="x" DestinationPort=4444) | eval `) || !strings.HasSuffix(search, tail) || got.values["dispatch.earliest_time"] != "-190m@m" {
		t.Errorf("%s from %s (%s)", search, got.values["dispatch.earliest_time"], warnings)
	}
	if want := `[{"risk_object_field":"src","risk_object_type":"system","risk_score":40},{"risk_object_field":"user","risk_object_type":"user","risk_score":40}]`; got.values["action.risk.param._risk"] != want {
		t.Errorf("risk %s", got.values["action.risk.param._risk"])
	}
	got, warnings = deployed(t, compiler(t, "savedsearches", map[string]string{"once": "false"}), rules)
	if strings.Contains(got.values["search"], "addinfo") || !strings.Contains(warnings, "runs overlap by 2h: what lies there is told twice") {
		t.Errorf("once=false: %s, %s", got.values["search"], warnings)
	}
}

// TestNames checks the names of stanzas: unlike each other, and short enough for
// Enterprise Security.
func TestNames(t *testing.T) {
	rule := func(title, id string) string {
		return fmt.Sprintf("title: %q\nid: %s\nlevel: low\nlogsource: {category: c}\ndetection: {s: {f: x}, condition: s}\n", title, id)
	}
	long := strings.Repeat("ä", 120)
	text := strings.Join([]string{
		rule("Same", "00000001-0000-4000-8000-000000000000"), rule("same", "00000002-0000-4000-8000-000000000000"), rule("Same (00000001)", "00000003-0000-4000-8000-000000000000"),
		rule("Same", "00000001-0000-4000-8000-000000000000"), rule(long+"a", "00000004-0000-4000-8000-000000000000"), rule(long+"b", "00000005-0000-4000-8000-000000000000"),
		rule("[default]", "00000006-0000-4000-8000-000000000000"), rule("default", "00000007-0000-4000-8000-000000000000"),
	}, "---\n")
	for es, want := range map[string][]string{
		"false": {"Same (00000001.2)", "same (00000002)", "Same (00000001)", "Same (00000001.3)", long + "a", long + "b", "(default)", "Rule default"},
		"true": {"Same (00000001.2) - Rule", "same (00000002) - Rule", "Same (00000001) - Rule", "Same (00000001.3) - Rule",
			strings.Repeat("ä", 81) + " (00000004) - Rule", strings.Repeat("ä", 81) + " (00000005) - Rule", "(default) - Rule", "Rule default - Rule"},
	} {
		c := compiler(t, "savedsearches", map[string]string{"es": es})
		queries, _, err := compile(c, text)
		if err != nil {
			t.Fatal(err)
		}
		var texts, names []string
		for _, q := range queries {
			texts = append(texts, q.Text)
		}
		got, err := readConf(c.Join(texts))
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range got {
			names = append(names, s.name)
		}
		if !slices.Equal(names, want) {
			t.Errorf("es=%s:\ngot  %q\nwant %q", es, names, want)
		}
	}
}
