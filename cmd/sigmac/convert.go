package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"

	"github.com/spf13/cobra"
)

// convertFlags are the flags of convert.
type convertFlags struct {
	targetFlags
	runFlags
	verifyFlags
	output string
	dir    string
	json   bool
	trace  bool
}

// runFlags are what convert and check have in common.
type runFlags struct {
	linkFlags
	skip  bool
	quiet bool
	jobs  int
}

func (f *runFlags) add(cmd *cobra.Command) {
	flags := cmd.Flags()
	f.linkFlags.add(cmd)
	flags.BoolVarP(&f.skip, "skip-unsupported", "s", false, "exit with 0 where rules only fail because a target cannot say them")
	flags.BoolVarP(&f.quiet, "quiet", "q", false, "no warnings, no summary and no progress on standard error, only errors")
	flags.IntVarP(&f.jobs, "jobs", "j", runtime.GOMAXPROCS(0), "how many files to work on at once, `n`")
	_ = cmd.RegisterFlagCompletionFunc("jobs", cobra.NoFileCompletions)
}

func newConvert(a *app) *cobra.Command {
	var f convertFlags
	cmd := &cobra.Command{
		Use:   "convert -t target [flags] [file|folder|-]...",
		Short: "Convert rules to queries",
		Long: `convert reads rules from files, from the *.yml and *.yaml of folders and of the
folders in them (but for NAME.tests.yml), or from standard input, and writes a
query for each condition of each rule and each target.

Queries go to standard output, a line each; a blank line stands before and
behind a query of several lines. They come in the order of the files, then of
the documents in a file, then of the targets, then of a rule's conditions,
whatever --jobs is. With --json each is an object on a line, and so is each
rule that failed, with its first error in place of the query.

Postprocessing items of a pipeline change each query, and its finalizers make one
text of all queries of a target, which comes when all rules were read; with -d,
one of the queries of each file.

With -d each rule has a file of its own, in the tree that the arguments have
below their common folder; with several targets each target has a folder. The
rules of a file with several are numbered: name_1, name_2.

With --trace standard error also says what became of each detection item on its
way through the pipelines: which step made what of it, with the item's place and
the step's, or that none did; and so for the log source and all else that steps
change. With --json the objects have it instead.

With --verify each query is read back as its language means it and compared
with its rule, on events that are made from the rule (see sigmac synth). Where
the two say different things and no warning of the query tells of it, the rule
has failed: no query is written, and the message has events that show it. A
query that is not known to the reader is a warning. -v also shows what warnings
tell of. Events that no store of the language holds, such as a text in a field
of numbers, are left out; --verify-all has them, too. Lucene and Kibana KQL
compare case as the index does: --folding-index takes it for one that folds it.
Of a correlation only its rules are compared, each with the query that it has by
itself, and a warning says so: no reader knows what the whole query means.

With --schema the fields and types are those of your own tables (see sigmac check
--help for what is read): where a pipeline names a table, yours stands in for it,
and a field that is not there is an error, or what --unknown-fields says.

Exit codes: 0 all rules were converted, 1 some failed, 2 the command line is
wrong (or names a path that does not exist), 3 a pipeline or a schema is wrong.`,
		Example: `  sigmac convert -t splunk -p sysmon -p splunk_windows rules/
  sigmac convert -t kusto,esql --json rule.yml
  sigmac convert -t splunk,kusto -O splunk.widen=true -d out/ rules/
  sigmac convert -t lucene --verify rules/
  cat rule.yml | sigmac convert -t kql`,
		RunE: func(_ *cobra.Command, args []string) error { return f.convert(a, args) },
	}
	f.targetFlags.add(cmd)
	f.runFlags.add(cmd)
	f.verifyFlags.add(cmd)
	flags := cmd.Flags()
	flags.StringVarP(&f.output, "output", "o", "-", "write to this `file`; - is standard output")
	flags.StringVarP(&f.dir, "output-dir", "d", "", "write a file for each rule below this `folder`")
	flags.BoolVar(&f.json, "json", false, "write an object a line: the query and all about it")
	flags.BoolVar(&f.trace, "trace", false, "say which step of the pipelines changed what")
	flags.Bool("fail-unsupported", false, "the opposite of -s, and the default")
	_ = flags.MarkHidden("fail-unsupported") // sigma-cli's spelling
	exclude(cmd, "output", "output-dir")
	exclude(cmd, "skip-unsupported", "fail-unsupported")
	_ = cmd.MarkFlagDirname("output-dir")
	return cmd
}

