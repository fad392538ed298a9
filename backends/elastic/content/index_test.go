package content

import (
	"regexp"
	"slices"
	"testing"

	"github.com/sigma-compiler/sigmac/backends/emit"
	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/schema"
)

// TestPlaces reads the table of indices.
func TestPlaces(t *testing.T) {
	index := regexp.MustCompile(`^((winlog|audit|file|packet)beat-\*|logs-[a-z0-9_]+\.[a-z_.]*-?\*)$`)
	pkg := regexp.MustCompile(`^[a-z0-9_]+(/[a-z_]+)?$`)
	list := places()
	if len(list) < 50 {
		t.Fatalf("there are %d places", len(list))
	}
	for i, p := range list {
		if len(p.indices) == 0 {
			t.Errorf("line %d: no indices", i+2)
		}
		for _, name := range p.indices {
			if !index.MatchString(name) {
				t.Errorf("line %d: %s", i+2, name)
			}
		}
		for _, name := range p.packages {
			if !pkg.MatchString(name) {
				t.Errorf("line %d: %s", i+2, name)
			}
		}
		for _, before := range list[:i] {
			if covers(before.product, p.product) && covers(before.category, p.category) && covers(before.service, p.service) && covers(before.table, p.table) {
				t.Errorf("line %d never counts", i+2)
			}
		}
	}
}

// covers reports whether a cell has all words of another.
func covers(cell, other []string) bool {
	return cell == nil || other != nil && !slices.ContainsFunc(other, func(w string) bool { return !slices.Contains(cell, w) })
}

// TestIndices looks for the indices of log sources.
func TestIndices(t *testing.T) {
	for _, test := range []struct {
		source sigma.LogSource
		table  string
		want   string // one of them; "" where none is known
	}{
		{sigma.LogSource{Product: "windows", Category: "process_creation"}, "", "logs-endpoint.events.process-*"},
		{sigma.LogSource{Product: "windows", Category: "network_connection"}, "", "logs-endpoint.events.network-*"},
		{sigma.LogSource{Product: "windows", Category: "registry_set"}, "", "logs-windows.sysmon_operational-*"},
		{sigma.LogSource{Product: "windows", Category: "process_creation", Service: "sysmon"}, "", "logs-windows.sysmon_operational-*"},
		{sigma.LogSource{Product: "windows", Service: "ntlm"}, "", "logs-windows.*"},
		{sigma.LogSource{Product: "windows", Category: "registry_set", Service: "sysmon"}, "", "logs-windows.sysmon_operational-*"},
		{sigma.LogSource{Product: "windows", Service: "security"}, "", "logs-system.security*"},
		{sigma.LogSource{Product: "linux", Service: "auditd"}, "", "logs-auditd.log-*"},
		{sigma.LogSource{Product: "zeek", Service: "conn"}, "zeek", "logs-zeek.connection-*"},
		{sigma.LogSource{Product: "zeek", Service: "conn"}, "corelight", "logs-corelight.*"},
		{sigma.LogSource{Category: "firewall"}, "", "logs-panw.panos*"},
		{sigma.LogSource{Category: "network", Service: "connection"}, "", "logs-netflow.log-*"},
		{sigma.LogSource{Service: "netflow"}, "", "logs-netflow.log-*"},
		{sigma.LogSource{Product: "paloalto", Category: "file_event", Service: "globalprotect"}, "", "logs-panw.panos*"},
		{sigma.LogSource{Product: "huawei", Service: "bgp"}, "", ""},
		{sigma.LogSource{Category: "antivirus"}, "", ""},
	} {
		r := &ir.Rule{Source: &sigma.Rule{}, LogSource: test.source}
		if test.table != "" {
			r.Table = &schema.Table{Name: test.table}
		}
		j := &emit.Job{Rule: r}
		got := Indices(j, r)
		if test.want == "" && (len(j.Warnings) != 1 || j.Warnings[0].Code != sigma.Assumed) || test.want != "" && (len(j.Warnings) > 0 || !slices.Contains(got, test.want)) {
			t.Errorf("%+v: %v, %v", test.source, got, j.Warnings)
		}
	}
}
