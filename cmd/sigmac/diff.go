package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sigma-compiler/sigmac/sigma"
)

// changesFlags are the flags of diff.
type changesFlags struct {
	git      string
	format   string
	polarity string
	exitCode bool
	quiet    bool
	jobs     int
}

// changeFormats are how diff can write, as they are called.
var changeFormats = []string{"text", "markdown", "json", "github"}

func newDiff(a *app) *cobra.Command {
	var f changesFlags
	cmd := &cobra.Command{
		Use:   "diff [flags] OLD NEW | diff --git REV[..REV] [PATH]...",
		Short: "Show which rules changed, in meaning or only in words",
		Long: `diff says what changed from the rules of OLD to those of NEW, files or folders:
not which lines, but what the rules match. Rules are the same where they have the
same id, else where they stand in the same file, else where they have the same
title. (To compare queries with those of another converter, see sigmac diff-test.)

With --git the rules of a revision are compared with those in the working tree;
with --git A..B those of two revisions; with --git A...B those of B with those
where B began to differ from A, as a pull request does. PATH is as in the working
directory; without one it is all of that. The program git is run to read the
revisions, and nothing else is run, and nothing is checked out.

What becomes of a rule, by the names that --format json has:

  added, removed
  broader       the new one matches all that the old one does, and more
  narrower      the new one matches less
  incomparable  each matches what the other does not
  changed       it means something else, and whether more or less is not known
  alike         no difference was found, and that there is none is not proven
  affected      itself as it was, but a rule changed that it refers to
  broken        it is wrong, before or after; what is wrong is on standard error
  words         only its words changed: title, level, tags, ... or the detection is
                written otherwise and matches the same, which is proven
  moved         only its file changed
  unchanged     is counted, not shown

Events show each difference: one that only the new rule matches, and one that only
the old one does. They are made by reasoning from the rules, and rules are run to
make sure. A rule is called broader or narrower as long as no event is known that
shows the opposite; "proven" says that there is none. A changed log source is a
change in meaning, of which no event tells: the events of such rules are those of
logs that both are about. Filters among the files have been applied to the rules.

Formats: text; markdown, a comment for a pull request, of 60 KB at most; json, an
object a line for each rule that is not unchanged, with change, proven, kind, file,
line, old_file, old_line, id, title, notes, words, only_new, only_old, events,
refers and errors; github, annotations at the rules of NEW.

Exit codes: 0, or with --exit-code 1 where anything but words, files and nothing
changed, "alike" included; 2 the command line is wrong, 3 git cannot read the
revisions.`,
		Example: `  sigmac diff old/rules rules
  sigmac diff --git HEAD rules/
  sigmac diff --git origin/main...HEAD --format markdown rules/ > comment.md
  sigmac diff --git v1.0..v1.1 --format json --exit-code`,
		RunE: func(_ *cobra.Command, args []string) error { return f.run(a, args) },
	}
	flags := cmd.Flags()
	flags.StringVar(&f.git, "git", "", "compare revisions of git: `REV` with the working tree, A..B, or A...B")
	flags.StringVar(&f.format, "format", "text", "how to write: "+strings.Join(changeFormats, ", "))
	flags.StringVar(&f.polarity, "filter-polarity", "match", "what rules leave out: match, what the condition of a filter does not match; suppress, what it matches")
	flags.BoolVar(&f.exitCode, "exit-code", false, "exit with 1 where the meaning of the rules changed")
	flags.BoolVarP(&f.quiet, "quiet", "q", false, "no summary and no progress on standard error, only errors")
	flags.IntVarP(&f.jobs, "jobs", "j", runtime.GOMAXPROCS(0), "how many rules to work on at once, `n`")
	fixed(cmd, "format", changeFormats...)
	fixed(cmd, "filter-polarity", "match\trules only find what a filter matches, too", "suppress\trules leave out what a filter matches")
	_ = cmd.RegisterFlagCompletionFunc("jobs", cobra.NoFileCompletions)
	_ = cmd.RegisterFlagCompletionFunc("git", cobra.NoFileCompletions)
	return cmd
}

