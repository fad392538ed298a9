package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"slices"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/sigma-compiler/sigmac/pack"
	"github.com/sigma-compiler/sigmac/sigma"
)

// packFlags are the flags of pack.
type packFlags struct {
	pack.Options
	config        string
	check, dryRun bool
	quiet         bool
}

func newPack(a *app) *cobra.Command {
	var f packFlags
	cmd := &cobra.Command{
		Use:   "pack [flags]",
		Short: "Build content packs: what people deploy",
		Long: `pack builds the packs that a file sigmac.yml describes: for each of its targets
a folder with the files of the target's format, or an archive of them, and
manifest.json, which says of each entry which rule it was made of. docs/pack.md
has the keys of the file.

A pack is replaced as a whole once all of it is written. What did not change is
not compiled again, and a pack that did not change is not touched. Files that
are not of the pack are never deleted: where there are such in its folder, the
build fails. The folder .sigmac beside the packs has what builds remember, and
may be deleted.

Rules that are wrong or that a target cannot say are not in its pack, and its
manifest says why. With --strict nothing is written then.

With --dry-run nothing is written, and standard output has a line for each file
that would be added, changed or removed. With --check it has one for each file
that is not, to the byte, what would be made of the rules; commits aside. What
was remembered is not relied on.

The commit of the rules is that of the folder .git above them; --commit gives
another, and none leaves it out.

Exit codes: 0 all is well, 1 some rules failed, a pack could not be written, or
--check found a difference, 2 the command line is wrong, 3 sigmac.yml, a
pipeline, a filter or a schema is wrong.`,
		Example: `  sigmac pack
  sigmac pack -c content/sigmac.yml -o dist
  sigmac pack --check`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error { return f.run(cmd.Context(), a) },
	}
	flags := cmd.Flags()
	flags.StringVarP(&f.config, "config", "c", pack.FileName, "what the packs are made of, a `file`")
	flags.StringVarP(&f.Output, "output", "o", "", "the `folder` of the packs, in place of the one that the file names")
	flags.StringSliceVarP(&f.Targets, "target", "t", nil, "build only the packs of these `targets` of the file")
	flags.BoolVar(&f.Force, "force", false, "compile and write all of it again")
	flags.BoolVar(&f.check, "check", false, "write nothing; exit with 1 where a pack is not what would be built")
	flags.BoolVar(&f.dryRun, "dry-run", false, "write nothing; say which files would change")
	flags.BoolVar(&f.Strict, "strict", false, "write nothing where rules fail")
	flags.BoolVarP(&f.SkipUnsupported, "skip-unsupported", "s", false, "rules that a target cannot say are no failures")
	flags.StringVar(&f.Commit, "commit", "", "the commit of the rules, an `id` or none, in place of what .git says")
	flags.BoolVarP(&f.quiet, "quiet", "q", false, "no warnings and no summary on standard error, only errors")
	flags.IntVarP(&f.Jobs, "jobs", "j", runtime.GOMAXPROCS(0), "how many rules to work on at once, `n`")
	_ = cmd.RegisterFlagCompletionFunc("jobs", cobra.NoFileCompletions)
	_ = cmd.RegisterFlagCompletionFunc("target", f.targetWords)
	_ = cmd.MarkFlagDirname("output")
	exclude(cmd, "check", "dry-run")
	exclude(cmd, "check", "force")
	return cmd
}

// targetWords tells the shells which targets the file has.
func (f *packFlags) targetWords(*cobra.Command, []string, string) (words []string, _ cobra.ShellCompDirective) {
	if c, err := pack.ReadConfig(f.config); err == nil {
		for _, t := range c.Targets {
			words = append(words, t.Name)
		}
	}
	return words, cobra.ShellCompDirectiveNoFileComp
}

