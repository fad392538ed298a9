package pipeline

// HasWords reports whether a condition can be told to people.
func HasWords(kind, name string) bool {
	table := conditionWords[map[string]int{"rule": 0, "detection item": 1, "field name": 2}[kind]]
	return table[name] != nil
}

// Unindexed returns the pipeline with lists of steps that are gone through one
// by one.
func Unindexed(p *Pipeline) *Pipeline {
	out := *p
	out.list = unindexed(p.list)
	return &out
}

func unindexed(l *stepList) *stepList {
	out := &stepList{}
	out.once.Do(func() {})
	for _, s := range l.steps {
		if n, ok := s.do.(nest); ok {
			c := *s
			c.do = nest{unindexed(n.stepList)}
			s = &c
		}
		out.steps = append(out.steps, s)
	}
	return out
}

// Itemwise returns the transformations that an index takes for such.
func Itemwise() map[string]bool { return itemwise }
