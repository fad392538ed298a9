package eval

import (
	"bytes"
	"cmp"
	"slices"
)

// A shorts finds the literals of one size, of two or three bytes. Such a text
// is its own gram: where it stands, nothing else need be compared.
type shorts struct {
	entries []short  // sorted by the number of the text in the filter
	filter  filter   // empty where the texts are few
	starts  []uint32 // by number in the filter: its first entry; and one behind the last
}

// A short is one literal.
type short struct {
	gram, mark uint32
	text       string
}

// fewShorts is how many short literals are looked for one after the other.
const fewShorts = 8

// add adds a literal and its mark.
func (x *shorts) add(text string, mark uint32) {
	x.entries = append(x.entries, short{gather([]byte(text)), mark, text})
}

// build sorts what was added.
func (x *shorts) build() {
	if len(x.entries) <= fewShorts {
		return
	}
	x.filter = newFilter(len(x.entries), len(x.entries[0].text))
	slices.SortStableFunc(x.entries, func(a, b short) int {
		return cmp.Or(cmp.Compare(x.filter.hash(a.gram), x.filter.hash(b.gram)), cmp.Compare(a.gram, b.gram))
	})
	for i := range x.entries {
		if x.filter.add(x.entries[i].gram) {
			x.starts = append(x.starts, uint32(i))
		}
	}
	x.starts = append(x.starts, uint32(len(x.entries)))
	x.filter.count()
}

// scan marks the literals that a value contains.
func (x *shorts) scan(s *Session, b []byte) {
	if x.starts == nil {
		for i := range x.entries {
			if bytes.Contains(b, []byte(x.entries[i].text)) {
				s.mark(x.entries[i].mark)
			}
		}
		return
	}
	for next := 0; next+x.filter.size <= len(b); {
		var n int
		n, next = x.filter.find(&s.hits, b, next)
		for _, i := range s.hits[:n] {
			x.verify(s, x.filter.at(b, int(i)))
		}
	}
}

// verify marks the literals that are the gram, which has passed the filter.
func (x *shorts) verify(s *Session, gram uint32) {
	at := x.filter.rank(gram)
	for i := x.starts[at]; i < x.starts[at+1]; i++ {
		if e := &x.entries[i]; e.gram == gram {
			s.mark(e.mark)
		}
	}
}
