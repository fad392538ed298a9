package engines

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sigma-compiler/sigmac/backends"
	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/pipeline"
	"github.com/sigma-compiler/sigmac/sigma/schema"
)

// elasticCorrelations are the ways in which correlations are written for
// Elastic.
var elasticCorrelations = []struct{ engine, target, method string }{
	{"esql-parser", "esql", "sliding"}, {"esql-parser", "esql", "buckets"}, {"eql", "eql", "sliding"},
}

// TestElasticCorrelations asks the parsers of ES|QL and EQL about each
// correlation that the tables of package elastic and the T1571 pack become, and
// compares how many they accept with testdata/correlations.
func TestElasticCorrelations(t *testing.T) {
	holdServer(t)
	for _, way := range elasticCorrelations {
		t.Run(way.target+" "+way.method, func(t *testing.T) {
			e := Start(t, way.engine)
			names, queries, odd := elasticTable(t, way.target, way.method)
			refused := checkNamed(t, e, Table{Name: "Events", Columns: correlatedColumns}, names, queries)
			all := len(queries)
			names, queries = elasticPack(t, way.target, way.method)
			for _, q := range odd {
				names, queries = append(names, oddNames), append(queries, q)
			}
			refused = append(refused, checkNamed(t, e, Table{Name: "Events"}, names, queries)...)
			all += len(queries)
			lines := append([]string{fmt.Sprintf("%s %s, %s: %d of %d accepted", way.target, way.method, e.Version(), all-len(refused), all)}, refused...)
			record(t, "correlations", conversion{target: way.target, pipelines: []string{way.method}}, lines)
		})
	}
}

// correlatedColumns are the fields of the table of cases.
var correlatedColumns = []schema.Column{
	{Name: "@timestamp", Type: schema.Time}, {Name: "event.code", Type: schema.Keyword}, {Name: "process.name", Type: schema.Keyword},
	{Name: "user.name", Type: schema.Keyword}, {Name: "source.ip", Type: schema.Keyword}, {Name: "source.address", Type: schema.Keyword},
	{Name: "host.ip", Type: schema.Keyword}, {Name: "size", Type: schema.Int}, {Name: "bytes", Type: schema.Int}, {Name: "ports", Type: schema.Int},
	{Name: "message", Type: schema.Text},
}

// checkNamed returns a line for each query that an engine refuses in view of a
// table.
func checkNamed(t *testing.T, e Engine, table Table, names, queries []string) []string {
	t.Helper()
	if err := e.Load(table, nil); err != nil {
		t.Fatal(err)
	}
	says, err := e.Check(queries)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for i, said := range says {
		if said != "" {
			lines = append(lines, fmt.Sprintf("    %s: %s", names[i], short(said)))
		}
	}
	return lines
}

// oddNames is the case with fields of names that the offline parser of ES|QL
// takes for others: it has no column with an underscore in front.
const oddNames = "names of fields that are those of columns, and odd ones"

// elasticTable reads the queries of the table of cases, those with odd names
// apart.
func elasticTable(t *testing.T, target, method string) (names, queries, odd []string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "backends", "elastic", "testdata", "correlations.txt"))
	if err != nil {
		t.Fatal(err)
	}
	prefix := target + ": "
	if method == "buckets" {
		prefix = "buckets: "
	}
	for _, block := range strings.Split("\n"+string(text), "\n== ")[1:] {
		title, rest, _ := strings.Cut(block, "\n")
		in := false
		for _, line := range strings.Split(rest, "\n") {
			query, begins := strings.CutPrefix(line, prefix)
			switch more, goesOn := strings.CutPrefix(line, "    "); {
			case begins:
				names, queries, in = append(names, title), append(queries, query), true
			case in && goesOn:
				queries[len(queries)-1] += "\n" + more
			default:
				in = false
			}
		}
	}
	if i := slices.Index(names, oddNames); i >= 0 {
		odd = queries[i : i+1 : i+1]
		names, queries = slices.Delete(slices.Clone(names), i, i+1), slices.Delete(slices.Clone(queries), i, i+1)
	}
	return names, queries, odd
}

// elasticPack compiles the correlations of the rule pack.
func elasticPack(t *testing.T, target, method string) (names, queries []string) {
	t.Helper()
	collection, err := sigma.Load(filepath.Join("..", "..", "examples", "t1571", "rules", "correlations"))
	if err != nil {
		t.Fatal(err)
	}
	set, err := ir.Link(collection.Documents, ir.LinkOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"ecs_windows", "ecs_network", "ecs_zeek_beats"} {
		chain, err := pipeline.Resolve(name)
		if err != nil {
			t.Fatal(err)
		}
		compiler, err := backends.New(backends.Options{Target: target, Method: method, Pipeline: chain})
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range set.Correlations {
			res, err := compiler.Correlation(c)
			if err != nil {
				continue
			}
			for _, q := range res.Queries {
				names, queries = append(names, name+" "+c.Source.Title), append(queries, q.Text)
			}
		}
	}
	return names, queries
}
