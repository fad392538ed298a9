package correlate

import (
	"slices"

	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// A node is a correlation as it is run.
type node struct {
	correlation *ir.Correlation
	window      int64 // nanoseconds
	told        bool
	level       int // one more than the highest of the nodes that it refers to
	index       int // in the order of the correlations
	reads       [][]read
	outer       []link // the correlations that refer to it
	bounds      []bound
	shards      []*shard
	inbox       []item // of the batch in hand
	missing     uint64 // events without a group-by field
}

// A link says that a rule or a correlation is a member of a node.
type link struct {
	node   *node
	member int
}

// A member is a rule that correlations refer to.
type member struct {
	index int
	links []link
	reads []int // indexes of the fields that are read of its events
}

// A read is a group-by field or a value as the events of a member have it: the
// first of the fields that is there; of several reads with one name the tuple.
type read struct {
	fields []int // indexes
	key    int   // index of the group-by field, or -1
	value  bool
}

// A compiler makes nodes of correlations.
type compiler struct {
	*Correlator
	done       map[*ir.Correlation]*node
	fieldIndex map[string]int
	errs       sigma.ErrorList
}

// node returns the node of a correlation, with those that it refers to before
// it.
func (b *compiler) node(x *ir.Correlation) *node {
	if n, ok := b.done[x]; ok {
		return n
	}
	n := &node{correlation: x, window: int64(x.Window), bounds: compileBounds(x)}
	b.done[x] = n
	if len(x.Members) > maxMembers {
		b.errs = append(b.errs, &sigma.Error{Pos: x.Source.Pos, Code: sigma.Limit, Msg: "the correlation refers to too many rules to be run"})
		return nil
	}
	for i, m := range x.Members {
		l := link{n, i}
		if m.Correlation != nil {
			if inner := b.node(m.Correlation); inner != nil {
				n.level = max(n.level, inner.level+1)
				inner.outer = append(inner.outer, l)
			}
		} else {
			b.rule(m.Rule.Source).links = append(b.rule(m.Rule.Source).links, l)
		}
		n.reads = append(n.reads, b.reads(x, m))
	}
	for _, m := range x.Rules() {
		b.note(b.rule(m.Rule.Source), n)
	}
	n.index = len(b.nodes)
	b.nodes = append(b.nodes, n)
	for range b.options.Shards {
		n.shards = append(n.shards, newShard(n, b.Correlator))
	}
	return n
}

// maxMembers bounds the rules of a correlation.
const maxMembers = 1 << 15

// rule returns the member for a rule's document.
func (b *compiler) rule(r *sigma.Rule) *member {
	m := b.rules[r]
	if m == nil {
		m = &member{index: len(b.rules)}
		b.rules[r] = m
	}
	return m
}

// reads compiles what is read of the events of a member.
func (b *compiler) reads(x *ir.Correlation, m *ir.Member) []read {
	list := m.Reads
	if m.Rule != nil {
		list = m.Rule.Reads
	}
	var out []read
	for _, r := range list {
		if r.Outer != nil {
			continue // the member that the correlation further out refers to has it
		}
		c := read{key: -1, value: r.Value}
		if !r.Value {
			c.key = slices.IndexFunc(x.Keys, func(name sigma.Name) bool { return name.Text == r.Name })
		}
		for _, f := range r.Fields {
			c.fields = append(c.fields, b.field(f))
		}
		out = append(out, c)
	}
	return out
}

// field returns the index of a field.
func (b *compiler) field(name string) int {
	i, ok := b.fieldIndex[name]
	if !ok {
		i = len(b.fields)
		b.fields = append(b.fields, name)
		b.fieldIndex[name] = i
	}
	return i
}

// note adds the fields that a node reads to those that are read of a rule's
// events, however deep the rule lies below it.
func (b *compiler) note(m *member, n *node) {
	for _, reads := range n.reads {
		for _, r := range reads {
			for _, f := range r.fields {
				if !slices.Contains(m.reads, f) {
					m.reads = append(m.reads, f)
				}
			}
		}
	}
}