// run builds the packs.
func (f *packFlags) run(ctx context.Context, a *app) error {
	if err := checkJobs(f.Jobs); err != nil {
		return err
	}
	if _, err := os.Stat(f.config); err != nil {
		return usage("write -c with the file that says what to pack", "there is no file %s", f.config)
	}
	tuneEval(os.LookupEnv, debug.SetGCPercent, debug.SetMemoryLimit)
	c, err := pack.ReadConfig(f.config)
	if err != nil {
		return &failure{exitConfig, err}
	}
	if err := f.checkTargets(c); err != nil {
		return err
	}
	if ctx == nil {
		ctx = context.Background()
	}
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	switch {
	case f.check:
		f.Mode = pack.Check
	case f.dryRun:
		f.Mode = pack.DryRun
	}
	f.Report = f.reporter(a)
	f.Pipelines = (&pipelineFlags{}).pipelineOptions()
	built, err := c.Build(ctx, f.Options)
	return f.finish(a, built, err)
}

// checkTargets refuses a target that the file does not have.
func (f *packFlags) checkTargets(c *pack.Config) error {
	var names []string
	for _, t := range c.Targets {
		names = append(names, t.Name)
	}
	for _, name := range f.Targets {
		if slices.Contains(names, name) {
			continue
		}
		hint := "it has " + list(names)
		if near := sigma.Nearest(name, names); near != "" {
			hint = "did you mean " + near + "?"
		}
		return usage(hint, "%s has no target %q", f.config, name)
	}
	return nil
}

// reporter prints what is said of rules.
func (f *packFlags) reporter(a *app) func(pack.Message) {
	r := reporter{a.color}
	return func(m pack.Message) {
		k := kindError
		switch {
		case m.Warning:
			k = kindWarning
		case m.Skipped:
			k = kindSkipped
		}
		if f.quiet && k != kindError {
			return
		}
		a.err.Write(r.add(nil, k, m.Target, m.Error))
	}
}

// finish prints what became of the packs, and returns the failure that the
// exit code tells of.
func (f *packFlags) finish(a *app, built []*pack.Built, err error) error {
	var config *pack.ConfigError
	switch {
	case errors.As(err, &config):
		return &failure{exitConfig, config.ErrorList}
	case errors.Is(err, context.Canceled):
		return &failure{exitRules, errors.New("interrupted; the packs are as they were")}
	case err != nil && !errors.Is(err, pack.ErrRefused):
		return &failure{exitRules, err}
	}
	failed, changed := 0, false
	for _, t := range built {
		failed += t.Failed(f.SkipUnsupported)
		if changed = changed || len(t.Changes) > 0; f.Mode != pack.Write {
			for _, c := range t.Changes {
				if _, err := fmt.Fprintf(a.out, "%s %s/%s\n", c.Kind, t.Target, c.Path); err != nil {
					return outputFailure(err)
				}
			}
		}
		if !f.quiet {
			a.note("%s", f.describe(t, err))
		}
	}
	switch {
	case err != nil:
		return &failure{exitRules, err}
	case failed > 0 || f.Mode == pack.Check && changed:
		return &failure{code: exitRules}
	}
	return nil
}

// describe says in a line what became of a pack.
func (f *packFlags) describe(t *pack.Built, err error) string {
	text := fmt.Sprintf("%s: %s of %s", t.Target, count(t.Entries, "entry", "entries"), rules(t.Rules))
	for _, part := range []struct {
		n    int
		what string
	}{{t.Refused, "failed"}, {t.Unsupported, "not supported"}, {t.LeftOut, "left out"}} {
		if part.n > 0 {
			text += fmt.Sprintf(", %d %s", part.n, part.what)
		}
	}
	switch {
	case err != nil:
		return text + "; not written"
	case len(t.Changes) == 0 && !f.Force:
		return text + "; unchanged"
	}
	done := "written"
	if f.Mode != pack.Write {
		done = "differ"
	}
	return text + fmt.Sprintf("; %d compiled, %d of %d files %s, %s", t.Compiled, len(t.Changes), t.Files, done, t.Path)
}
