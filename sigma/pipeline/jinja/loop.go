package jinja

import (
	"errors"
	"fmt"

	"github.com/sigma-compiler/sigmac/sigma/pipeline/pydata"
)

func (s *loop) run(r *runner) error {
	over, err := r.eval(s.over)
	if err != nil {
		return err
	}
	all, err := r.items(over)
	if err != nil {
		return s.at(err)
	}
	if s.only != nil {
		if all, err = s.selected(r, all); err != nil {
			return err
		}
	}
	if len(all) == 0 {
		return r.inside(func() error { return r.run(s.otherwise) })
	}
	for i, v := range all {
		if err := r.step(4); err != nil { // a scope and its names
			return s.at(err)
		}
		err := r.inside(func() error {
			if err := r.bind(s.names, v); err != nil {
				return s.at(err)
			}
			r.scope.set("loop", &loopState{all, i})
			return r.run(s.body)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// selected returns the items for which the loop's condition holds.
func (s *loop) selected(r *runner, all pydata.List) (pydata.List, error) {
	var out pydata.List
	for _, v := range all {
		if err := r.step(4); err != nil {
			return nil, s.at(err)
		}
		err := r.inside(func() error {
			if err := r.bind(s.names, v); err != nil {
				return s.at(err)
			}
			holds, err := r.eval(s.only)
			if err == nil && truth(holds) {
				out = append(out, v)
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return out, r.take(16 * len(out))
}

// bind gives names a value, or the parts of one.
func (r *runner) bind(names []string, v any) error {
	if len(names) == 1 {
		r.scope.set(names[0], v)
		return nil
	}
	parts, err := r.items(v)
	if err != nil {
		return err
	}
	if len(parts) != len(names) {
		return fmt.Errorf("%d names stand where there are %d values", len(names), len(parts))
	}
	for i, n := range names {
		r.scope.set(n, parts[i])
	}
	return nil
}

// A loopState is where a loop is: what a template sees as loop.
type loopState struct {
	items pydata.List
	at    int
}

// attribute returns what the loop says of where it is.
func (l *loopState) attribute(name string) any {
	n := len(l.items)
	switch name {
	case "index":
		return int64(l.at + 1)
	case "index0":
		return int64(l.at)
	case "revindex":
		return int64(n - l.at)
	case "revindex0":
		return int64(n - l.at - 1)
	case "first":
		return l.at == 0
	case "last":
		return l.at == n-1
	case "length":
		return int64(n)
	case "depth": // only recursive loops are deeper
		return int64(1)
	case "depth0":
		return int64(0)
	case "cycle":
		return function(l.cycle)
	case "previtem":
		if l.at > 0 {
			return l.items[l.at-1]
		}
	case "nextitem":
		if l.at < n-1 {
			return l.items[l.at+1]
		}
	}
	return undefined(name)
}

// cycle returns one of its arguments, in turn.
func (l *loopState) cycle(_ *runner, args values) (any, error) {
	if len(args.list) == 0 {
		return nil, errors.New("cycle takes values")
	}
	return args.list[l.at%len(args.list)], nil
}
