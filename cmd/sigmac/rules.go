package main

import (
	"fmt"
	"runtime"
	"slices"

	"github.com/spf13/cobra"

	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/eval"
	"github.com/sigma-compiler/sigmac/sigma/eval/backtrack"
	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/pipeline"
)

// ruleFlags are the flags of the commands that run rules themselves.
type ruleFlags struct {
	linkFlags
	pipelineFlags
	rules     []string
	skip      bool
	quiet     bool
	backtrack bool
	jobs      int
}

func (f *ruleFlags) add(cmd *cobra.Command) {
	flags := cmd.Flags()
	f.linkFlags.add(cmd)
	flags.StringArrayVarP(&f.rules, "rules", "r", nil, "rules: a `file`, a folder or - for standard input; may be repeated")
	f.pipelineFlags.add(cmd)
	flags.BoolVarP(&f.skip, "skip-errors", "s", false, "go on without the rules that do not compile")
	flags.BoolVarP(&f.quiet, "quiet", "q", false, "no warnings, no summary and no progress on standard error, only errors")
	flags.BoolVar(&f.backtrack, "backtrack", false, "run regular expressions with look-around and back-references, by a slower engine with limits")
	flags.IntVarP(&f.jobs, "jobs", "j", runtime.GOMAXPROCS(0), "how much to work on at once, `n`")
	_ = cmd.RegisterFlagCompletionFunc("jobs", cobra.NoFileCompletions)
	completePipelines(cmd)
}

// maxJobs is how much can be worked on at once: more than there are processors
// in a machine, and no more goroutines than cost nothing.
const maxJobs = 1024

// checkJobs refuses a number of jobs that makes no sense.
func checkJobs(n int) error {
	switch {
	case n < 1:
		return usage("", "there must be at least one job, not %d", n)
	case n > maxJobs:
		return usage("", "there can be %d jobs at most, not %d", maxJobs, n)
	}
	return nil
}

// check refuses what no run could do.
func (f *ruleFlags) check() error {
	if err := checkJobs(f.jobs); err != nil {
		return err
	}
	if len(f.rules) == 0 {
		return usage("write -r with a file or a folder", "no rules are named")
	}
	return nil
}

// A loaded is what became of one file of rules.
type loaded struct {
	*outcome
	rules        []*ir.Rule
	correlations []*ir.Correlation
	inner        []*sigma.Rule // that only serve correlations
	bad          int           // documents that are no rule that can run
}

// A ruleSet is what runs over events.
type ruleSet struct {
	engine       *eval.Engine
	correlations []*ir.Correlation
	inner        map[*sigma.Rule]bool // rules that are not wanted by themselves
}

// load makes an engine of the rules. What is wrong with them is printed;
// unless such rules are to be skipped it is a failure.
func (f *ruleFlags) load(a *app, o eval.Options) (*ruleSet, error) {
	chain, err := f.chain()
	if err != nil {
		return nil, err
	}
	ins, err := findInputs(a, f.rules)
	if err != nil {
		return nil, err
	}
	lib, err := f.open(a, ins, f.jobs)
	if err != nil {
		return nil, err
	}
	j := &job{app: a, report: reporter{a.color}, quiet: f.quiet}
	a.err.Write(lib.notes(j))
	var rules []*ir.Rule
	set := &ruleSet{inner: make(map[*sigma.Rule]bool)}
	bad := 0
	_ = ordered(len(ins), f.jobs, func(i int) *loaded { return f.file(j, ins[i], lib.units(i), chain) }, func(l *loaded) error {
		a.err.Write(l.notes)
		rules = append(rules, l.rules...)
		set.correlations = append(set.correlations, l.correlations...)
		for _, r := range l.inner {
			set.inner[r] = true
		}
		bad += l.bad
		return nil
	})
	if len(rules)+bad == 0 {
		return nil, usage("", "there are no rules in what was read")
	}
	if set.engine, err = f.compile(j, rules, bad, o); err == nil {
		f.dropIdle(j, set)
	}
	return set, err
}

