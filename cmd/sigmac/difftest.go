package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"runtime"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/sigma-compiler/sigmac/backends/emit"
	"github.com/sigma-compiler/sigmac/sigma"
)

// diffFlags are the flags of diff-test.
type diffFlags struct {
	targetFlags
	compareFlags
	against string
	format  string
	command string
	timeout time.Duration
	json    bool
	summary bool
	verbose bool
	quiet   bool
	jobs    int
}

// sigmaCLIName is the --against that runs a program.
const sigmaCLIName = "sigma-cli"

func newDiffTest(a *app) *cobra.Command {
	var f diffFlags
	cmd := &cobra.Command{
		Use:   "diff-test -t target --against queries.jsonl|sigma-cli [flags] [file|folder|-]...",
		Short: "Show where another converter's queries mean something else",
		Long: `diff-test converts rules and compares each query with the one that another
converter, such as pySigma, made of the rule. It does not compare texts: both
queries are read back as their language means them and run over events that are
made from the rule (see sigmac synth) and from the other query. Where they find
different events, one that shows it is printed, with what each of them and the
rule itself say of it, so that it can be seen which one is right. (To compare
rules with what they were before, see sigmac diff.)

The other queries come from a file (gzip and zstd are read, too):

  - JSON lines: {"file":"rules/a.yml","id":"...","queries":["..."]}, where file or
    id may be left out, or what sigmac convert --json writes. "error" says why there
    is no query.
  - a list, *.txt or with --against-format lines: one query on each line, in the
    order of the rules and of their conditions; an empty line where there is none.

With --against sigma-cli the program sigma is run, once for each rule, with the
pipelines that are given here: "sigma convert -t TARGET -p ... -", the rule being
its standard input. No other --against runs anything.

What is found out about a rule, by the names that --json and --summary have:

  same         both find the same events; printed with -v only
  different    the other finds less than sigmac, more, or both
  refused      the language refuses one of the queries
  only-ours    only sigmac converts the rule
  only-theirs  only the other converts it
  neither      neither converts it
  unknown      a query has something that the reader does not know
  absent       there is no query to compare with, or no event to compare on
  wrong-rule   the rule itself is wrong

Both must use the same pipelines, or the queries differ in all that the pipelines
call otherwise: give -p here as it was given to the other converter. Lucene
compares case as its index does: --folding-index compares as on one that folds it.

Exit codes: 0 no differences, 1 there are some (different, refused, only-ours,
only-theirs) or a rule is wrong, 2 the command line is wrong, 3 a pipeline, the
other queries or sigma-cli are wrong, or not one rule could be compared. Single
rules that are unknown or absent are no differences; the summary counts them.`,
		Example: `  sigmac diff-test -t splunk --against queries.jsonl.gz rules/
  sigmac diff-test -t lucene -p ecs_windows --against sigma-cli rules/windows/
  sigmac diff-test -t kusto --against sigma-cli --summary rules/
  sigma convert -t kusto --without-pipeline rule.yml > theirs.txt &&
    sigmac diff-test -t kusto --against theirs.txt rule.yml`,
		RunE: func(_ *cobra.Command, args []string) error { return f.run(a, args) },
	}
	f.add(cmd)
	return cmd
}

func (f *diffFlags) add(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringSliceVarP(&f.targets, "target", "t", nil, "the `language` of both queries")
	f.addOthers(cmd)
	flags.StringVar(&f.against, "against", "", "the other queries: a `file`, - for standard input, or sigma-cli to run that program")
	flags.StringVar(&f.format, "against-format", "auto", "how the `file` is written: jsonl, lines, or auto to go by its name")
	flags.StringVar(&f.command, "against-command", "sigma", "the `program` of sigma-cli")
	flags.DurationVar(&f.timeout, "timeout", time.Minute, "how long sigma-cli may take for a rule")
	flags.BoolVar(&f.json, "json", false, "write an object a line for each rule")
	flags.BoolVar(&f.summary, "summary", false, "write how many rules there are of each kind, and nothing else")
	flags.BoolVarP(&f.verbose, "verbose", "v", false, "write the rules that are the same, too")
	flags.BoolVarP(&f.quiet, "quiet", "q", false, "no warnings, no summary and no progress on standard error, only errors")
	flags.IntVarP(&f.jobs, "jobs", "j", runtime.GOMAXPROCS(0), "how many files to work on at once, `n`")
	f.compareFlags.add(cmd)
	exclude(cmd, "json", "summary")
	_ = cmd.RegisterFlagCompletionFunc("jobs", cobra.NoFileCompletions)
	_ = cmd.RegisterFlagCompletionFunc("timeout", cobra.NoFileCompletions)
	_ = cmd.RegisterFlagCompletionFunc("against-format", cobra.FixedCompletions([]string{"auto", "jsonl", "lines"}, cobra.ShellCompDirectiveNoFileComp))
}

// run runs the command.
func (f *diffFlags) run(a *app, args []string) error {
	t, ins, err := f.prepare(a, args)
	if err != nil {
		return err
	}
	d := &differ{job: &job{app: a, targets: []*target{t}, report: reporter{a.color}, quiet: f.quiet}, target: t, options: f.options()}
	if d.against, err = f.open(a, t, ins); err != nil {
		return err
	}
	d.render = renderDiffText(f.verbose)
	switch {
	case f.json:
		d.render = renderDiffJSON
	case f.summary:
		d.render = func([]byte, *document, *difftested) []byte { return nil }
	}
	return f.finish(a, d, ins)
}

