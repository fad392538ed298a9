package pack

import (
	"context"
	"crypto/sha256"
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/sigma-compiler/sigmac/backends/emit"
	"github.com/sigma-compiler/sigmac/sigma"
)

// A product is a pack before it is written.
type product struct {
	files    []emit.File // sorted, the manifest among them
	manifest *Manifest
	records  map[digest]record
	compiled int
	summary  Summary
	entries  []*emit.Entry
}

// make compiles the rules of a target and makes its files.
func (b *build) make(ctx context.Context, m *maker, before map[digest]record) (*product, error) {
	p := &product{manifest: m.newManifest(b.Tool, b.library)}
	units := p.choose(b, m)
	records, all, fresh, err := m.compile(ctx, b.library, units, before, b.Jobs)
	if err != nil {
		return nil, err
	}
	p.records, p.compiled = all, fresh
	p.collect(b, m, units, records)
	files, err := m.files(p.entries)
	if err != nil {
		return nil, err
	}
	if err := p.finish(m, files); err != nil {
		return nil, err
	}
	return p, ctx.Err()
}

// choose returns the documents to compile, and notes why others are not.
func (p *product) choose(b *build, m *maker) []*unit {
	var out []*unit
	for _, s := range b.library.sources {
		if len(s.errs) > 0 && !s.filter {
			p.refuse(b, "", s.info(), s.errs)
		}
		for _, u := range s.units {
			if _, ok := u.doc.(*sigma.Filter); ok {
				continue
			}
			why := ""
			switch meta := u.doc.Metadata(); {
			case u.inner:
				why = "serves a correlation"
			default:
				if why = m.config.Select.refuse(meta, u.sources()); why == "" {
					why = m.Select.refuse(meta, u.sources())
				}
			}
			switch {
			case why != "":
				p.manifest.LeftOut = append(p.manifest.LeftOut, LeftOutInfo{u.info(), why})
			case len(u.errs) > 0 || u.rule == nil && u.correlation == nil:
				p.refuse(b, "", u.info(), u.errs)
			default:
				out = append(out, u)
			}
		}
	}
	return out
}

// refuse notes a rule that is not in the pack.
func (p *product) refuse(b *build, target string, info RuleInfo, errs sigma.ErrorList) {
	unsupported := true
	for _, e := range errs {
		unsupported = unsupported && e.Code.OfTarget()
	}
	if unsupported {
		p.summary.Unsupported++
	} else {
		p.summary.Refused++
	}
	p.manifest.Refused = append(p.manifest.Refused, RefusedInfo{info, unsupported, lines(errs)})
	for _, e := range errs {
		b.say(Message{Target: target, Error: e, Skipped: unsupported && b.SkipUnsupported})
	}
}

// collect takes the entries of the records.
func (p *product) collect(b *build, m *maker, units []*unit, records []record) {
	ids := make(map[string]*unit)
	meanings, words := digests(units, b.Jobs)
	for i, r := range records {
		u := units[i]
		if len(r.Errors) > 0 {
			p.refuse(b, m.Name, u.info(), b.library.errors(r.Errors))
			continue
		}
		if first := sameID(ids, u, r.Entries); first != nil {
			p.refuse(b, m.Name, u.info(), sigma.ErrorList{{Pos: u.doc.Metadata().At("id"), Code: sigma.BadValue,
				Msg: "another rule has the same id, or the same title and log source", Hint: "it is in " + first.doc.Metadata().Pos.String()}})
			continue
		}
		warnings := b.library.errors(r.Warnings)
		for _, w := range warnings {
			b.say(Message{Target: m.Name, Error: w, Warning: true})
		}
		p.summary.Rules++
		p.summary.Warnings += len(warnings)
		for k := range r.Entries {
			s := &r.Entries[k]
			p.entries = append(p.entries, s.entry(u.doc.Metadata()))
			p.manifest.Entries = append(p.manifest.Entries, EntryInfo{ID: s.ID, Name: strings.ToValidUTF8(s.Title, "\uFFFD"), Level: s.Level, RuleInfo: u.info(),
				Meaning: meanings[i].String(), Words: words[i].String(), Warnings: lines(warnings)})
		}
	}
	p.summary.Entries, p.summary.LeftOut = len(p.entries), len(p.manifest.LeftOut)
}

