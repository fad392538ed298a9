package backends

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/sigma-compiler/sigmac/backends/emit"
	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/pipeline"
	"github.com/sigma-compiler/sigmac/sigma/schema"
)

// Options say what to compile to. Only Target is mandatory.
type Options struct {
	Target   string             // the name or an alias of a backend, such as "splunk"
	Pipeline *pipeline.Pipeline // maps log sources, fields and values; nil leaves names as the rule has them
	Format   string             // "" is the backend's default
	Settings map[string]string  // the backend's settings by name
	Method   string             // how correlations are written; "" is the backend's default

	// Overrides are settings of some rules, for formats that have content.
	Overrides Overrides

	// Schema is what the user has of the target's tables; it stands in for
	// the schemas that the pipeline names. nil leaves those.
	Schema *schema.Schema
	// UnknownFields says what becomes of a rule with fields or a table that
	// the schema does not have.
	UnknownFields schema.Policy
}

// A Compiler compiles rules to one target. It is immutable and safe for
// concurrent use.
type Compiler struct {
	backend  *emit.Backend
	format   *emit.Format
	pipeline *pipeline.Pipeline
	settings map[string]string
	override Overrides
	schema   *schema.Schema
	unknown  schema.Policy // of fields
	method   string
	vars     map[string]string // for templates of the pipeline
}

// A Query is what one condition of a rule compiles to.
type Query struct {
	Text string // in the format of the compiler, after the pipeline's postprocessing
	Bare string // the query in the language alone, with nothing round it

	Entry *emit.Entry // what the query is deployed with; nil where the format has no content
}

// A Result is what a rule compiles to: one query a condition, and what there
// is to know about them.
type Result struct {
	Queries  []Query
	Warnings sigma.ErrorList

	rule *ir.Rule // as Map returned it, for finalizers
}

// New returns a compiler, or an error where the target, the format or a
// setting does not exist.
func New(o Options) (*Compiler, error) {
	b := Find(o.Target)
	if b == nil {
		return nil, &sigma.Error{Code: sigma.BadSetting, Msg: fmt.Sprintf("there is no target %q", o.Target), Hint: suggest(o.Target, targetNames())}
	}
	if o.Schema != nil && o.Schema.Format != "" && o.Schema.Format != b.Schemas {
		return nil, &sigma.Error{Code: sigma.BadSchema, Msg: fmt.Sprintf("%s is a schema of %s, and %s goes by schemas of %s", o.Schema.Name, o.Schema.Format, b.Name, b.Schemas)}
	}
	c := &Compiler{backend: b, format: b.Format(o.Format), settings: maps.Clone(o.Settings)}
	c.pipeline, c.schema, c.unknown = o.Pipeline.WithSchema(o.Schema, o.UnknownFields), o.Schema, o.UnknownFields
	if c.format == nil {
		var names []string
		for _, f := range b.Formats {
			names = append(names, f.Name)
		}
		return nil, &sigma.Error{Code: sigma.BadSetting, Msg: fmt.Sprintf("%s has no format %q", b.Name, o.Format), Hint: suggest(o.Format, names)}
	}
	if err := c.chooseMethod(o.Method); err != nil {
		return nil, err
	}
	for name, value := range o.Settings {
		if err := checkSetting(b, c.format, name, value); err != nil {
			return nil, err
		}
	}
	if err := o.Overrides.check(b, c.format); err != nil {
		return nil, err
	}
	c.override = o.Overrides.byFoldedID()
	c.vars = c.variables()
	return c, nil
}

// checkSetting returns an error where neither the backend nor the format has
// such a setting, or the setting no such value.
func checkSetting(b *emit.Backend, f *emit.Format, name, value string) *sigma.Error {
	s := b.Setting(name)
	if s == nil {
		s = f.Setting(name)
	}
	if s == nil {
		names := settingNames(b, f)
		if others := formatsWith(b, name); others != "" {
			return &sigma.Error{Code: sigma.BadSetting, Msg: fmt.Sprintf("the format %s of %s has no setting %q", f.Name, b.Name, name), Hint: "it is one of " + others}
		}
		return &sigma.Error{Code: sigma.BadSetting, Msg: fmt.Sprintf("%s has no setting %q", b.Name, name), Hint: suggest(name, names)}
	}
	if s.Values != nil && !slices.Contains(s.Values, value) {
		return &sigma.Error{Code: sigma.BadSetting, Msg: fmt.Sprintf("%q is no value of the setting %s", value, name), Hint: suggest(value, s.Values)}
	}
	return nil
}

// settingNames returns the names of the settings of a backend and a format.
func settingNames(b *emit.Backend, f *emit.Format) []string {
	var names []string
	for _, s := range b.Settings {
		names = append(names, s.Name)
	}
	if f.Content != nil {
		for _, s := range f.Content.Settings {
			names = append(names, s.Name)
		}
	}
	return names
}

// formatsWith names the formats of a backend that have a setting.
func formatsWith(b *emit.Backend, name string) string {
	var names []string
	for i := range b.Formats {
		if b.Formats[i].Setting(name) != nil {
			names = append(names, b.Formats[i].Name)
		}
	}
	return strings.Join(names, ", ")
}

