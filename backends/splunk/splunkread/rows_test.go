package splunkread

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sort"
	"strconv"
	"strings"
	"testing"

	"github.com/sigma-compiler/sigmac/backends/readback"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// A Row is an event, or what commands made of it: the values of each field.
type Row map[string][]string

// A Runner runs the commands of correlations over rows, as Splunk's manuals say
// that they do. What they leave open is an error, or chosen by a field of the
// Runner: a query is right only if it means the same whatever is chosen.
type Runner struct {
	Rand *rand.Rand // the order of rows that a sort leaves open

	// NullSpreads makes AND and OR NULL where one side is.
	NullSpreads bool

	// Capped limits streamstats to that many events where neither window nor
	// time_window is set (SR, streamstats, "Description"); 0 for no limit.
	Capped int

	// Match says whether an event matches a search clause.
	Match func(clause ir.Expr, r Row) bool
}

// Run runs a query.
func (r *Runner) Run(query string, rows []Row) ([]Row, error) {
	stages, err := split(query)
	if err != nil {
		return nil, err
	}
	for i := range stages {
		s := &stages[i]
		if rows, err = r.command(s, rows); err != nil {
			return nil, fmt.Errorf("%s %s: %w", s.command, s.args, err)
		}
	}
	return rows, nil
}

func (r *Runner) command(s *stage, rows []Row) ([]Row, error) {
	s.args = strings.TrimSpace(s.args)
	switch s.command {
	case "search":
		q, err := Reading{}.Read(s.args, readback.Options{})
		if err != nil {
			return nil, err
		}
		clause := readback.Meaning(q.Where)
		return slices.DeleteFunc(slices.Clone(rows), func(row Row) bool { return !r.Match(clause, row) }), nil
	case "from":
		return rows, nil
	case "where":
		return r.where(s.args, rows)
	case "eval":
		return r.eval(s.args, rows)
	case "mvexpand":
		return mvexpand(s.args, rows)
	case "sort":
		return r.sort(s.args, rows)
	case "dedup":
		return dedup(strings.Fields(s.args), rows)
	case "streamstats":
		return r.streamstats(s.args, rows)
	case "eventstats", "stats":
		return statsOver(s.args, s.command == "stats", rows)
	case "fields":
		return without(s.args, rows)
	}
	return nil, fmt.Errorf("the command is not known")
}

func (r *Runner) where(text string, rows []Row) ([]Row, error) {
	tree, err := parse(&reader{}, whereParser(), &evalLexer{text: text})
	if err != nil {
		return nil, err
	}
	n := xorNode(tree)
	var out []Row
	for _, row := range rows {
		v, err := r.value(n, row)
		if err != nil {
			return nil, err
		}
		if v.kind != isTruth && v.kind != isNone {
			return nil, fmt.Errorf("the expression is neither true nor false")
		}
		if v.yes {
			out = append(out, row)
		}
	}
	return out, nil
}

// eval sets fields, the first before the next are computed.
func (r *Runner) eval(text string, rows []Row) ([]Row, error) {
	tree, err := parse(&reader{}, evalParser(), &evalLexer{text: text})
	if err != nil {
		return nil, err
	}
	out := make([]Row, len(rows))
	for i, row := range rows {
		out[i] = row.clone()
		for _, a := range tree.Parts {
			v, err := r.value(xorNode(a.X), out[i])
			if err != nil {
				return nil, err
			}
			name := a.Name.tok.Value
			if v.kind == isTruth {
				return nil, fmt.Errorf("%s is a field with a boolean", name)
			}
			if delete(out[i], name); v.kind != isNone {
				out[i][name] = v.texts()
			}
		}
	}
	return out, nil
}

func (row Row) clone() Row {
	out := make(Row, len(row)+2)
	for name, values := range row {
		out[name] = values
	}
	return out
}

// mvexpand "can't be applied to internal fields" (SR, mvexpand). What it makes
// of a row without the field is not documented.
func mvexpand(field string, rows []Row) ([]Row, error) {
	if strings.HasPrefix(field, "_") || strings.ContainsAny(field, " =") {
		return nil, fmt.Errorf("not a field of its own")
	}
	var out []Row
	for _, row := range rows {
		if len(row[field]) == 0 {
			return nil, fmt.Errorf("a row without the field: %v", row)
		}
		for _, v := range row[field] {
			one := row.clone()
			one[field] = []string{v}
			out = append(out, one)
		}
	}
	return out, nil
}

// sort sorts by fields, with 0 in front all of them: without, 10,000. Of rows
// that are equal any may be first.
func (r *Runner) sort(text string, rows []Row) ([]Row, error) {
	rest, ok := strings.CutPrefix(text, "0 ")
	if !ok {
		return nil, fmt.Errorf("sort without 0 keeps 10000 rows only")
	}
	out := slices.Clone(rows)
	r.Rand.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	keys := strings.Split(rest, ",")
	var err error
	sort.SliceStable(out, func(i, j int) bool {
		for _, key := range keys {
			c, e := compareRows(strings.TrimSpace(key), out[i], out[j])
			if e != nil {
				err = e
			}
			if c != 0 {
				return c < 0
			}
		}
		return false
	})
	return out, err
}

