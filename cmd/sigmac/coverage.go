package main

import (
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/attack"
)

// coverageFlags are the flags of coverage.
type coverageFlags struct {
	targetFlags
	runFlags
	layerFlags
	selection
	format, output, layer string
	score                 string
	subs, noSubs, gaps    bool
}

// A selection says which rules count.
type selection struct{ level, status string }

// coverageForms are the forms of the output, the default first.
var coverageForms = []struct {
	name, doc string
	write     func(io.Writer, *coverage) error
}{
	{"table", "for people", writeCoverageTable},
	{"layer", "a layer of the ATT&CK Navigator", writeLayer},
	{"csv", "a line a technique", writeCoverageCSV},
	{"json", "an object a line, with the rules", writeCoverageJSON},
	{"markdown", "a table for pull requests and pages", writeCoverageMarkdown},
}

func newCoverage(a *app) *cobra.Command {
	f := coverageFlags{targetFlags: targetFlags{bySchema: true}}
	cmd := &cobra.Command{
		Use:   "coverage [flags] [file|folder|-]...",
		Short: "Say which ATT&CK techniques rules are about, and which of the rules can fire",
		Long: `coverage reads rules and writes a line for each technique of MITRE ATT&CK that
their tags name: how many rules there are, of which level, and their score, which
is the number of rules (count), the highest level from 1 to 5 (max), or the sum
over the rules of 1 for informational, 2 for low, 4 for medium, 8 for high and 12
for critical (level). With --format layer it is a layer that the ATT&CK Navigator
opens, coloured by score, with the titles of the rules as comments; --layer writes
one beside the other output.

With -t, or --schema, it also says how many of the rules can fire: those of which
the target can have a query that finds something in your tables, whole or in part,
as sigmac check --schema says it and says why. Only these have a score then; where
none of a technique's rules can fire, the layer has a colour of its own for it.
With several targets a rule can fire that can in one of them.

Correlations count as rules do. Filters do not, nor do rules that only serve
correlations, since they never fire by themselves. What is tagged is what counts: a
technique that was revoked counts as what replaced it, with a warning, and tags
that name none are warnings, too. A rule without a level is taken to be medium by
--min-level and by the scores, though no column of the levels counts it, and
--min-status leaves out rules without a status, both as sigmac pack does; sigma-cli
leaves none of them out, and scores a rule without a level as informational or less.

Exit codes: 0 all rules were read, 1 some could not be, 2 the command line is
wrong (or names a path that does not exist), 3 a pipeline or a schema is wrong.`,
		Example: `  sigmac coverage rules/
  sigmac coverage --format layer -o layer.json rules/
  sigmac coverage --gaps --format markdown --layer layer.json rules/
  sigmac coverage -t kusto -p microsoft_xdr --schema columns.csv rules/`,
		RunE: func(_ *cobra.Command, args []string) error { return f.run(a, args) },
	}
	f.add(cmd)
	return cmd
}

func (f *coverageFlags) add(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringSliceVarP(&f.targets, "target", "t", nil, "target `language` in which rules are to fire; repeat it or separate several by commas")
	f.targetFlags.addOthers(cmd)
	f.linkFlags.add(cmd)
	var forms []string
	for _, form := range coverageForms {
		forms = append(forms, form.name+"\t"+form.doc)
	}
	flags.StringVarP(&f.format, "format", "f", coverageForms[0].name, "output `format`: table, layer, csv, json or markdown")
	fixed(cmd, "format", forms...)
	flags.StringVarP(&f.output, "output", "o", dash, "write to this `file`; - is standard output")
	flags.StringVar(&f.layer, "layer", "", "also write a layer to this `file`")
	flags.StringVar(&f.score, "score", scores[0].name, "what the score is: count, max or level")
	fixed(cmd, "score", "count\tthe number of rules", "max\tthe highest level", "level\tthe sum of the levels")
	f.addSelection(cmd)
	flags.BoolVar(&f.gaps, "gaps", false, "also name the techniques without rules")
	f.layerFlags.add(cmd)
	flags.BoolVarP(&f.quiet, "quiet", "q", false, "no warnings, no summary and no progress on standard error, only errors")
	flags.IntVarP(&f.jobs, "jobs", "j", runtime.GOMAXPROCS(0), "how many files to work on at once, `n`")
	_ = cmd.RegisterFlagCompletionFunc("jobs", cobra.NoFileCompletions)
}

