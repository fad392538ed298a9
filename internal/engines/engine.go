package engines

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
)

// An Event is what queries run over.
type Event struct {
	ID     int
	Fields json.RawMessage // an object
}

// An Answer is what an engine says of one query: the events that it found, or
// why it did not run it.
type Answer struct {
	IDs     []int // sorted
	Refused string
}

// An Engine runs queries of one language over events. Its methods may be
// called from several goroutines, but do one thing after the other.
type Engine interface {
	Name() string
	Version() string

	// Load replaces the events and the table that there are. The error says what
	// the engine cannot hold: a text that is too long for an index, names that
	// differ only in case (DuckDB), a field that is also an object (Elastic).
	Load(table Table, events []Event) error

	// Run runs queries over the events that were loaded, and returns an answer
	// to each. A query that is refused, or takes longer than QueryLimit, stops
	// none of the others. An engine that only checks refuses all. The error
	// says that the engine itself does not work.
	Run(queries []string) ([]Answer, error)

	// Check returns what the parser of the language, and the binder where it
	// has one, says of each query in view of the table that was loaded; nothing
	// where it is accepted.
	Check(queries []string) ([]string, error)

	// Close ends all processes of the engine.
	Close() error
}

// An entry is an engine that there is.
type entry struct {
	name  string
	needs []component
	start func() (Engine, error)
}

// entries returns the engines that there are.
func entries() []entry {
	return []entry{
		{"opensearch", []component{openSearch}, func() (Engine, error) { return newSearcher("opensearch", plain, luceneLanguage{}) }},
		{"opensearch-folded", []component{openSearch}, func() (Engine, error) { return newSearcher("opensearch-folded", folded, luceneLanguage{}) }},
		{"kibana-kql", []component{openSearch, kibana}, func() (Engine, error) { return newTranslator("kibana-kql", plain, kibanaDriver()) }},
		{"kibana-kql-folded", []component{openSearch, kibana}, func() (Engine, error) { return newTranslator("kibana-kql-folded", folded, kibanaDriver()) }},
		{"eql", []component{openSearch, eqlPackage}, func() (Engine, error) { return newTranslator("eql", plain, eqlDriver()) }},
		{"esql-parser", []component{esqlPackage}, func() (Engine, error) { return newLines("esql-parser", esqlDriver(), elasticRows) }},
		{"kusto-service", []component{kustoService}, func() (Engine, error) { return newLines("kusto-service", kustoDriver(), kustoRows) }},
		{"duckdb-kql", []component{duckDB}, func() (Engine, error) { return newLines("duckdb-kql", duckDBDriver(), kustoRows) }},
		{"chdb", []component{chDB}, func() (Engine, error) { return newLines("chdb", chDBDriver(), kustoRows) }},
	}
}

// Names returns the names of the engines that there are.
func Names() []string {
	var names []string
	for _, e := range entries() {
		names = append(names, e.name)
	}
	return names
}

// Required is the environment variable that makes a missing engine fail the
// test instead of skipping it.
const Required = "SIGMAC_ENGINES_REQUIRED"

// Start starts the engine of that name, and closes it at the end of the test.
// Where its runtime is missing the test is skipped, or fails where the variable
// Required is set.
func Start(tb testing.TB, name string) Engine {
	tb.Helper()
	i := slices.IndexFunc(entries(), func(e entry) bool { return e.name == name })
	if i < 0 {
		tb.Fatalf("there is no engine %q: there are %s", name, strings.Join(Names(), ", "))
	}
	e := entries()[i]
	for _, c := range e.needs {
		if why := c.missing(); why != "" {
			absent(tb, fmt.Sprintf("the engine %s cannot run: %s", name, why))
		}
	}
	engine, err := e.start()
	if err != nil {
		tb.Fatalf("the engine %s does not start: %v", name, err)
	}
	tb.Cleanup(func() {
		if err := engine.Close(); err != nil {
			tb.Errorf("the engine %s does not stop: %v", name, err)
		}
	})
	return engine
}

// absent skips the test, or fails it where engines are required.
func absent(tb testing.TB, why string) {
	tb.Helper()
	if os.Getenv(Required) != "" {
		tb.Fatal(why)
	}
	tb.Skip(why)
}
