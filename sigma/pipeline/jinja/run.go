package jinja

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
