package eval

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"math"
	"slices"
	"sync"
)

// gramSize is how many bytes of a literal the scanner looks for first.
const gramSize = 4

// A scanner finds which of many literals a value contains. Of each literal
// the four neighbouring bytes are chosen that are rarest among all literals
// of the rules. A filter says for each place of the value, without waiting for
// the place before, whether any of these can stand there; only then the
// literals are compared. Shorter literals are looked for as they are.
type scanner struct {
	grams   grams
	shorts  [gramSize - 2]shorts // of two and of three bytes
	singles []single
	quick   []uint64 // the filter of the first grams in any case; nil where there are shorter literals, or nobody asks it
	stride  int      // how many grams of each literal the quick filter has
}

// The quick filter has a bit for each of so many bits of a hash. Of literals
// that are long enough it has the first few grams: then one place in so many of
// a value is enough to look at, for one of them stands there.
const (
	quickBits = 13
	maxStride = 6
	anyCase   = 0x20202020
)

// A single is a literal of one byte.
type single struct {
	char byte
	mark uint32
}

// A needle is one literal that is looked for.
type needle struct {
	gram uint32 // the bytes that are looked for first
	at   uint32 // where in the text they stand
	mark uint32
	text string
}

// grams finds the literals of four bytes or more in a value, by one gram of
// each.
type grams struct {
	filter  filter
	groups  []group  // by number in the filter; and one behind the last
	packed  []byte   // the needles, for most of the time of a search goes into fetching them
	needles []needle // until build
}

// A group is the needles of one hash: nearly always those of one gram.
type group struct {
	gram uint32
	from uint32 // in packed; with manyGrams set where it has more grams than this
}

// Needles are packed in steps of four bytes: the mark, the length, the place of
// the gram in the text, the text.
const (
	manyGrams    = 1
	packedHeader = 12
)

const gramFactor = 0x9e3779b1

// add adds a literal and its mark.
func (sc *scanner) add(text string, mark uint32, rare *rarity) {
	n := needle{mark: mark, text: text}
	switch {
	case len(text) == 1:
		sc.singles = append(sc.singles, single{text[0], mark})
	case len(text) < gramSize:
		sc.shorts[len(text)-2].add(text, mark)
	default:
		n.gram, n.at = rare.gram(text)
		sc.grams.needles = append(sc.grams.needles, n)
	}
}

// least returns the length of the shortest literal that was added, in bytes,
// until build.
func (sc *scanner) least() int {
	least := math.MaxInt
	if len(sc.singles) > 0 {
		least = 1
	}
	for i := range sc.shorts {
		if len(sc.shorts[i].entries) > 0 {
			least = min(least, i+2)
		}
	}
	for i := range sc.grams.needles {
		least = min(least, len(sc.grams.needles[i].text))
	}
	return least
}

// build sorts what was added.
func (sc *scanner) build() {
	sc.grams.build()
	for i := range sc.shorts {
		sc.shorts[i].build()
	}
}

// buildQuick makes the quick filter, for excludes, where the literals are long
// enough. It comes before build.
func (sc *scanner) buildQuick() {
	if sc.least() < gramSize {
		return
	}
	sc.quick, sc.stride = make([]uint64, 1<<(quickBits-6)), maxStride
	for i := range sc.grams.needles {
		sc.stride = min(sc.stride, len(sc.grams.needles[i].text)-gramSize+1)
	}
	for i := range sc.grams.needles {
		for k := range sc.stride {
			h := (gramAt(sc.grams.needles[i].text, k) | anyCase) * gramFactor >> (32 - quickBits)
			sc.quick[h>>6] |= 1 << (h & 63)
		}
	}
}

// excludes reports whether a value, as it stands in the event, is known to
// contain none of the literals. It looks at ASCII only, and needs neither a
// copy nor folded case.
func (sc *scanner) excludes(raw []byte) bool {
	if len(raw) < gramSize || len(sc.quick) < 1<<(quickBits-6) {
		return false
	}
	filter, stride := sc.quick[:1<<(quickBits-6)], max(sc.stride, 1)
	for i := 0; i+gramSize <= len(raw); i += stride {
		h := (binary.LittleEndian.Uint32(raw[i:i+gramSize]) | anyCase) * gramFactor >> (32 - quickBits)
		if filter[h>>6]>>(h&63)&1 != 0 {
			return false
		}
	}
	return isASCII(raw)
}

// build makes the filter and packs the needles.
func (g *grams) build() {
	if len(g.needles) == 0 {
		return
	}
	g.filter = newFilter(g.different(), gramSize)
	slices.SortStableFunc(g.needles, func(a, b needle) int {
		return cmp.Or(cmp.Compare(g.filter.hash(a.gram), g.filter.hash(b.gram)), cmp.Compare(a.gram, b.gram))
	})
	for i := range g.needles {
		g.filter.add(g.needles[i].gram)
	}
	g.filter.count()
	g.pack()
}

