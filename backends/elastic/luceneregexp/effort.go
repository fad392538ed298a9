package luceneregexp

import (
	"iter"
	"math/bits"
	"regexp/syntax"
	"slices"
	"unicode"
)

// MaxEffort is how much work Lucene puts into making an automaton
// deterministic before it refuses the query: the states of all sets of states
// that it looks at, together (Operations.determinize: ten times
// DEFAULT_DETERMINIZE_WORK_LIMIT, which max_determinized_states of a query
// string raises, and nothing in EQL and ES|QL).
const MaxEffort = 100_000

// Effort estimates the work that Lucene puts into an expression, at most
// somewhat more than most. Lucene makes the automata of parts smaller on the
// way, so that what it counts can be less. An expression that Lucene does not
// read takes none.
func Effort(source string, most int) int {
	p := &parser{text: source}
	n, err := p.parse()
	if err != nil {
		return 0
	}
	if n, _, err = resolve(n); err != nil {
		return most + 1 // & or ~ of parts with many states
	}
	re, err := syntax.Parse(whole(n), syntax.Perl)
	if err != nil {
		return most + 1 // larger than Go reads
	}
	prog, err := syntax.Compile(re.Simplify())
	if err != nil {
		return most + 1
	}
	d := &determiner{prog: prog, seen: make(map[[2]uint64]struct{}), mark: make([]int, len(prog.Inst))}
	d.run(most)
	return d.effort
}

// A determiner makes the sets of states that a value can be in, each the
// instructions that read its next character.
type determiner struct {
	prog   *syntax.Prog
	seen   map[[2]uint64]struct{} // the hashes of the sets
	from   [1 << 10][2]uint64     // the hashes of what sets were reached from lately, each at a place of its own
	todo   []uint32               // the sets to come, one behind the other
	sizes  []int                  // their sizes
	effort int                    // the states of all sets found so far, together
	mark   []int                  // by instruction: the set that it was last looked at for
	sets   int
	stack  []uint32
	edges  []rune
	moves  [][]uint32 // by range of characters: the instructions that it leads to
}

// run finds the sets, until there are no more or their states are more than
// most. A set counts when it is found and not when it is its turn: the sum of
// all is the same, and that an expression is too large is known much earlier.
func (d *determiner) run(most int) {
	d.reach([]uint32{uint32(d.prog.Start)})
	var set []uint32
	for len(d.sizes) > 0 && d.effort <= most {
		rest := len(d.todo) - d.sizes[len(d.sizes)-1]
		set = append(set[:0], d.todo[rest:]...)
		d.todo, d.sizes = d.todo[:rest], d.sizes[:len(d.sizes)-1]
		d.split(set)
		for _, pc := range set {
			d.move(&d.prog.Inst[pc])
		}
		for i := 0; i < len(d.edges) && d.effort <= most; i++ {
			d.reach(d.moves[i])
		}
	}
}

// split finds the ranges of characters that the instructions cannot tell apart:
// each begins at an edge and ends before the next.
func (d *determiner) split(set []uint32) {
	d.edges = append(d.edges[:0], 0)
	for _, pc := range set {
		for from, to := range ranges(&d.prog.Inst[pc]) {
			d.edges = append(d.edges, from, to+1)
		}
	}
	slices.Sort(d.edges)
	d.edges = slices.Compact(d.edges)
	for len(d.moves) < len(d.edges) {
		d.moves = append(d.moves, nil)
	}
	for i := range d.edges {
		d.moves[i] = d.moves[i][:0]
	}
}

// move adds where an instruction leads to.
func (d *determiner) move(in *syntax.Inst) {
	for from, to := range ranges(in) {
		i, _ := slices.BinarySearch(d.edges, from)
		for ; i < len(d.edges) && d.edges[i] <= to; i++ {
			d.moves[i] = append(d.moves[i], in.Out)
		}
	}
}

// ranges gives the characters that an instruction reads.
func ranges(in *syntax.Inst) iter.Seq2[rune, rune] {
	return func(yield func(from, to rune) bool) {
		switch {
		case in.Op == syntax.InstRuneAny:
			yield(0, unicode.MaxRune)
		case in.Op == syntax.InstRuneAnyNotNL:
			_ = yield(0, '\n'-1) && yield('\n'+1, unicode.MaxRune)
		case len(in.Rune) == 1:
			yield(in.Rune[0], in.Rune[0])
		default:
			for i := 0; i+1 < len(in.Rune) && yield(in.Rune[i], in.Rune[i+1]); i += 2 {
			}
		}
	}
}

// reach notes the set that is reached from these instructions, if it is new.
func (d *determiner) reach(from []uint32) {
	h := hash(from)
	last := &d.from[h[0]>>(64-10)]
	if *last == h {
		return
	}
	*last = h
	d.sets++
	start := len(d.todo)
	d.stack = append(d.stack[:0], from...)
	for len(d.stack) > 0 {
		pc := d.stack[len(d.stack)-1]
		d.stack = d.stack[:len(d.stack)-1]
		if d.mark[pc] == d.sets {
			continue
		}
		d.mark[pc] = d.sets
		switch in := &d.prog.Inst[pc]; in.Op {
		case syntax.InstAlt, syntax.InstAltMatch:
			d.stack = append(d.stack, in.Out, in.Arg)
		case syntax.InstCapture, syntax.InstNop, syntax.InstEmptyWidth: // there are only those of begin and end
			d.stack = append(d.stack, in.Out)
		case syntax.InstRune, syntax.InstRune1, syntax.InstRuneAny, syntax.InstRuneAnyNotNL:
			d.todo = append(d.todo, pc)
		}
	}
	set := d.todo[start:]
	slices.Sort(set)
	h = hash(set)
	if _, ok := d.seen[h]; ok {
		d.todo = d.todo[:start]
		return
	}
	d.seen[h] = struct{}{}
	d.sizes = append(d.sizes, len(set))
	d.effort += len(set)
}

// hash returns 128 bits that tell lists apart: what is counted is an estimate,
// which two lists with the same hash could only make smaller.
func hash(list []uint32) [2]uint64 {
	a, b := uint64(len(list)), uint64(1)
	for _, pc := range list {
		a = (bits.RotateLeft64(a, 27) ^ uint64(pc)) * 0x9e3779b97f4a7c15
		b = (bits.RotateLeft64(b, 31) + uint64(pc)) * 0xd6e8feb86659fd93
	}
	return [2]uint64{a, b}
}
