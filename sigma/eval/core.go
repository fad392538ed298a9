package eval

// A core is a set of rules ready to run: the tests of each field in an index,
// a bit for each leaf of the rules, and programs over these bits, each behind
// a bit that it cannot do without.
type core struct {
	tag     uint32 // what its values are remembered under: this for words alone, then one for each field and lazy test
	fields  []*index
	words   *index // of keywords; nil where there are none
	bits    int
	atoms   []coreAtom // those that set several bits or need a check
	masks   []word     // what they set, one behind the other
	present []uint32   // by slot: the mark of the field's presence plus one

	leads    []uint64 // the bits that lead to programs
	triggers []span   // by bit: its entries
	entries  []entry
	always   []program // that no bit leads to
	code     []instruction
	lazy     []*atom // tests that are only made when a program asks
}

// A coreAtom says what follows when the index found a test for a value.
type coreAtom struct {
	check    checker // must pass, too; nil where the index is sure
	from, to uint32  // what it sets, in core.masks
}

type span struct{ from, to uint32 }

// An entry is a program that a bit leads to where the guard bit is set, too.
type entry struct {
	guard uint32
	program
}

// A program decides one alternative of a rule.
type program struct {
	start int32 // in code, or accept or reject
	rule  int32
}

// An instruction goes to one of two others by a bit, or, from core.bits on,
// by a lazy test.
type instruction struct {
	bit      uint32
	yes, not int32
}

// The ends of a program.
const (
	accept = -1
	reject = -2
)