// convert runs the command.
func (f *convertFlags) convert(a *app, args []string) error {
	if len(f.targets) == 0 {
		return usage(targetHelp(), "no target is named")
	}
	j, lib, err := f.prepare(a, args, &f.targetFlags)
	if err != nil {
		return err
	}
	if err := f.checkFinalizers(j.targets); err != nil {
		return err
	}
	j.final = !f.json
	if j.verify, err = f.verifier(j.targets); err != nil {
		return err
	}
	j.render = renderText
	if f.trace {
		j.trace = traceText
	}
	if f.json {
		j.render = renderJSON
		if f.trace {
			j.trace = traceJSON
		}
	}
	if f.dir != "" {
		if j.dir, err = openDir(f.dir, lib.ins, len(j.targets) > 1, f.json); err != nil {
			return err
		}
		err = f.finish(j, lib, io.Discard, summarize)
		return errors.Join(err, j.dir.close())
	}
	if f.output == dash {
		return f.finish(j, lib, a.out, summarize)
	}
	out, err := os.Create(f.output)
	if err != nil {
		return usage("", "cannot write the output: %v", err)
	}
	err = f.finish(j, lib, out, summarize)
	if closed := out.Close(); closed != nil && err == nil {
		err = &failure{exitRules, fmt.Errorf("cannot write the output: %w", closed)}
	}
	return err
}

// prepare checks the command line and reads the rules, before anything is
// written.
func (f *runFlags) prepare(a *app, args []string, t *targetFlags) (*job, *library, error) {
	if err := checkJobs(f.jobs); err != nil {
		return nil, nil, err
	}
	note := a.note
	if f.quiet {
		note = func(string, ...any) {}
	}
	targets, err := t.resolve(note)
	if err != nil {
		return nil, nil, err
	}
	ins, err := findInputs(a, args)
	if err != nil {
		return nil, nil, err
	}
	lib, err := f.open(a, ins, f.jobs)
	if err != nil {
		return nil, nil, err
	}
	return &job{app: a, targets: targets, report: reporter{a.color}, quiet: f.quiet, skip: f.skip}, lib, nil
}

// finish does the work and returns the failure that the exit code tells of.
func (f *runFlags) finish(j *job, lib *library, w io.Writer, summary func(io.Writer, *totals)) error {
	total := totals{targets: j.targets, of: make([]tally, len(j.targets)), verified: make([]verified, len(j.targets)), skip: j.skip, why: reasons{}}
	out := stream{w: bufio.NewWriterSize(w, 1<<16), flush: j.app.outTerm}
	final := j.finalization()
	bar := newProgress(j.app, len(lib.ins), f.quiet || j.app.outTerm && w == j.app.out)
	j.app.err.Write(lib.notes(j))
	err := ordered(len(lib.ins), f.jobs, func(i int) *outcome { return j.file(lib.ins[i], lib.units(i)) }, func(o *outcome) error {
		total.add(o)
		if j.reporting != nil {
			j.reporting.add(o.file, &o.issues, o.cases)
		}
		bar.step()
		if len(o.notes) > 0 {
			bar.print(o.notes)
		}
		if o.err != nil {
			return o.err
		}
		final.add(o.collected)
		return out.put(&o.text)
	})
	bar.close()
	if err == nil && total.rules.sum() > 0 {
		err = final.put(&out)
	}
	if flushed := out.w.Flush(); err == nil {
		err = flushed
	}
	if err != nil {
		return outputFailure(err)
	}
	if total.rules.sum() == 0 {
		return usage("", "there are no rules in what was read")
	}
	if !f.quiet {
		summary(j.app.err, &total)
	}
	return f.conclude(j, &total)
}

// conclude writes the reports and returns the failure that the exit code tells
// of.
func (f *runFlags) conclude(j *job, total *totals) error {
	bad := total.bad()
	if j.reporting != nil {
		if err := j.reporting.write(j.app, f.quiet); err != nil {
			return err
		}
		bad = j.reporting.bad()
	}
	if bad {
		return &failure{code: exitRules}
	}
	return nil
}
