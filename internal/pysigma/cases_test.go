package pysigma_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// The runs by their target and pipeline.
const (
	splunk = iota
	lucene
	eql
	xdr
	asim
	cim
)

// none stands for a difference that must have no class.
const none = "no class"

// TestClasses compares rules with queries as pySigma writes them, or might: each
// difference must fall in its class, and a mistake in none that is not known.
func TestClasses(t *testing.T) {
	const logs = `source="WinEventLog:Microsoft-Windows-Sysmon/Operational" EventCode=1 `
	const elastic = `any where host.os.type=="windows" and event.category=="process" and event.type=="start" and `
	for name, c := range map[string]struct {
		run      int
		category string
		items    string // of the one search, a line each
		query    string
		kind     kind
		classes  []string
	}{
		"nothing": {eql, "process_creation", "CommandLine: abc", elastic + `process.command_line:"abc"`, same, nil},
		"case": {lucene, "proxy", "cs-host: abc", `winlog.event_data.cs-host:abc`, different,
			[]string{"case: counts, unless the index folds it"}},
		"log source": {xdr, "process_creation", "CommandLine: abc", "DeviceProcessEvents\n| where ProcessCommandLine =~ \"abc\"", different,
			[]string{"log source: only sigmac asks for ActionType"}},
		"values of the log source": {splunk, "process_creation", "CommandLine: abc", logs + `CommandLine="abc"`, different,
			[]string{"log source: other values of source"}},
		"name": {eql, "process_creation", "Image: abc",
			elastic + `process.executable.caseless:"abc"`, different,
			[]string{"field: process.executable.caseless for process.executable"}},
		"another field": {asim, "process_creation", "ParentImage: C:\\abc.exe", "imProcessCreate\n| where ParentProcessName =~ \"C:\\\\abc.exe\"", different,
			[]string{"field: ParentProcessName for ActingProcessName", "log source: only sigmac asks for DvcOs"}},
		"dropped": {xdr, "network_connection", "Initiated: 'true'\nImage: abc",
			"DeviceNetworkEvents\n| where InitiatingProcessFolderPath =~ \"abc\"", different, []string{"not tested by pySigma: Initiated"}},
		"direction": {eql, "network_connection", "Initiated: 'true'",
			strings.Replace(elastic, "process", "network", 1) + `network.direction:"true"`, different, []string{"value: Initiated"}},
		"ports as texts": {xdr, "network_connection", "DestinationPort: [80, 443]", "DeviceNetworkEvents\n| where RemotePort in~ (\"80\", \"443\")", refused,
			[]string{"the operator in~ is for strings, and its operand is of type long (KS107)"}},
		"null": {xdr, "process_creation", "CommandLine: [null, abc]",
			"DeviceProcessEvents\n| where ActionType =~ \"ProcessCreated\" and (isnull(ProcessCommandLine) or ProcessCommandLine =~ \"abc\")",
			different, []string{"null or empty: CommandLine"}},
		"question mark": {splunk, "process_creation", "CommandLine: a?c", logs + `CommandLine="a*c"`, different,
			[]string{"log source: other values of source", "wildcard: CommandLine"}},
		"regular expression": {eql, "process_creation", "CommandLine|re: '[0-9]{3}'", elastic + `process.command_line regex~ "[0-9]{3}"`, different,
			[]string{"regular expression: CommandLine"}},
		"registry": {cim, "registry_set", "Details: DWORD (0x00000001)",
			"| tstats count from datamodel=Endpoint.Registry where Registry.registry_value_data=\"DWORD (0x00000001)\" by Registry.dest", different,
			[]string{"log source: only sigmac asks for action", "log source: other values of registry_value_data", "value: Details"}},
		"precedence": {splunk, "process_creation", "CommandLine: [a, b]\nImage: c", logs + `(CommandLine="a") OR (CommandLine="b" Image="c")`, different, []string{none}},
		"precedence beside others": {xdr, "process_creation", "CommandLine: [a, b]\nImage: c",
			"DeviceProcessEvents\n| where ProcessCommandLine =~ \"a\" or (ProcessCommandLine =~ \"b\" and FolderPath =~ \"c\")", different, []string{none}},
		"a filter without its not": {xdr, "process_creation", "CommandLine|neq: abc", "DeviceProcessEvents\n| where ProcessCommandLine =~ \"abc\"", different, []string{none}},
	} {
		r := runs[c.run]
		r.open(t)
		o := r.compare(caseRule(t, c.category, c.items), &recorded{Queries: []string{c.query}})
		got := o.classes
		if o.unknown != "" {
			got = []string{none}
		}
		if o.kind != c.kind || !slices.Equal(got, c.classes) {
			t.Errorf("%s: %s %q, want %s %q\n%s", name, o.kind, got, c.kind, c.classes, o.unknown)
		}
	}
}

// caseRule returns a rule for Windows with one search.
func caseRule(t *testing.T, category, items string) *ir.Rule {
	t.Helper()
	text := fmt.Sprintf("title: Case\nlogsource: {product: windows, category: %s}\ndetection:\n    sel:\n        %s\n    condition: sel\n",
		category, strings.ReplaceAll(items, "\n", "\n        "))
	parsed, err := sigma.ParseRule("case.yml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	rule, err := ir.Build(parsed)
	if err != nil {
		t.Fatal(err)
	}
	return rule
}