// check refuses what no run could do.
func (f *changesFlags) check() error {
	switch {
	case f.polarity != "match" && f.polarity != "suppress":
		return usage("it is match or suppress", "there is no polarity %q", f.polarity)
	case !slices.Contains(changeFormats, f.format):
		return usage("it is "+list(changeFormats), "there is no format %q", f.format)
	}
	return checkJobs(f.jobs)
}

// run runs the command.
func (f *changesFlags) run(a *app, args []string) error {
	if err := f.check(); err != nil {
		return err
	}
	old, new, err := f.find(args)
	if err != nil {
		return err
	}
	tuneEval(os.LookupEnv, debug.SetGCPercent, debug.SetMemoryLimit)
	load(old, new, f.jobs, f.polarity == "suppress")
	pairs := pairEntries(old, new)
	bar := newProgress(a, len(pairs), f.quiet)
	var changes []*change
	_ = ordered(len(pairs), f.jobs, func(i int) *change { return pairs[i].decide() }, func(c *change) error {
		changes = append(changes, c)
		bar.step()
		return nil
	})
	bar.close()
	relate(changes, new)
	return f.finish(a, changes)
}

// find returns the files of both sides.
func (f *changesFlags) find(args []string) (old, new *side, err error) {
	if f.git != "" {
		return gitSides(f.git, args)
	}
	if len(args) != 2 {
		return nil, nil, usage("write OLD and NEW, or --git REV and what to compare of it", "two files or folders are compared, not %d", len(args))
	}
	if old, err = folderSide(args[0]); err != nil {
		return nil, nil, err
	}
	if new, err = folderSide(args[1]); err != nil {
		return nil, nil, err
	}
	if len(old.files)+len(new.files) == 0 {
		return nil, nil, usage("rule files are *.yml and *.yaml", "there are no rule files in %s", strings.Join(args, " and "))
	}
	return old, new, nil
}

// finish writes what was found out and returns the failure that the exit code
// tells of.
func (f *changesFlags) finish(a *app, changes []*change) error {
	var sum changeTally
	var notes []byte
	report := reporter{color: a.color}
	for _, c := range changes {
		sum.add(c)
		for _, e := range c.errors() {
			notes = report.add(notes, kindError, "", e)
		}
	}
	if !f.quiet {
		notes = fmt.Appendln(notes, sum.String())
	}
	if f.format == "github" {
		a.err = inertWriter{a.err}
	}
	out := bufio.NewWriterSize(a.out, 1<<16)
	err := f.write(out, changes, &sum)
	if flushed := out.Flush(); err == nil {
		err = flushed
	}
	if _, told := a.err.Write(notes); err == nil {
		err = told
	}
	switch {
	case err != nil:
		return outputFailure(err)
	case f.exitCode && sum.meant() > 0:
		return &failure{code: exitRules}
	}
	return nil
}

// write writes the changes in the format that was asked for.
func (f *changesFlags) write(w io.Writer, changes []*change, sum *changeTally) error {
	shown := slices.DeleteFunc(slices.Clone(changes), func(c *change) bool { return c.kind == unchanged })
	switch f.format {
	case "json":
		return writeChangesJSON(w, shown)
	case "markdown":
		return writeChangesMarkdown(w, shown, sum)
	case "github":
		return annotate(w, changeAnnotations(shown))
	}
	text := changesText(shown)
	if os.Getenv("GITHUB_ACTIONS") == "true" { // the runner reads commands from there
		text = inert(text)
	}
	_, err := io.WriteString(w, text)
	return err
}

// errors returns what is wrong with the rule. Where it was wrong in the same
// words before, that is told once.
func (c *change) errors() sigma.ErrorList {
	var out sigma.ErrorList
	if c.old != nil && !(c.twin && sameErrors(c.old.errs, c.new.errs)) {
		out = append(out, c.old.errs...)
	}
	if c.new != nil {
		out = append(out, c.new.errs...)
	}
	return out
}
