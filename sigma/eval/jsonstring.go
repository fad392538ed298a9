package eval

import (
	"encoding/binary"
	"math/bits"
)

// plain reads members as most are: a name without escapes and a string or a
// whole number. It returns the index behind the last one that it took. What
// is otherwise, and what is wrong, is left to the caller.
func (j *JSON) plain(i int, top bool) int {
	b, done := j.data, i
	for i < len(b) && b[i] == '"' {
		key, p := j.plainKey(i, top)
		if p < 0 || p+1 >= len(b) {
			return done
		}
		name := p - 2
		if b[p] == ' ' {
			p++
		}
		from, escapes := p, false
		var to int
		if b[p] == '"' {
			from++
			to, escapes = stringEnd(b, from)
			if p = to + 1; p >= len(b) || b[to] != '"' {
				return done
			}
		} else {
			to = digitsFrom(b, p)
			if p = to; p == from || p == len(b) || b[p] != ',' || b[from] == '0' && p > from+1 {
				return done
			}
		}
		t := j.token()
		t.keyFrom, t.keyTo, t.from, t.to = uint32(i+1), uint32(name), uint32(from), uint32(to)
		t.key, t.kind, t.keyEscaped, t.escaped = key, leafToken, false, escapes
		j.last = key
		if done = p; b[p] != ',' {
			return done
		}
		if i = p + 1; i < len(b) && b[i] == ' ' {
			i++
		}
	}
	return done
}

// token returns the next token, to be written in place.
func (j *JSON) token() *token {
	n := len(j.tokens)
	if n == cap(j.tokens) {
		j.tokens = append(j.tokens, token{})
		return &j.tokens[n]
	}
	j.tokens = j.tokens[:n+1]
	return &j.tokens[n]
}

// plainKey reads a name and its colon. It returns the key of the ring, for
// names at the top, and the index behind the colon, -1 where the name is not
// plain.
func (j *JSON) plainKey(i int, top bool) (key uint16, end int) {
	b := j.data
	if top {
		if key = j.ring.after(j.last); key != 0 {
			if k := &j.ring.keys[key-1]; k.begins(b[i:]) {
				return key, i + len(k.text)
			}
		}
	}
	name, escapes := stringEnd(b, i+1)
	if escapes || name+1 >= len(b) || b[name] != '"' || b[name+1] != ':' {
		return 0, -1
	}
	end = name + 2
	if !top {
		return 0, end
	}
	if key = j.ring.find(b[i:end]); key != 0 {
		j.ring.expect(j.last, key)
	}
	return key, end
}

// stringEnd returns the index of the quote that ends a string, and whether the
// string has escapes; or that of what is wrong in it: a control character, the
// backslash of an escape that does not exist, or the end of the text. It looks
// at eight bytes at once: the lowest of the set high bits of m is exact.
func stringEnd(b []byte, i int) (end int, escapes bool) {
	for i+8 <= len(b) {
		x := binary.LittleEndian.Uint64(b[i:])
		quote, slash := x^('"'*ones), x^('\\'*ones)
		m := ((quote-ones)&^quote | (slash-ones)&^slash | (x-' '*ones)&^x) & highs
		if m == 0 {
			i += 8
			continue
		}
		if i += bits.TrailingZeros64(m) >> 3; b[i] != '\\' {
			return i, escapes
		}
		if i+1 < len(b) && b[i+1] == '\\' {
			i, escapes = i+2, true
			continue
		}
		next := escapeEnd(b, i)
		if next < 0 {
			return i, escapes
		}
		i, escapes = next, true
	}
	for i < len(b) && b[i] != '"' && b[i] >= ' ' {
		if b[i] != '\\' {
			i++
			continue
		}
		next := escapeEnd(b, i)
		if next < 0 {
			return i, escapes
		}
		i, escapes = next, true
	}
	return i, escapes
}

const (
	ones  = 0x0101010101010101
	highs = 0x8080808080808080
)

// quoted reads a string, from one quote to behind the other, and reports
// whether it has escapes.
func (j *JSON) quoted() (escapes bool, err error) {
	j.pos, escapes = stringEnd(j.data, j.pos+1)
	switch {
	case j.pos == len(j.data):
		return false, j.fail("it ends in a string")
	case j.data[j.pos] == '"':
		j.pos++
		return escapes, nil
	case j.data[j.pos] < ' ':
		return false, j.fail("there is a control character in a string")
	}
	return false, j.fail("there is no such escape")
}

// escapeEnd returns the index behind the escape that begins at i, or -1.
func escapeEnd(b []byte, i int) int {
	if i+1 >= len(b) {
		return -1
	}
	switch b[i+1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return i + 2
	case 'u':
		if _, ok := hex4(b, i+2); ok {
			return i + 6
		}
	}
	return -1
}
