package main

import (
	"bufio"
	"runtime"

	"github.com/spf13/cobra"

	"github.com/sigma-compiler/sigmac/backends/emit"
	"github.com/sigma-compiler/sigmac/sigma/pipeline"
	"github.com/sigma-compiler/sigmac/sigma/synth"
)

// synthFlags are the flags of synth.
type synthFlags struct {
	pipelineFlags
	target   string
	keywords []string
	seed     uint64
	max      int
	skip     bool
	quiet    bool
	jobs     int
}

func newSynth(a *app) *cobra.Command {
	var f synthFlags
	cmd := &cobra.Command{
		Use:   "synth [flags] [file|folder|-]...",
		Short: "Make events that rules match, and events that they just miss",
		Long: `synth makes events from rules: for each test one in which it decides that the
rule matches, and others that differ from it in one thing: a character too few,
the other case, a line break where a star stands, a field that is absent, null
or empty, a number off by one, the address beside a network. Each has the answer
of the rule, as sigmac eval gives it. They are for trying out what a SIEM makes
of a rule's query.

Each event is an object on a line:

  {"expect":true,"why":"selection: Image ends with \"\\\\net.exe\"",
   "traits":["other-case"],"event":{"Image":"qz\\NET.EXE"}}

why says which test of the rule the event is about. traits are things that some
stores cannot hold or some languages cannot tell apart; sigmac list traits says
what they are. With several rules each object begins with "rule", as that of
eval.

With -p, and -t where a pipeline is for one target, the events have the names and
types of the target. Where a query computes a column, the events have the column
itself, "computed" names it and what it is computed from, and a warning says so;
another says which parts of a query cannot be evaluated and are taken for true.

The same rule, --seed and --max give the same events.

Exit codes: 0 events were made, 1 a rule cannot be evaluated, or no event was
found that it matches, 2 the command line is wrong, 3 a pipeline is wrong.`,
		Example: `  sigmac synth rule.yml
  sigmac synth -t kusto -p microsoft_xdr rules/ > events.jsonl`,
		RunE: func(_ *cobra.Command, args []string) error { return f.run(a, args) },
	}
	flags := cmd.Flags()
	flags.StringVarP(&f.target, "target", "t", "", "the `language` that the pipelines are for")
	f.pipelineFlags.add(cmd)
	flags.StringSliceVar(&f.keywords, "keyword-fields", nil, "two `fields` that hold what keywords look for (default message,data)")
	flags.Uint64Var(&f.seed, "seed", 0, "chooses among values that are equally good, `n`")
	flags.IntVar(&f.max, "max", 0, "at most `n` events a rule; 0 is as many as show what each test asks for")
	flags.BoolVarP(&f.skip, "skip-errors", "s", false, "go on without the rules of which no events can be made")
	flags.BoolVarP(&f.quiet, "quiet", "q", false, "no warnings, no summary and no progress on standard error, only errors")
	flags.IntVarP(&f.jobs, "jobs", "j", runtime.GOMAXPROCS(0), "how many files to work on at once, `n`")
	_ = cmd.RegisterFlagCompletionFunc("jobs", cobra.NoFileCompletions)
	_ = cmd.RegisterFlagCompletionFunc("keyword-fields", cobra.NoFileCompletions)
	_ = cmd.RegisterFlagCompletionFunc("target", func(_ *cobra.Command, _ []string, word string) ([]string, cobra.ShellCompDirective) {
		return targetNames(word), cobra.ShellCompDirectiveNoFileComp
	})
	completePipelines(cmd)
	return cmd
}

// run runs the command.
func (f *synthFlags) run(a *app, args []string) error {
	switch {
	case f.jobs < 1:
		return usage("", "there must be at least one job, not %d", f.jobs)
	case f.max < 0:
		return usage("", "there cannot be %d events", f.max)
	}
	s := synthesizer{job: &job{app: a, report: reporter{a.color}, quiet: f.quiet}, skip: f.skip}
	s.options = synth.Options{Seed: f.seed, Max: f.max, KeywordFields: f.keywords}
	var err error
	if s.chain, err = f.chain(a); err != nil {
		return err
	}
	if f.target != "" {
		bs, _ := findBackends([]string{f.target}) // which chain has found
		s.target = bs[0].Name
	}
	ins, err := findInputs(a, args)
	if err != nil {
		return err
	}
	s.several = len(ins) > 1
	return f.finish(a, &s, ins)
}

// chain returns the pipelines that are meant for the target.
func (f *synthFlags) chain(a *app) (*pipeline.Pipeline, error) {
	if f.target == "" {
		return (&ruleFlags{pipelineFlags: f.pipelineFlags}).chain()
	}
	bs, err := findBackends([]string{f.target})
	if err != nil {
		return nil, err
	}
	note := a.note
	if f.quiet {
		note = func(string, ...any) {}
	}
	chains, err := choosePipelines([]*emit.Backend{bs[0]}, &f.pipelineFlags, note)
	if err != nil {
		return nil, err
	}
	return chains[0], nil
}

// finish makes the events of all files.
func (f *synthFlags) finish(a *app, s *synthesizer, ins []input) error {
	out := bufio.NewWriterSize(a.out, 1<<16)
	bar := newProgress(a, len(ins), f.quiet || a.outTerm)
	var sum synthTally
	err := ordered(len(ins), f.jobs, func(i int) *synthesized { return s.file(ins[i]) }, func(o *synthesized) error {
		sum.add(&o.sum)
		bar.step()
		if len(o.notes) > 0 {
			bar.print(o.notes)
		}
		_, err := out.Write(o.lines)
		return err
	})
	bar.close()
	if err == nil {
		err = out.Flush()
	}
	switch {
	case err != nil:
		return outputFailure(err)
	case sum.rules+sum.bad == 0:
		return usage("", "there are no rules in what was read")
	}
	if !f.quiet {
		a.err.Write([]byte(sum.String() + "\n"))
	}
	if sum.bad+sum.unmatched > 0 && !f.skip {
		return &failure{code: exitRules}
	}
	return nil
}
