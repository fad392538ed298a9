package engines

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sigma-compiler/sigmac/backends"
	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/pipeline"
	"github.com/sigma-compiler/sigmac/sigma/schema"
)

// TestKustoCorrelations asks Microsoft's service about each correlation that
// the table of package kusto and the T1571 pack become, in view of the tables
// of the products.
func TestKustoCorrelations(t *testing.T) {
	e := Start(t, "kusto-service")
	names, queries := kustoTable(t)
	refused := checkNamed(t, e, kustoTables(), names, queries)
	all := len(queries)
	for _, way := range []struct {
		pipeline string
		schemas  []string
	}{{"microsoft_xdr", []string{"xdr"}}, {"sentinel_asim", []string{"asim", "sentinel"}}, {"azure_monitor", []string{"sentinel"}}} {
		for _, method := range []string{"sliding", "buckets"} {
			names, queries := kustoPack(t, way.pipeline, method)
			if len(queries) == 0 {
				t.Errorf("%s: none of the pack's correlations compiles", way.pipeline)
			}
			all += len(queries)
			refused = append(refused, checkNamed(t, e, Table{Schema: mergedSchema(t, way.schemas)}, names, queries)...)
		}
	}
	lines := append([]string{fmt.Sprintf("kusto, %s: %d of %d accepted", e.Version(), all-len(refused), all)}, refused...)
	record(t, "correlations", conversion{target: "kusto"}, lines)
}

// kustoTables are the tables of the cases in package kusto.
func kustoTables() Table {
	columns := func(at, only string, n schema.Type) map[string]schema.Column {
		out := make(map[string]schema.Column)
		add := func(typ schema.Type, names ...string) {
			for _, name := range names {
				out[name] = schema.Column{Name: name, Type: typ}
			}
		}
		add(schema.Keyword, "a", "b", "c", "g", "h", "s", "w", only)
		add(schema.Int, "v")
		add(n, "n")
		add(schema.Float, "r")
		add(schema.Bool, "y")
		add(schema.Dynamic, "j")
		add(schema.Time, at)
		return out
	}
	return Table{
		Name: "Events",
		Columns: []schema.Column{
			{Name: "TimeGenerated", Type: schema.Time}, {Name: "At", Type: schema.Time}, {Name: "_sigma_g", Type: schema.Keyword},
			{Name: "a", Type: schema.Keyword}, {Name: "g", Type: schema.Keyword}, {Name: "a b", Type: schema.Keyword}, {Name: "v", Type: schema.Int},
		},
		Schema: &schema.Schema{Tables: map[string]*schema.Table{
			"One": {Name: "One", Columns: columns("TimeGenerated", "onlyOne", schema.Int)},
			"Two": {Name: "Two", Columns: columns("Timestamp", "onlyTwo", schema.Float)},
		}},
	}
}

// kustoTable reads the queries of the table of cases, those without a table
// given one.
func kustoTable(t *testing.T) (names, queries []string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "backends", "kusto", "testdata", "correlations.txt"))
	if err != nil {
		t.Fatal(err)
	}
	for _, block := range strings.Split("\n"+string(text), "\n# ")[1:] {
		title, rest, _ := strings.Cut(block, "\n")
		_, outcome, _ := strings.Cut(rest, "->\n")
		var lines []string
		for _, line := range strings.Split(strings.TrimSpace(outcome), "\n") {
			code, _, _ := strings.Cut(line, ": ")
			switch sigma.Code(code) {
			case "error", sigma.Style, sigma.Assumed, sigma.MatchesLess, sigma.MatchesMore:
			default:
				lines = append(lines, line)
			}
		}
		if len(lines) == 0 {
			continue
		}
		query := strings.Join(lines, "\n")
		if query[0] == '|' {
			query = "Events\n" + query
		}
		names, queries = append(names, title), append(queries, query)
	}
	return names, queries
}

// kustoPack compiles the correlations of the rule pack.
func kustoPack(t *testing.T, name, method string) (names, queries []string) {
	t.Helper()
	collection, err := sigma.Load(filepath.Join("..", "..", "examples", "t1571", "rules", "correlations"))
	if err != nil {
		t.Fatal(err)
	}
	set, err := ir.Link(collection.Documents, ir.LinkOptions{})
	if err != nil {
		t.Fatal(err)
	}
	chain, err := pipeline.Resolve(name)
	if err != nil {
		t.Fatal(err)
	}
	compiler, err := backends.New(backends.Options{Target: "kusto", Method: method, Pipeline: chain})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range set.Correlations {
		res, err := compiler.Correlation(c)
		if err != nil {
			continue // no table has the events of its rules
		}
		names, queries = append(names, name+" "+method+" "+c.Source.Title), append(queries, res.Queries[0].Text)
	}
	return names, queries
}

// mergedSchema has the tables of several schemas that come with the project.
func mergedSchema(t *testing.T, names []string) *schema.Schema {
	t.Helper()
	out := &schema.Schema{Tables: make(map[string]*schema.Table)}
	for _, name := range names {
		s, err := schema.Builtin(name)
		if err != nil {
			t.Fatal(err)
		}
		maps.Copy(out.Tables, s.Tables)
	}
	return out
}
