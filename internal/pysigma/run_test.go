package pysigma_test

import (
	"strings"
	"testing"

	"github.com/sigma-compiler/sigmac/backends"
	"github.com/sigma-compiler/sigmac/backends/readback"
	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/pipeline"
	"github.com/sigma-compiler/sigmac/sigma/schema"
)

// A run is a conversion that both can do.
type run struct {
	recorded  string // what pySigma made
	own       bool   // record.py makes it
	target    string
	pipelines []string
	format    string
	folds     bool     // the language compares case as the index does
	schemas   []string // with the tables that queries name
	compiler  *backends.Compiler
}

var runs = []*run{
	{recorded: "splunk.windows_sysmon", target: "splunk", pipelines: []string{"sysmon", "splunk_windows"}},
	{recorded: "lucene.ecs_windows", target: "lucene", pipelines: []string{"ecs_windows"}, folds: true},
	{recorded: "eql.ecs_windows", target: "eql", pipelines: []string{"ecs_windows"}},
	{recorded: "kusto.microsoft_xdr", target: "kusto", pipelines: []string{"microsoft_xdr"}, schemas: []string{"xdr"}},
	{recorded: "kusto.sentinel_asim", target: "kusto", pipelines: []string{"sentinel_asim"}, schemas: []string{"asim", "sentinel"}},
	{recorded: "splunk.splunk_cim.data_model", own: true, target: "splunk", pipelines: []string{"splunk_cim"}, format: "data_model"},
}

// String returns the target with its pipelines and format.
func (r *run) String() string {
	return strings.TrimSpace(r.target + " " + strings.Join(r.pipelines, " ") + " " + r.format)
}

// open makes the compiler of the run.
func (r *run) open(t *testing.T) {
	t.Helper()
	chain, err := pipeline.ResolveAll(r.pipelines...)
	if err != nil {
		t.Fatal(err)
	}
	c, err := backends.New(backends.Options{Target: r.target, Pipeline: chain, Format: r.format})
	if err != nil {
		t.Fatal(err)
	}
	r.compiler = c
}

// read reads a query of pySigma's. What its columns are, the schema of the table says
// that it names; where that is not known, that of sigmac's rule, and a field
// that this one lacks may be there.
func (r *run) read(query string, mapped *ir.Rule, folds bool) (*readback.Query, error) {
	o := readback.Options{FoldsCase: folds}
	query, _, _ = strings.Cut(query, afterwards)
	if table := r.table(query); table != nil {
		o.Column = table.Column
	} else if mapped.Table != nil && r.schemas == nil {
		o.Column = func(name string) (schema.Column, bool) {
			c, _ := mapped.Column(strings.TrimSuffix(name, ".caseless"))
			if strings.HasSuffix(name, ".caseless") || folds && (c.Type == schema.Keyword || c.Type == schema.Wildcard) {
				c.Type = schema.Caseless
			}
			return c, true
		}
	}
	return r.compiler.Backend().Read(query, o)
}

// afterwards begins what queries of data models end with: a macro that renames
// fields, and the formatting of times.
const afterwards = "| `drop_dm_object_name("

// table returns the table of a query that names it in the first line, nil
// where it is not known. ASIM's parsers have several names.
func (r *run) table(query string) *schema.Table {
	name, _, _ := strings.Cut(query, "\n")
	name = strings.TrimSpace(name)
	for _, s := range r.schemas {
		known, err := schema.Builtin(s)
		if err != nil {
			panic(err)
		}
		for _, n := range []string{name, "_Im_" + strings.TrimPrefix(strings.Replace(name, "imRegistry", "imRegistryEvent", 1), "im")} {
			if table, ok := known.Table(n); ok {
				return table
			}
		}
	}
	return nil
}
