package eval

import (
	"encoding/json"

	"github.com/sigma-compiler/sigmac/internal/jsontext"
)

// A trace is an event as a Visitor takes it, with what it takes to show the
// values of its fields as they stand in the event.
type trace struct {
	v       Visitor
	json    *JSON           // nil where the event is something else
	from    []int32         // by value: the token that it comes from
	origins map[int32]int32 // by slot: the token of an object, an empty list or null that has its name
	starts  []int
}

// read takes the fields of an event. A JSON is shown to the visitor token by
// token, so that it is known which of them gave what.
func (t *trace) read(ev Event) {
	t.v.reset()
	j, ok := ev.(*JSON)
	if t.json = j; !ok {
		ev.Visit(&t.v)
		return
	}
	t.from = t.from[:0]
	clear(t.origins)
	part := JSON{data: j.data, ring: j.ring}
	for i := range j.tokens {
		if k := j.tokens[i].kind; k == beginToken || k == nullToken {
			t.note(int32(i))
		}
		t.v.line = nil // so that values stay where they are
		part.tokens = j.tokens[i : i+1]
		part.Visit(&t.v)
		for len(t.from) < len(t.v.values) {
			t.from = append(t.from, int32(i))
		}
	}
}

// note remembers the token of what has a name and no value of its own.
func (t *trace) note(i int32) {
	token := &t.json.tokens[i]
	key := t.json.data[token.keyFrom:token.keyTo]
	if token.keyEscaped {
		key = unescape(nil, key)
	}
	e, _ := t.v.resolve(key)
	if e != nil && e.slot >= 0 {
		t.origin(e.slot, i)
	}
	if slot, _ := t.v.resolveAlias(e, key, ref{flags: nothing}); slot >= 0 {
		t.origin(slot, i)
	}
}

func (t *trace) origin(slot, token int32) {
	if t.origins == nil {
		t.origins = map[int32]int32{}
	}
	if _, ok := t.origins[slot]; !ok {
		t.origins[slot] = token
	}
}

// value appends the value of a field, which the event has, as JSON: as it
// stands in the event where that is JSON. Where the event has the field in
// several places it is the list of what stands there.
func (t *trace) value(dst []byte, slot int32) []byte {
	i := t.v.first(slot)
	if i < 0 {
		if token, ok := t.origins[slot]; ok && t.json != nil {
			return jsontext.AppendValue(dst, t.json.data[t.json.member(token):])
		}
		return append(dst, "null"...)
	}
	if t.json == nil {
		return t.plainValue(dst, i)
	}
	t.starts = t.starts[:0]
	for ; i >= 0; i = t.v.values[i].next {
		if at := t.start(i); len(t.starts) == 0 || t.starts[len(t.starts)-1] != at {
			t.starts = append(t.starts, at)
		}
	}
	if len(t.starts) == 1 {
		return jsontext.AppendValue(dst, t.json.data[t.starts[0]:])
	}
	for i, at := range t.starts {
		dst = jsontext.AppendValue(append(dst, "[,"[min(i, 1)]), t.json.data[at:])
	}
	return append(dst, ']')
}

// start returns where in the text of the event the member of an object begins
// that a value belongs to: the list that it stands in, or the value itself.
func (t *trace) start(i int32) int {
	x := &t.v.values[i]
	if token := t.from[i]; t.json.tokens[token].kind == leafToken {
		return t.json.member(token)
	}
	if x.from > 0 && t.json.data[x.from-1] == '"' { // the text of a named Data element
		return x.from - 1
	}
	return x.from
}

// member returns where the value begins that stands behind the name of a
// token: the token's own or that of the list around it.
func (j *JSON) member(token int32) int {
	i := space(j.data, int(j.tokens[token].keyTo)+1)
	return space(j.data, i+1) // behind the colon
}

// plainValue is value for an event that is no JSON.
func (t *trace) plainValue(dst []byte, first int32) []byte {
	if t.v.values[first].next < 0 {
		return t.scalar(dst, first)
	}
	for i, n := first, 0; i >= 0; i, n = t.v.values[i].next, 1 {
		dst = t.scalar(append(dst, "[,"[n]), i)
	}
	return append(dst, ']')
}

// scalar appends one value.
func (t *trace) scalar(dst []byte, i int32) []byte {
	x := &t.v.values[i]
	raw := t.v.raw(x)
	isLiteral := x.flags&literal != 0
	if x.flags&fromLine != 0 {
		isLiteral = x.from == 0 || t.v.line[x.from-1] != '"'
	}
	if isLiteral && json.Valid(raw) {
		return append(dst, raw...)
	}
	if x.flags&escaped != 0 {
		raw = unescape(nil, raw)
	}
	return jsontext.AppendString(dst, string(raw))
}
