package synth

import (
	"slices"
	"strconv"
	"time"

	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// times returns dates whose parts are near those that are asked for.
func (f *field) times(d demands) []value {
	near := map[ir.Part][]int{}
	asked := false
	for i, t := range slices.Concat(d.pass, d.fail) {
		if p, ok := t.(*ir.TimePart); ok {
			n, _ := strconv.Atoi(string(p.Number))
			near[p.Part] = append(near[p.Part], n, n+1, n-1)
			asked = asked || i < len(d.pass)
		}
	}
	if !asked {
		return nil
	}
	var values []value
	for _, when := range days(near, d) {
		for _, h := range choices(near[ir.Hour], 10) {
			for _, m := range choices(near[ir.Minute], 15) {
				at := when.Add(time.Duration(h)*time.Hour + time.Duration(m)*time.Minute + 30*time.Second)
				if at.Day() == when.Day() && at.Hour() == h && at.Minute() == m {
					values = append(values, textValue(at.Format(time.RFC3339)))
				}
			}
		}
	}
	return values
}

func choices(list []int, usual int) []int {
	if list == nil {
		return []int{usual}
	}
	return list
}

// maxDays bounds how many days are tried.
const maxDays = 64

// days returns days whose year, month, week and day of the month are near
// what is asked for, those first that fit best.
func days(near map[ir.Part][]int, d demands) []time.Time {
	var all []time.Time
	for _, year := range append(choices(near[ir.Year], 2024), 2020) {
		if year < 1 || year > 9999 {
			continue
		}
		at := time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC)
		for ; at.Year() == year; at = at.AddDate(0, 0, 1) {
			if fits(at, near) {
				all = append(all, at)
			}
		}
	}
	slices.SortStableFunc(all, func(a, b time.Time) int { return misfit(a, d) - misfit(b, d) })
	return all[:min(len(all), maxDays)]
}

// fits reports whether the parts of a day are among those that were named.
func fits(day time.Time, near map[ir.Part][]int) bool {
	for part, list := range near {
		if part != ir.Hour && part != ir.Minute && !slices.Contains(list, partOf(day, part)) {
			return false
		}
	}
	return true
}

// misfit counts the demands on a day that it does not seem to meet: only a
// guess, which the judge corrects.
func misfit(day time.Time, d demands) int {
	n := 0
	count := func(tests []ir.Test, want bool) {
		for _, t := range tests {
			p, ok := t.(*ir.TimePart)
			if !ok || p.Part == ir.Hour || p.Part == ir.Minute {
				continue
			}
			bound, _ := strconv.Atoi(string(p.Number))
			part := partOf(day, p.Part)
			holds := map[ir.Op]bool{ir.Eq: part == bound, ir.Lt: part < bound, ir.Lte: part <= bound, ir.Gt: part > bound, ir.Gte: part >= bound}[p.Op]
			if holds != want {
				n++
			}
		}
	}
	count(d.pass, true)
	count(d.fail, false)
	return n
}

// partOf returns a part of a time.
func partOf(t time.Time, part ir.Part) int {
	switch part {
	case ir.Minute:
		return t.Minute()
	case ir.Hour:
		return t.Hour()
	case ir.Day:
		return t.Day()
	case ir.Week:
		_, week := t.ISOWeek()
		return week
	case ir.Month:
		return int(t.Month())
	}
	return t.Year()
}
