package elastic

import (
	"slices"
	"time"

	"github.com/sigma-compiler/sigmac/backends/emit"
	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// ThresholdRules says what there is for correlations beside the languages that
// filter single events.
const ThresholdRules = "it filters single events; the format rule makes threshold rules of Elastic Security of some, which count what a query finds"

// Keys returns what a correlation reads of a member's events for the names:
// the values of all of it together. Mistakes go to the job: a name that stands
// for as many fields as in the other members is all that goes together.
func Keys(c *emit.Correlating, m *ir.Member, names []ir.Name) []ir.Read {
	var out []ir.Read
	for _, name := range names {
		reads, first := m.ReadsOf(name.Text), c.Correlation.Members[0].ReadsOf(name.Text)
		if len(reads) != len(first) {
			c.Unsupported(name.Pos, "a group by "+name.Text+", which is one field of some of the rules' events and several of others", "")
			return nil
		}
		out = append(out, reads...)
	}
	return out
}

// FieldOf returns the field that a read of a member's events is: its first
// one.
func FieldOf(j *emit.Job, r ir.Read, name string) emit.Field {
	return j.FieldOf(&ir.Match{Pos: r.Pos, Field: name})
}

// SameReads reports whether the members read the same fields for the names,
// which aliases and pipelines can make different.
func SameReads(members []*ir.Member, names []ir.Name) bool {
	for _, name := range names {
		first := members[0].ReadsOf(name.Text)
		for _, m := range members[1:] {
			if !slices.EqualFunc(m.ReadsOf(name.Text), first, func(a, b ir.Read) bool { return slices.Equal(a.Fields, b.Fields) }) {
				return false
			}
		}
	}
	return true
}

// A Unit is a unit of time as a language writes it, from the greatest on.
type Unit struct {
	Length time.Duration
	Name   string
}

// Span writes a length of time as a number of the greatest unit that it is a
// multiple of.
func Span(d time.Duration, units []Unit) (n int64, unit string) {
	for _, u := range units {
		if d%u.Length == 0 {
			return int64(d / u.Length), u.Name
		}
	}
	last := units[len(units)-1]
	return int64(d / last.Length), last.Name
}

// AliasPos returns where the first alias of a correlation stands that is one of
// its group-by fields; otherwise where its type does.
func AliasPos(c *ir.Correlation) sigma.Pos {
	for _, a := range c.Source.Aliases {
		for _, k := range c.Keys {
			if a.Name == k.Text {
				return a.Pos
			}
		}
	}
	return c.Source.TypePos
}
