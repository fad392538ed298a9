package jinja

import (
	"fmt"
	"maps"
)

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
