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
