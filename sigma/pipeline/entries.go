package pipeline

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/sigma-compiler/sigmac/sigma"
)

// An Entry is one line of a step that has a table: a field or a prefix and its
// new names, an attribute of log sources and what is required for it.
type Entry struct {
	Pos     sigma.Pos // in the pipeline's file, or the row in the table of facts
	Key     string    // "" is that of keywords
	To      []string
	Service string // what the log source's service becomes (fact_condition); "" leaves it
}

// An entered is a transformation that has a table.
type entered interface{ entryList() []Entry }

func (t *factCondition) entryList() []Entry { return t.entries }

// tableNaming is a naming that a table decides, so that its entries have
// places of their own.
type tableNaming struct {
	naming
	entries  []Entry
	prefixes bool // the keys are what names begin with
}

func newTableNaming(pairs []pair, prefixes bool, to naming) tableNaming {
	t := tableNaming{naming: to, prefixes: prefixes}
	for _, p := range pairs {
		t.entries = append(t.entries, Entry{Pos: p.pos, Key: p.key, To: p.values})
	}
	return t
}

func (t tableNaming) entryList() []Entry { return t.entries }

func (t tableNaming) apply(w *run) {
	w.tracePlaces(t.place)
	t.naming.apply(w)
}

// entryList returns the fields with all names that they may get, in the order
// of the file.
func (t *conditionalMapping) entryList() []Entry {
	var out []Entry
	for name, c := range t.fields {
		e := Entry{Pos: c.pos, Key: name, To: slices.Clone(c.names)}
		for _, source := range c.sources {
			for _, value := range slices.Sorted(maps.Keys(source)) {
				e.To = union(e.To, source[value])
			}
		}
		for _, field := range c.fields {
			for _, value := range slices.Sorted(maps.Keys(c.values[field])) {
				e.To = union(e.To, c.values[field][value])
			}
		}
		out = append(out, e)
	}
	slices.SortFunc(out, func(a, b Entry) int {
		return cmp.Or(strings.Compare(a.Pos.Name(), b.Pos.Name()), a.Pos.Line-b.Pos.Line, a.Pos.Col-b.Pos.Col, strings.Compare(a.Key, b.Key))
	})
	return out
}

// place returns the place of a field in the mapping.
func (t *conditionalMapping) place(name string, keyword bool) sigma.Pos {
	if c := t.fields[name]; c != nil && !keyword {
		return c.pos
	}
	return sigma.Pos{}
}

// place returns the place of the entry that gives a field its new names, or
// none.
func (t tableNaming) place(name string, keyword bool) sigma.Pos {
	var best Entry
	for _, e := range t.entries {
		switch {
		case keyword != (e.Key == ""):
		case e.Key == name:
			return e.Pos
		case t.prefixes && strings.HasPrefix(name, e.Key) && len(e.Key) > len(best.Key):
			best = e
		}
	}
	return best.Pos
}
