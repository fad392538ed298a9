package jinja

// values evaluates arguments.
func (a arguments) values(r *runner) (values, error) {
	var out values
	for _, x := range a.parts {
		v, err := r.eval(x)
		if err != nil {
			return out, err
		}
		out.list = append(out.list, v)
	}
	for i, x := range a.named {
		v, err := r.eval(x)
		if err != nil {
			return out, err
		}
		if out.named == nil {
			out.named = make(map[string]any, len(a.named))
		}
		out.named[a.keys[i]] = v
	}
	return out, r.take(16 * len(a.parts))
}

func (x *call) eval(r *runner) (any, error) {
	f, err := r.eval(x.f)
	if err != nil {
		return nil, err
	}
	args, err := x.args.values(r)
	if err != nil {
		return nil, err
	}
	switch f := f.(type) {
	case function:
		v, err := f(r, args)
		return v, x.at(err)
	case *closure:
		v, err := f.call(r, args)
		return v, x.at(err)
	case undefined:
		return nil, x.fail("%q is not defined, so it cannot be called", string(f))
	}
	return nil, x.fail("%s cannot be called", typeName(f))
}

func (x *filtered) eval(r *runner) (any, error) {
	v, err := r.eval(x.x)
	if err != nil {
		return nil, err
	}
	return x.apply(r, v)
}

// apply returns what the filter makes of a value.
func (x *filtered) apply(r *runner, v any) (any, error) {
	args, err := x.args.values(r)
	if err != nil {
		return nil, err
	}
	out, err := x.f(r, v, args)
	return out, x.at(err)
}

func (x *tested) eval(r *runner) (any, error) {
	v, err := r.eval(x.x)
	if err != nil {
		return nil, err
	}
	args, err := x.args.values(r)
	if err != nil {
		return nil, err
	}
	holds, err := x.f(r, v, args)
	return holds, x.at(err)
}
