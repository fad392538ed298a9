package emit_test

import (
	"testing"

	"github.com/sigma-compiler/sigmac/backends/emit"
	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/schema"
)

// TestAddressText checks what becomes of texts in a column of addresses.
func TestAddressText(t *testing.T) {
	table := &schema.Table{Columns: map[string]schema.Column{"ip": {Name: "ip", Type: schema.IP}}}
	for in, want := range map[string]string{
		"10.0.0.1":         `ip="10.0.0.1"`,
		"::1":              `ip="::1"`,
		"-":                "false",
		"10.*":             "ip=10.0.0.0/8",
		"192.168.7.*":      "ip=192.168.7.0/24",
		"1.2.3.4.*":        `ip="1.2.3.4.*"`,
		"fe80:*":           "ip=fe80::/16",
		"2001:db8:*":       "ip=2001:db8::/32",
		"2001:0:*":         `ip="2001:0:*"`,
		"fe8*":             `ip="fe8*"`,
		"*-*":              "false",
		"*FE800000*":       "false",
		"*0200????7f*":     "false",
		"*.1":              `ip="*.1"`,
		"*:1000:*":         `ip="*:1000:*"`,
		"*":                "ip=exists true",
		"*\u0661*":         "false",
		"1:2:3:4:5:6:7:8*": `ip="1:2:3:4:5:6:7:8*"`,
	} {
		j := &emit.Job{Rule: &ir.Rule{Source: &sigma.Rule{}, Table: table}}
		m := &ir.Match{Field: "ip", Test: &ir.Text{Pattern: ir.ParsePattern(in)}}
		if got := ir.String(emit.Lower(j, m)); got != want {
			t.Errorf("%s: got %s, want %s", in, got, want)
		}
		if (len(j.Warnings) > 0) != (want == "false") {
			t.Errorf("%s: warnings %v", in, j.Warnings)
		}
	}
}
