package content

import (
	_ "embed"
	"encoding/csv"
	"slices"
	"strings"
	"sync"

	"github.com/sigma-compiler/sigmac/backends/emit"
	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// indexTable says where the events of a log source are: the data streams of
// Elastic Agent's integrations, as logs-PACKAGE.DATASET-NAMESPACE, and the
// indices of the Beats that had them before. The first line that goes with a
// rule counts. A cell is one of several words, "*" or nothing for any, or "-" for
// none. Packages are those without which Elastic Agent has no such events;
// where several have them, none is named.
//
//go:embed indices.csv
var indexTable string

// A place is where the events of a log source are.
type place struct {
	product, category, service, table []string // nil: any
	indices, packages                 []string
}

var places = sync.OnceValue(func() []place {
	lines, err := csv.NewReader(strings.NewReader(indexTable)).ReadAll()
	if err != nil {
		panic("content: indices.csv: " + err.Error()) // the tests read it
	}
	words := func(cell, sep string) []string {
		if cell == "" || cell == "*" {
			return nil
		}
		return strings.Split(cell, sep)
	}
	out := make([]place, 0, len(lines))
	for _, l := range lines[1:] {
		out = append(out, place{words(l[0], "|"), words(l[1], "|"), words(l[2], "|"), words(l[3], "|"), words(l[4], ";"), words(l[5], ";")})
	}
	return out
})

// placeOf returns where the events of a rule are, nil where that is not known.
func placeOf(r *ir.Rule) *place {
	table := ""
	if r.Table != nil {
		table = r.Table.Name
	}
	list := places()
	for i := range list {
		p := &list[i]
		if has(p.product, r.LogSource.Product) && has(p.category, r.LogSource.Category) &&
			has(p.service, r.LogSource.Service) && has(p.table, table) {
			return p
		}
	}
	return nil
}

// has reports whether a word is one of a cell's.
func has(cell []string, word string) bool {
	return cell == nil || slices.Contains(cell, word) || word == "" && cell[0] == "-"
}

// everywhere is searched where nothing is known of a log source.
var everywhere = []string{"logs-*", "auditbeat-*", "filebeat-*", "packetbeat-*", "winlogbeat-*"}

// Indices returns where the events of a rule are: what the setting index says, or
// what a pipeline noted as index, or what is known of the log source. Otherwise
// they are sought everywhere, with a warning.
func Indices(j *emit.Job, r *ir.Rule) []string {
	if given := j.Settings[indexSetting]; given != "" {
		return emit.SplitList(given)
	}
	if noted := r.State[indexSetting]; noted != "" {
		return emit.SplitList(noted)
	}
	if p := placeOf(r); p != nil {
		return p.indices
	}
	j.Warn(r.Source.LogSource.Pos, sigma.Assumed, "the setting index, or a pipeline that sets the state index, says where",
		"where the events of this log source are is not known: they are taken to be in any of %s", strings.Join(everywhere, ", "))
	return everywhere
}

// indexSetting is the name of the setting and of the state that say where events
// are.
const indexSetting = "index"

// indicesOf returns where the events of all rules of an entry are, each once.
func indicesOf(j *emit.Job, e *emit.Entry) []string {
	var out []string
	for _, r := range e.Rules() {
		out = addNew(out, Indices(j, r)...)
	}
	return out
}

// packagesOf returns the integrations without which Elastic Agent has no events
// for an entry, nil where one of its rules has several to choose from.
func packagesOf(j *emit.Job, e *emit.Entry) []string {
	var out []string
	for _, r := range e.Rules() {
		p := placeOf(r)
		if p == nil || p.packages == nil || j.Settings[indexSetting] != "" || r.State[indexSetting] != "" {
			return nil
		}
		out = addNew(out, p.packages...)
	}
	return out
}

// addNew adds the words that are not in a list yet.
func addNew(to []string, words ...string) []string {
	for _, w := range words {
		if !slices.Contains(to, w) {
			to = append(to, w)
		}
	}
	return to
}
