package pack

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"

	"github.com/sigma-compiler/sigmac/backends/emit"
	"github.com/sigma-compiler/sigmac/sigma"
)

// A build is one call of Build.
type build struct {
	Options
	config  *Config
	store   store
	library *library
	parsed  bool
	seen    map[string]bool // what was reported
	staged  []*staging
}

// A staging is a pack that waits to be put in its place.
type staging struct {
	*maker
	built *Built
	state *state
	swap  bool // there is something new; otherwise only the state is
}

// Build builds the packs of the Config. What it returns is there even with an
// error, as far as it goes. Rules that are refused are no error, unless Strict.
func (c *Config) Build(ctx context.Context, o Options) (built []*Built, err error) {
	b := &build{Options: o, config: c, library: &library{config: c}}
	if b.Tool.Name == "" {
		b.Tool = ThisTool()
	}
	b.Jobs = cmp.Or(b.Jobs, runtime.GOMAXPROCS(0))
	if b.store = (store{dir: cmp.Or(o.Output, c.join(c.Output)), disk: o.disk}); o.disk == nil {
		b.store.disk = osDisk{}
	}
	b.library.output = b.store.dir
	if o.Output == "" {
		if err := c.outputWithin(); err != nil {
			return nil, &ConfigError{sigma.Errors(err)}
		}
	}
	makers, err := b.prepare()
	if err != nil {
		return nil, err
	}
	if b.Mode == Write {
		unlock, err := b.store.lock(ctx)
		if err != nil {
			return nil, fmt.Errorf("cannot write to the output folder: %w", err)
		}
		defer unlock()
		if err := b.store.recover(); err != nil {
			return nil, fmt.Errorf("cannot clean the output folder: %w", err)
		}
		defer func() { err = errors.Join(err, b.clean()) }()
	}
	b.stale()
	for _, m := range makers {
		one, err := b.target(ctx, m)
		if one != nil {
			built = append(built, one)
		}
		if err != nil {
			return built, err
		}
	}
	if b.Strict && slices.ContainsFunc(built, func(t *Built) bool { return t.Failed(b.SkipUnsupported) > 0 }) {
		return built, ErrRefused
	}
	return built, b.commit(ctx)
}

// prepare reads all that is not a rule, and the files of rules.
func (b *build) prepare() ([]*maker, error) {
	var makers []*maker
	var errs sigma.ErrorList
	for _, name := range b.Targets {
		if !slices.ContainsFunc(b.config.Targets, func(t *Target) bool { return t.Name == name }) {
			var names []string
			for _, t := range b.config.Targets {
				names = append(names, t.Name)
			}
			errs = append(errs, &sigma.Error{Code: sigma.BadSetting, Msg: fmt.Sprintf("there is no target %q in %s", name, b.config.File.Name), Hint: meant(name, names)})
		}
	}
	for _, t := range b.config.Targets {
		if b.Targets != nil && !slices.Contains(b.Targets, t.Name) {
			continue
		}
		m, err := b.config.newMaker(t, b.Tool, b.Pipelines)
		errs = append(errs, sigma.Errors(err)...)
		makers = append(makers, m)
	}
	if len(errs) == 0 {
		errs = sigma.Errors(b.library.find())
	}
	if len(errs) == 0 {
		errs = sigma.Errors(b.library.read(b.Jobs))
	}
	if len(errs) > 0 {
		return nil, &ConfigError{errs}
	}
	b.commits()
	return makers, nil
}

// commits gives the files of rules the commit that they are of.
func (b *build) commits() {
	if b.Commit != "" {
		for _, s := range b.library.sources {
			if b.Commit != "none" {
				s.commit = b.Commit
			}
		}
		return
	}
	found := make(commits)
	for _, s := range b.library.sources {
		dir, err := filepath.Abs(filepath.Dir(b.config.join(s.name)))
		if err == nil {
			s.commit = found.of(dir)
		}
	}
}

// target builds a target, unless all is as it was.
func (b *build) target(ctx context.Context, m *maker) (*Built, error) {
	built := &Built{Target: m.Name, Path: b.store.pack(m.Name)}
	st := b.remembered(m)
	f, err := b.store.look(m.Name, st)
	if err != nil {
		return nil, err
	}
	if st.Key != (digest{}) && st.Key == m.key(b.library, st.Reads) && f.asWritten(st) && !(b.Strict && st.Failed(false) > 0) {
		built.Summary = st.Summary
		return built, nil
	}
	if !b.parsed {
		b.parsed = true
		if err := b.library.parse(b.Jobs); err != nil {
			return nil, &ConfigError{b.library.shown(sigma.Errors(err))}
		}
		for _, w := range b.library.warnings {
			b.say(Message{Error: w, Warning: true})
		}
		b.config.unknown(b.library, func(w *sigma.Error) { b.say(Message{Error: w, Warning: true}) })
	}
	return built, b.rebuild(ctx, m, built, st, f)
}

