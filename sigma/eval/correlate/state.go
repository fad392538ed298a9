package correlate

import (
	"bufio"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// A saved state is a header and then lines of JSON, each a waiting event, or
// an event or a group of a correlation: what there are many of is written and
// read one by one.

// header begins a state.
type header struct {
	Version int       `json:"version"`
	Meaning string    `json:"meaning"` // a hash of the correlations
	Key     [2]uint64 `json:"key"`
	Fields  []string  `json:"fields"`
	Latest  int64     `json:"latest"`
	Any     bool      `json:"any"`
	Done    int64     `json:"done"`
	Started bool      `json:"started"`
	Stats   Stats     `json:"stats"`
}

// A line is one of the things that a state has many of.
type line struct {
	Kind    string     `json:"k"` // pending, event, group, silence
	Node    int        `json:"n,omitempty"`
	Time    int64      `json:"t"`
	ID      uint64     `json:"id,omitempty"`
	Group   [2]uint64  `json:"g"`
	Value   string     `json:"v,omitempty"` // of an event: what it adds
	Rules   []int      `json:"r,omitempty"`
	Values  []savedVal `json:"f,omitempty"`
	Numbers []int64    `json:"b,omitempty"` // of a group
}

type savedVal struct {
	Field int    `json:"i"`
	Text  string `json:"s"`
}

const stateVersion = 1

// meaning returns a hash of all that a state depends on.
func (c *Correlator) meaning() string {
	var b strings.Builder
	fmt.Fprintln(&b, c.fields, c.options.MissingKeys)
	for _, n := range c.nodes {
		x := n.correlation
		fmt.Fprintln(&b, n.index, x.Type, x.Window, n.reads, x.Percentile, len(x.Members))
		for _, m := range x.Members {
			if m.Rule != nil {
				for _, e := range m.Rule.Where {
					fmt.Fprintln(&b, c.rules[m.Rule.Source].index, ir.String(e))
				}
			}
		}
	}
	h := sha256.Sum256([]byte(b.String()))
	return hex.EncodeToString(h[:])
}

// Save writes the state: the events that wait, those in open windows, and the
// counts. The correlator is as before.
func (c *Correlator) Save(w io.Writer) error {
	out := bufio.NewWriter(w)
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	p := &c.pending
	if err := enc.Encode(header{stateVersion, c.meaning(), c.key, c.fields, p.latest, p.any, p.done, p.started, c.Stats()}); err != nil {
		return err
	}
	for _, r := range slices.Concat(p.inOrder[p.start:], p.heap) {
		l := line{Kind: "pending", Time: r.time, ID: r.id}
		for _, m := range r.rules {
			l.Rules = append(l.Rules, m.index)
		}
		for _, v := range r.values {
			l.Values = append(l.Values, savedVal{v.field, v.text})
		}
		if err := enc.Encode(l); err != nil {
			return err
		}
	}
	for _, n := range c.nodes {
		for _, l := range n.save() {
			if err := enc.Encode(l); err != nil {
				return err
			}
		}
	}
	return out.Flush()
}

// save returns the events of all groups in the order of time, the groups, and
// which are silent.
func (n *node) save() []line {
	var events, rest []line
	for _, s := range n.shards {
		for i := s.window.head; i < s.window.tail; i++ {
			e := s.window.at(i)
			events = append(events, line{Kind: "event", Node: n.index, Time: e.time, ID: e.id, Group: s.groups.at(e.group).hash, Value: s.kind.save(e)})
		}
		for _, slot := range s.groups.table {
			if slot == 0 {
				continue
			}
			if g := s.groups.at(slot - 1); g.told != noTime || s.kind.saveGroup(g) != nil {
				rest = append(rest, line{Kind: "group", Node: n.index, Time: g.told, Group: g.hash, Numbers: s.kind.saveGroup(g)})
			}
		}
		for _, q := range s.silent {
			rest = append(rest, line{Kind: "silence", Node: n.index, Time: q.until, Group: q.hash})
		}
	}
	slices.SortStableFunc(events, func(a, b line) int { return cmp.Compare(a.Time, b.Time) })
	slices.SortStableFunc(rest, func(a, b line) int { return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Time, b.Time)) })
	return append(events, rest...)
}

// ErrState is what Restore returns for a state of other correlations, or for
// what is no state.
var ErrState = errors.New("correlate: the state cannot be restored")

// Restore replaces the state by one that Save wrote, of a correlator for the
// same correlations. Their number of shards may differ. After an error the
// correlator must not be used.
func (c *Correlator) Restore(r io.Reader) error {
	dec := json.NewDecoder(bufio.NewReader(r))
	var h header
	if err := dec.Decode(&h); err != nil {
		return fmt.Errorf("%w: %w", ErrState, err)
	}
	switch {
	case h.Version != stateVersion:
		return fmt.Errorf("%w: it has version %d, and this program knows %d", ErrState, h.Version, stateVersion)
	case h.Meaning != c.meaning():
		return fmt.Errorf("%w: it is of other correlations or rules, or of the same before they were changed", ErrState)
	}
	c.key, c.stats = h.Key, h.Stats
	c.pending = pending{latest: h.Latest, any: h.Any, done: h.Done, started: h.Started}
	c.tupler = newTupler(c)
	rules := make([]*member, len(c.rules))
	for _, m := range c.rules {
		rules[m.index] = m
	}
	for _, n := range c.nodes {
		for i := range n.shards {
			n.shards[i] = newShard(n, c)
		}
		n.missing = 0
	}
	for {
		var l line
		err := dec.Decode(&l)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err == nil {
			err = c.restore(&l, rules)
		}
		if err != nil {
			return fmt.Errorf("%w: %w", ErrState, err)
		}
	}
}

var errLine = errors.New("a line of it makes no sense")

// restore takes one line of a state.
func (c *Correlator) restore(l *line, rules []*member) error {
	if l.Kind == "pending" {
		return c.restorePending(l, rules)
	}
	if l.Node < 0 || l.Node >= len(c.nodes) {
		return errLine
	}
	n := c.nodes[l.Node]
	s := n.shards[l.Group[1]%uint64(len(n.shards))]
	switch l.Kind {
	case "event":
		extra, ok := s.kind.load(l.Value)
		if !ok || s.window.len() > 0 && s.window.at(s.window.tail-1).time > l.Time {
			return errLine
		}
		s.push(l.Group, entry{time: l.Time, id: l.ID, extra: extra})
	case "group":
		slot := s.groups.find(l.Group)
		if slot == none {
			slot = s.groups.add(l.Group)
			s.kind.open(s.groups.at(slot))
		}
		g := s.groups.at(slot)
		g.told = l.Time
		if !s.kind.loadGroup(g, l.Numbers) {
			return errLine
		}
	case "silence":
		s.silent = append(s.silent, silence{l.Group, l.Time})
	default:
		return errLine
	}
	return nil
}

func (c *Correlator) restorePending(l *line, rules []*member) error {
	r := &record{time: l.Time, id: l.ID}
	for _, i := range l.Rules {
		if i < 0 || i >= len(rules) {
			return errLine
		}
		r.rules = append(r.rules, rules[i])
	}
	for _, v := range l.Values {
		if v.Field < 0 || v.Field >= len(c.fields) {
			return errLine
		}
		r.values = append(r.values, fieldValue{v.Field, v.Text})
	}
	c.pending.add(r)
	return nil
}