// digests returns those of what documents mean and of their texts.
func digests(units []*unit, jobs int) (meanings, words []digest) {
	meanings, words = make([]digest, len(units)), make([]digest, len(units))
	parallel(len(units), jobs, func(i int) {
		words[i] = units[i].words()
		if c := units[i].correlation; c != nil {
			meanings[i] = MeaningOf(c)
		} else {
			meanings[i] = Meaning(units[i].rule)
		}
	})
	return meanings, words
}

// sameID returns the document that has an entry with the id of one of these,
// and notes the ids otherwise.
func sameID(ids map[string]*unit, u *unit, list []saved) *unit {
	for _, s := range list {
		if first := ids[s.ID]; first != nil {
			return first
		}
	}
	for _, s := range list {
		ids[s.ID] = u
	}
	return nil
}

// files makes the files of the pack, without the manifest.
func (m *maker) files(entries []*emit.Entry) ([]emit.File, error) {
	files, err := m.unsorted(entries)
	if err != nil {
		return nil, &ConfigError{placed(m.Pos, err)}
	}
	slices.SortFunc(files, func(a, b emit.File) int { return strings.Compare(a.Path, b.Path) })
	seen := make(map[string]bool)
	for _, f := range files {
		fold := strings.ToLower(f.Path)
		if !filepath.IsLocal(filepath.FromSlash(f.Path)) || path.Clean(f.Path) != f.Path || fold == ManifestName || seen[fold] {
			return nil, &ConfigError{placed(m.Pos, fmt.Errorf("the format %s makes a file %q that a pack cannot have, or twice", m.Format, f.Path))}
		}
		seen[fold] = true
	}
	return files, nil
}

// unsorted makes the files, as the format has them or all in one.
func (m *maker) unsorted(entries []*emit.Entry) ([]emit.File, error) {
	c := m.config
	if m.Join {
		texts := make([]string, len(entries))
		for i, e := range entries {
			texts[i] = e.Text
		}
		return []emit.File{{Path: c.Name + m.compiler.Format().Content.Ext, Data: []byte(m.compiler.Join(texts))}}, nil
	}
	files, err := m.compiler.Files(&emit.Pack{
		Name: c.Name, Title: c.Title, Description: c.Description, Author: c.Author, License: c.License, Version: c.Version,
		Entries: entries, Lists: c.Lists, Macros: m.Macros,
	})
	return slices.Clone(files), err
}

// placed gives errors without a place one.
func placed(pos sigma.Pos, err error) sigma.ErrorList {
	var out sigma.ErrorList
	for _, e := range sigma.Errors(err) {
		one := *e
		if one.File == nil {
			one.Pos = pos
		}
		out = append(out, &one)
	}
	return out
}

// finish makes the archive, where one is wanted, and the manifest.
func (p *product) finish(m *maker, files []emit.File) error {
	for _, f := range files {
		p.manifest.Files = append(p.manifest.Files, info(f))
	}
	p.files = files
	if m.Archive != "" {
		data, err := archive(m.Archive, files)
		if err != nil {
			return err
		}
		f := emit.File{Path: m.config.Name + "-" + m.config.Version + "." + m.Archive, Data: data}
		about := info(f)
		p.manifest.Archive, p.files = &about, []emit.File{f}
	}
	text, err := p.manifest.encode()
	if err != nil {
		return err
	}
	p.files = append(p.files, emit.File{Path: ManifestName, Data: text})
	slices.SortFunc(p.files, func(a, b emit.File) int { return strings.Compare(a.Path, b.Path) })
	p.summary.Files = len(p.files)
	for _, f := range p.files {
		p.summary.Bytes += int64(len(f.Data))
	}
	return nil
}

func info(f emit.File) FileInfo {
	return FileInfo{f.Path, int64(len(f.Data)), digest(sha256.Sum256(f.Data)).String()}
}
