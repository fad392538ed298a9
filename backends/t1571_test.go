package backends_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sigma-compiler/sigmac/backends/verify"
	"github.com/sigma-compiler/sigmac/internal/shared"
	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// TestT1571Splunk compiles SigmaHQ's six rules that have the tag attack.t1571
// to Splunk, for its Windows logs and for its data models in both forms, and
// proves the queries. A rule is refused where the data models have no home for
// its log source or a field.
func TestT1571Splunk(t *testing.T) {
	const refused, unknown = sigma.RuleRejected, sigma.UnknownField
	root := shared.Path(t, "corpus", "sigmahq")
	for _, c := range []struct {
		rule      string
		logs, cim []string   // what the query must have in it
		tstats    []string   // and in the format data_model
		code      sigma.Code // of the error with splunk_cim
	}{
		{
			rule: "rules/windows/network_connection/net_connection_win_susp_malware_callback_port.yml",
			logs: []string{"EventCode=3", `Initiated="true"`, "DestinationPort IN (100, "},
			cim:  []string{`direction="outbound"`, "dest_port IN (100, ", `dest_ip="fe80::/10"`},
			tstats: []string{"datamodel=Network_Traffic.All_Traffic", `All_Traffic.direction="outbound"`, "All_Traffic.dest_port IN (100, ",
				`cidrmatch("fe80::/10",'All_Traffic.dest_ip')`},
		},
		{
			rule:   "rules/windows/network_connection/net_connection_win_susp_malware_callback_ports_uncommon.yml",
			logs:   []string{"EventCode=3", `Initiated="true"`, "DestinationPort IN (8080, 8888)", "NOT Image IN ("},
			cim:    []string{`direction="outbound"`, "dest_port IN (8080, 8888)", "NOT app IN ("},
			tstats: []string{`All_Traffic.direction="outbound"`, "All_Traffic.dest_port IN (8080, 8888)", "NOT All_Traffic.app IN ("},
		},
		{
			rule:   "rules/linux/network_connection/net_connection_lnx_susp_malware_callback_port.yml",
			logs:   []string{`Initiated="true"`, "DestinationPort IN (888, "},
			cim:    []string{`sourcetype="sysmon:linux"`, `direction="outbound"`, "dest_port IN (888, "},
			tstats: []string{`sourcetype="sysmon:linux"`, `All_Traffic.direction="outbound"`, "All_Traffic.dest_port IN (888, "},
		},
		{
			rule: "rules/windows/powershell/powershell_script/posh_ps_test_netconnection.yml",
			logs: []string{"EventCode=4104", `ScriptBlockText="*-ComputerName *"`},
			code: refused,
		},
		{rule: "rules/network/zeek/zeek_dns_susp_zbit_flag.yml", logs: []string{"NOT Z=0"}, code: refused},
		{rule: "unsupported/windows/win_suspicious_werfault_connection_outbound.yml", logs: []string{"EventCode=3", "ParentImage="}, code: unknown},
	} {
		text, err := os.ReadFile(filepath.Join(root, c.rule))
		if err != nil {
			t.Fatal(err)
		}
		parsed, err := sigma.ParseRule(filepath.Base(c.rule), text)
		if err != nil {
			t.Fatal(err)
		}
		rule, err := ir.Build(parsed)
		if err != nil {
			t.Fatal(err)
		}
		proved(t, rule, []string{"sysmon", "splunk_windows"}, "", c.logs, "")
		proved(t, rule, []string{"splunk_cim"}, "", c.cim, c.code)
		proved(t, rule, []string{"splunk_cim"}, "data_model", c.tstats, c.code)
	}
}

// proved checks that the query of a rule has each of the pieces in it and says
// what the rule says, or that the rule is refused with the code.
func proved(t *testing.T, rule *ir.Rule, pipelines []string, format string, pieces []string, code sigma.Code) {
	t.Helper()
	report, err := verify.Rule(formatCompiler(t, "splunk", pipelines, format), rule, verify.Options{})
	if code != "" || err != nil {
		if code == "" || !errors.Is(err, code) {
			t.Errorf("%s, %v %s: %v, want the code %q", rule.Source.Title, pipelines, format, err, code)
		}
		return
	}
	query := report.Result.Queries[0].Text
	for _, piece := range pieces {
		if !strings.Contains(query, piece) {
			t.Errorf("%s, %v %s: no %s in %s", rule.Source.Title, pipelines, format, piece, query)
		}
	}
	if wrong := report.Err(); wrong != nil || report.Unread != nil || report.Set.Unmatched != nil {
		t.Errorf("%s, %v %s: %v %v\n%s", rule.Source.Title, pipelines, format, wrong, report.Unread, query)
	}
}
