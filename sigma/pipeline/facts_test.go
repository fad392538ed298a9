package pipeline_test

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/pipeline"
	"github.com/sigma-compiler/sigmac/sigma/schema"
)

// TestWindowsLogSources compares the shipped pipelines with the table of
// Windows log sources (X1, X4): every category of Sysmon becomes its event
// ids, every service its channels.
func TestWindowsLogSources(t *testing.T) {
	path := filepath.Join("..", "..", "..", "shared", "reference", "data", "windows-logsources.csv")
	f, err := os.Open(path)
	if err != nil {
		t.Skip("the table of log sources is not in ../shared/reference/data")
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	tested := 0
	for _, row := range rows[1:] {
		kind, name, channels, ids := row[0], row[1], row[2], row[3]
		switch {
		case channels == "" || row[6] == "pysigma-audit":
			continue
		case kind == "service":
			for channel := range strings.SplitSeq(channels, "|") {
				wantText(t, "windows-logsources", sigma.LogSource{Service: name}, channel)
				wantText(t, "splunk_windows", sigma.LogSource{Service: name}, "XmlWinEventLog:"+channel)
				wantText(t, "ecs_windows", sigma.LogSource{Service: name}, channel)
			}
		case strings.HasPrefix(channels, "Microsoft-Windows-Sysmon"):
			for id := range strings.SplitSeq(ids, "|") {
				wantText(t, "sysmon", sigma.LogSource{Category: name}, id)
			}
			wantText(t, "sysmon splunk_windows", sigma.LogSource{Category: name}, "XmlWinEventLog:"+channels)
		default:
			wantText(t, "windows-logsources", sigma.LogSource{Category: name}, ids)
			wantText(t, "ecs_windows", sigma.LogSource{Category: name}, ids)
		}
		tested++
	}
	if tested < 80 {
		t.Errorf("only %d log sources", tested)
	}
}

// wantText looks for a value in what the pipelines add to a rule of that log
// source.
func wantText(t *testing.T, names string, l sigma.LogSource, want string) {
	t.Helper()
	l.Product = "windows"
	r := itemRule("F", "", "v")
	r.LogSource = l
	out, err := chain(t, names).Apply(r, "")
	if err != nil {
		t.Fatal(err)
	}
	quoted := ir.TestString(&ir.Text{Pattern: ir.Plain(want)})
	got := ir.String(out.Where[0])
	if !strings.Contains(got, quoted) && !strings.Contains(got, "="+want+" ") && !strings.Contains(got, want+" ") && !strings.Contains(got, " "+want+"}") {
		t.Errorf("%s, %+v: %s has no %s", names, l, got, want)
	}
}

// BenchmarkParse reads the largest of the shipped pipelines: what the start of
// the command costs that names it.
func BenchmarkParse(b *testing.B) {
	data, err := os.ReadFile("builtin/ecs_windows.yml")
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, err := pipeline.Parse("ecs_windows.yml", data); err != nil {
			b.Fatal(err)
		}
	}
}

// TestFacts checks that every name in a table of facts is a column of the
// target's table, where its schema is known, and that no name is padded.
func TestFacts(t *testing.T) {
	tables := map[string]map[string][2]string{ // of a column: schema and table
		"process": {"xdr": {"xdr", "DeviceProcessEvents"}, "asim": {"asim", "_Im_ProcessCreate"}, "ecs": {"ecs", ""}},
		"network": {"xdr_outbound": {"xdr", "DeviceNetworkEvents"}, "xdr_inbound": {"xdr", "DeviceNetworkEvents"}, "asim": {"asim", "_Im_NetworkSession"}, "cef": {"sentinel", "CommonSecurityLog"}, "ecs": {"ecs", ""}},
		"file":    {"xdr": {"xdr", "DeviceFileEvents"}, "asim": {"asim", "_Im_FileEvent"}, "ecs": {"ecs", ""}},
		"actor":   {"xdr": {"xdr", "DeviceRegistryEvents"}, "asim": {"asim", "_Im_FileEvent"}, "ecs": {"ecs", ""}},
		"web":     {"ecs": {"ecs", ""}, "asim": {"asim", "_Im_WebSession"}, "cef": {"sentinel", "CommonSecurityLog"}, "iis": {"sentinel", "W3CIISLog"}},
		"logon":   {"xdr": {"xdr", "DeviceLogonEvents"}, "asim": {"asim", "_Im_Authentication"}},
		"cloud": {"ecs_aws": {"ecs_logs", "aws"}, "ecs_azure_auditlogs": {"ecs_logs", "azure"}, "ecs_azure_activitylogs": {"ecs_logs", "azure"}, "ecs_azure_signinlogs": {"ecs_logs", "azure"},
			"ecs_azure_identity": {"ecs_logs", "azure"}, "ecs_okta": {"ecs_logs", "okta"}, "ecs_o365": {"ecs_logs", "o365"}, "ecs_gcp": {"ecs_logs", "gcp"},
			"ecs_google_workspace": {"ecs_logs", "google_workspace"}, "ecs_github": {"ecs_logs", "github"}, "ecs_kubernetes": {"ecs_logs", "kubernetes"}},
		"suricata": {"ecs": {"ecs_logs", "suricata"}}, "fortigate-events": {"ecs": {"ecs_logs", "fortinet"}},
		"windows": {"ecs": {"ecs_windows", ""}, "ecs_sysmon": {"ecs_windows", ""}, "ecs_powershell": {"ecs_windows", ""}, "ecs_security": {"ecs_windows", ""}},
	}
	computed := map[string]bool{"LogonIdText": true, "UrlRequest": true, "UrlExtension": true, "UrlHost": true} // by the pipelines
	paths, err := filepath.Glob("builtin/facts/*.csv")
	if err != nil || len(paths) < 5 {
		t.Fatalf("%d tables: %v", len(paths), err)
	}
	for _, path := range paths {
		for column, names := range factColumns(t, path) {
			target, known := tables[strings.TrimSuffix(filepath.Base(path), ".csv")][column]
			for _, name := range names {
				if name != strings.TrimSpace(name) || name == "" {
					t.Errorf("%s: the name %q of column %s", path, name, column)
				}
				if !known || computed[name] {
					continue
				}
				s, err := schema.Builtin(target[0])
				if err != nil {
					t.Fatal(err)
				}
				table, _ := s.Table(target[1])
				if _, ok := table.Column(name); !ok {
					t.Errorf("%s: %s has no column %q", path, target, name)
				}
			}
		}
	}
}

// factColumns returns the names in each column of a table of facts.
func factColumns(t *testing.T, path string) map[string][]string {
	t.Helper()
	out := make(map[string][]string)
	eachFact(t, strings.TrimSuffix(filepath.Base(path), ".csv"), func(_, column, name string) {
		out[column] = append(out[column], name)
	})
	return out
}

// eachFact calls f for each name in a table of facts.
func eachFact(t *testing.T, table string, f func(key, column, name string)) {
	t.Helper()
	file, err := os.Open("builtin/facts/" + table + ".csv")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	r := csv.NewReader(file)
	r.Comment = '#'
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows[1:] {
		for i, cell := range row[1:] {
			if cell == "" {
				continue
			}
			for name := range strings.SplitSeq(cell, "|") {
				f(row[0], rows[0][i+1], name)
			}
		}
	}
}
