package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sigma-compiler/sigmac/backends"
	"github.com/sigma-compiler/sigmac/backends/emit"
	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/pipeline"
	"github.com/sigma-compiler/sigmac/sigma/schema"
	"github.com/sigma-compiler/sigmac/sigma/sigmago"
)

// targetFlags are the flags that say what to compile to.
type targetFlags struct {
	pipelineFlags
	targets  []string
	without  bool
	formats  []string
	settings []string
	methods  []string
	schemaFlags
	bySchema bool // without a target, the one that a schema is about
}

func (f *targetFlags) add(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringSliceVarP(&f.targets, "target", "t", nil, "target `language`; repeat it or separate several by commas")
	flags.StringSliceVarP(&f.formats, "format", "f", nil, "output `format`; target.format for one of several targets")
	f.addOthers(cmd)
}

// addOthers adds the flags that do not say how often something is written.
func (f *targetFlags) addOthers(cmd *cobra.Command) {
	flags := cmd.Flags()
	f.pipelineFlags.add(cmd)
	flags.BoolVar(&f.without, "without-pipeline", false, "say that no pipeline is wanted")
	flags.StringArrayVarP(&f.settings, "option", "O", nil, "setting of the target, `key=value`; target.key=value for one of several targets")
	flags.StringSliceVar(&f.methods, "correlation-method", nil, "how correlations are written, `method`; target.method for one of several targets")
	f.schemaFlags.add(cmd)
	exclude(cmd, "pipeline", "without-pipeline")
	completeTargets(cmd, f)
}

// A target is one language to compile to, with all that was chosen for it.
type target struct {
	*backends.Compiler
	name      string // of the backend
	format    string // the name of the format, the default's too
	ext       string // of files with its queries, such as ".spl"
	pipelines []string
	schema    string // the names of the user's schemas; "" where there is none
}

// resolve returns the targets in the order in which they were first named.
func (f *targetFlags) resolve(note func(format string, args ...any)) ([]*target, error) {
	bs, schemas, err := f.findTargets(note)
	if err != nil {
		return nil, err
	}
	formats, err := chooseFormats(bs, f.formats)
	if err != nil {
		return nil, err
	}
	settings, err := chooseSettings(bs, formats, f.settings)
	if err != nil {
		return nil, err
	}
	methods, err := chooseMethods(bs, f.methods)
	if err != nil {
		return nil, err
	}
	pipelines, err := choosePipelines(bs, &f.pipelineFlags, note)
	if err != nil {
		return nil, err
	}
	policy, err := f.policy()
	if err != nil {
		return nil, err
	}
	ts := make([]*target, len(bs))
	for i, b := range bs {
		ts[i], err = newTarget(b, backends.Options{
			Target: b.Name, Pipeline: pipelines[i], Format: formats[i], Settings: settings[i], Method: methods[i],
			Schema: schemas[b.Schemas], UnknownFields: policy,
		})
		if err != nil {
			return nil, err
		}
	}
	return ts, nil
}

// newTarget returns a target with its compiler.
func newTarget(b *emit.Backend, o backends.Options) (*target, error) {
	c, err := backends.New(o)
	if err != nil {
		return nil, &failure{exitUsage, err}
	}
	t := &target{Compiler: c, name: b.Name, format: c.Format().Name, ext: "." + b.Name, pipelines: []string{}}
	if content := c.Format().Content; content != nil {
		t.ext = content.Ext
	}
	if o.Schema != nil {
		t.schema = o.Schema.Name
	}
	for _, p := range o.Pipeline.Parts() {
		t.pipelines = append(t.pipelines, p.Name)
	}
	return t, nil
}

// findTargets returns the backends, and the schemas of users that are about
// them.
func (f *targetFlags) findTargets(note func(string, ...any)) ([]*emit.Backend, map[schema.Format]*schema.Schema, error) {
	schemas, err := f.schemaFlags.read(note)
	if err != nil {
		return nil, nil, err
	}
	names := f.targets
	if len(names) == 0 && f.bySchema {
		names = targetsOf(schemas)
	}
	bs, err := findBackends(names)
	if err != nil {
		return nil, nil, err
	}
	if len(bs) == 0 && len(f.formats)+len(f.settings) > 0 {
		return nil, nil, usage(targetHelp(), "-f and -O need a target")
	}
	return bs, schemas, unused(schemas, bs, note)
}

// findBackends returns the backends of names and aliases, each once.
func findBackends(names []string) ([]*emit.Backend, error) {
	var bs []*emit.Backend
	for _, name := range names {
		b := backends.Find(strings.TrimSpace(name))
		if b == nil {
			_, err := backends.New(backends.Options{Target: name}) // knows what was meant
			return nil, &failure{exitUsage, err}
		}
		if !slices.Contains(bs, b) {
			bs = append(bs, b)
		}
	}
	return bs, nil
}

// address splits "target.rest" where the target is a backend's name or alias.
// Otherwise all of the text is the rest, and the index is -1.
func address(bs []*emit.Backend, text string) (int, string, error) {
	name, rest, ok := strings.Cut(text, ".")
	b := backends.Find(name)
	if !ok || b == nil {
		return -1, text, nil
	}
	i := slices.Index(bs, b)
	if i < 0 {
		return 0, "", usage("add -t "+b.Name, "%q is about %s, which is none of the targets", text, b.Name)
	}
	return i, rest, nil
}

