package eval

import (
	"encoding/binary"
	"math/bits"
)

// plain reads members as most are: a name without escapes and a string or a
// whole number. It returns the index behind the last one that it took. What
// is otherwise, and what is wrong, is left to the caller.
func (j *JSON) plain(i int) int {
	b, done := j.data, i
	for i < len(b) && b[i] == '"' {
		name := stringEnd(b, i+1)
		p := name + 1
		if p+2 >= len(b) || b[name] != '"' || b[p] != ':' {
			return done
		}
		if p++; b[p] == ' ' {
			p++
		}
		from, escapes := p, false
		if b[p] == '"' {
			from++
			for p = stringEnd(b, from); p < len(b) && b[p] == '\\'; p = stringEnd(b, p) {
				if p, escapes = escapeEnd(b, p), true; p < 0 {
					return done
				}
			}
			if p+1 >= len(b) || b[p] != '"' {
				return done
			}
			p++
		} else if p = digitsFrom(b, p); p == from || p == len(b) || b[p] != ',' || b[from] == '0' && p > from+1 {
			return done
		}
		to := p
		if b[p-1] == '"' {
			to--
		}
		j.tokens = append(j.tokens, token{keyFrom: uint32(i + 1), keyTo: uint32(name), from: uint32(from), to: uint32(to), escaped: escapes})
		if done = p; b[p] != ',' {
			return done
		}
		if i = p + 1; i < len(b) && b[i] == ' ' {
			i++
		}
	}
	return done
}

// stringEnd returns the index of the first byte from i that is a quote, a
// backslash or a control character. It looks at eight bytes at once: the
// lowest of the set high bits of m is exact.
func stringEnd(b []byte, i int) int {
	for ; i+8 <= len(b); i += 8 {
		x := binary.LittleEndian.Uint64(b[i:])
		quote, slash := x^('"'*ones), x^('\\'*ones)
		if m := ((quote-ones)&^quote | (slash-ones)&^slash | (x-' '*ones)&^x) & highs; m != 0 {
			return i + bits.TrailingZeros64(m)>>3
		}
	}
	for i < len(b) && b[i] != '"' && b[i] != '\\' && b[i] >= ' ' {
		i++
	}
	return i
}

const (
	ones  = 0x0101010101010101
	highs = 0x8080808080808080
)

// quoted reads a string, from one quote to behind the other, and reports
// whether it has escapes.
func (j *JSON) quoted() (escapes bool, err error) {
	b, i := j.data, j.pos+1
	for {
		i = stringEnd(b, i)
		j.pos = i
		switch {
		case i == len(b):
			return false, j.fail("it ends in a string")
		case b[i] == '"':
			j.pos++
			return escapes, nil
		case b[i] < ' ':
			return false, j.fail("there is a control character in a string")
		}
		escapes = true
		if i = escapeEnd(b, i); i < 0 {
			return false, j.fail("there is no such escape")
		}
	}
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
