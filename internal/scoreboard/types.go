package main

import (
	"slices"

	"github.com/sigma-compiler/sigmac/internal/engines"
	"github.com/sigma-compiler/sigmac/sigma/schema"
)

// A group is rules that agree about the types of fields.
type group struct {
	types engines.Types
	units []*unit
}

// groups puts rules into as few groups as come of themselves. Times are
// forgotten about: recorded events have them as texts.
func groups(units []*unit) []*group {
	var out []*group
	for _, u := range units {
		types := engines.TypesOf(u.rule.ir)
		for name, kind := range types {
			if kind == schema.Time {
				types[name] = schema.Unknown
			}
		}
		i := slices.IndexFunc(out, func(g *group) bool { return g.types.Merge(types) })
		if i < 0 {
			i = len(out)
			out = append(out, &group{types: types})
		}
		out[i].units = append(out[i].units, u)
	}
	return out
}
