package synth

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// An edit is an event that differs from a draft in one thing.
type edit struct {
	kind  string // what kinds of edits have in common; the plan prefers those not seen yet
	what  string // in words
	first bool   // belongs to those that show most of what the test asks
	once  bool   // is not made where its kind was made already
	event event
	trait Trait
	match bool

	wider ir.Pattern // that the value matches and the test's does not; nil where it is no text
}

// An editor changes a draft at the field of one leaf.
type editor struct {
	*maker
	d     *draft
	leaf  int
	slot  int
	field *field
	value value   // what the draft has there, or the one of several values that is edited
	list  []value // the several values
	item  int     // which of them is edited
	form  string
	edits []edit
}

// edits returns what can be changed about the draft at a leaf that passes in
// it, judged, those first that show most.
func (mk *maker) edits(d *draft, leaf int) []edit {
	l := &mk.m.leaves[leaf]
	ed := &editor{maker: mk, d: d, leaf: leaf, slot: l.slot, field: &mk.m.fields[l.slot], form: mk.form(leaf)}
	if l.field == "" {
		ed.slot = ed.holder(leaf)
		ed.field = &mk.m.fields[ed.slot]
	}
	ed.take(d.event.values[ed.slot])
	ed.structure()
	switch t := l.test.(type) {
	case *ir.Text:
		ed.text(t)
	case *ir.Regexp:
		ed.regexp(t)
	case *ir.CIDR:
		ed.network(t)
	case *ir.Compare:
		ed.compare(t)
	case *ir.Bool:
		ed.boolean(t)
	case *ir.Null, *ir.Exists:
		ed.presence()
	case *ir.FieldRef:
		ed.reference(t)
	case *ir.TimePart:
		ed.time(t)
	}
	if l.field == "" {
		ed.keyword()
	}
	ed.lists()
	ed.judgeAll()
	return ed.edits
}

// take chooses the value that is edited: of several the one that passes.
func (ed *editor) take(v value) {
	ed.value = v
	for i, x := range v.list {
		if v.kind == list && x.single() && ed.judge.value(ed.slot, x).has(ed.leaf) {
			ed.value, ed.list, ed.item = x, v.list, i
			return
		}
	}
}

// whole returns the value of the field with another one for that which is
// edited.
func (ed *editor) whole(v value) value {
	if ed.list == nil || v.kind == null {
		return v
	}
	all := slices.Clone(ed.list)
	if v.kind == absent {
		return value{kind: list, list: slices.Delete(all, ed.item, ed.item+1)}
	}
	all[ed.item] = v
	return value{kind: list, list: all}
}

// holder returns the field that holds what a keyword looks for.
func (ed *editor) holder(leaf int) int {
	for slot, v := range ed.d.event.values {
		if v.kind != absent && ed.judge.value(slot, v).has(leaf) {
			return slot
		}
	}
	return ed.m.wordSlots[0]
}

// add adds an edit of the form of the test: the same is done again for tests
// of other forms.
func (ed *editor) add(first bool, what string, v value, t Trait) {
	ed.edits = append(ed.edits, edit{kind: ed.form + "/" + what, what: what, first: first, event: ed.d.event.with(ed.slot, ed.whole(v)), trait: t})
}

// last returns the edit that was added last.
func (ed *editor) last() *edit { return &ed.edits[len(ed.edits)-1] }

// set adds an edit that gives the field a text.
func (ed *editor) set(first bool, what, s string, t Trait) {
	ed.add(first, what, ed.field.typed(s), t)
}

// judgeAll judges the edits and leaves out those that change nothing.
func (ed *editor) judgeAll() {
	out := ed.edits[:0]
	for _, e := range ed.edits {
		if ed.judge.spent() {
			break
		}
		if e.event.extra == nil && !e.event.nested && slices.EqualFunc(e.event.values, ed.d.event.values, value.equal) {
			continue
		}
		_, e.match = ed.judge.event(&e.event)
		if e.match == ed.d.match && e.wider != nil {
			ed.repair(&e)
		}
		out = append(out, e)
	}
	ed.edits = out
}

// near adds an edit that shows most: a text that the pattern of the test does
// not match, and a wider one, as a mistake would make it, does.
func (ed *editor) near(what, s string, wider ...ir.Element) {
	ed.set(true, what, s, 0)
	if ed.list == nil {
		ed.last().wider = ir.NewPattern(wider...)
	}
}

