package pipeline_test

import (
	"strings"
	"testing"

	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/pipeline"
)

// TestReads: the fields that a correlation reads of events get the names that
// those of its rules get.
func TestReads(t *testing.T) {
	network := "logsource: {category: network_connection, product: windows}\ndetection: {s: {Initiated: 'true'}, condition: s}\n"
	process := "logsource: {category: process_creation, product: windows}\ndetection: {s: {Image: '*'}, condition: s}\n"
	for _, c := range []struct{ name, pipeline, target, rule, section, want string }{
		{"renamed", "microsoft_xdr", "kusto", network, "group-by: [Computer, DestinationIp], condition: {field: DestinationPort, gte: 3}", "Computer=DeviceName DestinationIp=RemoteIP DestinationPort=RemotePort"},
		{"an alias", "microsoft_xdr", "kusto", network, "group-by: [ip], aliases: {ip: {a: SourceIp}}, condition: {field: Image, gte: 3}", "ip=LocalIP Image=InitiatingProcessFolderPath"},
		{"computed", "microsoft_xdr", "kusto", process, "group-by: [User], condition: {field: Image, gte: 3}", "User=User Image=FolderPath; computes User"},
		{"a tuple", "ecs_windows", "lucene", process, "group-by: [User], condition: {field: Image, gte: 3}", "User=user.domain User=user.name Image=process.executable"},
		{"without a home", "microsoft_xdr", "kusto", network, "group-by: [Nowhere], condition: {field: Image, gte: 3}", `error: r.yml:7:69: the table DeviceNetworkEvents has no column "Nowhere"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			docs, err := sigma.Parse("r.yml", []byte("title: a\nname: a\n"+c.rule+"---\ntitle: c\ncorrelation: {type: value_count, rules: a, timespan: 1m, "+c.section+"}\n"))
			if err != nil {
				t.Fatal(err)
			}
			set, err := ir.Link(docs, ir.LinkOptions{})
			if err != nil {
				t.Fatal(err)
			}
			p, _ := pipeline.Builtin(c.pipeline)
			mapped, err := set.Correlations[0].Map(func(r *ir.Rule) (*ir.Rule, error) { return p.Apply(r, c.target) })
			got := ""
			if err != nil {
				got = "error: " + err.Error()
			} else {
				got = reads(mapped.Members[0].Rule)
			}
			if !strings.HasPrefix(got, c.want) {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

// reads writes what a correlation reads of a rule's events.
func reads(r *ir.Rule) string {
	var out []string
	for _, x := range r.Reads {
		out = append(out, x.Name+"="+strings.Join(x.Fields, "|"))
	}
	s := strings.Join(out, " ")
	for _, x := range r.Computed {
		s += "; computes " + x.Name
	}
	return s
}

// TestReadsOfChains: what a correlation reads of the firings of another has the
// names of the target, too.
func TestReadsOfChains(t *testing.T) {
	docs, err := sigma.Parse("r.yml", []byte(`title: a
name: a
logsource: {category: network_connection, product: windows}
detection: {s: {Initiated: 'true'}, condition: s}
---
title: b
name: b
logsource: {category: process_creation, product: windows}
detection: {s: {Image: '*'}, condition: s}
---
title: many
name: many
correlation: {type: event_count, rules: [a], group-by: DestinationIp, timespan: 1m, condition: {gte: 3}}
---
title: c
correlation: {type: temporal, rules: [many, b], group-by: [Computer, Image], timespan: 1m}
`))
	if err != nil {
		t.Fatal(err)
	}
	set, err := ir.Link(docs, ir.LinkOptions{})
	if err != nil {
		t.Fatal(err)
	}
	p, _ := pipeline.Builtin("microsoft_xdr")
	mapped, err := set.Correlations[1].Map(func(r *ir.Rule) (*ir.Rule, error) { return p.Apply(r, "kusto") })
	if err != nil {
		t.Fatal(err)
	}
	inner := mapped.Members[0]
	if got := reads(&ir.Rule{Reads: inner.Reads}); got != "Computer=DeviceName Image=InitiatingProcessFolderPath" {
		t.Error(got)
	}
	if got := reads(inner.Correlation.Members[0].Rule); got != "DestinationIp=RemoteIP" {
		t.Error(got)
	}
	if got := reads(mapped.Members[1].Rule); got != "Computer=DeviceName Image=FolderPath" {
		t.Error(got)
	}
}
