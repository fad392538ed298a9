package eql

import (
	"math/bits"
	"strings"

	"github.com/sigma-compiler/sigmac/backends/elastic"
	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// maxQueries bounds how many queries a correlation may become: all orders of
// three rules, and those in which one event matches several of them.
const maxQueries = 13

// maxMembers bounds the rules whose combinations are looked at.
const maxMembers = 10

// temporal finds rules in any order (C16), which the language cannot say:
// there is a sequence for each order. (A sample knows no timespan.) A single
// event may match several rules (and so be all that is needed), while a
// sequence takes each event once: such orders have an item for it.
func (w *writer) temporal() string {
	x := w.Correlation
	sets, ok := w.needed()
	if !ok {
		return ""
	}
	var ones []int
	var queries []string
	for _, set := range sets {
		if len(set) == 1 {
			ones = append(ones, set[0])
			continue
		}
		if len(set) > 3 {
			queries = make([]string, maxQueries+1)
			break
		}
		for _, steps := range orders(set) {
			if w.sameSteps(steps) {
				queries = append(queries, w.sequenceOrSingle(steps))
			}
		}
	}
	if len(ones) > 0 {
		queries = append(queries, w.single(ones))
	}
	if len(queries) > maxQueries {
		w.Unsupported(x.Source.TypePos, "so many rules in any order", "up to three can be written out; esql can say any number of them")
		return ""
	}
	w.Others = append(w.Others, queries[1:]...)
	return queries[0]
}

// sequenceOrSingle writes steps, of which there may be one only: an event that
// matches several members.
func (w *writer) sequenceOrSingle(steps [][]int) string {
	if len(steps) > 1 {
		return w.sequence(steps)
	}
	return w.alone(w.both(steps[0]), w.keys[steps[0][0]])
}

// sameSteps reports whether the members that are to match one event are
// grouped by the same fields: EQL compares no field with another.
func (w *writer) sameSteps(steps [][]int) bool {
	for _, members := range steps {
		for _, m := range members[1:] {
			if strings.Join(w.keys[m], ",") != strings.Join(w.keys[members[0]], ",") {
				w.Warn(elastic.AliasPos(w.Correlation), sigma.MatchesLess, "esql finds it",
					"an event that matches several of the rules is not found by itself where it is grouped by different fields")
				return false
			}
		}
	}
	return true
}

// needed returns the smallest sets of members that meet the condition where
// they occur. Mistakes go to the job: more rules must never be too many.
func (w *writer) needed() ([][]int, bool) {
	x := w.Correlation
	if len(x.Members) > maxMembers {
		w.Unsupported(x.Source.TypePos, "so many rules in any order", "esql can")
		return nil, false
	}
	met := func(set uint) bool {
		if x.Need != nil {
			return ir.Met(x.Need, func(m int) bool { return set>>m&1 == 1 })
		}
		return hold(x.Bounds, bits.OnesCount(set))
	}
	var sets [][]int
	for set := uint(1); set < 1<<len(x.Members); set++ {
		switch smaller := without(set, met); {
		case smaller && !met(set):
			w.refuseUpper()
			return nil, false
		case !smaller && met(set):
			sets = append(sets, members(set))
		}
	}
	if sets == nil {
		w.Fail(x.Source.Condition.Pos, sigma.BadCondition, "", "the condition never holds")
	}
	return sets, sets != nil
}

// without reports whether the condition is met by a set with one member less,
// which is not empty.
func without(set uint, met func(uint) bool) bool {
	for _, m := range members(set) {
		if less := set &^ (1 << m); less != 0 && met(less) {
			return true
		}
	}
	return false
}

// refuseUpper notes that rules that do not occur cannot be asked for.
func (w *writer) refuseUpper() {
	if x := w.Correlation; x.Need != nil {
		w.Unsupported(x.Source.Condition.Extended.Pos, "that a rule does not occur within the timespan", "esql can")
	} else {
		w.upper(&x.Bounds[0])
	}
}

// members lists a set.
func members(set uint) []int {
	var out []int
	for m := 0; set>>m != 0; m++ {
		if set>>m&1 == 1 {
			out = append(out, m)
		}
	}
	return out
}

// orders returns all ways in which members can come: in any order, and any of
// them together. Those in which each comes by itself are first.
func orders(members []int) [][][]int {
	var out [][][]int
	for parts := len(members); parts > 0; parts-- {
		for _, steps := range partitions(members) {
			if len(steps) == parts {
				out = append(out, steps)
			}
		}
	}
	return out
}

// partitions returns all ordered partitions.
func partitions(members []int) [][][]int {
	if len(members) == 0 {
		return [][][]int{nil}
	}
	var out [][][]int
	for pick := uint(1); pick < 1<<len(members); pick++ {
		var first, rest []int
		for i, m := range members {
			if pick>>i&1 == 1 {
				first = append(first, m)
			} else {
				rest = append(rest, m)
			}
		}
		for _, steps := range partitions(rest) {
			out = append(out, append([][]int{first}, steps...))
		}
	}
	return out
}
