package eval

import (
	"fmt"
	"math/bits"
	"math/rand"
	"net/netip"
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// TestNumbers compares the reading and comparing of numbers with package ir
// (V9).
func TestNumbers(t *testing.T) {
	r := rand.New(rand.NewSource(1))
	texts := []string{"", "-", "+1", "1.", ".5", "-.5", ".", "00", "-0", "-0.0", "0x1F", "0X1f", "-0x1f", "0o17", "0b11", "0xg", "1_000", "_1", "1e400", "1e401", "1E-2", "NaN", "inf",
		"18446744073709551616", "0xffffffffffffffff", "0x10000000000000000", strings.Repeat("9", 70), strings.Repeat("9", 1500), "1 ", " 1", "1-", "0x"}
	for range 20_000 {
		b := make([]byte, r.Intn(8))
		for i := range b {
			b[i] = "0001234567899.-+eE_x"[r.Intn(20)]
		}
		texts = append(texts, string(b))
	}
	var numbers []ir.Number
	for _, text := range texts {
		want, wantOK := ir.ParseNumber(text)
		got, ok := appendNumber(nil, []byte(text))
		if ok != wantOK || ok && string(got) != string(want) {
			t.Fatalf("%q: %q, %t; package ir says %q, %t", text, got, ok, want, wantOK)
		}
		if ok {
			numbers = append(numbers, want)
		}
	}
	for range 20_000 {
		a, b := numbers[r.Intn(len(numbers))], numbers[r.Intn(len(numbers))]
		if got, want := compareNumbers([]byte(a), b), a.Cmp(b); got != want {
			t.Fatalf("%s and %s: %d, not %d", a, b, got, want)
		}
	}
}

// TestAddresses compares the reading of addresses with package netip.
func TestAddresses(t *testing.T) {
	r := rand.New(rand.NewSource(2))
	for range 20_000 {
		b := make([]byte, r.Intn(16))
		for i := range b {
			b[i] = "0123456789....::ff%"[r.Intn(19)]
		}
		if r.Intn(2) == 0 {
			b = fmt.Appendf(nil, "%d.%d.%d.%d", r.Intn(300), r.Intn(300), r.Intn(30), r.Intn(300))
		}
		want, err := netip.ParseAddr(string(b))
		if got, ok := parseAddr(b); ok != (err == nil) || got != want {
			t.Fatalf("%q: %v, %t; package netip says %v, %v", b, got, ok, want, err)
		}
	}
}

// TestFold: two characters are folded to one where they differ in case only
// (V2).
func TestFold(t *testing.T) {
	for r := rune(0); r <= unicode.MaxRune; r++ {
		folded := foldRune(r)
		if foldRune(unicode.SimpleFold(r)) != folded || foldRune(folded) != folded || len(string(folded)) > len(string(r)) {
			t.Fatalf("%U is folded to %U", r, folded)
		}
	}
	var c cell
	for n := range 40 {
		text := strings.Repeat("@AZ[`az{~\x00\x7f", 4)[:n]
		c.set([]byte(text), 0)
		if string(c.folded) != strings.ToLower(text) {
			t.Fatalf("%q is folded to %q", text, c.folded)
		}
	}
	c.set([]byte("a\xffB\xc3"), 0)
	if string(c.plain) != "a\ufffdB\ufffd" || string(c.folded) != "a\ufffdb\ufffd" {
		t.Errorf("%q, %q", c.plain, c.folded)
	}
}

// testSession is a session for so many marks that are bits.
func testSession(bits int) *Session {
	return &Session{core: &core{bits: bits}, passed: make([]uint64, bits/64+1)}
}

// takePassed returns the bits that the value at work sets, in order, and
// forgets them.
func (s *Session) takePassed() (list []uint32) {
	for w, word := range s.passed {
		for ; word != 0; word &= word - 1 {
			list = append(list, uint32(w<<6|bits.TrailingZeros64(word)))
		}
	}
	clear(s.passed)
	s.touched = s.touched[:0]
	return list
}

// TestFinding compares the ways to look for many texts with the plain one.
func TestFinding(t *testing.T) {
	r := rand.New(rand.NewSource(3))
	word := func(most int) string {
		b := make([]byte, r.Intn(most+1))
		for i := range b {
			b[i] = "aab\x00"[r.Intn(4)]
		}
		return string(b)
	}
	for range 300 {
		texts := make([]string, 60)
		rare := newRarity()
		prefixes, suffixes, sc := anchored{}, anchored{reverse: true}, scanner{}
		for i := range texts {
			for texts[i] == "" {
				texts[i] = word(12)
			}
			rare.note(texts[i], 1)
		}
		for i, text := range texts {
			prefixes.add(text, uint32(i))
			suffixes.add(text, uint32(i))
			sc.add(text, uint32(i), rare)
		}
		rare.free()
		if rare.grams != [1 << 16]uint32{} || rare.pairs != [1 << 16]uint32{} || len(rare.texts) > 0 {
			t.Fatal("counters that were given back are not zero")
		}
		prefixes.build()
		suffixes.build()
		sc.build()
		s := testSession(len(texts))
		for range 20 {
			v := word(20)
			for kind, find := range map[string]func(){
				"prefix": func() { prefixes.find(s, []byte(v)) }, "suffix": func() { suffixes.find(s, []byte(v)) }, "contains": func() { sc.scan(s, []byte(v)) },
			} {
				plain := map[string]func(string, string) bool{"prefix": strings.HasPrefix, "suffix": strings.HasSuffix, "contains": strings.Contains}[kind]
				find()
				got := s.takePassed()
				var want []uint32
				for i, text := range texts {
					if plain(v, text) {
						want = append(want, uint32(i))
					}
				}
				if !slices.Equal(got, want) {
					t.Fatalf("%s of %q: %v, not %v of %q", kind, v, got, want, texts)
				}
			}
		}
	}
}

// TestBehindTheValue: what a longer value left behind a shorter one in the
// buffer is not found, at any length and in texts looked for in any way.
func TestBehindTheValue(t *testing.T) {
	texts := []string{"a", "ab", "abc", "abcd", "abcdefgh"}
	for _, one := range []string{"no", "uv", "wx", "yz", "12", "34", "56", "78", "90"} { // too many to look for one by one
		texts = append(texts, one, one+"q")
	}
	rare := newRarity()
	var sc scanner
	for i, text := range texts {
		rare.note(text, 1)
		sc.add(text, uint32(i), rare)
	}
	rare.free()
	sc.build()
	s := testSession(len(texts))
	for pad := range 2*places + 9 {
		whole := strings.Repeat("-", pad) + "abcdefgh"
		for n := range len(whole) + 1 {
			if n > 9 && n < pad {
				continue
			}
			s.cell.set([]byte(whole), 0)
			s.cell.set([]byte(whole[:n]), 0)
			sc.scan(s, s.cell.folded)
			var want []uint32
			for i, text := range texts {
				if strings.Contains(whole[:n], text) {
					want = append(want, uint32(i))
				}
			}
			if got := s.takePassed(); !slices.Equal(got, want) {
				t.Fatalf("in %q: %v, not %v", whole[:n], got, want)
			}
		}
	}
}

// TestLiterals checks what is known of the matches of expressions.
func TestLiterals(t *testing.T) {
	for source, want := range map[string]string{
		"abc":            "[abc]",
		"(?i)aBk":        "[abk]",
		"x*abcd+":        "[abcd]",
		"a(?:bc)+d":      "[abc]",
		"a(?:bc){2,}dd":  "[bcbc]",
		"a(b|cd)e":       "[abe acde]",
		"(foo|bar)[01]+": "[foo0 foo1 bar0 bar1]",
		"(foo|bar)[^0]+": "[foo bar]",
		"(foo|x*)":       "[]",
		"a|bc":           "[]",
		"a[bc]?d":        "[ad abd acd]",
		`\s+[0-9]{4}`:    "[]",
		"(abc)+":         "[abc]",
		"(ab){2,3}":      "[abab ababab]",
		"^foo$":          "[foo]",
		"[^a]":           "[]",
		"a.*longer.*b":   "[longer]",
	} {
		tree, err := syntax.Parse(source, syntax.Perl)
		if err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprint(best(required(tree.Simplify()))); got != want {
			t.Errorf("%s: %s, want %s", source, got, want)
		}
	}
}

// TestLeastBytes checks the shortest match.
func TestLeastBytes(t *testing.T) {
	for source, want := range map[string]int{"abc": 3, "a*": 0, "[ab]{3,}x": 4, "(a|bcd)e+": 2, "^$": 0, "(?i)k": 1, ".{10,20}": 10, "é?": 0} {
		tree, err := syntax.Parse(source, syntax.Perl)
		if err != nil {
			t.Fatal(err)
		}
		if got := leastBytes(tree.Simplify()); got != want {
			t.Errorf("%s: %d, want %d", source, got, want)
		}
	}
}

// TestRun checks the runs of one class that matches have, and that no value
// that matches is said to lack them.
func TestRun(t *testing.T) {
	for source, want := range map[string]int{
		`\s[a-f0-9]{64}\s`: 64, "[ab]{3,9}": 3, "[ab]{4}": 4, "([ab]{5})x": 5, "[ab][ab]": 2, "(?:[ab]{3}|c)": 0, "abc": 0, "a[bc]d": 0, "(?i)[k]{3}": 3, "[é-ê]{2}": 2,
	} {
		re := regexp.MustCompile(source)
		tree, err := syntax.Parse(source, syntax.Perl)
		if err != nil {
			t.Fatal(err)
		}
		r := longestRun(tree.Simplify())
		if r.n != want {
			t.Errorf("%s: %d, want %d", source, r.n, want)
		}
		random := rand.New(rand.NewSource(5))
		for range 2000 {
			text := make([]rune, random.Intn(70))
			for i := range text {
				text[i] = []rune("abcf09 xkK\u212aéê")[random.Intn(3+random.Intn(11))]
			}
			if r.n > 0 && re.MatchString(string(text)) && !r.in([]byte(string(text))) {
				t.Errorf("%s matches %q", source, string(text))
			}
		}
		if value := strings.Repeat("a", 64); r.n > 0 && want == 64 && !r.in([]byte(" "+value+" ")) {
			t.Error("no run of 64")
		}
	}
}

// TestMemory checks that answers are those of the same value, field and
// spelling, whatever was overwritten.
func TestMemory(t *testing.T) {
	var m memory
	m.init()
	r := rand.New(rand.NewSource(4))
	answer := func(raw string, tag uint32, flags valueFlags) []byte {
		return []byte(fmt.Sprintf("%-16.16s", fmt.Sprint(len(raw), tag, flags, raw)))
	}
	hits := 0
	for range 300_000 {
		raw := fmt.Sprint("value ", r.Intn(30_000))
		if r.Intn(100) == 0 {
			raw += strings.Repeat("x", r.Intn(5000))
		}
		tag, flags := uint32(r.Intn(3)), valueFlags(r.Intn(2))*escaped
		header := memoHeader([]byte(raw), tag, flags)
		got, hash, ok := m.find(header, []byte(raw))
		want := answer(raw, tag, flags)
		if ok {
			hits++
			if string(got) != string(want) {
				t.Fatalf("%q instead of %q", got, want)
			}
			continue
		}
		m.add(header, hash, []byte(raw), want)
		if r.Intn(2) == 0 {
			if got, _, ok := m.find(header, []byte(raw)); len(raw) <= maxRemembered && (!ok || string(got) != string(want)) {
				t.Fatalf("%q, %t behind %q", got, ok, want)
			}
		}
	}
	if hits == 0 {
		t.Error("nothing is remembered")
	}
	m.end = 1<<placeBits - 100 // all places are used up
	header := memoHeader([]byte("x"), 1, 0)
	_, hash, _ := m.find(header, []byte("x"))
	for range 100 {
		m.add(header, hash, []byte("x"), []byte("yyyy"))
	}
	if got, _, ok := m.find(header, []byte("x")); !ok || string(got) != "yyyy" {
		t.Errorf("%q, %t", got, ok)
	}
}

// TestRecall checks that entries which were read before other records were
// added, also into a larger ring and where all places were used up, lead to the
// answers of their own values or to none.
func TestRecall(t *testing.T) {
	type asked struct {
		header, hash, entry uint64
		raw                 string
	}
	var m memory
	m.init()
	r := rand.New(rand.NewSource(6))
	answer := func(raw string) []byte { return []byte(fmt.Sprintf("%-16.16s", raw)) }
	hits, misses := 0, 0
	for round := range 3_000 {
		var list []asked
		for range 32 {
			raw := fmt.Sprint(r.Intn(40), " ", r.Intn(100), strings.Repeat("y", r.Intn(400)*r.Intn(2)))
			header := memoHeader([]byte(raw), 1, 0)
			hash := m.hash(header, []byte(raw))
			list = append(list, asked{header, hash, m.entry(hash), raw})
		}
		if round == 2_000 {
			m.end = 1<<placeBits - 1000
		}
		for _, q := range list {
			got, ok := m.recall(q.entry, q.header, q.hash, []byte(q.raw))
			if ok {
				hits++
				if string(got) != string(answer(q.raw)) {
					t.Fatalf("%q for %q", got, q.raw)
				}
				continue
			}
			misses++
			m.add(q.header, q.hash, []byte(q.raw), answer(q.raw))
		}
	}
	if hits == 0 || misses == 0 {
		t.Errorf("%d hits, %d misses", hits, misses)
	}
}

// TestRank: of two ways to find a name, the one counts that a reader tries
// first who looks for the whole name and then for its beginnings.
func TestRank(t *testing.T) {
	order := []rank{0, 0b001, 0b011, 0b111, 0b101, 0b010, 0b110, 0b100, rankSystem, rankData, rankSpaces}
	for i, a := range order {
		for k, b := range order {
			if a.before(b) != (i < k) {
				t.Errorf("%b before %b: %t", a, b, a.before(b))
			}
		}
	}
}

// TestSources checks the table of Windows' log sources.
func TestSources(t *testing.T) {
	for i := range windowsSources {
		w := &windowsSources[i]
		if (w.category == "") == (w.service == "") || w.channels == "" && w.providers == "" {
			t.Errorf("%+v", w)
		}
	}
}
