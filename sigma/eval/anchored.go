package eval

import (
	"encoding/binary"
	"maps"
	"slices"
	"sort"
	"strings"
)

// An anchored index finds which of many texts a value begins with, or, in
// reverse, ends with. The first eight bytes choose a bucket; in it, the texts
// are sorted, and the longest one that fits leads to the shorter ones, which
// are beginnings of it.
type anchored struct {
	reverse bool
	longs   []anchor // the texts of eight bytes or more, sorted
	bytes   string   // of them, one behind the other; each reversed where reverse is set
	buckets spans    // of longs, by the first eight bytes
	shorts  spans    // of marks, by the bytes of shorter texts and above them their length
	lengths uint8    // bit n is set where a text of n bytes is there that is shorter
	marks   []uint32

	texts   []string            // what longs is made of
	lists   [][]uint32          // their marks
	shorter map[uint64][]uint32 // what shorts is made of
}

// An anchor is one text.
type anchor struct {
	text, length uint32 // in bytes
	from, to     uint32 // in marks
	parent       int32  // the longest text that this one begins with, -1 where none
}

// add adds a text and its mark.
func (a *anchored) add(text string, mark uint32) {
	if a.reverse {
		b := []byte(text)
		for i, j := 0, len(b)-1; i < j; i, j = i+1, j-1 {
			b[i], b[j] = b[j], b[i]
		}
		text = string(b)
	}
	if len(text) < 8 {
		if a.shorter == nil {
			a.shorter = map[uint64][]uint32{}
		}
		k := head(text) | uint64(len(text))<<56
		a.shorter[k] = append(a.shorter[k], mark)
		a.lengths |= 1 << len(text)
		return
	}
	a.texts = append(a.texts, text)
	a.lists = append(a.lists, []uint32{mark})
}

// head returns the first eight bytes of a text, with zeros for those that it
// does not have.
func head(text string) (x uint64) {
	for i := 0; i < len(text) && i < 8; i++ {
		x |= uint64(text[i]) << (8 * i)
	}
	return x
}

// build sorts what was added.
func (a *anchored) build() {
	sort.Sort(a)
	out := 0
	for i := range a.texts { // join equal texts
		if i > 0 && a.texts[i] == a.texts[out-1] {
			a.lists[out-1] = append(a.lists[out-1], a.lists[i]...)
			continue
		}
		a.texts[out], a.lists[out] = a.texts[i], a.lists[i]
		out++
	}
	a.texts, a.lists = a.texts[:out], a.lists[:out]
	a.buildLong()
	a.buildShort()
}

// buildLong lays the sorted texts side by side.
func (a *anchored) buildLong() {
	a.longs = make([]anchor, len(a.texts))
	var open []int32
	var buckets []numbered
	var text strings.Builder
	for i, t := range a.texts {
		for len(open) > 0 && !hasPrefix(t, a.texts[open[len(open)-1]]) {
			open = open[:len(open)-1]
		}
		parent := int32(-1)
		if len(open) > 0 {
			parent = open[len(open)-1]
		}
		open = append(open, int32(i))
		from := uint32(len(a.marks))
		a.marks = append(a.marks, a.lists[i]...)
		a.longs[i] = anchor{uint32(text.Len()), uint32(len(t)), from, uint32(len(a.marks)), parent}
		text.WriteString(t)
		if n := len(buckets); n == 0 || buckets[n-1].number != head(t) {
			buckets = append(buckets, numbered{head(t), int32(i), int32(i)})
		}
		buckets[len(buckets)-1].to++
	}
	a.buckets, a.bytes = newSpans(buckets), text.String()
	a.texts, a.lists = nil, nil
}

// buildShort lays the marks of the short texts side by side.
func (a *anchored) buildShort() {
	var list []numbered
	for _, k := range slices.Sorted(maps.Keys(a.shorter)) {
		from := int32(len(a.marks))
		a.marks = append(a.marks, a.shorter[k]...)
		list = append(list, numbered{k, from, int32(len(a.marks))})
	}
	a.shorts, a.shorter = newSpans(list), nil
}

func hasPrefix(s, prefix string) bool { return len(s) >= len(prefix) && s[:len(prefix)] == prefix }

// Len, Less and Swap are sort.Interface.
func (a *anchored) Len() int           { return len(a.texts) }
func (a *anchored) Less(i, j int) bool { return a.texts[i] < a.texts[j] }
func (a *anchored) Swap(i, j int) {
	a.texts[i], a.texts[j] = a.texts[j], a.texts[i]
	a.lists[i], a.lists[j] = a.lists[j], a.lists[i]
}

// empty reports whether there are no texts.
func (a *anchored) empty() bool { return len(a.texts)+len(a.shorter)+len(a.marks) == 0 }

// find marks all texts that the value begins (ends) with.
func (a *anchored) find(s *Session, b []byte) {
	if len(a.marks) == 0 {
		return
	}
	var x uint64
	if len(b) >= 8 {
		if a.reverse {
			x = binary.BigEndian.Uint64(b[len(b)-8:])
		} else {
			x = binary.LittleEndian.Uint64(b)
		}
	} else {
		for i := range b {
			x |= uint64(a.at(b, i)) << (8 * i)
		}
	}
	if a.lengths != 0 {
		for n := range min(len(b)+1, 8) {
			if a.lengths>>n&1 != 0 {
				from, to := a.shorts.find(x&(1<<(8*n)-1) | uint64(n)<<56)
				s.found(a.marks[from:to])
			}
		}
	}
	if len(b) < 8 || len(a.longs) == 0 {
		return
	}
	if from, to := a.buckets.find(x); from < to {
		a.search(s, b, int(from), int(to))
	}
}

// search walks from the last text that does not sort behind the value to all
// that the value begins with.
func (a *anchored) search(s *Session, b []byte, lo, hi int) {
	first := lo
	common := 0 // bytes that the value has in common with the text before hi
	for lo < hi {
		mid := int(uint(lo+hi) / 2)
		if n, less := a.compare(mid, b); less {
			hi = mid
		} else {
			lo, common = mid+1, n
		}
	}
	if lo == first {
		return
	}
	for i := int32(lo - 1); i >= 0; i = a.longs[i].parent {
		if t := &a.longs[i]; int(t.length) <= common {
			s.found(a.marks[t.from:t.to])
		}
	}
}

// compare returns how many bytes text i and the value have in common, and
// whether the value sorts before the text.
func (a *anchored) compare(i int, b []byte) (common int, less bool) {
	x := &a.longs[i]
	t := a.bytes[x.text : x.text+x.length]
	n := min(len(t), len(b))
	for k := 8; k < n; k++ {
		if c := a.at(b, k); c != t[k] {
			return k, c < t[k]
		}
	}
	return n, len(b) < len(t)
}

// at returns byte k of the value, from the end where reverse is set.
func (a *anchored) at(b []byte, k int) byte {
	if a.reverse {
		return b[len(b)-1-k]
	}
	return b[k]
}
