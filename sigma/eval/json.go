package eval

import (
	"fmt"
)

// JSON is an event as a JSON object. Parse reads it once, into a list of
// tokens that later events reuse, so that reading many events with one JSON
// allocates nothing. The zero JSON is ready to use; it must not be used by
// two goroutines at once while Parse runs.
//
// Numbers are kept as they are written. A name that stands twice in an object
// has both values, like an array: nobody can hide a value behind a second
// one. Bytes of values that are not UTF-8 are read as U+FFFD, as encoding/json
// does.
type JSON struct {
	data   []byte
	tokens []token
	stack  []frame
	pos    int
	text   []byte   // of a name with escapes, while it is shown
	ring   *keyring // the names at the top of the events
	last   uint16   // the key that was read last, as an index in the ring plus one
}

// A SyntaxError says where and why a text is not a JSON object.
type SyntaxError struct {
	Offset int    // in bytes from the start of the text
	Msg    string // what was expected
}

// Error returns the message with the offset.
func (e *SyntaxError) Error() string {
	return fmt.Sprintf("the event is not a JSON object: %s at byte %d", e.Msg, e.Offset)
}

// MaxDepth is how deep the objects and lists of an event may be nested.
const MaxDepth = 10_000

// maxEvent bounds an event to what offsets of 32 bits address.
const maxEvent = 1<<31 - 1

// A token is a leaf of the event or the begin or end of an object in it.
type token struct {
	keyFrom, keyTo uint32
	from, to       uint32
	key            uint16 // of the ring, as an index plus one; 0 where it is not known
	kind           tokenKind
	keyEscaped     bool
	escaped        bool
}

type tokenKind uint8

const (
	leafToken tokenKind = iota
	nullToken           // null, or an empty list
	beginToken
	endToken
)

// A frame is an object or list that is open.
type frame struct {
	keyFrom, keyTo uint32
	keyEscaped     bool
	list           bool
	tokens         int // how many tokens there were when it was opened
}

// Parse reads an event. The text must not change until the event was matched.
// The error is a *SyntaxError.
func (j *JSON) Parse(text []byte) error {
	rest, err := j.Next(text)
	if err != nil {
		return err
	}
	if j.pos = space(rest, 0); j.pos < len(rest) {
		j.pos += len(text) - len(rest)
		return j.fail("there is more behind the object")
	}
	return nil
}

// Next reads the first object of a text and returns what follows it, so that
// objects that stand one behind the other can be read in turn. White space
// before the object is skipped.
func (j *JSON) Next(text []byte) (rest []byte, err error) {
	j.data, j.pos = text, 0
	if cap(j.tokens) > keepBytes/16 {
		j.tokens = nil
	}
	j.tokens, j.stack, j.last = j.tokens[:0], j.stack[:0], 0
	if j.ring == nil {
		j.ring = newKeyring()
	}
	if len(text) > maxEvent {
		return nil, j.fail("it is longer than 2 GiB")
	}
	j.pos = space(text, 0)
	if j.pos == len(text) || text[j.pos] != '{' {
		return nil, j.fail("there is no '{'")
	}
	j.pos++
	if err := j.object(); err != nil {
		j.tokens = j.tokens[:0]
		return nil, err
	}
	return text[j.pos:], nil
}

// release lets go of the event, and of what an unusually large one needed.
func (j *JSON) release() {
	j.data = nil
	if cap(j.tokens) > keepBytes/16 {
		j.tokens = nil
	}
	if cap(j.text) > keepBytes {
		j.text = nil
	}
}

func (j *JSON) fail(msg string) error { return &SyntaxError{Offset: j.pos, Msg: msg} }

// space returns the index of the first byte from i that is no white space.
func space(b []byte, i int) int {
	for i < len(b) && (b[i] == ' ' || b[i] == '\n' || b[i] == '\r' || b[i] == '\t') {
		i++
	}
	return i
}

// object reads the members of the outermost object and all in them. It is one
// loop with a stack of its own, so that depth costs no goroutine stack.
func (j *JSON) object() error {
	top := frame{}
	first := true // nothing was read in the container yet
	for {
		j.pos = space(j.data, j.pos)
		if j.pos == len(j.data) {
			return j.fail("it ends in the middle")
		}
		c := j.data[j.pos]
		if closing := closingOf(top.list); c == closing {
			j.pos++
			if len(j.stack) == 0 {
				return nil
			}
			j.close(&top)
			first = false
			continue
		}
		if !first {
			if c != ',' {
				return j.fail("there is no comma and no end of the object or list")
			}
			j.pos = space(j.data, j.pos+1)
		}
		t := token{keyFrom: top.keyFrom, keyTo: top.keyTo, keyEscaped: top.keyEscaped}
		if !top.list {
			if next := j.plain(j.pos, len(j.stack) == 0); next > j.pos {
				j.pos, first = next, false
				continue
			}
			if err := j.name(&t); err != nil {
				return err
			}
		}
		opened, err := j.value(&t, &top)
		if err != nil {
			return err
		}
		first = opened
	}
}

func closingOf(list bool) byte {
	if list {
		return ']'
	}
	return '}'
}

