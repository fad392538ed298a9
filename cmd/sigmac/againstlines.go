package main

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/sigma-compiler/sigmac/sigma"
)

// A listed is a list of queries in the order of the rules, a line for each
// condition of each rule. An empty line is a rule without a query.
type listed struct {
	lines []string
	from  [][]int // by file and rule: the number of its first line
}

// readList reads a list of queries for the rules of files.
func readList(a *app, path string, text io.Reader, ins []input, jobs int) (*listed, error) {
	l := &listed{}
	lines := bufio.NewScanner(io.LimitReader(text, maxRows))
	lines.Buffer(nil, maxRow)
	for lines.Scan() {
		l.lines = append(l.lines, strings.TrimSuffix(lines.Text(), "\r"))
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	n := 0
	_ = ordered(len(ins), jobs, func(i int) []int { return conditions(a, ins[i]) }, func(of []int) error {
		from := make([]int, len(of))
		for i, c := range of {
			from[i] = n
			n += c
		}
		l.from = append(l.from, from)
		return nil
	})
	if n != len(l.lines) {
		return nil, &sigma.Error{Msg: fmt.Sprintf("%s has %s, but the rules have %s: a list has a line for each, in their order",
			path, count(len(l.lines), "line", "lines"), count(n, "condition", "conditions")),
			Hint: "JSON lines say which rule a query is of, and may have queries of several lines; --against sigma-cli asks it for one rule after the other"}
	}
	return l, nil
}

// conditions returns how many conditions the documents of a file have. One
// that is no detection rule, or does not parse, has none.
func conditions(a *app, in input) (of []int) {
	f, err := read(a, in)
	if err != nil {
		return []int{0}
	}
	for _, u := range split(sigma.ParseAll(f)) {
		n := 0
		if rule, ok := u.doc.(*sigma.Rule); ok && len(u.errs) == 0 {
			n = len(rule.Detection.Conditions)
		}
		of = append(of, n)
	}
	return of
}

func (l *listed) queries(file int, d *document) (other, error) {
	rule, ok := d.doc.(*sigma.Rule)
	if !ok {
		return noRule(d), nil
	}
	from := l.from[file][max(d.number-1, 0)]
	var o other
	for _, q := range l.lines[from : from+len(rule.Detection.Conditions)] {
		if q == "" {
			return other{err: "the list has no query for it"}, nil
		}
		o.queries = append(o.queries, q)
	}
	return o, nil
}

func (l *listed) left() string { return "" }
