package main

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/sigma-compiler/sigmac/internal/engines"
	"github.com/sigma-compiler/sigmac/sigma/schema"
)

// open starts an engine. Where it is missing, why says so.
func open(name string) (e engines.Engine, why string, err error) {
	e, err = engines.Open(name)
	if errors.Is(err, engines.ErrMissing) {
		return nil, "the engine " + name + " is not installed", nil
	}
	return e, "", err
}

// accept asks the parser of the language about all queries of a batch.
func (b *batch) accept() error {
	if b.parser == "" {
		b.acceptByReader()
		return nil
	}
	e, why, err := open(b.parser)
	if err != nil {
		return err
	}
	if why != "" {
		for who := range converters {
			b.scores[who].accepted.why = why
		}
		return nil
	}
	defer func() { _ = e.Close() }() // it has answered
	for who := range converters {
		b.scores[who].acceptedBy = e.Version()
	}
	if b.together {
		return b.acceptTogether(e)
	}
	for i := range b.units {
		u := &b.units[i]
		if err := b.acceptUnits(e, engines.Table{Name: table, Columns: b.typesOf(u).WithoutParents().Columns()}, b.units[i:i+1]); err != nil {
			return fmt.Errorf("%s: %w", u.rule.file, err)
		}
	}
	return nil
}

// typesOf returns the types of the fields of a rule as the target names them.
func (b *batch) typesOf(u *unit) engines.Types {
	if u.mapped == nil {
		return engines.TypesOf(u.rule.ir)
	}
	return engines.TypesOf(u.mapped)
}

// acceptTogether asks about all queries in view of one table, or of those that
// the pipeline's schemas have.
func (b *batch) acceptTogether(e engines.Engine) error {
	t := engines.Table{Name: table}
	if b.schemas != nil {
		var err error
		if t, err = tablesOf(b.schemas); err != nil {
			return err
		}
		return b.acceptUnits(e, t, b.units)
	}
	all := make(engines.Types)
	for i := range b.units {
		for name := range b.typesOf(&b.units[i]) {
			all[name] = schema.Keyword
		}
	}
	t.Columns = all.WithoutParents().Columns()
	return b.acceptUnits(e, t, b.units)
}

// tablesOf returns the tables of schemas. The parsers of ASIM have the names,
// too, that they had before they were built in, imDns for _Im_Dns, which pySigma
// uses.
func tablesOf(names []string) (engines.Table, error) {
	out := engines.Table{Schema: &schema.Schema{Tables: make(map[string]*schema.Table)}}
	for _, name := range names {
		s, err := schema.Builtin(name)
		if err != nil {
			return out, err
		}
		maps.Copy(out.Schema.Tables, s.Tables)
	}
	for name, t := range maps.Clone(out.Schema.Tables) {
		switch short, ok := strings.CutPrefix(name, "_Im_"); {
		case short == "RegistryEvent":
			out.Schema.Tables["imRegistry"] = t
		case ok:
			out.Schema.Tables["im"+short] = t
		}
	}
	return out, nil
}

// acceptUnits asks about the queries of some rules in view of a table.
func (b *batch) acceptUnits(e engines.Engine, t engines.Table, units []unit) error {
	loaded := false
	for who := range converters {
		var texts []string
		var owners []*unit
		for i := range units {
			for _, q := range units[i].queries(who) {
				texts, owners = append(texts, b.whole(q)), append(owners, &units[i])
			}
		}
		if texts == nil || b.scores[who].absent != "" {
			continue
		}
		if !loaded {
			if err := e.Load(t, nil); err != nil {
				return err
			}
			loaded = true
		}
		says, err := e.Check(texts)
		if err != nil {
			return err
		}
		b.scores[who].countAccepted(owners, texts, says)
	}
	return nil
}

// countAccepted counts the rules all of whose queries are accepted. The queries
// of a rule stand together.
func (s *score) countAccepted(owners []*unit, queries, says []string) {
	for i := 0; i < len(owners); {
		bad := ""
		from := owners[i]
		for ; i < len(owners) && owners[i] == from; i++ {
			if bad == "" && says[i] != "" {
				bad = reason(says[i], queries[i])
			}
		}
		s.accepted.of++
		if bad == "" {
			s.accepted.n++
		} else {
			s.refused[bad]++
		}
	}
}