// dropIdle leaves out the correlations that would wait for a rule in vain which
// does not run.
func (f *ruleFlags) dropIdle(j *job, set *ruleSet) {
	runs := make(map[*sigma.Rule]bool)
	for i, r := range set.engine.Rules() {
		runs[r.Source] = set.engine.Runs(i)
	}
	d := document{job: j, outcome: &outcome{}}
	set.correlations = slices.DeleteFunc(set.correlations, func(c *ir.Correlation) bool {
		for _, m := range c.Rules() {
			if !runs[m.Rule.Source] {
				d.print(f.kind(), "", sigma.ErrorList{{Pos: c.Source.Pos, Code: sigma.RuleRejected,
					Msg: fmt.Sprintf("the correlation cannot run without its rule %q", m.Name)}})
				return true
			}
		}
		return false
	})
	j.app.err.Write(d.notes)
}

// options returns what the flags say about how rules are run.
func (f *ruleFlags) options(o eval.Options) eval.Options {
	if f.backtrack {
		o.Regexp = backtrack.New
	}
	return o
}

// nameFlag puts the flag into the hint of errors which it would spare.
func nameFlag(errs sigma.ErrorList) sigma.ErrorList {
	out := make(sigma.ErrorList, len(errs))
	for i, e := range errs {
		if e.Hint == eval.HintRegexp {
			named := *e
			named.Hint = "rewrite it, or write --backtrack"
			e = &named
		}
		out[i] = e
	}
	return out
}

// compile makes the engine and prints what keeps rules from running, beside
// the bad ones of before.
func (f *ruleFlags) compile(j *job, rules []*ir.Rule, bad int, o eval.Options) (*eval.Engine, error) {
	o.SkipErrors = true
	engine, err := eval.Compile(rules, f.options(o))
	d := document{job: j, outcome: &outcome{}}
	d.print(f.kind(), "", nameFlag(sigma.Errors(err)))
	j.app.err.Write(d.notes)
	if f.skip || err == nil && bad == 0 {
		return engine, nil
	}
	j.app.note("not all rules compile; write -s to go on with those that do")
	return nil, &failure{code: exitConfig}
}

// kind returns what an error of a rule is here.
func (f *ruleFlags) kind() kind {
	if f.skip {
		return kindSkipped
	}
	return kindError
}

// file takes the rules and correlations of a file.
func (f *ruleFlags) file(j *job, in input, us []unit, chain *pipeline.Pipeline) *loaded {
	l := &loaded{outcome: &outcome{}}
	for _, u := range us {
		d := document{job: j, outcome: l.outcome, unit: u, file: in.path}
		d.build()
		if _, filter := d.doc.(*sigma.Filter); filter && len(d.errs) == 0 {
			continue
		}
		errs := d.errs
		if len(errs) == 0 && d.correlation != nil {
			errs = l.correlate(&d, chain)
		} else if len(errs) == 0 {
			var rule *ir.Rule
			if rule, errs = adapt(&d, chain, ""); rule != nil {
				l.rules = append(l.rules, rule)
				if d.inner {
					l.inner = append(l.inner, rule.Source)
				}
			}
		}
		if len(errs) > 0 {
			l.bad++
			d.print(f.kind(), "", errs)
		}
	}
	l.tellMore(j, in)
	return l
}

// correlate applies the pipelines to a correlation that is wanted by itself.
func (l *loaded) correlate(d *document, chain *pipeline.Pipeline) sigma.ErrorList {
	if d.inner {
		return nil
	}
	c, err := d.correlation.Map(func(r *ir.Rule) (*ir.Rule, error) { return chain.Apply(r, "") })
	if err != nil {
		return sigma.Errors(err)
	}
	l.correlations = append(l.correlations, c)
	return nil
}

// adapt applies the pipelines to a document, for a target where one is named.
func adapt(d *document, chain *pipeline.Pipeline, target string) (*ir.Rule, sigma.ErrorList) {
	if d.rule == nil {
		kind := "correlations have no events of their own"
		if _, ok := d.doc.(*sigma.Filter); ok {
			kind = "filters have no events of their own"
		}
		return nil, sigma.ErrorList{{Pos: d.doc.Metadata().Pos, Code: sigma.Unsupported, Msg: kind}}
	}
	rule, err := chain.Apply(d.rule, target)
	if err != nil {
		return nil, sigma.Errors(err)
	}
	d.print(kindWarning, "", rule.Warnings)
	return rule, nil
}