// suggest returns a hint that names the nearest candidate, or all of them.
func suggest(word string, candidates []string) string {
	if near := sigma.Nearest(word, candidates); near != "" {
		return fmt.Sprintf("did you mean %q?", near)
	}
	switch len(candidates) {
	case 0:
		return "it has none"
	case 1:
		return "there is " + candidates[0]
	}
	return "there are " + strings.Join(candidates, ", ")
}

// Backend returns the target.
func (c *Compiler) Backend() *emit.Backend { return c.backend }

// Cannot returns the names of the traits of events, as package synth has them,
// that say nothing about the compiler's queries: what the stores of the
// language do not hold, and what the settings give up.
func (c *Compiler) Cannot() []string {
	names := c.backend.Cannot
	for i := range c.backend.Settings {
		s := &c.backend.Settings[i]
		value, ok := c.settings[s.Name]
		if !ok {
			value = s.Default
		}
		names = slices.Concat(names, s.Cannot[value])
	}
	return names
}

// Compile compiles a detection rule. The error is an ErrorList with the places
// of all that is wrong. Correlations and filters have no meaning by themselves:
// ir.Link puts documents together, and Rule and Correlation compile what comes
// of it.
func (c *Compiler) Compile(doc sigma.Document) (*Result, error) {
	switch doc := doc.(type) {
	case *sigma.Rule:
		r, err := ir.Build(doc)
		if err != nil {
			return nil, err
		}
		return c.Rule(r)
	case *sigma.Correlation:
		return nil, unlinked(doc.Pos, "a correlation", "Compiler.Correlation")
	case *sigma.Filter:
		return nil, unlinked(doc.Pos, "a filter", "Compiler.Rule")
	}
	return nil, unlinked(sigma.Pos{}, "a document of this kind", "Compiler.Rule")
}

func unlinked(pos sigma.Pos, what, method string) error {
	return sigma.ErrorList{{Pos: pos, Code: sigma.Unsupported, Msg: what + " means nothing without the rules that it is about",
		Hint: "ir.Link puts them together, " + method + " compiles the result"}}
}

// Rule compiles a rule that ir.Build made, so that one can be compiled for
// several targets.
func (c *Compiler) Rule(r *ir.Rule) (*Result, error) {
	r, err := c.Map(r)
	if err != nil {
		return nil, err
	}
	return c.Mapped(r)
}

// Map applies the compiler's pipeline: it returns the rule in the names and
// values of the target.
func (c *Compiler) Map(r *ir.Rule) (*ir.Rule, error) { return c.pipeline.Apply(r, c.backend.Name) }

// Trace is Map, and returns what each step of the pipeline changed.
func (c *Compiler) Trace(r *ir.Rule) (*ir.Rule, []pipeline.Change, error) {
	return c.pipeline.Trace(r, c.backend.Name)
}

// Mapped compiles a rule that Map returned.
func (c *Compiler) Mapped(r *ir.Rule) (*Result, error) {
	j := &emit.Job{Backend: c.backend, Format: c.format, Rule: r}
	c.settle(j, &r.Source.Meta)
	texts := c.queries(j)
	out := &Result{Queries: make([]Query, 0, len(texts)), rule: r}
	bare := c.backend.Format("")
	if c.format.Query != nil {
		bare = &emit.Format{}
	}
	post := func(text string) (string, error) { return c.pipeline.Postprocess(r, text, c.vars) }
	return c.result(j, out, texts, bare, post, nil)
}

// queries writes the query of each condition. Where something is wrong, the
// job has it, and they are not used.
func (c *Compiler) queries(j *emit.Job) []string {
	query := c.backend.Query
	if c.format.Query != nil {
		query = c.format.Query
	}
	c.checkComputed(j)
	var texts []string
	for _, e := range j.Rule.Where {
		emit.NoteNulls(j, e)
		e = emit.Lower(j, e)
		if k, ok := e.(ir.Const); ok {
			constant(j, bool(k))
			continue
		}
		texts = append(texts, query(j, e))
	}
	return texts
}

// result puts queries into the compiler's format. The error is the job's.
func (c *Compiler) result(j *emit.Job, out *Result, texts []string, bare *emit.Format, post func(string) (string, error), x *ir.Correlation) (*Result, error) {
	for i, text := range texts {
		if len(j.Errors) > 0 {
			break
		}
		q := Query{Text: write(j, c.format, text), Bare: write(j, bare, text)}
		var err error
		if q.Text, err = post(q.Text); err != nil {
			return nil, err
		}
		if c.format.Content != nil {
			q.Entry = c.entry(j, x, q.Text, i+1, len(texts))
			q.Text = q.Entry.Text
		}
		out.Queries = append(out.Queries, q)
	}
	if len(j.Errors) > 0 {
		j.Errors.Sort()
		return nil, j.Errors
	}
	out.Warnings = distinct(slices.Concat(out.Warnings, j.Rule.Warnings, j.Warnings))
	return out, nil
}

// constant notes that nothing is left of a condition, and what is wrong with it:
// the values of which a warning says that they never match.
func constant(j *emit.Job, value bool) {
	for _, w := range j.Warnings {
		if w.Code == sigma.BadFieldType {
			j.Errors = append(j.Errors, w)
		}
	}
	j.Fail(j.Rule.Source.Detection.Pos, sigma.RuleRejected, "", "the condition is %t for every event", value)
}

// write returns the query in a format.
func write(j *emit.Job, f *emit.Format, query string) string {
	if f.Wrap == nil {
		return query
	}
	return f.Wrap(j, query)
}
