package eval

// A Change is one thing about the event that would have to be otherwise.
type Change struct {
	Field string   `json:"field"` // "" stands for any field
	Seen  []string `json:"seen,omitempty"`
	Want  string   `json:"want"` // in words, such as `ends with "\cmd.exe"`
	Line  int      `json:"line,omitempty"`
}

// A flipped is the smallest set of tests whose answers must turn for a step
// to turn.
type flipped struct {
	possible bool
	changes  []Change
}

// flip returns the smallest change that turns the answer of a step, counted
// in tests. That two tests of one field may contradict each other is not
// seen.
func flip(s *Step) flipped {
	switch s.Kind {
	case TestStep:
		want := s.Want
		if s.Passed {
			want = "not: " + want
		}
		return flipped{true, []Change{{Field: s.Field, Seen: s.Seen, Want: want, Line: s.Line}}}
	case NotStep, SearchStep:
		return flip(s.Parts[0])
	case AllStep, AnyStep:
		if s.Passed == (s.Kind == AllStep) {
			return flipOne(s.Parts)
		}
		return flipAll(s)
	}
	return flipped{}
}

// flipOne turns the part that needs the least.
func flipOne(parts []*Step) (best flipped) {
	for _, p := range parts {
		if f := flip(p); f.possible && (!best.possible || len(f.changes) < len(best.changes)) {
			best = f
		}
	}
	return best
}

// flipAll turns all parts that stand in the way. A test that stands there
// twice turns once.
func flipAll(s *Step) flipped {
	all := flipped{possible: true}
	seen := map[string]bool{}
	for _, p := range s.Parts {
		if p.Passed != s.Passed {
			continue
		}
		f := flip(p)
		if !f.possible {
			return flipped{}
		}
		for _, c := range f.changes {
			if key := c.Field + "\x00" + c.Want; !seen[key] {
				seen[key] = true
				all.changes = append(all.changes, c)
			}
		}
	}
	return all
}
