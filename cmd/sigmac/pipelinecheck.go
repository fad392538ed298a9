package main

import (
	"bufio"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/sigma-compiler/sigmac/backends"
	"github.com/sigma-compiler/sigmac/internal/jsontext"
	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/pipeline"
	"github.com/sigma-compiler/sigmac/sigma/pipeline/lint"
)

// pipelineCheckFlags are the flags of pipeline check.
type pipelineCheckFlags struct {
	pipelineFlags
	rules  []string
	target string
	json   bool
}

func newPipelineCheck(a *app) *cobra.Command {
	var f pipelineCheckFlags
	cmd := &cobra.Command{
		Use:   "check [flags] name|file|folder...",
		Short: "Say what is wrong with pipelines that parse",
		Long: `check looks at pipelines, several in the order in which they run, for what has
no effect or cannot be meant: steps whose conditions no rule can meet, there or
at all; mappings of fields that have another name by then; conditions that ask
for steps or state that are not there yet; state that nothing reads; placeholders
that nothing fills and variables that fill none.

With --rules it applies the pipelines to rules and also says which steps and
mappings none of them uses, which fields no step maps, by log source, and why
rules are refused, with how many rules each is about.

With --json each finding is an object on a line. counts has all that a message
lists, and severity is error, warning or note.

Exit codes: 0 there are no errors, whatever the warnings and notes, 1 there are
some, 2 the command line is wrong, 3 a pipeline does not parse or is not for the
target.`,
		Example: `  sigmac pipeline check mine.yml
  sigmac pipeline check sysmon mine.yml --rules rules/ -t splunk`,
		Args: namedPipelines,
		RunE: func(_ *cobra.Command, args []string) error { return f.run(a, args) },
	}
	flags := cmd.Flags()
	f.addExternal(cmd)
	flags.StringArrayVarP(&f.rules, "rules", "r", nil, "rules that the pipelines are for: a `file`, a folder or -; may be repeated")
	flags.StringVarP(&f.target, "target", "t", "", "target `language` that the rules are mapped for")
	flags.BoolVar(&f.json, "json", false, "print an object a line")
	_ = cmd.RegisterFlagCompletionFunc("target", func(_ *cobra.Command, _ []string, word string) ([]string, cobra.ShellCompDirective) {
		return targetNames(word), cobra.ShellCompDirectiveNoFileComp
	})
	cmd.ValidArgsFunction = pipelineWords
	return cmd
}

// run runs the command.
func (f *pipelineCheckFlags) run(a *app, args []string) error {
	options, err := f.options(a)
	if err != nil {
		return err
	}
	f.pipelines = args
	chain, err := f.chain()
	if err != nil {
		return err
	}
	if err := chain.Supports(options.Target); err != nil {
		return &failure{exitConfig, err}
	}
	found := lint.Check(chain, options)
	out := bufio.NewWriter(a.out)
	if f.json {
		enc := jsontext.NewEncoder(out)
		for i := range found {
			if err := enc.Encode(newFound(&found[i])); err != nil {
				return outputFailure(err)
			}
		}
	} else {
		r := reporter{color: a.color && a.outTerm}
		for i := range found {
			if _, err := out.Write(r.add(nil, severityKinds[found[i].Severity], "", &found[i].Error)); err != nil {
				return outputFailure(err)
			}
		}
	}
	if err := out.Flush(); err != nil {
		return outputFailure(err)
	}
	return f.conclude(a, chain, found)
}

// conclude prints the sums and returns the failure that the exit code tells
// of.
func (f *pipelineCheckFlags) conclude(a *app, chain *pipeline.Pipeline, found []lint.Finding) error {
	var n [3]int
	for i := range found {
		n[found[i].Severity]++
	}
	fmt.Fprintf(a.err, "%s: %s, %s, %s\n", printable(chain.Name), count(n[lint.Error], "error", "errors"), count(n[lint.Warning], "warning", "warnings"), count(n[lint.Note], "note", "notes"))
	if n[lint.Error] > 0 {
		return &failure{code: exitRules}
	}
	return nil
}

