package compare

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/sigma-compiler/sigmac/sigma"
)

// sources compares log sources: a rule without an attribute is about the logs
// of all of its values (L2). What differs is also said in words.
func sources(old, new sigma.LogSource) (Relation, []string) {
	relation := Same
	var notes []string
	compare := func(name, was, is string) {
		var r Relation
		switch {
		case strings.EqualFold(was, is):
			return
		case is == "":
			r = Broader
			notes = append(notes, fmt.Sprintf("the log source no longer asks for the %s %q", name, was))
		case was == "":
			r = Narrower
			notes = append(notes, fmt.Sprintf("the log source also asks for the %s %q", name, is))
		default:
			r = Incomparable
			notes = append(notes, fmt.Sprintf("the %s of the log source is %q, was %q", name, is, was))
		}
		relation = both(relation, r)
	}
	compare("category", old.Category, new.Category)
	compare("product", old.Product, new.Product)
	compare("service", old.Service, new.Service)
	names := maps.Clone(old.Custom)
	if names == nil {
		names = map[string]string{}
	}
	maps.Copy(names, new.Custom)
	for _, name := range slices.Sorted(maps.Keys(names)) {
		compare(name, old.Custom[name], new.Custom[name])
	}
	return relation, notes
}

// filterTargets returns in words which rules a filter is about, whatever the
// order in which it names them.
func filterTargets(f *sigma.Filter) string {
	if f.Any {
		return "any rule of its log source"
	}
	names := make([]string, len(f.Rules))
	for i, r := range f.Rules {
		names[i] = r.Text
	}
	slices.Sort(names)
	return strings.Join(slices.Compact(names), ", ")
}
