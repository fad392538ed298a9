package synth

import (
	"slices"
	"strings"

	"github.com/sigma-compiler/sigmac/internal/jsontext"
)

// A value is the value of one field of an event.
type value struct {
	kind kind
	text string // of a text; of a number and a boolean as JSON writes it
	list []value
}

// A kind is the kind of a JSON value; absent is none.
type kind uint8

const (
	absent kind = iota
	null
	text
	number
	boolean
	list
	object // list has the one value in it
)

func textValue(s string) value { return value{kind: text, text: s} }

func (v value) equal(w value) bool {
	return v.kind == w.kind && v.text == w.text && slices.EqualFunc(v.list, w.list, value.equal)
}

// single reports whether the value is one text, number or truth value.
func (v value) single() bool { return v.kind == text || v.kind == number || v.kind == boolean }

// An event is a value for each field of the model, and what no rule names.
type event struct {
	values []value
	extra  []named
	nested bool // names with dots are written as objects
}

type named struct {
	name  string
	value value
}

// with returns the event with another value of a field.
func (e event) with(slot int, v value) event {
	e.values = slices.Clone(e.values)
	e.values[slot] = v
	return e
}

// appendEvent appends the event as a JSON object.
func (m *model) appendEvent(dst []byte, e *event) []byte {
	if !e.nested {
		return m.appendFlat(dst, e)
	}
	members := make([]named, 0, len(e.values)+len(e.extra))
	for i, v := range e.values {
		if v.kind != absent {
			members = append(members, named{m.fields[i].name, v})
		}
	}
	for _, x := range e.extra {
		if x.value.kind != absent {
			members = append(members, x)
		}
	}
	return appendNested(dst, members)
}

// appendFlat appends an event whose names are not written as objects.
func (m *model) appendFlat(dst []byte, e *event) []byte {
	dst = append(dst, '{')
	begin := len(dst)
	for i, v := range e.values {
		if v.kind != absent {
			dst = appendMember(dst, begin, m.fields[i].name, v)
		}
	}
	for _, x := range e.extra {
		if x.value.kind != absent {
			dst = appendMember(dst, begin, x.name, x.value)
		}
	}
	return append(dst, '}')
}

// appendMember appends a member of the object whose first one begins there.
func appendMember(dst []byte, begin int, name string, v value) []byte {
	if len(dst) > begin {
		dst = append(dst, ',')
	}
	return appendValue(append(jsontext.AppendString(dst, name), ':'), v)
}

// nestable reports whether no name is that of an object which another name
// leads into.
func (m *model) nestable() bool {
	for _, f := range m.fields {
		for i := range len(f.name) {
			if f.name[i] != '.' {
				continue
			}
			if _, taken := m.slots[f.name[:i]]; taken {
				return false
			}
		}
	}
	return true
}

// appendNested appends an object in which names that have their part before
// the first dot in common are one object.
func appendNested(dst []byte, members []named) []byte {
	dst = append(dst, '{')
	begin := len(dst)
	done := map[string]bool{}
	for i, x := range members {
		head, rest, _ := strings.Cut(x.name, ".")
		if head == "" || rest == "" {
			dst = appendMember(dst, begin, x.name, x.value)
			continue
		}
		if done[head] {
			continue
		}
		done[head] = true
		if len(dst) > begin {
			dst = append(dst, ',')
		}
		dst = append(jsontext.AppendString(dst, head), ':')
		dst = appendNested(dst, below(head, members[i:]))
	}
	return append(dst, '}')
}

// below returns the members whose names begin with a part and a dot, under
// the rest of their names.
func below(head string, members []named) []named {
	var out []named
	for _, x := range members {
		if rest, ok := strings.CutPrefix(x.name, head+"."); ok && rest != "" {
			out = append(out, named{rest, x.value})
		}
	}
	return out
}

func appendValue(dst []byte, v value) []byte {
	switch v.kind {
	case absent, null:
		return append(dst, "null"...)
	case text:
		return jsontext.AppendString(dst, v.text)
	case number, boolean:
		return append(dst, v.text...)
	case object:
		dst = append(dst, `{"text":`...)
		return append(appendValue(dst, v.list[0]), '}')
	}
	dst = append(dst, '[')
	for i, x := range v.list {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendValue(dst, x)
	}
	return append(dst, ']')
}
