package synth

import (
	"slices"

	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// A model is a rule with its fields and single tests numbered.
type model struct {
	rule      *ir.Rule // without pieces of another language's query
	assumed   []string // these pieces
	fields    []field  // in the order in which the rule names them
	slots     map[string]int
	leaves    []leaf
	number    map[leafKey]int
	wordSlots [2]int // the fields that hold what keywords look for; -1 where the rule has none
}

// A leaf is one single test of one field, or of the whole event.
type leaf struct {
	field string // "" of a keyword
	test  ir.Test
	slot  int // of the field; of a keyword, that of the first field for them
}

type leafKey struct {
	field string
	test  ir.Test
}

// newModel numbers the tests of a rule. A test that stands in several places,
// as that of a search which the condition names twice, has one number.
func newModel(rule *ir.Rule, o *Options) *model {
	m := &model{slots: map[string]int{}, number: map[leafKey]int{}, wordSlots: [2]int{-1, -1}}
	m.rule = m.evaluable(rule)
	keywords := false
	for _, e := range m.rule.Where {
		ir.Walk(e, func(e ir.Expr) bool {
			switch e := e.(type) {
			case *ir.Match:
				m.slot(e.Field)
				ir.WalkTests(e.Test, func(t ir.Test) { m.leaf(e.Field, t) })
			case *ir.Keyword:
				keywords = true
				ir.WalkTests(e.Test, func(t ir.Test) { m.leaf("", t) })
			}
			return true
		})
	}
	if keywords {
		m.addWordFields(o)
	}
	for i := range m.fields {
		m.fields[i].learn(m)
	}
	return m
}

// evaluable returns the rule with true for each piece of another language's
// query.
func (m *model) evaluable(rule *ir.Rule) *ir.Rule {
	out := *rule
	out.Where = make([]ir.Expr, len(rule.Where))
	for i, e := range rule.Where {
		out.Where[i] = ir.Rewrite(e, func(e ir.Expr) ir.Expr {
			if raw, ok := e.(*ir.Raw); ok {
				m.assumed = append(m.assumed, raw.Text)
				return ir.Const(true)
			}
			return e
		})
	}
	if m.assumed == nil {
		return rule
	}
	return &out
}

// pos returns the place of the rule's condition.
func (m *model) pos() (pos sigma.Pos) {
	if r := m.rule.Source; r != nil {
		pos = r.Detection.Pos
		if len(r.Detection.Conditions) > 0 {
			pos = r.Detection.Conditions[0].Pos
		}
	}
	return pos
}

// slot returns the number of a field.
func (m *model) slot(name string) int {
	i, ok := m.slots[name]
	if !ok {
		i = len(m.fields)
		m.slots[name] = i
		m.fields = append(m.fields, field{name: name})
	}
	return i
}

// leaf numbers a single test.
func (m *model) leaf(field string, t ir.Test) {
	key := leafKey{field, t}
	if _, ok := m.number[key]; ok {
		return
	}
	m.number[key] = len(m.leaves)
	l := leaf{field: field, test: t}
	if field != "" {
		l.slot = m.slots[field]
		m.fields[l.slot].leaves = append(m.fields[l.slot].leaves, len(m.leaves))
	}
	if ref, ok := t.(*ir.FieldRef); ok {
		m.slot(ref.Field)
	}
	m.leaves = append(m.leaves, l)
}

// addWordFields chooses the two fields that hold what keywords look for.
func (m *model) addWordFields(o *Options) {
	names := o.KeywordFields
	if len(names) == 0 {
		names = m.wordColumns()
	}
	for i := range m.wordSlots {
		m.wordSlots[i] = m.slot(names[min(i, len(names)-1)])
	}
	for i := range m.leaves {
		if l := &m.leaves[i]; l.field == "" {
			l.slot = m.wordSlots[0]
			f := &m.fields[l.slot]
			f.leaves = append(f.leaves, i)
		}
	}
}

// wordColumns returns two fields for keywords: message and data, or, where the
// rule's table is known and lacks them, columns for texts that the rule does
// not test.
func (m *model) wordColumns() []string {
	usual := []string{"message", "data"}
	t := m.rule.Table
	if t == nil || t.Open {
		return usual
	}
	var names []string
	for c := range t.All() {
		if _, tested := m.slots[c.Name]; c.Type.IsString() && !tested {
			names = append(names, c.Name)
		}
	}
	slices.Sort(names)
	for i := len(usual) - 1; i >= 0; i-- {
		if k := slices.Index(names, usual[i]); k >= 0 {
			names = append([]string{usual[i]}, slices.Delete(names, k, k+1)...)
		}
	}
	if len(names) == 0 {
		return usual
	}
	return names
}

// refSlot returns the field that a reference refers to.
func (m *model) refSlot(t *ir.FieldRef) int { return m.slots[t.Field] }

// bits is a set of leaves.
type bits []uint64

func (m *model) newBits() bits { return make(bits, (len(m.leaves)+63)/64) }

func (b bits) has(i int) bool { return b[i>>6]>>(i&63)&1 != 0 }

func (b bits) set(i int) { b[i>>6] |= 1 << (i & 63) }

func (b bits) flip(i int) { b[i>>6] ^= 1 << (i & 63) }

func (b bits) add(c bits) {
	for i, w := range c {
		b[i] |= w
	}
}

// keep leaves out what is not in c.
func (b bits) keep(c bits) {
	for i, w := range c {
		b[i] &= w
	}
}

// meets reports whether the sets have a leaf in common.
func (b bits) meets(c bits) bool {
	for i, w := range c {
		if b[i]&w != 0 {
			return true
		}
	}
	return false
}
