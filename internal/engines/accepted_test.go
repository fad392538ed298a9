package engines

import (
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"testing"

	"github.com/sigma-compiler/sigmac/internal/shared"
	"github.com/sigma-compiler/sigmac/sigma/schema"
)

// accepted are the conversions whose queries the languages' parsers are asked
// about, with the types of fields that the rules or their schemas tell.
var accepted = []struct {
	engine     string
	conversion conversion
	schemas    []string // with the tables of the pipeline, where all are known
	together   bool     // one table for all rules: loading costs more than types tell
}{
	{"opensearch", conversion{target: "lucene"}, nil, true},
	{"opensearch", conversion{target: "lucene", pipelines: []string{"ecs_windows"}}, nil, true},
	{"kibana-kql", conversion{target: "kql"}, nil, true},
	{"kibana-kql", conversion{target: "kql", pipelines: []string{"ecs_windows"}}, nil, true},
	{"eql", conversion{target: "eql"}, nil, false},
	{"eql", conversion{target: "eql", pipelines: []string{"ecs_windows"}}, nil, false},
	{"esql-parser", conversion{target: "esql"}, nil, false},
	{"esql-parser", conversion{target: "esql", pipelines: []string{"ecs_windows"}}, nil, false},
	{"kusto-service", conversion{target: "kusto", settings: map[string]string{"table": "Events"}}, nil, false},
	{"kusto-service", conversion{target: "kusto", pipelines: []string{"microsoft_xdr"}}, []string{"xdr"}, true},
	{"kusto-service", conversion{target: "kusto", pipelines: []string{"sentinel_asim"}}, []string{"asim", "sentinel"}, true},
	{"kusto-service", conversion{target: "kusto", pipelines: []string{"azure_monitor"}}, []string{"sentinel"}, true},
}

// TestAccepted asks the parser of each language about every query that SigmaHQ's
// rules become, and compares what it refuses with testdata/accepted.
func TestAccepted(t *testing.T) {
	wholeCorpus(t)
	holdServer(t)
	rules := corpusRules(t)
	for _, run := range accepted {
		t.Run(run.engine+" "+run.conversion.String(), func(t *testing.T) {
			t.Parallel()
			e := Start(t, run.engine)
			queries := run.conversion.convert(t, rules)
			begin := startClock()
			says := checkAll(t, e, queries, run.schemas, run.together)
			t.Logf("%d queries checked in %s", len(queries), begin)
			refused := refusals(queries, says)
			head := fmt.Sprintf("%s, %s: %d of %d accepted", run.conversion, e.Version(), len(queries)-len(refused), len(queries))
			record(t, "accepted", run.conversion, append([]string{head}, refused...))
		})
	}
}

// refusals returns a line for each query of which an engine says something.
func refusals(queries []query, says []string) []string {
	var lines []string
	for i, said := range says {
		if said != "" {
			lines = append(lines, fmt.Sprintf("    %s: %s", queries[i].file, short(said)))
		}
	}
	slices.Sort(lines)
	return lines
}

// wholeCorpus skips a test that takes minutes, unless engines are required, as
// they are in CI.
func wholeCorpus(t *testing.T) {
	t.Helper()
	if os.Getenv(Required) == "" && !*update {
		t.Skipf("it takes minutes; set %s to run it", Required)
	}
	shared.Path(t, "corpus", "sigmahq")
}

// checkAll checks queries, all in view of one table or each of its own.
func checkAll(t *testing.T, e Engine, queries []query, schemas []string, together bool) []string {
	t.Helper()
	table := Table{Name: "Events"}
	if schemas != nil {
		table = Table{Schema: &schema.Schema{Tables: make(map[string]*schema.Table)}}
	}
	for _, name := range schemas {
		s, err := schema.Builtin(name)
		if err != nil {
			t.Fatal(err)
		}
		maps.Copy(table.Schema.Tables, s.Tables)
	}
	texts := make([]string, len(queries))
	all := make(Types)
	for i, q := range queries {
		texts[i] = q.text
		for name := range q.types {
			all[name] = schema.Keyword
		}
	}
	if together {
		if schemas == nil {
			table.Columns = all.WithoutParents().Columns()
		}
		if err := e.Load(table, nil); err != nil {
			t.Fatal(err)
		}
		says, err := e.Check(texts)
		if err != nil {
			t.Fatal(err)
		}
		return says
	}
	var says []string
	for i, q := range queries {
		table.Columns = q.types.WithoutParents().Columns()
		if err := e.Load(table, nil); err != nil {
			t.Fatalf("%s: %v", q.file, err)
		}
		said, err := e.Check(texts[i : i+1])
		if err != nil {
			t.Fatal(err)
		}
		says = append(says, said...)
	}
	return says
}

// short returns the beginning of a message, on one line.
func short(text string) string {
	if r := []rune(text); len(r) > 240 {
		text = string(r[:240]) + "..."
	}
	return regexp.MustCompile(`\s+`).ReplaceAllString(text, " ")
}