// prepare checks the command line.
func (f *diffFlags) prepare(a *app, args []string) (*target, []input, error) {
	note := a.note
	if f.quiet {
		note = func(string, ...any) {}
	}
	switch {
	case f.jobs < 1:
		return nil, nil, usage("", "there must be at least one job, not %d", f.jobs)
	case f.against == "":
		return nil, nil, usage("write --against FILE or --against sigma-cli", "there is nothing to compare with")
	case f.format != "auto" && f.format != "jsonl" && f.format != "lines":
		return nil, nil, usage("it is auto, jsonl or lines", "there is no format %q", f.format)
	case len(f.targets) == 0:
		return nil, nil, usage(targetHelp(), "no target is named")
	}
	ts, err := f.resolve(note)
	if err != nil {
		return nil, nil, err
	}
	if len(ts) > 1 {
		return nil, nil, usage("run the command once for each", "queries of one target are compared, not of %d", len(ts))
	}
	if err := readable([]*emit.Backend{ts[0].Backend()}); err != nil {
		return nil, nil, err
	}
	ins, err := findInputs(a, args)
	if err != nil {
		return nil, nil, err
	}
	if f.against == dash && readsInput(ins) {
		return nil, nil, usage("", "standard input can only be read once")
	}
	return ts[0], ins, nil
}

func readsInput(ins []input) bool {
	for _, in := range ins {
		if in.path == dash {
			return true
		}
	}
	return false
}

// open returns what to compare with.
func (f *diffFlags) open(a *app, t *target, ins []input) (against, error) {
	if f.against == sigmaCLIName {
		s, err := newSigmaCLI(f.command, f.timeout, t, f.pipelines)
		if err != nil {
			return nil, err
		}
		if !f.quiet {
			a.note("for each rule this runs: %s", s)
		}
		if err := s.try(); err != nil {
			return nil, err
		}
		return s, nil
	}
	text, done, err := openText(a, f.against)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, usage("write sigma-cli to run that program", "there is no file %q", f.against)
	}
	if err != nil {
		return nil, configuration(err)
	}
	defer done()
	if f.lines(text) {
		if readsInput(ins) {
			return nil, usage("name files or folders", "a list of queries needs rules that can be read twice")
		}
		l, err := readList(a, f.against, text, ins, f.jobs)
		return l, configuration(err)
	}
	r, err := readRows(f.against, text, t)
	return r, configuration(err)
}

// configuration returns the failure that the queries to compare with cannot be
// used.
func configuration(err error) error {
	if err == nil {
		return nil
	}
	e := &sigma.Error{Code: sigma.BadValue}
	if told := (*sigma.Error)(nil); errors.As(err, &told) {
		e.Msg, e.Hint = told.Msg, told.Hint
	} else {
		e.Msg = err.Error()
	}
	return &failure{exitConfig, e}
}

// lines reports whether a file is a list of queries.
func (f *diffFlags) lines(text *bufio.Reader) bool {
	if f.format != "auto" {
		return f.format == "lines"
	}
	for _, ext := range []string{".gz", ".zst"} {
		if name, ok := strings.CutSuffix(f.against, ext); ok {
			return strings.HasSuffix(name, ".txt")
		}
	}
	if strings.HasSuffix(f.against, ".txt") {
		return true
	}
	if strings.HasSuffix(f.against, ".jsonl") || strings.HasSuffix(f.against, ".json") {
		return false
	}
	begin, _ := text.Peek(1)
	return len(begin) > 0 && begin[0] != '{'
}

// finish compares all rules and returns the failure that the exit code tells
// of.
func (f *diffFlags) finish(a *app, d *differ, ins []input) error {
	out := bufio.NewWriterSize(a.out, 1<<16)
	bar := newProgress(a, len(ins), f.quiet || a.outTerm)
	var sum diffTally
	err := ordered(len(ins), f.jobs, func(i int) *diffed { return d.file(i, ins[i]) }, func(o *diffed) error {
		sum.add(&o.sum)
		bar.step()
		if len(o.notes) > 0 {
			bar.print(o.notes)
		}
		if o.fatal != nil {
			return configuration(o.fatal)
		}
		if _, err := out.Write(o.lines); err != nil {
			return err
		}
		if a.outTerm {
			return out.Flush()
		}
		return nil
	})
	bar.close()
	if flushed := out.Flush(); err == nil {
		err = flushed
	}
	if failed := (*failure)(nil); errors.As(err, &failed) {
		return err
	}
	if err != nil {
		return outputFailure(err)
	}
	return f.end(a, d, &sum)
}

// end prints the summary.
func (f *diffFlags) end(a *app, d *differ, sum *diffTally) error {
	if sum.sum() == 0 {
		return usage("", "there are no rules in what was read")
	}
	if !f.quiet {
		if left := d.against.left(); left != "" {
			a.note("note: %s", left)
		}
	}
	switch {
	case f.summary:
		if _, err := io.WriteString(a.out, sum.table()); err != nil {
			return outputFailure(err)
		}
	case !f.quiet:
		fmt.Fprintln(a.err, sum.String())
	}
	switch {
	case sum.differ():
		return &failure{code: exitRules}
	case sum.compared() == 0:
		return configuration(errors.New("not one of the rules was compared: there is no query for it that can be read"))
	}
	return nil
}
