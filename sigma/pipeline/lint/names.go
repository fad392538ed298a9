package lint

import (
	"maps"
	"slices"

	"github.com/sigma-compiler/sigmac/sigma/pipeline"
)

// renamed returns what is known behind a step of those that it is about.
func (w *walker) renamed(s *pipeline.Step, f flow) flow {
	x := effectOf(s)
	if x.removes == nil && x.makes == nil {
		return f
	}
	changed := make(map[string]*life)
	for name := range w.tracked {
		if !w.spend(1) {
			break
		}
		pos, ok := x.removed(name)
		if ok = ok && s.Item == nil && (s.Field == nil || !isPrefixMark(name) && w.fieldAnswer(s.Field, name) == yes); ok && len(w.at(f.fields, name, f.sources)) > 0 {
			changed[name] = &life{by: []loss{{f.sources, pos}}}
		}
		if x.makes != nil && x.makes(name) {
			changed[name] = nil
		}
		w.revive(changed, s, f, name, x.renames[name])
	}
	return flow{sources: f.sources, fields: f.fields.with(changed)}
}

// revive notes that rules which had one of the other fields have this one.
func (w *walker) revive(changed map[string]*life, s *pipeline.Step, f flow, name string, others []string) {
	l, ok := changed[name]
	if !ok {
		l = f.fields.of[name]
	}
	if l == nil {
		return // they may have it already
	}
	for _, other := range others {
		if w.fieldAnswer(s.Field, other) != no {
			l = &life{where: w.or(l.where, w.at(f.fields, other, f.sources)), by: l.by}
			changed[name] = l
		}
	}
}

// with returns the names with other facts about some of them; nil is none.
func (n *names) with(changed map[string]*life) *names {
	if len(changed) == 0 {
		return n
	}
	out := &names{maps.Clone(n.of)}
	if out.of == nil {
		out.of = make(map[string]*life)
	}
	for name, l := range changed {
		if l == nil {
			delete(out.of, name)
		} else {
			out.of[name] = l
		}
	}
	return out
}

// at returns where rules of a region may have a field.
func (w *walker) at(n *names, name string, r region) region {
	if l := n.of[name]; l != nil {
		return w.and(l.where, r)
	}
	return r
}

// turned returns what is known where rules of a region get other log sources.
func (w *walker) turned(f flow, to func(region) region) flow {
	changed := make(map[string]*life)
	for name, l := range f.fields.of {
		changed[name] = &life{where: to(w.and(l.where, f.sources)), by: l.by}
	}
	return flow{sources: to(f.sources), fields: f.fields.with(changed)}
}

func (w *walker) mapped(r region, to func(box) box) region {
	var out region
	for _, b := range r {
		out = w.or(out, region{to(b)})
	}
	return out
}

// facts is for fact_condition, whose rows may change the service.
func (w *walker) facts(s *pipeline.Step, f flow) flow {
	attribute := slices.Index(attributes[:], s.Text("attribute"))
	if attribute < 0 {
		attribute = service
	}
	f = w.renamed(s, f)
	var rows region // of which the service changes
	var services []string
	for _, n := range s.Entries {
		about := anySource
		about[attribute] = set{names: []string{n.Key}}
		here := w.and(f.sources, region{about})
		if n.Service == "" || len(here) == 0 {
			continue
		}
		w.turns = append(w.turns, turn{s, here})
		rows, services = append(rows, about), append(services, n.Service)
	}
	if rows == nil {
		return f
	}
	return w.turned(f, func(r region) region {
		out := w.minus(r, rows)
		for i := range rows {
			out = w.or(out, w.mapped(w.and(r, rows[i:i+1]), func(b box) box { b[service] = set{names: services[i : i+1]}; return b }))
		}
		return out
	})
}

// joined returns what is known of fields behind a step that rules of the
// region past went past and others went through.
func (w *walker) joined(past region, fields *names, in flow) *names {
	if fields == in.fields {
		return fields
	}
	changed := make(map[string]*life)
	for name := range w.tracked {
		x, y := fields.of[name], in.fields.of[name]
		if x == y {
			continue
		}
		l := &life{where: w.or(w.at(fields, name, past), w.at(in.fields, name, in.sources))}
		for _, z := range [...]*life{x, y} {
			if z != nil && len(l.by)+len(z.by) <= maxLosses {
				l.by = append(l.by, z.by...)
			}
		}
		changed[name] = l
	}
	return fields.with(changed)
}