// severityKinds are the kinds of messages by severity.
var severityKinds = [...]kind{lint.Note: kindNote, lint.Warning: kindWarning, lint.Error: kindError}

// options returns what the flags say, with the rules read.
func (f *pipelineCheckFlags) options(a *app) (lint.Options, error) {
	var o lint.Options
	bs := backends.All()
	if f.target != "" {
		named, err := findBackends([]string{f.target})
		if err != nil {
			return o, err
		}
		bs, o.Target = named, named[0].Name
	}
	for _, b := range bs {
		o.StateRead = append(o.StateRead, b.State...)
	}
	for _, info := range pipeline.Builtins() {
		if p, ok := pipeline.Builtin(info.Name); ok {
			set, read := lint.State(p)
			o.StateSet, o.StateRead = append(o.StateSet, set...), append(o.StateRead, read...)
		}
	}
	slices.Sort(o.StateRead)
	o.StateRead = slices.Compact(o.StateRead)
	if f.rules == nil {
		return o, nil
	}
	var err error
	o.Rules, err = f.read(a)
	return o, err
}

// read reads the rules. What is wrong with some of them is printed, and they
// are left out.
func (f *pipelineCheckFlags) read(a *app) ([]*ir.Rule, error) {
	ins, err := findInputs(a, f.rules)
	if err != nil {
		return nil, err
	}
	rules := []*ir.Rule{}
	j := &job{app: a, report: reporter{a.color}, quiet: true}
	bad := 0
	for _, in := range ins {
		o := &outcome{}
		file, err := read(a, in)
		us := []unit{{errs: sigma.Errors(err)}}
		if err == nil {
			us = split(sigma.ParseAll(file))
		}
		for _, u := range us {
			d := document{job: j, outcome: o, unit: u, file: in.path}
			if len(d.errs) == 0 {
				d.build()
			}
			if d.rule == nil && len(d.errs) > 0 {
				d.print(kindError, "", d.errs)
				bad++
			}
			if d.rule != nil {
				rules = append(rules, d.rule)
			}
		}
		a.err.Write(o.notes)
	}
	if len(rules)+bad == 0 {
		return nil, usage("", "there are no rules in what was read")
	}
	if bad > 0 {
		a.note("%s left out", count(bad, "document that is no rule is", "documents that are no rules are"))
	}
	return rules, nil
}

// A found is a finding of --json. The keys and their types are a promise to
// programs.
type found struct {
	Severity string       `json:"severity"`
	Code     string       `json:"code"`
	Message  string       `json:"message"`
	File     string       `json:"file"`
	Line     int          `json:"line"`
	Column   int          `json:"column"`
	Step     *stepRef     `json:"step,omitempty"` // which step it is about
	Counts   []foundCount `json:"counts,omitempty"`
}

type foundCount struct {
	Name  string `json:"name"`
	Rules int    `json:"rules"`
}

// A stepRef says in --json which step is meant.
type stepRef struct {
	Pipeline string `json:"pipeline"`
	ID       string `json:"id"`
	Type     string `json:"type"`
	File     string `json:"file"`
	Line     int    `json:"line"`
	Column   int    `json:"column"`
}

func newStepRef(s pipeline.StepRef) *stepRef {
	return &stepRef{s.Pipeline, s.ID, s.Type, s.Pos.Name(), s.Pos.Line, s.Pos.Col}
}

func newFound(x *lint.Finding) found {
	r := newRemark(&x.Error)
	out := found{Severity: x.Severity.String(), Code: r.Code, Message: r.Message, File: r.File, Line: r.Line, Column: r.Column}
	if x.Step.Pos.IsValid() {
		out.Step = newStepRef(x.Step)
	}
	for _, c := range x.Counts {
		out.Counts = append(out.Counts, foundCount{c.Name, c.Rules})
	}
	return out
}
