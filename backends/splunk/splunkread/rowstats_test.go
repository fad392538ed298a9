package splunkread

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// statsArgs are the arguments of streamstats, eventstats and stats.
type statsArgs struct {
	options map[string]string
	aggs    []agg
	by      []string
}

// An agg is a function of statistics, such as max(f) as g.
type agg struct{ fn, field, as string }

// parseStats reads the arguments.
func parseStats(text string) (a statsArgs, err error) {
	a.options = make(map[string]string)
	words := strings.Fields(strings.ReplaceAll(text, ",", " "))
	for i := 0; i < len(words); i++ {
		word := words[i]
		name, value, option := strings.Cut(word, "=")
		switch {
		case word == "by":
			a.by = words[i+1:]
			if len(a.by) == 0 {
				return a, fmt.Errorf("by without fields")
			}
			return a, nil
		case option:
			a.options[name] = value
		case i+2 < len(words) && words[i+1] == "as":
			fn, field, _ := strings.Cut(strings.TrimSuffix(word, ")"), "(")
			a.aggs = append(a.aggs, agg{fn, field, words[i+2]})
			i += 2
		default:
			return a, fmt.Errorf("%q is not read", word)
		}
	}
	return a, nil
}

// over computes the function of rows. Functions "ignore null values"; NULL is
// the result where none is left, but of count.
func (a agg) over(rows []Row) ([]string, error) {
	var values []string
	for _, row := range rows {
		values = append(values, row[a.field]...)
	}
	switch {
	case a.fn == "count" && a.field == "":
		return []string{strconv.Itoa(len(rows))}, nil
	case a.fn == "count":
		return []string{strconv.Itoa(len(values))}, nil
	case len(values) == 0:
		return nil, nil
	case a.fn == "last":
		return values[len(values)-1:], nil
	case a.fn == "values":
		slices.Sort(values)
		return slices.Compact(values), nil
	}
	total, least, most := 0.0, 0.0, 0.0
	for i, v := range values {
		n, err := strconv.ParseFloat(v, 64)
		if err != nil {
			return nil, fmt.Errorf("%s of a text: %w", a.fn, err)
		}
		if i == 0 {
			least, most = n, n
		}
		total, least, most = total+n, min(least, n), max(most, n)
	}
	switch a.fn {
	case "sum":
		return []string{formatNumber(total)}, nil
	case "min":
		return []string{formatNumber(least)}, nil
	case "max":
		return []string{formatNumber(most)}, nil
	}
	return nil, fmt.Errorf("the function %s is not known", a.fn)
}

func formatNumber(n float64) string { return strconv.FormatFloat(n, 'f', -1, 64) }

// set puts the results into a row.
func (a statsArgs) set(row Row, over []Row) error {
	for _, g := range a.aggs {
		values, err := g.over(over)
		if err != nil {
			return err
		}
		if delete(row, g.as); len(values) > 0 {
			row[g.as] = values
		}
	}
	return nil
}

// streamstats computes, for each row, over the rows so far of its group.
func (r *Runner) streamstats(text string, rows []Row) ([]Row, error) {
	a, err := parseStats(text)
	if err != nil {
		return nil, err
	}
	window, current := r.Capped, a.options["current"] != "f"
	for name, value := range a.options {
		switch {
		case name == "window":
			if window, err = strconv.Atoi(value); err != nil || window > 10000 {
				return nil, fmt.Errorf("the window %s is not allowed", value)
			}
		case name == "global" && value == "f", name == "current" && value == "f":
		default:
			return nil, fmt.Errorf("the option %s=%s is not known", name, value)
		}
	}
	if window > 0 && len(a.by) > 0 && a.options["global"] != "f" && a.options["window"] != "" {
		return nil, fmt.Errorf("the window is that of all groups")
	}
	seen := make(map[string][]Row)
	out := make([]Row, len(rows))
	for i, row := range rows {
		key, err := groupOf(a.by, row)
		if err != nil {
			return nil, err
		}
		over := seen[key]
		seen[key] = append(over, row)
		if current {
			over = seen[key]
		}
		if window > 0 && len(over) > window {
			over = over[len(over)-window:]
		}
		out[i] = row.clone()
		if err := a.set(out[i], over); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// statsOver is eventstats, and stats, of which only the groups are left.
func statsOver(text string, only bool, rows []Row) ([]Row, error) {
	a, err := parseStats(text)
	if err != nil {
		return nil, err
	}
	if len(a.options) > 0 {
		return nil, fmt.Errorf("options are not read")
	}
	groups := make(map[string][]Row)
	var order []string
	keys := make([]string, len(rows))
	for i, row := range rows {
		if keys[i], err = groupOf(a.by, row); err != nil {
			return nil, err
		}
		if groups[keys[i]] == nil {
			order = append(order, keys[i])
		}
		groups[keys[i]] = append(groups[keys[i]], row)
	}
	var out []Row
	if only {
		for _, key := range order {
			row := make(Row)
			for _, f := range a.by {
				row[f] = groups[key][0][f]
			}
			if err := a.set(row, groups[key]); err != nil {
				return nil, err
			}
			out = append(out, row)
		}
		return out, nil
	}
	for i, row := range rows {
		out = append(out, row.clone())
		if err := a.set(out[i], groups[keys[i]]); err != nil {
			return nil, err
		}
	}
	return out, nil
}