// remembered returns what is known of the pack that is there. Where nothing
// of it can be used again, it still says whose the files are.
func (b *build) remembered(m *maker) *state {
	st := &state{}
	if !load(b.store.state(m.Name), st) {
		return &state{}
	}
	if b.Mode == Check {
		for i := range st.Files {
			st.Files[i].Sum = digest{} // they are all read
		}
	}
	if b.Mode == Check || b.Force || st.Base != m.base || m.reads.changed(st.Reads) {
		return &state{Files: st.Files}
	}
	return st
}

// rebuild makes a pack and compares it with what is there.
func (b *build) rebuild(ctx context.Context, m *maker, built *Built, st *state, f *found) error {
	before := make(map[digest]record)
	if st.Base == m.base && !load(b.store.rules(m.Name), &before) {
		before = nil
	}
	p, err := b.make(ctx, m, before)
	if err != nil {
		return err
	}
	built.Summary, built.Compiled = p.summary, p.compiled
	b.store.learn(m.Name, f)
	sums := make([]digest, len(p.files))
	parallel(len(p.files), b.Jobs, func(i int) { sums[i] = sha256.Sum256(p.files[i].Data) })
	if b.Mode == Check {
		b.ignoreCommits(m, p, sums)
	}
	if built.Changes, err = b.store.compare(m.Name, f, p.files, sums); err != nil {
		return err
	}
	if b.Mode != Write || b.Strict && built.Failed(b.SkipUnsupported) > 0 {
		return nil
	}
	deps := m.reads.of(st.Reads)
	g := &staging{maker: m, built: built, swap: b.Force || len(built.Changes) > 0,
		state: &state{Base: m.base, Reads: deps, Key: m.key(b.library, deps), Summary: p.summary}}
	b.staged = append(b.staged, g)
	if b.Force {
		f = &found{}
	}
	if err := b.store.write(ahead(b.store.rules(m.Name)), p.records); err != nil {
		return fmt.Errorf("cannot write what the next build of the pack %s needs to remember: %w", m.Name, err)
	}
	if g.swap {
		g.state.Files, err = b.store.stage(ctx, m.Name, f, p.files, sums)
		if err != nil {
			return fmt.Errorf("cannot write the pack %s: %w", m.Name, err)
		}
		return nil
	}
	for _, file := range p.files {
		g.state.Files = append(g.state.Files, f.files[file.Path])
	}
	return nil
}

// commit puts what is staged in its place. From here on nothing interrupts it.
func (b *build) commit(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	for _, g := range b.staged {
		if g.swap {
			if err := b.store.swap(g.Name); err != nil {
				return fmt.Errorf("cannot replace the pack %s: %w", g.Name, err)
			}
		}
		err := b.store.disk.Rename(ahead(b.store.rules(g.Name)), b.store.rules(g.Name))
		if err == nil {
			err = b.store.store(b.store.state(g.Name), g.state)
		}
		if err != nil {
			return fmt.Errorf("the pack %s is written, but not what the next build needs to remember: %w", g.Name, err)
		}
	}
	return nil
}

// stale tells of packs that are no longer a target's.
func (b *build) stale() {
	for _, name := range b.store.remembered() {
		if !slices.ContainsFunc(b.config.Targets, func(t *Target) bool { return t.Name == name }) {
			b.say(Message{Warning: true, Error: &sigma.Error{Pos: sigma.Pos{File: b.config.File}, Code: sigma.NotEvaluated,
				Msg:  fmt.Sprintf("the pack %s is of no target any more and stays as it is", b.store.pack(name)),
				Hint: "delete its folder where it is not wanted"}})
		}
	}
}

// clean takes away what is staged, and what was before.
func (b *build) clean() error {
	var errs []error
	for _, g := range b.staged {
		errs = append(errs, b.store.clean(g.Name))
	}
	return errors.Join(errs...)
}

// say reports something about a rule, once for each target, and not again for
// a target where it was about all.
func (b *build) say(m Message) {
	if b.Report == nil {
		return
	}
	m.Error = b.library.shown(sigma.ErrorList{m.Error})[0]
	id := fmt.Sprint(m.Target, m.Warning, m.Error.Pos, m.Error.Code, m.Error.Msg)
	if b.seen == nil {
		b.seen = make(map[string]bool)
	}
	if !b.seen[id] {
		b.seen[id] = true
		b.Report(m)
	}
}

// ignoreCommits takes the manifest that is there for the one that is wanted,
// where they differ in commits alone: a pack that is kept beside its rules
// cannot have the commit that it is part of.
func (b *build) ignoreCommits(m *maker, p *product, sums []digest) {
	i := slices.IndexFunc(p.files, func(file emit.File) bool { return file.Path == ManifestName })
	data, err := limited(os.Open(filepath.Join(b.store.pack(m.Name), ManifestName)))
	if err != nil {
		return
	}
	have, err := ParseManifest(data)
	if err != nil {
		return
	}
	one, err1 := have.withoutCommits().encode()
	two, err2 := p.manifest.withoutCommits().encode()
	again, err3 := have.encode()
	if err1 == nil && err2 == nil && err3 == nil && string(one) == string(two) && string(again) == string(data) {
		sums[i] = sha256.Sum256(data)
	}
}