// addSelection adds the flags that say which rules and techniques count.
func (f *coverageFlags) addSelection(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVarP(&f.level, "min-level", "L", "", "leave out rules below this `level`")
	fixed(cmd, "min-level", sigma.Levels()...)
	flags.StringVarP(&f.status, "min-status", "T", "", "leave out rules below this `status`: unsupported, deprecated, experimental, test, stable")
	fixed(cmd, "min-status", sigma.Statuses()...)
	flags.BoolVarP(&f.subs, "subtechniques", "s", true, "count sub-techniques by themselves")
	flags.BoolVarP(&f.noSubs, "no-subtechniques", "S", false, "count the rules of sub-techniques to their techniques")
	exclude(cmd, "subtechniques", "no-subtechniques")
}

// check refuses what makes no sense, and returns how the output is written.
func (f *coverageFlags) check() (func(io.Writer, *coverage) error, error) {
	for _, form := range coverageForms {
		if form.name == strings.ToLower(f.format) {
			return form.write, errorOf(f.selection.check, f.layerFlags.check, f.checkScore)
		}
	}
	return nil, usage("there are table, layer, csv, json and markdown", "there is no format %q", f.format)
}

// errorOf returns the first error of checks.
func errorOf(checks ...func() error) error {
	for _, check := range checks {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

// check brings the words into lower case, as sigma-cli has them in upper.
func (s *selection) check() error {
	s.level, s.status = strings.ToLower(s.level), strings.ToLower(s.status)
	if s.level != "" && !slices.Contains(sigma.Levels(), s.level) {
		return usage("the levels are "+list(sigma.Levels()), "there is no level %q", s.level)
	}
	if s.status != "" && !slices.Contains(sigma.Statuses(), s.status) {
		return usage("they are "+list(sigma.Statuses()), "there is no status %q", s.status)
	}
	return nil
}

// has reports whether a rule counts. Statuses begin with the highest, levels
// with the lowest. A rule without a status has none that is high enough, as in
// content packs: nothing says that anybody has tried it.
func (s *selection) has(m *sigma.Meta) bool {
	status := slices.Index(sigma.Statuses(), string(m.Status))
	return (s.level == "" || levelOf(m) >= slices.Index(sigma.Levels(), s.level)) &&
		(s.status == "" || status >= 0 && status <= slices.Index(sigma.Statuses(), s.status))
}

// levelOf returns how high a rule's level is, from 0 for informational.
func levelOf(m *sigma.Meta) int { return slices.Index(sigma.Levels(), string(m.EffectiveLevel())) }

// run runs the command.
func (f *coverageFlags) run(a *app, args []string) error {
	write, err := f.check()
	if err != nil {
		return err
	}
	j, lib, err := f.prepare(a, args, &f.targetFlags)
	if err != nil {
		return err
	}
	c, err := f.collect(j, lib)
	if err != nil {
		return err
	}
	if f.layer != "" {
		if err := toFile(f.layer, a.out, c, writeLayer); err != nil {
			return err
		}
	}
	if err := toFile(f.output, a.out, c, write); err != nil {
		return err
	}
	if !f.quiet {
		c.summarize(a.err)
	}
	if c.bad > 0 {
		return &failure{code: exitRules}
	}
	return nil
}

// toFile writes to a file of that name, or to standard output.
func toFile(name string, out io.Writer, c *coverage, write func(io.Writer, *coverage) error) error {
	var b strings.Builder
	if err := write(&b, c); err != nil {
		return err
	}
	if name == dash {
		if _, err := io.WriteString(out, b.String()); err != nil {
			return outputFailure(err)
		}
		return nil
	}
	if err := os.WriteFile(name, []byte(b.String()), 0o666); err != nil {
		return usage("", "cannot write the output: %v", err)
	}
	return nil
}

// summarize says how much of ATT&CK the rules cover, and which do not count.
func (c *coverage) summarize(w io.Writer) {
	of, what := 0, "techniques and sub-techniques"
	for _, t := range attack.Techniques() {
		if t.Current() && (c.subs || t.Parent == nil) {
			of++
		}
	}
	if !c.subs {
		what = "techniques"
	}
	covered, live := c.counts()
	verb := "cover"
	if c.rules == 1 {
		verb = "covers"
	}
	fmt.Fprintf(w, "%s %s %d of %d %s of ATT&CK %s\n", rules(c.rules), verb, covered, of, what, attack.Version)
	if len(c.targets) > 0 {
		fmt.Fprintf(w, "%d can fire, %d of them in part, and cover %d", c.works[whole]+c.works[inPart], c.works[inPart], live)
		if n := c.works[cannot]; n > 0 {
			fmt.Fprintf(w, "; sigmac check says why %d cannot", n)
		}
		fmt.Fprintln(w)
	}
	for _, n := range []struct {
		n   int
		who string
	}{
		{c.untagged, "without a technique"},
		{c.below, "left out by level or status"},
		{c.inner, "not counted because only correlations ask for them"},
		{c.bad, "could not be read"},
	} {
		if n.n > 0 {
			fmt.Fprintf(w, "%s %s\n", rules(n.n), n.who)
		}
	}
}
