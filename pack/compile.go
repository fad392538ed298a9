package pack

import (
	"context"
	"crypto/sha256"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/sigma-compiler/sigmac/backends"
	"github.com/sigma-compiler/sigmac/backends/emit"
	"github.com/sigma-compiler/sigmac/sigma"
)

func sorted[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// A record is what a document became for a target, as it is kept.
type record struct {
	Entries  []saved
	Warnings []note
	Errors   []note
}

// A saved is an entry without what is read of its rule again.
type saved struct {
	ID, Title, Level, Query, Stem, Text string
	Number, Of                          int
	Every, Window, Delay                time.Duration
	Enabled                             bool
}

// A note is an error or a warning.
type note struct {
	File            string // relative to the folder of the Config
	Line, Col       int
	Code, Msg, Hint string
}

// save makes a record of what a compiler returned.
func save(r *backends.Result, err error) record {
	out := record{Errors: notes(sigma.Errors(err))}
	if err != nil {
		return out
	}
	out.Warnings = notes(r.Warnings)
	for _, q := range r.Queries {
		e := q.Entry
		out.Entries = append(out.Entries, saved{
			ID: e.ID, Title: e.Title, Level: string(e.Level), Query: e.Query, Stem: e.Stem, Text: e.Text, Number: e.Number, Of: e.Of,
			Every: e.Schedule.Every, Window: e.Schedule.Window, Delay: e.Schedule.Delay, Enabled: e.Enabled,
		})
	}
	return out
}

// entry returns the entry for the files of a pack.
func (s *saved) entry(m *sigma.Meta) *emit.Entry {
	return &emit.Entry{
		Meta: m, ID: s.ID, Title: s.Title, Level: sigma.Level(s.Level), Query: s.Query, Stem: s.Stem, Text: s.Text, Number: s.Number, Of: s.Of,
		Schedule: emit.Schedule{Every: s.Every, Window: s.Window, Delay: s.Delay}, Enabled: s.Enabled,
	}
}

func notes(list sigma.ErrorList) []note {
	var out []note
	for _, e := range list {
		out = append(out, note{e.Name(), e.Line, e.Col, string(e.Code), e.Msg, e.Hint})
	}
	return out
}

// errors returns the notes with the texts of the files that they are about.
func (l *library) errors(list []note) sigma.ErrorList {
	var out sigma.ErrorList
	for _, n := range list {
		e := &sigma.Error{Code: sigma.Code(n.Code), Msg: n.Msg, Hint: n.Hint}
		if n.File != "" {
			e.Pos = sigma.Pos{File: l.file(n.File), Line: n.Line, Col: n.Col}
		}
		out = append(out, e)
	}
	return out
}

// file returns the file of a name.
func (l *library) file(name string) *sigma.File {
	if l.files == nil {
		l.files, l.named = make(map[string]*sigma.File), make(map[*sigma.File]*sigma.File)
		for _, s := range l.sources {
			if s.file != nil {
				l.files[s.name] = s.file
			}
		}
		l.files[l.config.File.Name] = l.config.File
	}
	if f := l.files[name]; f != nil {
		return f
	}
	return &sigma.File{Name: name}
}

// keyOf returns the digest of all that the record of a document depends on.
func (m *maker) keyOf(l *library, u *unit) digest {
	h := sha256.New()
	tell(h, string(m.base[:]), string(l.linked[:]), u.of.name, string(u.of.sum[:]), fmt.Sprint(u.number))
	if u.correlation != nil {
		for _, member := range u.correlation.Rules() {
			sum := sha256.Sum256(member.Rule.Source.File.Data)
			tell(h, member.Rule.Source.File.Name, string(sum[:]))
		}
	}
	return done(h)
}

// compile makes the records of documents, those of before where all is as it
// was. It returns them in the order of the documents, and how many are new.
func (m *maker) compile(ctx context.Context, l *library, units []*unit, before map[digest]record, jobs int) ([]record, map[digest]record, int, error) {
	records, keys := make([]record, len(units)), make([]digest, len(units))
	fresh := make([]bool, len(units))
	err := parallelUntil(ctx, len(units), jobs, func(i int) {
		keys[i] = m.keyOf(l, units[i])
		var ok bool
		if records[i], ok = before[keys[i]]; !ok {
			records[i], fresh[i] = m.one(units[i]), true
		}
	})
	if err != nil {
		return nil, nil, 0, err
	}
	all := make(map[digest]record, len(units))
	n := 0
	for i, r := range records {
		all[keys[i]] = r
		if fresh[i] {
			n++
		}
	}
	return records, all, n, nil
}

// one compiles a document.
func (m *maker) one(u *unit) record {
	if u.correlation != nil {
		return save(m.compiler.Correlation(u.correlation))
	}
	return save(m.compiler.Rule(u.rule))
}
