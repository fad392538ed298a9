package backends

import (
	"fmt"
	"slices"

	"github.com/sigma-compiler/sigmac/backends/emit"
	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// Correlation compiles a correlation that ir.Link made, with the rules and
// correlations that it refers to. The rules go through the compiler's pipeline,
// and so do the names of the fields that the correlation groups by and computes
// with. A language may need several queries for one: it fires where any of them
// finds something. The error is an ErrorList; a correlation that the language
// cannot say is Unsupported.
func (c *Compiler) Correlation(x *ir.Correlation) (*Result, error) {
	b := c.backend
	write := b.Correlation
	if c.format.Correlation != nil {
		write = c.format.Correlation
	}
	if write == nil {
		hint := "they can be said in " + correlating()
		if b.Uncorrelated != "" {
			hint = b.Uncorrelated + "; " + hint
		}
		return nil, sigma.ErrorList{{Pos: x.Source.TypePos, Code: sigma.Unsupported, Msg: b.Title + " has no correlations", Hint: hint}}
	}
	if c.format.Conditions {
		return nil, sigma.ErrorList{{Pos: x.Source.TypePos, Code: sigma.Unsupported,
			Msg:  "the format " + c.format.Name + " has room for the condition of a rule, which a correlation is not",
			Hint: "the format " + b.Format("").Name + " has correlations"}}
	}
	if c.format.Query != nil {
		return nil, sigma.ErrorList{{Pos: x.Source.TypePos, Code: sigma.Unsupported,
			Msg:  "the format " + c.format.Name + " of " + b.Title + " has no correlations",
			Hint: "the format " + b.Format("").Name + " has"}}
	}
	j, err := c.correlating(x)
	if err != nil {
		return nil, err
	}
	mapped := j.Correlation
	var errs, warnings sigma.ErrorList
	query := ""
	if !failed(j) {
		query = write(j)
	}
	for _, m := range mapped.Rules() {
		e := j.Events[m]
		errs = append(errs, e.Errors...)
		warnings = append(append(warnings, m.Rule.Warnings...), e.Warnings...)
	}
	if errs = append(errs, j.Errors...); len(errs) > 0 {
		errs.Sort()
		return nil, errs
	}
	var members []*ir.Rule
	for _, m := range mapped.Rules() {
		members = append(members, m.Rule)
	}
	post := func(text string) (string, error) {
		return c.pipeline.PostprocessCorrelation(j.Rule, members, text, c.vars)
	}
	out := &Result{Warnings: append(warnings, chainWarnings(mapped)...), rule: j.Rule}
	return c.result(j.Job, out, append([]string{query}, j.Others...), b.Format(""), post, mapped)
}

// correlating begins the writing of a correlation: its rules are in the names of
// the target, and what their events must match is known.
func (c *Compiler) correlating(x *ir.Correlation) (*emit.Correlating, error) {
	mapped, err := x.Map(c.Map)
	if err != nil {
		return nil, err
	}
	j := &emit.Correlating{
		Job:         &emit.Job{Backend: c.backend, Format: c.format, Rule: naming(mapped), Correlated: true, Inside: make(map[*ir.Member]map[string]string)},
		Correlation: mapped,
		Method:      c.method,
		Events:      make(map[*ir.Member]*emit.Event),
	}
	c.events(j, mapped, c.settle(j.Job, &x.Source.Meta))
	return j, nil
}

// A Part is a rule that a correlation refers to, in the names of the target,
// with what it compiles to by itself: one query for all of its conditions.
type Part struct {
	Rule   *ir.Rule
	Result *Result
}

// Parts compiles the rules that a correlation refers to, each once, to queries
// by themselves. They are written of the same expressions and with the same
// settings as the correlation's own query, though that may have them in another
// form. The error is an ErrorList.
func (c *Compiler) Parts(x *ir.Correlation) ([]Part, error) {
	j, err := c.correlating(x)
	if err != nil {
		return nil, err
	}
	var out []Part
	var errs sigma.ErrorList
	seen := make(map[*sigma.Rule][]string)
	for _, m := range j.Correlation.Rules() {
		e := j.Events[m]
		text := ""
		if len(e.Errors) == 0 {
			text = write(e.Job, c.backend.Format(""), c.backend.Query(e.Job, e.Where))
		}
		if errs = append(errs, e.Errors...); slices.Contains(seen[m.Rule.Source], text) {
			continue
		}
		seen[m.Rule.Source] = append(seen[m.Rule.Source], text)
		out = append(out, Part{m.Rule, &Result{
			Queries:  []Query{{Text: text, Bare: text}},
			Warnings: distinct(slices.Concat(m.Rule.Warnings, e.Warnings)), rule: m.Rule,
		}})
	}
	if errs = append(errs, j.Errors...); len(errs) > 0 {
		return nil, errs
	}
	return out, nil
}

// chooseMethod sets how correlations are written. The error names the methods
// that there are.
func (c *Compiler) chooseMethod(name string) error {
	methods := c.backend.Methods
	if name == "" && len(methods) > 0 {
		name = methods[0].Name
	}
	names := make([]string, len(methods))
	for i, m := range methods {
		names[i] = m.Name
	}
	if name != "" && !slices.Contains(names, name) {
		return &sigma.Error{Code: sigma.BadSetting, Msg: fmt.Sprintf("%s has no correlation method %q", c.backend.Name, name), Hint: suggest(name, names)}
	}
	c.method = name
	return nil
}

// event prepares the query of a rule that a correlation refers to: an event
// matches where one of the rule's conditions holds.
func (c *Compiler) event(e *emit.Event) {
	c.checkComputed(e.Job)
	where := ir.OneOf(e.Rule.Where...)
	emit.NoteNulls(e.Job, where)
	e.Where = emit.Lower(e.Job, where)
	if k, ok := e.Where.(ir.Const); ok {
		constant(e.Job, bool(k))
	}
}

// failed reports whether something is wrong before the query is written.
func failed(j *emit.Correlating) bool {
	for _, e := range j.Events {
		if len(e.Errors) > 0 {
			return true
		}
	}
	return false
}

// naming returns a rule that only says which correlation a job is about.
func naming(c *ir.Correlation) *ir.Rule {
	r := &sigma.Rule{Meta: c.Source.Meta}
	out := &ir.Rule{Source: r}
	if rules := c.Rules(); len(rules) > 0 {
		out.State, out.LogSource = rules[0].Rule.State, rules[0].Rule.LogSource
	}
	return out
}

// chainWarnings returns what was noticed about a correlation and those that it
// refers to.
func chainWarnings(c *ir.Correlation) sigma.ErrorList {
	out := slices.Clone(c.Warnings)
	for _, m := range c.Members {
		if m.Correlation != nil {
			out = append(out, chainWarnings(m.Correlation)...)
		}
	}
	return out
}

// distinct leaves out what was said before.
func distinct(list sigma.ErrorList) sigma.ErrorList {
	if len(list) < 2 {
		return list
	}
	seen := make(map[sigma.Error]bool, len(list))
	return slices.DeleteFunc(list, func(e *sigma.Error) bool {
		was := seen[*e]
		seen[*e] = true
		return was
	})
}

// correlating names the targets that have correlations.
func correlating() string {
	out := ""
	for _, b := range all {
		if b.Correlation != nil {
			if out != "" {
				out += ", "
			}
			out += b.Name
		}
	}
	if out == "" {
		return "no target yet"
	}
	return out
}
