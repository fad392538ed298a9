package synth

import "github.com/sigma-compiler/sigmac/sigma/ir"

// maxRefTries bounds how many values of either field are tried for a
// reference.
const maxRefTries = 24

// settleRefs finds values for fields that are compared with each other. Each
// reference is made right in turn; a second round repairs what a later one
// broke.
func (s *search) settleRefs() bool {
	for range 2 {
		right := true
		for _, leaf := range s.refs {
			if s.refHolds(leaf) {
				continue
			}
			right = false
			if !s.settleRef(leaf) {
				s.why = "no values were found of which it is true or false as wanted that " + s.m.describe(leaf)
				return false
			}
		}
		if right {
			return true
		}
	}
	for _, leaf := range s.refs {
		if !s.refHolds(leaf) {
			return false
		}
	}
	return true
}

// refHolds reports whether a reference is as demanded with the values that
// the fields have now.
func (s *search) refHolds(leaf int) bool {
	t := s.m.leaves[leaf].test.(*ir.FieldRef)
	slot, other := s.m.leaves[leaf].slot, s.m.refSlot(t)
	return s.pairHolds(leaf, s.states[slot].value, s.states[other].value)
}

func (s *search) pairHolds(leaf int, v, w value) bool {
	l := &s.m.leaves[leaf]
	e := event{values: make([]value, len(s.states))}
	e.values[l.slot] = v
	e.values[s.m.refSlot(l.test.(*ir.FieldRef))] = w
	truth, _ := s.judge.event(&e)
	return truth.has(leaf) == (s.sign[leaf] > 0)
}

// settleRef finds values for the two fields of a reference: a value for the
// other field and one made of it for this field, or the other way round.
func (s *search) settleRef(leaf int) bool {
	l := &s.m.leaves[leaf]
	t := l.test.(*ir.FieldRef)
	other := s.m.refSlot(t)
	wanted := s.sign[leaf] > 0
	use := func(slot int, v value, slot2 int, w value) bool {
		truth, truth2 := s.judge.value(slot, v), s.judge.value(slot2, w)
		if !s.meets(slot, truth) || !s.meets(slot2, truth2) || !s.pairHolds(leaf, s.pick(l.slot, slot, v, w), s.pick(other, slot, v, w)) {
			return false
		}
		s.states[slot].value, s.states[slot].truth = v, truth
		s.states[slot2].value, s.states[slot2].truth = w, truth2
		return true
	}
	return s.tryPairs(other, l.slot, use, func(w value) []ir.Pattern { return around(t.Shape, w.text, wanted) }) ||
		s.tryPairs(l.slot, other, use, func(v value) []ir.Pattern { return within(t.Shape, v.text, wanted) })
}

// pick returns that of two values which belongs to a field; first is the
// field of v.
func (s *search) pick(slot, first int, v, w value) value {
	if slot == first {
		return v
	}
	return w
}

// tryPairs tries values of the first field, and for each of them values of
// the second that have the form which form makes of it.
func (s *search) tryPairs(first, second int, use func(int, value, int, value) bool, form func(value) []ir.Pattern) bool {
	n := 0
	for v := range s.present(first, nil) {
		if n++; n > maxRefTries || s.judge.spent() {
			return false
		}
		if !s.meets(first, s.judge.value(first, v)) {
			continue
		}
		k := 0
		for w := range s.present(second, form(v)) {
			if k++; k > maxRefTries {
				break
			}
			if use(first, v, second, w) {
				return true
			}
		}
	}
	return false
}

// present returns values of a field that is there: the one that it has, and
// candidates. The patterns are what a text must be like besides.
func (s *search) present(slot int, more []ir.Pattern) func(yield func(value) bool) {
	return func(yield func(value) bool) {
		if v := s.states[slot].value; v.kind != absent && more == nil && !yield(v) {
			return
		}
		for v := range s.candidates(slot, s.demands(slot), more) {
			if !yield(v) {
				return
			}
		}
	}
}

// around returns the pattern of a text that refers to another in the given
// way, or nothing where it shall not.
func around(shape ir.Shape, other string, wanted bool) []ir.Pattern {
	if !wanted {
		return nil
	}
	star := ir.Element{Kind: ir.Star}
	lit := ir.Element{Kind: ir.Literal, Text: other}
	switch shape {
	case ir.Prefix:
		return []ir.Pattern{ir.NewPattern(lit, star)}
	case ir.Suffix:
		return []ir.Pattern{ir.NewPattern(star, lit)}
	case ir.Substring:
		return []ir.Pattern{ir.NewPattern(star, lit, star)}
	}
	return []ir.Pattern{ir.NewPattern(lit)}
}

// within returns the pattern of a text to which the given one refers.
func within(shape ir.Shape, whole string, wanted bool) []ir.Pattern {
	if !wanted {
		return nil
	}
	runes := []rune(whole)
	half := (len(runes) + 1) / 2
	switch shape {
	case ir.Prefix:
		runes = runes[:half]
	case ir.Suffix:
		runes = runes[len(runes)-half:]
	case ir.Substring:
		runes = runes[len(runes)/4 : len(runes)/4+half]
	}
	return []ir.Pattern{ir.Plain(string(runes))}
}
