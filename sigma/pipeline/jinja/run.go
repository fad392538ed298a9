package jinja

import (
	"errors"
	"fmt"
	"maps"

	"github.com/sigma-compiler/sigmac/sigma/pipeline/pydata"
)

// A runner runs one template once.
type runner struct {
	*budget
	scope      *scope
	out        []byte
	most       int // that out may be
	autoescape bool
	depth      int // of macros in macros
}

// A scope holds the names that there are at a place.
type scope struct {
	vars  map[string]any
	outer *scope
}

func (s *scope) get(name string) (any, bool) {
	for ; s != nil; s = s.outer {
		if v, ok := s.vars[name]; ok {
			return v, true
		}
	}
	return nil, false
}

func (s *scope) set(name string, v any) {
	if s.vars == nil {
		s.vars = make(map[string]any)
	}
	s.vars[name] = v
}

// A statement prints, or changes what names mean.
type statement interface {
	run(*runner) error
}

// The statements.
type (
	data   string
	output struct {
		token
		x expression
	}
	branch struct {
		cond expression
		body []statement
	}
	ifs struct {
		branches  []branch
		otherwise []statement
	}
	loop struct {
		token
		names     []string
		over      expression
		only      expression // nil: all
		body      []statement
		otherwise []statement
	}
	// set is set with a value, set with a body, and filter, which prints.
	set struct {
		token
		names     []string
		attribute string
		value     expression
		body      []statement
		filters   []*filtered
		print     bool
	}
	with struct {
		names  []string
		values []expression
		body   []statement
	}
	macro struct {
		token
		params   []string
		defaults []expression // nil where there is none
		body     []statement
	}
)

// run runs statements in their order.
func (r *runner) run(list []statement) error {
	for _, s := range list {
		if err := r.step(1); err != nil {
			return err
		}
		if err := s.run(r); err != nil {
			return err
		}
	}
	return nil
}

// print adds to the output.
func (r *runner) print(s string) error {
	if err := r.step(len(s) / 16); err != nil {
		return err
	}
	if len(r.out)+len(s) > r.most {
		return errBytes
	}
	r.out = append(r.out, s...)
	return nil
}

// inside runs f with a scope of its own.
func (r *runner) inside(f func() error) error {
	outer := r.scope
	r.scope = &scope{outer: outer}
	defer func() { r.scope = outer }()
	return f()
}

// captured returns what f prints.
func (r *runner) captured(f func() error) (any, error) {
	outer := r.out
	r.out = nil
	err := r.inside(f)
	text := string(r.out)
	r.out = outer
	if err == nil {
		err = r.take(len(text))
	}
	if r.autoescape {
		return markup(text), err
	}
	return text, err
}

func (s data) run(r *runner) error { return r.print(string(s)) }

func (s *output) run(r *runner) error {
	v, err := r.eval(s.x)
	if err != nil {
		return err
	}
	var text string
	if r.autoescape {
		var m markup
		m, err = r.escaped(v)
		text = string(m)
	} else {
		text, err = r.text(v)
	}
	if err == nil {
		err = r.print(text)
	}
	return s.at(err)
}

func (s *ifs) run(r *runner) error {
	for _, b := range s.branches {
		v, err := r.eval(b.cond)
		if err != nil {
			return err
		}
		if truth(v) {
			return r.run(b.body)
		}
	}
	return r.run(s.otherwise)
}

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

func (s *set) run(r *runner) error {
	v, err := s.result(r)
	switch {
	case err != nil:
		return err
	case s.print:
		text, err := r.text(v)
		if err == nil {
			err = r.print(text)
		}
		return s.at(err)
	case s.attribute == "":
		return s.at(r.bind(s.names, v))
	}
	n, _ := r.scope.get(s.names[0])
	ns, ok := n.(namespace)
	if !ok {
		return s.fail("only the attributes of a namespace can be set")
	}
	ns.Set(s.attribute, v)
	return s.at(r.take(64))
}

// result returns the value of a set, or what its body prints.
func (s *set) result(r *runner) (any, error) {
	if s.value != nil {
		return r.eval(s.value)
	}
	v, err := r.captured(func() error { return r.run(s.body) })
	for _, f := range s.filters {
		if err != nil {
			return nil, err
		}
		v, err = f.apply(r, v)
	}
	return v, s.at(err)
}

func (s *with) run(r *runner) error {
	vars := make(map[string]any)
	for i, n := range s.names {
		v, err := r.eval(s.values[i])
		if err != nil {
			return err
		}
		vars[n] = v
	}
	return r.inside(func() error {
		r.scope.vars = vars
		return r.run(s.body)
	})
}

func (s *macro) run(r *runner) error {
	r.scope.set(s.text, &closure{s, r.scope})
	return nil
}

// A closure is a macro and the names that it sees.
type closure struct {
	*macro
	scope *scope
}

// call returns what the macro prints.
func (c *closure) call(r *runner, args values) (any, error) {
	if r.depth++; r.depth > maxDepth {
		return nil, fmt.Errorf("macros call each other more than %d deep", maxDepth)
	}
	defer func() { r.depth-- }()
	if len(args.list) > len(c.params) {
		return nil, fmt.Errorf("the macro %q takes %d arguments", c.text, len(c.params))
	}
	caller := r.scope
	r.scope = c.scope
	defer func() { r.scope = caller }()
	named := maps.Clone(args.named)
	return r.captured(func() error {
		for i, p := range c.params {
			v, given := named[p]
			delete(named, p)
			switch {
			case i < len(args.list) && given:
				return fmt.Errorf("the argument %q is given twice", p)
			case i < len(args.list):
				v = args.list[i]
			case given:
			case c.defaults[i] != nil:
				var err error
				if v, err = r.eval(c.defaults[i]); err != nil {
					return err
				}
			default:
				v = undefined(p)
			}
			r.scope.set(p, v)
		}
		for n := range named {
			return fmt.Errorf("the macro %q has no argument %q", c.text, n)
		}
		return r.run(c.body)
	})
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