// compareRows compares two rows by one field, such as -num(f).
func compareRows(key string, a, b Row) (int, error) {
	sign := 1
	if rest, ok := strings.CutPrefix(key, "-"); ok {
		key, sign = rest, -1
	}
	if rest, ok := strings.CutPrefix(key, "str("); ok {
		field := strings.TrimSuffix(rest, ")")
		return sign * strings.Compare(strings.Join(a[field], "\n"), strings.Join(b[field], "\n")), nil
	}
	field := strings.TrimSuffix(strings.TrimPrefix(key, "num("), ")")
	x, err := numberOf(a, field)
	if err != nil {
		return 0, err
	}
	y, err := numberOf(b, field)
	switch {
	case x < y:
		return -sign, err
	case x > y:
		return sign, err
	}
	return 0, err
}

// numberOf returns the only value of a field, which is a number.
func numberOf(row Row, field string) (float64, error) {
	if len(row[field]) != 1 {
		return 0, fmt.Errorf("%s has the values %q", field, row[field])
	}
	return strconv.ParseFloat(row[field][0], 64)
}

// dedup keeps the first row of each combination of values.
func dedup(fields []string, rows []Row) ([]Row, error) {
	seen := make(map[string]bool)
	var out []Row
	for _, row := range rows {
		key, err := groupOf(fields, row)
		if err != nil {
			return nil, err
		}
		if !seen[key] {
			out = append(out, row)
		}
		seen[key] = true
	}
	return out, nil
}

// groupOf returns the values of fields. What commands make of a row that lacks
// one, or has several values in it, is not documented for all of them.
func groupOf(fields []string, row Row) (string, error) {
	var b strings.Builder
	for _, f := range fields {
		if len(row[f]) != 1 {
			return "", fmt.Errorf("a row is grouped by %s, which has the values %q", f, row[f])
		}
		b.WriteString(strconv.Quote(row[f][0]))
	}
	return b.String(), nil
}

func without(text string, rows []Row) ([]Row, error) {
	rest, ok := strings.CutPrefix(text, "- ")
	if !ok {
		return nil, fmt.Errorf("fields without -")
	}
	out := make([]Row, len(rows))
	for i, row := range rows {
		out[i] = row.clone()
		for _, f := range strings.Fields(rest) {
			delete(out[i], f)
		}
	}
	return out, nil
}

// TestRunner checks the runner itself by the examples of the manuals.
func TestRunner(t *testing.T) {
	shifts := func() []Row {
		var out []Row
		for i, s := range []string{"DAY", "DAY", "NIGHT", "NIGHT", "DAY"} {
			out = append(out, Row{"_time": {strconv.Itoa(100 * i)}, "shift": {s}, "n": {strconv.Itoa(i + 1)}})
		}
		return out
	}
	for _, c := range []struct{ query, field, want string }{
		{"* | streamstats count as c", "c", "1 2 3 4 5"},
		{"* | streamstats window=0 count as c by shift", "c", "1 2 1 2 3"},
		{"* | streamstats window=0 current=f sum(n) as c", "c", " 1 3 6 10"},
		{"* | streamstats window=2 global=f sum(n) as c by shift", "c", "1 3 3 7 7"},
		{"* | eventstats last(n) as c max(n) as d by shift", "c", "5 5 4 4 5"},
		{"* | stats count as c values(shift) as s", "c", "5"},
		{`* | eval x=split("a b b"," "), y=mvdedup(x) | mvexpand y | where n==1 | fields - x`, "y", "a b"},
		{`* | sort 0 -num(n) | where n>=3`, "n", "5 4 3"},
		{`* | dedup shift`, "n", "1 3"},
		{`* | eval x=if(n==2,null(),n) | where isnull(x) OR x>4`, "n", "2 5"},
		{`* | where round(n/3,1)==0.7`, "n", "2"},
		{`* | where floor(n/2)*2==n`, "n", "2 4"},
		{`* | eval m=split("7 x"," ") | where isnotnull(mvfind(m,"^x$")) AND isnull(mvfind(m,"^y$")) AND n<2`, "n", "1"},
	} {
		r := &Runner{Rand: rand.New(rand.NewPCG(1, 1)), Match: func(ir.Expr, Row) bool { return true }}
		rows, err := r.Run(c.query, shifts())
		if err != nil {
			t.Errorf("%s: %v", c.query, err)
			continue
		}
		got := make([]string, len(rows))
		for i, row := range rows {
			got[i] = strings.Join(row[c.field], ",")
		}
		if s := strings.Join(got, " "); s != c.want {
			t.Errorf("%s: %q, want %q", c.query, s, c.want)
		}
	}
}
