package pipeline_test

import (
	"testing"

	"github.com/sigma-compiler/sigmac/sigma/schema"
)

// TestCIMFacts checks that each cell which says what a field is called in a
// data model of Splunk's Common Information Model is a field of its dataset.
func TestCIMFacts(t *testing.T) {
	s, err := schema.Builtin("cim")
	if err != nil {
		t.Fatal(err)
	}
	const traffic, dns, web = "Network_Traffic.All_Traffic", "Network_Resolution.DNS", "Web.Web"
	for _, c := range []struct {
		facts, column string
		dataset       string
		least         int
	}{
		{"process", "cim", "Endpoint.Processes", 10},
		{"file", "cim", "Endpoint.Filesystem", 1},
		{"network", "cim", traffic, 20},
		{"network", "cim_panos", traffic, 12},
		{"suricata", "cim", traffic, 12},
		{"zeek", "cim_conn", traffic, 12},
		{"dns", "cim", dns, 4},
		{"zeek", "cim_dns", dns, 10},
		{"web", "cim", web, 15},
		{"zeek", "cim_http", web, 15},
	} {
		table, ok := s.Table(c.dataset)
		if !ok {
			t.Fatal("there is no dataset", c.dataset)
		}
		cells := 0
		eachFact(t, c.facts, func(field, column, name string) {
			if column != c.column {
				return
			}
			cells++
			if _, ok := table.Column(name); !ok {
				t.Errorf("%s, %s of %s: %s has no field %q", c.facts, field, column, c.dataset, name)
			}
		})
		if cells < c.least {
			t.Errorf("%s, %s: only %d cells", c.facts, c.column, cells)
		}
	}
}
