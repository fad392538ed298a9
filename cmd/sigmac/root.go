package main

import (
	"errors"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/sigma-compiler/sigmac/sigma"
)

// newRoot returns the command with all of its subcommands.
func newRoot(a *app) *cobra.Command {
	root := &cobra.Command{
		Use:   "sigmac",
		Short: "Compile Sigma detection rules to queries",
		Long: `sigmac compiles Sigma detection rules to the queries of Splunk, Elastic and
Microsoft products. Queries go to standard output and nothing else does.

Exit codes: 0 all is well, 1 some rules failed, 2 the command line is wrong,
3 a pipeline or the configuration is wrong.`,
		Example: `  sigmac convert -t splunk -p sysmon -p splunk_windows rules/
  sigmac convert -t kusto -p microsoft_xdr --json rule.yml
  sigmac check rules/
  sigmac list targets`,
		Args:          unknownCommand,
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	version := root.Flags().Bool("version", false, "print the version")
	root.RunE = func(cmd *cobra.Command, _ []string) error {
		if *version {
			return printVersion(a.out)
		}
		cmd.SetOut(a.err)
		return errors.Join(&failure{code: exitUsage}, cmd.Usage())
	}
	root.SetIn(a.in)
	root.SetOut(a.out)
	root.SetErr(a.err)
	root.SetFlagErrorFunc(flagError)
	root.AddCommand(newConvert(a), newCheck(a), newCoverage(a), newAnalyze(a), newEval(a), newExplain(a), newSynth(a), newDiff(a), newDiffTest(a), newTest(a), newPack(a), newPipeline(a), newList(a), newVersion(a))
	root.SetHelpCommand(newHelp())
	root.InitDefaultCompletionCmd()
	if completion, _, err := root.Find([]string{"completion"}); err == nil {
		completion.Args = cobra.ArbitraryArgs
		completion.RunE = unknownShell
	}
	return root
}

// unknownShell refuses completion without the name of a shell that it knows.
func unknownShell(cmd *cobra.Command, args []string) error {
	var names []string
	for _, c := range cmd.Commands() {
		names = append(names, c.Name())
	}
	hint := "there are " + list(names)
	if len(args) == 0 {
		return usage(hint, "completion for which shell?")
	}
	if near := sigma.Nearest(args[0], names); near != "" {
		hint = "did you mean " + near + "?"
	}
	return usage(hint, "there is no completion for %q", args[0])
}

// exclude refuses two flags of a command that contradict each other, before
// the command runs.
func exclude(cmd *cobra.Command, one, other string) {
	before := cmd.PreRunE
	cmd.PreRunE = func(cmd *cobra.Command, args []string) error {
		if cmd.Flags().Changed(one) && cmd.Flags().Changed(other) {
			return usage("", "--%s and --%s exclude each other", one, other)
		}
		if before == nil {
			return nil
		}
		return before(cmd, args)
	}
}

// unknownCommand refuses words that are no command.
func unknownCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	var names []string
	for _, c := range cmd.Root().Commands() {
		if c.IsAvailableCommand() {
			names = append(names, c.Name())
		}
	}
	hint := "the commands are " + strings.Join(names, ", ")
	if near := sigma.Nearest(args[0], names); near != "" {
		hint = "did you mean " + near + "?"
	} else if isRulePath(args[0]) {
		hint = "to convert rules, write sigmac convert -t TARGET " + args[0]
	}
	return usage(hint, "unknown command %q", args[0])
}

// flagError adds to an error about a flag what was probably meant.
func flagError(cmd *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	if !errors.As(err, &unknown) {
		return usage("", "%s", err)
	}
	hint := "see " + cmd.CommandPath() + " --help"
	if name := unknown.GetSpecifiedName(); unknown.GetSpecifiedShortnames() == "" {
		if near := sigma.Nearest(name, flagNames(cmd)); near != "" {
			hint = "did you mean --" + near + "?"
		}
		return usage(hint, "unknown flag --%s", name)
	}
	return usage(hint, "unknown flag -%s", unknown.GetSpecifiedShortnames()[:1])
}

// flagNames returns the long names of a command's flags.
func flagNames(cmd *cobra.Command) []string {
	var names []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if !f.Hidden {
			names = append(names, f.Name)
		}
	})
	return names
}

// newHelp returns the command that prints the help of another.
func newHelp() *cobra.Command {
	return &cobra.Command{
		Use:   "help [command]",
		Short: "Help about a command",
		ValidArgsFunction: func(cmd *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
			var names []string
			for _, c := range cmd.Root().Commands() {
				names = append(names, c.Name())
			}
			return names, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			about, rest, err := cmd.Root().Find(args)
			if err != nil || len(rest) > 0 {
				return unknownCommand(cmd, args)
			}
			return about.Help()
		},
	}
}
