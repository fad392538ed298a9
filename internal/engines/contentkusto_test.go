package engines

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/sigma-compiler/sigmac/backends"
	"github.com/sigma-compiler/sigmac/internal/shared"
	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/pipeline"
)

// TestKustoContent asks Microsoft's service about queries as rules that are
// deployed have them, with what the formats add to them: the T1571 pack with its
// correlations in both methods, and rules of SigmaHQ about every table, each five
// of which at most.
func TestKustoContent(t *testing.T) {
	e := Start(t, "kusto-service")
	var lines []string
	for _, way := range []struct {
		format, pipeline string
		schemas          []string
	}{
		{"sentinel", "sentinel_asim", []string{"asim", "sentinel"}}, {"sentinel", "azure_monitor", []string{"sentinel"}},
		{"defender", "microsoft_xdr", []string{"xdr"}},
	} {
		names, queries := deployed(t, way.format, way.pipeline)
		refused := checkNamed(t, e, Table{Schema: mergedSchema(t, way.schemas)}, names, queries)
		lines = append(lines, fmt.Sprintf("%s %s, %s: %d of %d accepted", way.format, way.pipeline, e.Version(), len(queries)-len(refused), len(queries)))
		lines = append(lines, refused...)
	}
	record(t, "content", conversion{target: "kusto"}, lines)
}

// deployed returns the queries of rules in a format.
func deployed(t *testing.T, format, name string) (names, queries []string) {
	t.Helper()
	collection, err := sigma.Load(filepath.Join("..", "..", "examples", "t1571", "rules", "correlations"), filepath.Join(shared.Path(t, "corpus", "sigmahq"), "rules"))
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
	overlap := map[string]string{}
	if format == "sentinel" {
		overlap["overlap"] = "10m"
	}
	add := func(title string, r *backends.Result, err error) {
		if err != nil {
			return
		}
		names, queries = append(names, name+" "+title), append(queries, deployedQuery(t, format, r.Queries[0].Text))
	}
	seen := make(map[string]int)
	for _, method := range []string{"sliding", "buckets"} {
		compiler, err := backends.New(backends.Options{Target: "kusto", Format: format, Method: method, Pipeline: chain, Settings: overlap})
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range set.Correlations {
			r, err := compiler.Correlation(c)
			add(method+" "+c.Source.Title, r, err)
		}
		for _, rule := range set.Rules {
			mapped, err := compiler.Map(rule)
			if err != nil || mapped.Table == nil || seen[mapped.Table.Name] == 5 {
				continue
			}
			seen[mapped.Table.Name]++
			r, err := compiler.Mapped(mapped)
			add(rule.Source.Title, r, err)
		}
	}
	return names, queries
}

// deployedQuery returns the query of a rule.
func deployedQuery(t *testing.T, format, text string) string {
	t.Helper()
	var rule struct {
		Query          string
		QueryCondition struct{ QueryText string }
	}
	read := yaml.Unmarshal
	if format == "defender" {
		read = json.Unmarshal
	}
	if err := read([]byte(text), &rule); err != nil {
		t.Fatal(err)
	}
	return rule.Query + rule.QueryCondition.QueryText
}
