package main

import (
	"os"
	"runtime"

	"github.com/spf13/cobra"

	"github.com/sigma-compiler/sigmac/sigma/eval/backtrack"
)

// testFlags are the flags of test.
type testFlags struct {
	linkFlags
	pipelineFlags
	reportFlags
	tests     string
	require   bool
	skip      bool
	quiet     bool
	backtrack bool
	json      bool
	jobs      int
	times     []string
}

func newTest(a *app) *cobra.Command {
	var f testFlags
	cmd := &cobra.Command{
		Use:   "test [flags] [file|folder|-]...",
		Short: "Run rules over the events of their tests",
		Long: `test runs each rule over events for which it is known what the rule must say of
them, prints which tests fail and why, and which rules have no test.

The tests of NAME.yml are in NAME.tests.yml beside it, or, with --tests, in a tree
of folders like that of the rules:

  tests:
    - name: curl to a high port
      event: {Image: 'C:\Windows\System32\curl.exe', DestinationPort: 8088}
    - name: curl to a port of the web
      event: {Image: 'C:\Windows\System32\curl.exe', DestinationPort: 443}
      expect: false
    - name: as recorded
      file: events/curl.evtx
      expect: 3

A test has one event, a list of events, or the file of them: JSON, EVTX or CSV as
eval reads it, which lies in the folder of the tests, below it or below the working
directory. expect is true (the default): all events match; false: none does; or how
many do. rule, above the tests or in one of them, says by id, name or title which
rule of a file with several is meant; logsource, such as {product: windows}, of what
source the events are, which is otherwise not looked at. A name there that passes
over the rule and that no rule and no log source of Sigma's taxonomy has is an error.
A test of a correlation is a stream of events with times, and expects alerts: true
some, false none, or so many. NAME.tests.jsonl, or NAME.jsonl below --tests, has a test a line, with event
or events, expect (or expect_alert) and name (or why).

Rules of SigmaHQ name the file with their tests in regression_tests_path, by a path
from the root of their repository; at least as many events must match as match_count
says, or one. Pipelines are applied to the rules before they run, as in eval.

The reports are those of check: in JUnit each test is one, and a rule without tests
is skipped; in SARIF and annotations a finding is at the place of the test. A test
that cannot be run is an error, and so is a file of tests below a folder of rules
that has no rules beside it. With --json each test is an object on a line:

  {"file":"rules/a.yml","line":1,"id":"...","title":"...","test":"curl to a high port",
   "place":"rules/a.tests.yml:2:7","result":"passed","message":""}

result is passed, failed, error, skipped (the rule does not compile, with -s) or none
(the rule has no test).

Exit codes: 0 all tests passed, 1 some did not or rules are wrong, or, with
--require-tests, rules have no test, 2 the command line is wrong or a report cannot
be written, 3 a pipeline or the baseline is wrong.`,
		Example: `  sigmac test rules/
  sigmac test --require-tests --junitxml tests.xml --github rules/
  sigmac test -p placeholders.yml --tests events/ rules/`,
		RunE: func(_ *cobra.Command, args []string) error { return f.run(a, args) },
	}
	f.linkFlags.add(cmd)
	f.pipelineFlags.add(cmd)
	f.reportFlags.add(cmd)
	flags := cmd.Flags()
	flags.StringVar(&f.tests, "tests", "", "`folder` with further tests, in a tree like that of the rules")
	flags.BoolVar(&f.require, "require-tests", false, "rules without tests are errors")
	flags.BoolVarP(&f.skip, "skip-errors", "s", false, "go on without the rules that do not compile")
	flags.BoolVarP(&f.quiet, "quiet", "q", false, "no summary and no progress on standard error, only errors")
	flags.BoolVar(&f.backtrack, "backtrack", false, "run regular expressions with look-around and back-references, by a slower engine with limits")
	flags.BoolVar(&f.json, "json", false, "write an object a line: the test and what came of it")
	flags.StringSliceVar(&f.times, "time-field", nil, "`field` that has the time of an event, for correlations; of several the first that is there")
	flags.IntVarP(&f.jobs, "jobs", "j", runtime.GOMAXPROCS(0), "how many files to work on at once, `n`")
	_ = cmd.RegisterFlagCompletionFunc("jobs", cobra.NoFileCompletions)
	_ = cmd.MarkFlagDirname("tests")
	completePipelines(cmd)
	return cmd
}

// run runs the command.
func (f *testFlags) run(a *app, args []string) error {
	if err := checkJobs(f.jobs); err != nil {
		return err
	}
	if info, err := os.Stat(f.tests); f.tests != "" && (err != nil || !info.IsDir()) {
		return usage("", "there is no folder %q", f.tests)
	}
	output := ""
	if f.json {
		output = "--json"
	}
	reporting, err := f.prepare(a, "test", output)
	if err != nil {
		return err
	}
	t := &tester{flags: f, job: &job{app: a, report: reporter{a.color}, quiet: f.quiet, reporting: reporting}}
	if t.chain, err = f.chain(); err != nil {
		return err
	}
	if f.backtrack {
		t.options.Regexp = backtrack.New
	}
	ins, err := findInputs(a, args)
	if err != nil {
		return err
	}
	lib, err := f.open(a, ins, f.jobs)
	if err != nil {
		return err
	}
	t.orphans, t.sources = orphans(args), sourcesOf(lib)
	a.err.Write(lib.notes(t.job))
	return t.all(lib)
}