// chooseFormats returns the format of each target, "" for the default.
func chooseFormats(bs []*emit.Backend, flags []string) ([]string, error) {
	formats := make([]string, len(bs))
	for _, text := range flags {
		i, name, err := address(bs, text)
		if err != nil {
			return nil, err
		}
		for j := range bs {
			if i == j || i < 0 {
				formats[j] = name
			}
		}
	}
	return formats, nil
}

// chooseMethods returns how each target writes correlations, "" for its
// default. A method without an address is for the targets that have it, of which
// there must be one.
func chooseMethods(bs []*emit.Backend, flags []string) ([]string, error) {
	methods := make([]string, len(bs))
	for _, text := range flags {
		i, name, err := address(bs, text)
		if err != nil {
			return nil, err
		}
		found := false
		for j, b := range bs {
			has := slices.ContainsFunc(b.Methods, func(m emit.Method) bool { return m.Name == name })
			if i == j || i < 0 && has {
				methods[j], found = name, true
			}
		}
		if !found && len(bs) > 0 {
			_, err := backends.New(backends.Options{Target: bs[0].Name, Method: name}) // knows what was meant
			return nil, &failure{exitUsage, err}
		}
	}
	return methods, nil
}

// chooseSettings returns the settings of each target. One without an address
// must be a setting of all of them: that of only some would be lost for the
// others without a word.
func chooseSettings(bs []*emit.Backend, formats, flags []string) ([]map[string]string, error) {
	settings := make([]map[string]string, len(bs))
	for i := range settings {
		settings[i] = make(map[string]string)
	}
	for _, text := range flags {
		key, value, ok := strings.Cut(text, "=")
		if !ok || key == "" {
			return nil, usage("write -O key=value", "%q is no setting", text)
		}
		i, name, err := address(bs, key)
		if err != nil {
			return nil, err
		}
		if i < 0 {
			if err := common(bs, formats, name, text); err != nil {
				return nil, err
			}
		}
		for j := range bs {
			if i == j || i < 0 {
				settings[j][name] = value
			}
		}
	}
	return settings, nil
}

// common returns an error where only some of the targets have the setting.
// Where none has it, backends.New says so and knows what was meant.
func common(bs []*emit.Backend, formats []string, name, text string) error {
	var have, lack []string
	for i, b := range bs {
		if b.Setting(name) != nil || b.Format(formats[i]).Setting(name) != nil {
			have = append(have, b.Name)
		} else {
			lack = append(lack, b.Name)
		}
	}
	if len(have) == 0 || len(lack) == 0 {
		return nil
	}
	hint := "write -O " + have[0] + "." + text
	for _, h := range have[1:] {
		hint += " -O " + h + "." + text
	}
	verb := "has"
	if len(lack) > 1 {
		verb = "have"
	}
	return usage(hint, "%s %s no setting %q", list(lack), verb, name)
}

// list joins names as a sentence does.
func list(names []string) string {
	last := len(names) - 1
	if last == 0 {
		return names[0]
	}
	return strings.Join(names[:last], ", ") + " and " + names[last]
}

// choosePipelines returns the chain of each target: the pipelines that are
// meant for it. One that is meant for none of the targets is an error, one
// that is left out for some of them is noted.
func choosePipelines(bs []*emit.Backend, f *pipelineFlags, note func(string, ...any)) ([]*pipeline.Pipeline, error) {
	chosen := make([][]*pipeline.Pipeline, len(bs))
	found, err := sigmago.Resolve(f.pipelines, f.pipelineOptions().Resolve)
	errs := sigma.Errors(err)
	for _, p := range found {
		errs = append(errs, sigma.Errors(assign(chosen, bs, p, note))...)
	}
	if len(errs) > 0 {
		return nil, &failure{exitConfig, errs}
	}
	chains := make([]*pipeline.Pipeline, len(bs))
	for i, ps := range chosen {
		chains[i] = pipeline.Chain(ps...)
	}
	return chains, nil
}

// assign adds the parts of a pipeline to the targets they are meant for. A
// part that is there already is not added again.
func assign(chosen [][]*pipeline.Pipeline, bs []*emit.Backend, p *pipeline.Pipeline, note func(string, ...any)) error {
	var why error
	used := false
	var notes []string
	for _, part := range p.Parts() {
		var without []string
		for i, b := range bs {
			if err := part.Supports(b.Name); err != nil {
				without, why = append(without, b.Name), err
				continue
			}
			used = true
			if !slices.Contains(chosen[i], part) {
				chosen[i] = append(chosen[i], part)
			}
		}
		if without != nil {
			notes = append(notes, fmt.Sprintf("the pipeline %s is not for %s and is left out there", part.Name, list(without)))
		}
	}
	if !used {
		return why
	}
	for _, n := range notes {
		note("note: %s", n)
	}
	return nil
}

// targetHelp lists the targets for messages.
func targetHelp() string {
	var names []string
	for _, b := range backends.All() {
		names = append(names, b.Name)
	}
	return fmt.Sprintf("the targets are %s; write -t %s", strings.Join(names, ", "), names[0])
}
