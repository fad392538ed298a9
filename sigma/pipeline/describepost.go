package pipeline

// Postprocessing returns the postprocessing items of a pipeline or a chain as
// their files have them, in the order in which they run.
func (p *Pipeline) Postprocessing() []Step {
	if p == nil {
		return nil
	}
	var d describer
	return d.posts(p.posts)
}

// Finalizers returns the finalizers of a pipeline or a chain as their files
// have them, in the order in which they run.
func (p *Pipeline) Finalizers() []Step {
	if p == nil {
		return nil
	}
	var d describer
	return d.finals(p.finals)
}

func (d *describer) posts(list []*post) []Step {
	out := make([]Step, len(list))
	for i, p := range list {
		n, nested := p.do.(postNest)
		out[i] = d.whole(&p.step, "items", nested)
		if nested {
			out[i].Steps = d.posts(n)
		}
	}
	return out
}

func (d *describer) finals(list []*final) []Step {
	out := make([]Step, len(list))
	for i, f := range list {
		n, many := f.do.(nested)
		out[i] = d.whole(&step{pos: f.pos, kind: f.kind, from: f.from, node: f.node, fileOf: f.fileOf}, "finalizers", many)
		if many {
			out[i].Steps = d.finals(n)
		}
	}
	return out
}