// different returns how many grams there are.
func (g *grams) different() int {
	list := make([]uint32, len(g.needles))
	for i := range g.needles {
		list[i] = g.needles[i].gram
	}
	slices.Sort(list)
	return len(slices.Compact(list))
}

// pack lays the needles side by side, in the order of the filter.
func (g *grams) pack() {
	for i := range g.needles {
		n := &g.needles[i]
		if i == 0 || g.filter.hash(g.needles[i-1].gram) != g.filter.hash(n.gram) {
			g.groups = append(g.groups, group{n.gram, uint32(len(g.packed))})
		} else if last := &g.groups[len(g.groups)-1]; last.gram != n.gram {
			last.from |= manyGrams
		}
		g.packed = binary.LittleEndian.AppendUint32(g.packed, n.mark)
		g.packed = binary.LittleEndian.AppendUint32(g.packed, uint32(len(n.text)))
		g.packed = binary.LittleEndian.AppendUint32(g.packed, n.at)
		g.packed = append(g.packed, n.text...)
		g.packed = append(g.packed, make([]byte, -len(g.packed)&3)...)
	}
	g.groups = append(g.groups, group{0, uint32(len(g.packed))})
	g.groups, g.packed, g.needles = slices.Clip(g.groups), slices.Clip(g.packed), nil
}

// scan marks the literals that the value contains.
func (sc *scanner) scan(s *Session, b []byte) {
	sc.grams.scan(s, b)
	for i := range sc.shorts {
		sc.shorts[i].scan(s, b)
	}
	for i := range sc.singles {
		if bytes.IndexByte(b, sc.singles[i].char) >= 0 {
			s.mark(sc.singles[i].mark)
		}
	}
}

func (g *grams) scan(s *Session, b []byte) {
	if g.groups == nil {
		return
	}
	for next := 0; next+gramSize <= len(b); {
		var n int
		n, next = g.filter.find(&s.hits, b, next)
		for _, i := range s.hits[:n] {
			g.verify(s, b, int(i))
		}
	}
}

// verify compares the literals whose gram stands at i with what stands round it,
// where there are such literals. The gram has passed the filter.
func (g *grams) verify(s *Session, b []byte, i int) {
	x := binary.LittleEndian.Uint32(b[i:])
	at := g.filter.rank(x)
	first, to := g.groups[at], g.groups[at+1].from&^manyGrams
	if first.gram != x && first.from&manyGrams == 0 {
		return
	}
	for p := first.from &^ manyGrams; p < to; {
		n := g.packed[p:to]
		length, place := binary.LittleEndian.Uint32(n[4:]), binary.LittleEndian.Uint32(n[8:])
		from := i - int(place)
		end := from + int(length)
		if from >= 0 && end <= len(b) && string(b[from:end]) == string(n[packedHeader:packedHeader+length]) {
			s.mark(binary.LittleEndian.Uint32(n))
		}
		p += (packedHeader + length + 3) &^ 3
	}
}

// rarity counts the grams of all literals, by a hash: what many rules name,
// many events have.
type rarity struct {
	grams [1 << 16]uint32
	pairs [1 << 16]uint32
	texts []string // that were counted
}

// rarities keeps counters that are all zero: half a megabyte each, which a few
// rules hardly touch.
var rarities = sync.Pool{New: func() any { return new(rarity) }}

func newRarity() *rarity { return rarities.Get().(*rarity) }

// free gives the counters back, as they were before the literals.
func (r *rarity) free() {
	for _, text := range r.texts {
		for i := 0; i+2 <= len(text); i++ {
			r.pairs[pairAt(text, i)] = 0
			if i+gramSize <= len(text) {
				r.grams[gramAt(text, i)*gramFactor>>16] = 0
			}
		}
	}
	clear(r.texts)
	r.texts = r.texts[:0]
	rarities.Put(r)
}

// note counts the grams of a literal that rules use so many times.
func (r *rarity) note(text string, uses int) {
	r.texts = append(r.texts, text)
	for i := 0; i+2 <= len(text); i++ {
		r.pairs[pairAt(text, i)] += uint32(uses)
		if i+gramSize <= len(text) {
			r.grams[gramAt(text, i)*gramFactor>>16] += uint32(uses)
		}
	}
}

func pairAt(s string, i int) uint32 { return uint32(s[i]) | uint32(s[i+1])<<8 }

func gramAt(s string, i int) uint32 { return pairAt(s, i) | pairAt(s, i+2)<<16 }

// gram chooses the rarest four bytes of a literal. Of equal ones it takes
// that whose pairs are rarer.
func (r *rarity) gram(text string) (gram, at uint32) {
	best := ^uint64(0)
	for i := 0; i+gramSize <= len(text); i++ {
		x := gramAt(text, i)
		pairs := r.pairs[x&0xffff] + r.pairs[x>>8&0xffff] + r.pairs[x>>16]
		if n := uint64(r.grams[x*gramFactor>>16])<<32 | uint64(pairs); n < best {
			best, gram, at = n, x, uint32(i)
		}
	}
	return gram, at
}
