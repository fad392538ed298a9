package pack

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"slices"

	"gopkg.in/yaml.v3"

	"github.com/sigma-compiler/sigmac/backends"
	"github.com/sigma-compiler/sigmac/backends/emit"
	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/pipeline"
	"github.com/sigma-compiler/sigmac/sigma/schema"
)

// A maker makes the pack of one target.
type maker struct {
	*Target
	config    *Config
	compiler  *backends.Compiler
	reads     *reads
	pipelines []PipelineInfo
	schemas   []FileInfo
	base      digest // of all that a query depends on beside its rule
}

// newMaker reads what a target names. The error is an ErrorList.
func (c *Config) newMaker(t *Target, tool Tool, o pipeline.Options) (*maker, error) {
	m := &maker{Target: t, config: c, reads: &reads{config: c, seen: make(map[string]digest)}}
	chain, err := m.chain(o)
	errs := sigma.Errors(err)
	tables, err := m.tables()
	if errs = append(errs, sigma.Errors(err)...); len(errs) > 0 {
		return nil, errs
	}
	if chain.Finalizes() {
		return nil, sigma.ErrorList{{Pos: m.blame(o, (*pipeline.Pipeline).Finalizes), Code: sigma.BadPipeline,
			Msg: "a finalizer makes one text of all queries, and a pack has none", Hint: "leave the pipeline with finalizers out"}}
	}
	m.compiler, err = backends.New(backends.Options{
		Target: t.Language, Pipeline: chain, Format: t.Format, Settings: t.Settings, Method: t.Method,
		Overrides: t.Overrides, Schema: tables, UnknownFields: t.Unknown,
	})
	for _, e := range sigma.Errors(err) {
		errs = append(errs, &sigma.Error{Pos: t.Pos, Code: e.Code, Msg: e.Msg, Hint: e.Hint})
	}
	m.base = m.baseOf(tool)
	return m, errs.Err()
}

// chain returns the pipelines of the target in one, with that of the lists.
func (m *maker) chain(o pipeline.Options) (*pipeline.Pipeline, error) {
	found, infos, err := m.reads.pipelines(m.Target, o)
	if err != nil {
		return nil, err
	}
	m.pipelines = infos
	var parts []*pipeline.Pipeline
	for _, p := range found {
		if err := m.refuses(p); err != nil {
			return nil, placed(m.blame(o, func(p *pipeline.Pipeline) bool { return m.refuses(p) != nil }), err)
		}
		for _, part := range p.Parts() {
			if part.Supports(m.Language) == nil && !slices.Contains(parts, part) {
				parts = append(parts, part)
			}
		}
	}
	lists, err := fill(m.config.Lists)
	if err != nil {
		return nil, err
	}
	return pipeline.Chain(append(parts, lists)...), nil
}

// refuses returns an error where no part of a pipeline is for the target's
// language.
func (m *maker) refuses(p *pipeline.Pipeline) (err error) {
	for _, part := range p.Parts() {
		if err = part.Supports(m.Language); err == nil {
			return nil
		}
	}
	return err
}

// blame returns the place of the first pipeline that is wrong by itself, or of
// the target where none is.
func (m *maker) blame(o pipeline.Options, wrong func(*pipeline.Pipeline) bool) sigma.Pos {
	for _, p := range m.Target.Pipelines {
		alone := &Target{Pos: m.Pos, Pipelines: []Path{p}}
		if found, _, err := m.reads.pipelines(alone, o); err == nil && slices.ContainsFunc(found, wrong) {
			return p.Pos
		}
	}
	return m.Pos
}

// fill returns a pipeline that puts the values of lists in place of their
// placeholders, behind all others.
func fill(lists []emit.List) (*pipeline.Pipeline, error) {
	if len(lists) == 0 {
		return nil, nil
	}
	vars := make(map[string][]string)
	var include []string
	for _, l := range lists {
		vars[l.Name] = l.Values
		include = append(include, l.Name)
	}
	text, err := yaml.Marshal(map[string]any{
		"name": "lists", "priority": 1 << 30, "vars": vars,
		"transformations": []any{map[string]any{"type": "value_placeholders", "include": include}},
	})
	if err != nil {
		return nil, err
	}
	return pipeline.Parse("lists", text)
}

// tables reads the schemas of the target.
func (m *maker) tables() (*schema.Schema, error) {
	var list []*schema.Schema
	var errs sigma.ErrorList
	for _, p := range m.Schemas {
		before, path := cutSpec(p.Text)
		file := m.config.join(path)
		err := m.config.within(p, file)
		if err == nil {
			var s *schema.Schema
			if s, err = schema.ReadFile(before + file); err == nil {
				list = append(list, s)
			}
		}
		data, readErr := limited(os.Open(file))
		if err == nil {
			err = readErr
		}
		errs = append(errs, sigma.Errors(err)...)
		m.schemas = append(m.schemas, FileInfo{Path: p.Text, Size: int64(len(data)), SHA256: digest(sha256.Sum256(data)).String()})
	}
	if len(errs) > 0 || len(list) == 0 {
		return nil, errs.Err()
	}
	return schema.Merge(list...)
}

// baseOf returns the digest of what all queries of the target depend on.
func (m *maker) baseOf(tool Tool) digest {
	text, err := json.Marshal([]any{
		tool, tool.build, m.Language, m.Format, m.Method, m.Settings, m.Overrides, m.Unknown,
		m.pipelines, m.schemas, m.config.Lists, m.config.Suppress,
	})
	if err != nil {
		panic(fmt.Sprintf("maps of texts cannot be written: %v", err)) // they always can
	}
	return sha256.Sum256(text)
}

// key returns the digest of all that the pack depends on, for a program that
// sees whether there is anything to do.
func (m *maker) key(l *library, before map[string]digest) digest {
	h := sha256.New()
	tell(h, "pack 1", string(m.base[:]), string(m.config.File.Data), m.Name)
	for _, s := range l.sources {
		tell(h, s.name, string(s.sum[:]), s.commit, fmt.Sprint(s.filter, s.err))
	}
	for _, name := range sorted(before) {
		sum := before[name]
		tell(h, name, string(sum[:]))
	}
	return done(h)
}
