package main

import (
	"cmp"
	"slices"
	"strings"

	"github.com/sigma-compiler/sigmac/sigma"
)

// A located is one document of a side, with where it stands.
type located struct {
	*unit
	rel, path string
	set       bool // rel tells where it stands
	paired    bool
}

// meta returns what is known of the document; of one that could not be read at
// all, nothing.
func (e *located) meta() *sigma.Meta {
	if e.doc == nil {
		return &sigma.Meta{}
	}
	return e.doc.Metadata()
}

// line returns where the document begins, or where it is wrong.
func (e *located) line() int {
	if e.doc == nil && len(e.errs) > 0 {
		return max(e.errs[0].Line, 1)
	}
	return max(e.meta().Line, 1)
}

// A pairing is a document on both sides, or on one.
type pairing struct{ old, new *located }

func (s *side) entries() []*located {
	var out []*located
	for i := range s.units {
		for k := range s.units[i] {
			out = append(out, &located{unit: &s.units[i][k], rel: s.files[i].rel, path: s.files[i].path, set: s.set})
		}
	}
	return out
}

// pairEntries finds for each document what it was before: that with the same
// id, else the same document of the same file, else that with the same title.
// The order is that of the new files, with what was removed where it would be.
func pairEntries(old, new *side) []pairing {
	p := &pairer{old: old.entries(), new: new.entries()}
	p.by(func(e *located) string { return key("", e.meta().ID, e.rel) })
	p.by(func(e *located) string { return e.meta().ID })
	p.by(func(e *located) string { return key("path ", e.meta().Title, e.rel) })
	p.alone(func(e *located) string { return "in " + e.rel })
	p.alone(func(e *located) string { return e.meta().Title })
	for _, e := range p.old {
		if !e.paired {
			p.pairs = append(p.pairs, pairing{old: e})
		}
	}
	for _, e := range p.new {
		if !e.paired {
			p.pairs = append(p.pairs, pairing{new: e})
		}
	}
	slices.SortStableFunc(p.pairs, func(a, b pairing) int {
		x, y := a.latest(), b.latest()
		return cmp.Or(strings.Compare(x.rel, y.rel), cmp.Compare(x.line(), y.line()))
	})
	return p.pairs
}

// latest returns the document as it is now, or was.
func (p pairing) latest() *located { return cmp.Or(p.new, p.old) }

// key joins a name and a path; it is empty, and pairs nothing, without a name.
func key(prefix, name, rel string) string {
	if name == "" {
		return ""
	}
	return prefix + name + "\x00" + rel
}

// A pairer pairs documents.
type pairer struct {
	old, new []*located
	pairs    []pairing
}

func (p *pairer) pair(old, new *located) {
	old.paired, new.paired = true, true
	p.pairs = append(p.pairs, pairing{old, new})
}

// by pairs documents with the same key, in their order where several have it.
func (p *pairer) by(key func(e *located) string) {
	before := map[string][]*located{}
	for _, e := range p.old {
		if k := key(e); k != "" && !e.paired {
			before[k] = append(before[k], e)
		}
	}
	for _, e := range p.new {
		k := key(e)
		if list := before[k]; k != "" && !e.paired && len(list) > 0 {
			p.pair(list[0], e)
			before[k] = list[1:]
		}
	}
}

// alone pairs what is left where one document on each side has a key.
func (p *pairer) alone(key func(e *located) string) {
	before, after := left(p.old, key), left(p.new, key)
	for _, e := range p.new {
		if old := before[key(e)]; !e.paired && len(old) == 1 && len(after[key(e)]) == 1 {
			p.pair(old[0], e)
		}
	}
}

// left returns the documents that were not paired, by a key.
func left(list []*located, key func(e *located) string) map[string][]*located {
	out := map[string][]*located{}
	for _, e := range list {
		if k := key(e); k != "" && !e.paired {
			out[k] = append(out[k], e)
		}
	}
	return out
}
