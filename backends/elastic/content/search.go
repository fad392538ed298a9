package content

import "github.com/sigma-compiler/sigmac/backends/emit"

// DSL is the body of a search for a Lucene query. Kibana, too, has the words of
// wildcards analysed (its setting query:queryString:options).
var DSL = emit.Format{
	Name:    "dsl",
	Doc:     "the body of a search request",
	Aliases: []string{"dsl_lucene", "es-dsl"},
	Wrap: func(_ *emit.Job, query string) string {
		text := object{{"query_string", object{{"query", query}, {"analyze_wildcard", true}}}}
		return object{{"query", object{{"bool", object{{"must", []object{text}}}}}}}.json()
	},
}

// mostResults is how many results one search may have where the index does not
// say otherwise (index.max_result_window). Without a size EQL gives ten.
const mostResults = 10000

// EQLSearch returns the format of the body of EQL searches.
func EQLSearch(wrap func(*emit.Job, string) string) emit.Format {
	return emit.Format{
		Name: "eqlapi",
		Doc:  "the body of a request of the EQL search API",
		Wrap: func(j *emit.Job, query string) string {
			return object{{"query", wrap(j, query)}, {"size", mostResults}}.json()
		},
	}
}
