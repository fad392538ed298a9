package backends

import (
	"slices"

	"github.com/sigma-compiler/sigmac/backends/elastic/eql"
	"github.com/sigma-compiler/sigmac/backends/elastic/esql"
	"github.com/sigma-compiler/sigmac/backends/elastic/kql"
	"github.com/sigma-compiler/sigmac/backends/elastic/lucene"
	"github.com/sigma-compiler/sigmac/backends/emit"
	"github.com/sigma-compiler/sigmac/backends/kusto"
	"github.com/sigma-compiler/sigmac/backends/splunk"
)

// all is the list of languages. A new one is its folder and its line here.
var all = [...]*emit.Backend{
	splunk.Backend,
	lucene.Backend,
	kql.Backend,
	eql.Backend,
	esql.Backend,
	kusto.Backend,
}

// All returns the backends in the order in which they are listed and written.
func All() []*emit.Backend { return slices.Clone(all[:]) }

// Find returns the backend with that name or alias, or nil.
func Find(name string) *emit.Backend {
	for _, b := range all {
		if b.Name == name || slices.Contains(b.Aliases, name) {
			return b
		}
	}
	return nil
}

// targetNames returns the names and aliases of all backends.
func targetNames() []string {
	var names []string
	for _, b := range all {
		names = append(append(names, b.Name), b.Aliases...)
	}
	return names
}