// acceptByReader asks the reader of the language.
func (b *batch) acceptByReader() {
	for who := range converters {
		s := &b.scores[who]
		s.acceptedBy = "sigmac's own reader"
		if s.absent != "" {
			continue
		}
		for i := range b.units {
			u := &b.units[i]
			queries := u.queries(who)
			says := make([]string, len(queries))
			for k, q := range queries {
				says[k] = b.refusal(u, q)
			}
			s.countAccepted(slices.Repeat([]*unit{u}, len(queries)), queries, says)
		}
	}
}

// variable is what differs between messages of one reason.
var variable = regexp.MustCompile("\"(?:\\\\.|[^\"\\\\])*\"|'[^']*'|`[^`]*`|\\[[^]]*\\]|[0-9]+")

// reason returns the class of what is said of a query: without the query, which
// some parsers show, and without names, values and places.
func reason(message, query string) string {
	begin := query[:min(len(query), 10)]
	if i := strings.Index(message, begin); i > 0 {
		message = message[:i]
	}
	message, _, _ = strings.Cut(strings.TrimSpace(message), "\n")
	message, _, _ = strings.Cut(message, "; ")
	message = variable.ReplaceAllString(message, "…")
	for _, place := range []string{"Error at line:…,column:… ", "KS… at …: "} {
		message = strings.TrimPrefix(message, place)
	}
	if r := []rune(message); len(r) > 100 {
		message = string(r[:100]) + "…"
	}
	return strings.TrimSpace(message)
}

// play runs the queries of a batch over the recorded events on its engines.
func (r *regression) play(b *batch) error {
	if !b.plain() {
		return nil
	}
	for _, name := range b.runners {
		e, why, err := open(name)
		if err != nil {
			return err
		}
		if why != "" {
			for who := range converters {
				s := &b.scores[who]
				s.onEngine = append(s.onEngine, engineRun{engine: name, exact: cell{why: why}})
			}
			continue
		}
		err = r.playOn(b, e)
		_ = e.Close() // it has answered
		if err != nil {
			return fmt.Errorf("%s on %s: %w", b, name, err)
		}
	}
	return nil
}

// playOn runs the queries of both converters on an engine.
func (r *regression) playOn(b *batch, e engines.Engine) error {
	var runs [converters]engineRun
	units := r.units(b)
	for who := range runs {
		runs[who] = engineRun{engine: e.Name(), version: e.Version(), exact: cell{of: len(units)}, refused: counts{}}
	}
	var rows []engines.Event
	for _, ev := range r.events {
		rows = append(rows, engines.Event{ID: ev.id, Fields: ev.json})
	}
	for _, g := range groups(units) {
		if err := e.Load(engines.Table{Name: table, Columns: g.types.WithoutParents().Columns()}, rows); err != nil {
			return err
		}
		for who := range converters {
			if err := r.playGroup(b, e, who, g, &runs[who]); err != nil {
				return err
			}
		}
	}
	for who := range converters {
		b.scores[who].onEngine = append(b.scores[who].onEngine, runs[who])
	}
	return nil
}

// playGroup runs the queries of one converter for a group of rules.
func (r *regression) playGroup(b *batch, e engines.Engine, who converter, g *group, run *engineRun) error {
	for _, u := range g.units {
		queries := u.queries(who)
		if queries == nil {
			continue
		}
		texts := make([]string, len(queries))
		for i, q := range queries {
			texts[i] = b.whole(q)
		}
		answers, err := e.Run(texts)
		if err != nil {
			return err
		}
		run.count(texts, answers, r.matches[u.rule.ir.Source.ID])
	}
	return nil
}

// count counts the answers to the queries of a rule.
func (run *engineRun) count(queries []string, answers []engines.Answer, want map[int]bool) {
	var found []int
	for i, a := range answers {
		if a.Refused != "" {
			run.refused[reason(a.Refused, queries[i])]++
			return
		}
		found = append(found, a.IDs...)
	}
	slices.Sort(found)
	if slices.Equal(slices.Compact(found), slices.Sorted(maps.Keys(want))) {
		run.exact.n++
	}
}