// close ends the container; the one around it becomes the top.
func (j *JSON) close(top *frame) {
	if !top.list {
		j.tokens = append(j.tokens, token{kind: endToken})
	} else if len(j.tokens) == top.tokens {
		j.tokens = append(j.tokens, token{keyFrom: top.keyFrom, keyTo: top.keyTo, keyEscaped: top.keyEscaped, kind: nullToken})
	}
	*top = j.stack[len(j.stack)-1]
	j.stack = j.stack[:len(j.stack)-1]
}

// name reads the name of a member and the colon.
func (j *JSON) name(t *token) error {
	if j.pos == len(j.data) || j.data[j.pos] != '"' {
		return j.fail("there is no name in quotes")
	}
	from := j.pos + 1
	escapes, err := j.quoted()
	if err != nil {
		return err
	}
	t.keyFrom, t.keyTo, t.keyEscaped = uint32(from), uint32(j.pos-1), escapes
	if j.pos = space(j.data, j.pos); j.pos == len(j.data) || j.data[j.pos] != ':' {
		return j.fail("there is no colon behind the name")
	}
	j.pos = space(j.data, j.pos+1)
	return nil
}

// value reads a value, or opens it where it is an object or a list.
func (j *JSON) value(t *token, top *frame) (opened bool, err error) {
	if j.pos == len(j.data) {
		return false, j.fail("it ends before a value")
	}
	from := j.pos
	switch c := j.data[j.pos]; c {
	case '"':
		if t.escaped, err = j.quoted(); err != nil {
			return false, err
		}
		t.from, t.to = uint32(from+1), uint32(j.pos-1)
	case '{', '[':
		return true, j.open(t, top, c == '[')
	case 't', 'f', 'n':
		if err = j.word(c); err != nil {
			return false, err
		}
		if c == 'n' {
			t.kind = nullToken
		}
		t.from, t.to = uint32(from), uint32(j.pos)
	default:
		if err = j.number(); err != nil {
			return false, err
		}
		t.from, t.to = uint32(from), uint32(j.pos)
	}
	j.tokens = append(j.tokens, *t)
	return false, nil
}

// open begins an object or a list.
func (j *JSON) open(t *token, top *frame, list bool) error {
	if len(j.stack) >= MaxDepth {
		return j.fail(fmt.Sprintf("it is nested deeper than %d levels", MaxDepth))
	}
	j.pos++
	j.stack = append(j.stack, *top)
	if !list {
		t.kind = beginToken
		j.tokens = append(j.tokens, *t)
	}
	*top = frame{keyFrom: t.keyFrom, keyTo: t.keyTo, keyEscaped: t.keyEscaped, list: list, tokens: len(j.tokens)}
	return nil
}

func (j *JSON) word(c byte) error {
	word := "true"
	if c == 'f' {
		word = "false"
	} else if c == 'n' {
		word = "null"
	}
	if len(j.data)-j.pos < len(word) || string(j.data[j.pos:j.pos+len(word)]) != word {
		return j.fail("there is no value")
	}
	j.pos += len(word)
	return nil
}

// number reads a number by the grammar of RFC 8259, section 6.
func (j *JSON) number() error {
	b, i := j.data, j.pos
	if i < len(b) && b[i] == '-' {
		i++
	}
	whole := i
	i = digitsFrom(b, i)
	if i == whole || b[whole] == '0' && i > whole+1 {
		return j.fail("there is no value")
	}
	if i < len(b) && b[i] == '.' {
		fraction := i + 1
		if i = digitsFrom(b, fraction); i == fraction {
			return j.fail("there is no digit behind the point of a number")
		}
	}
	if i < len(b) && b[i]|0x20 == 'e' {
		i++
		if i < len(b) && (b[i] == '+' || b[i] == '-') {
			i++
		}
		exponent := i
		if i = digitsFrom(b, i); i == exponent {
			return j.fail("there is no digit in the exponent of a number")
		}
	}
	j.pos = i
	return nil
}

func digitsFrom(b []byte, i int) int {
	for i < len(b) && b[i]-'0' < 10 {
		i++
	}
	return i
}

// Visit shows the fields of the event.
func (j *JSON) Visit(v *Visitor) {
	own := v.line == nil // the values can stay where they are
	if own {
		v.line = j.data
	}
	for i := range j.tokens {
		t := &j.tokens[i]
		if t.kind == endToken {
			v.End()
			continue
		}
		if t.key != 0 && len(v.levels) == 0 {
			if e := v.keyed(j.ring, t.key); e.slot != several {
				v.keyedLeaf(e, j.ref(t, v, own))
				continue
			}
		}
		key := j.data[t.keyFrom:t.keyTo]
		if t.keyEscaped {
			j.text = unescape(j.text[:0], key)
			key = j.text
		}
		switch t.kind {
		case beginToken:
			v.begin(key)
		case nullToken:
			v.null(key)
		case leafToken:
			v.leaf(key, j.ref(t, v, own))
		}
	}
}

// ref returns where the value of a token lies. A second JSON of one event is
// copied.
func (j *JSON) ref(t *token, v *Visitor, own bool) ref {
	var r ref
	if own {
		r = ref{from: int(t.from), to: int(t.to), flags: fromLine}
	} else {
		r = v.store(j.data[t.from:t.to])
		if t.from > 0 && j.data[t.from-1] != '"' {
			r.flags = literal
		}
	}
	if t.escaped {
		r.flags |= escaped
	}
	return r
}