// repair looks for another text that the wider pattern of an edit matches and
// the test's does not, where the first one does not turn the answer: because
// other tests of the field fail on it as well.
func (ed *editor) repair(e *edit) {
	s := ed.d.searched
	if s == nil {
		return
	}
	st := &s.states[ed.slot]
	leaves, sign := st.leaves, s.sign[ed.leaf]
	if sign == 0 {
		st.leaves = append(slices.Clone(leaves), ed.leaf)
	}
	s.sign[ed.leaf] = -1
	tries := 0
	for v := range s.candidates(ed.slot, s.demands(ed.slot), []ir.Pattern{e.wider}) {
		if tries++; tries > maxRepair || ed.judge.spent() {
			break
		}
		if !s.meets(ed.slot, ed.judge.value(ed.slot, v)) {
			continue
		}
		changed := ed.d.event.with(ed.slot, v)
		if _, match := ed.judge.event(&changed); match != ed.d.match {
			e.event, e.match = changed, match
			break
		}
	}
	st.leaves, s.sign[ed.leaf] = leaves, sign
}

// maxRepair is how many texts are tried to repair an edit.
const maxRepair = 24

// put adds an edit that is the same whatever the test asks for: it is done
// once for each field.
func (ed *editor) put(what string, v value) {
	ed.edits = append(ed.edits, edit{kind: ed.field.name + "/" + what, what: what, event: ed.d.event.with(ed.slot, v)})
}

// putFirst adds such an edit that each item of the rule gets.
func (ed *editor) putFirst(what string, v value) {
	item := ed.at[ed.leaf]
	if up := ed.f.nodes[item].parents; len(up) > 0 && ed.f.nodes[up[0]].test {
		item = up[0]
	}
	ed.edits = append(ed.edits, edit{kind: fmt.Sprint(what, item), what: what, first: true, once: true, event: ed.d.event.with(ed.slot, v)})
}

// structure adds the field without a value, and with one of several.
func (ed *editor) structure() {
	name := ed.field.name
	ed.putFirst("without the field "+name, value{})
	if ed.list != nil {
		ed.add(true, "without that value of several", value{}, 0)
	}
	if other, _ := ed.others(); ed.value.single() {
		ed.put("with several values of "+name+", one of them right", value{kind: list, list: []value{other, ed.value}})
	}
	ed.put("with "+name+" empty", textValue(""))
	ed.put("with "+name+" null", value{kind: null})
	if ed.value.kind != absent && strings.Contains(name, ".") && ed.m.nestable() {
		e := ed.d.event
		e.nested = true
		ed.edits = append(ed.edits, edit{kind: "nested", what: "with names as nested objects", event: e})
	}
}

// lists adds less common forms of the field.
func (ed *editor) lists() {
	name, v := ed.field.name, ed.value
	other, another := ed.others()
	ed.put("with another value of "+name, other)
	ed.put("with several values of "+name+", none of them right", value{kind: list, list: []value{other, another}})
	if v.single() {
		if n, ok := ir.ParseNumber(v.text); v.kind == text && ok && string(n) == v.text {
			ed.put("with "+name+" as a number", value{kind: number, text: v.text})
			if n.IsInt() {
				ed.putFirst("with another spelling of the number as "+name, textValue(v.text+".0"))
				if ed.field.any(ed.m, isCompare) {
					ed.last().trait = NumberAsText
				}
			}
		}
		ed.put("with the same value of "+name+" in a list", value{kind: list, list: []value{v}})
		ed.put("with a list in a list as "+name, value{kind: list, list: []value{{kind: list, list: []value{v}}, {kind: null}}})
	}
	ed.put("with an empty list as "+name, value{kind: list})
}

func isCompare(t ir.Test) bool { _, ok := t.(*ir.Compare); return ok }

// others returns two values of the field that the leaf does not pass.
func (ed *editor) others() (value, value) {
	var found []value
	for _, v := range ed.field.ordinary() {
		truth := ed.judge.value(ed.slot, v)
		if !truth.has(ed.leaf) {
			if found = append(found, v); len(found) == 2 {
				return found[0], found[1]
			}
		}
	}
	if len(found) == 0 {
		found = []value{textValue(ed.field.word)}
	}
	return found[0], textValue(ed.field.word + ed.field.word)
}
