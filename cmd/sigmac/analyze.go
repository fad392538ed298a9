package main

import (
	"strings"

	"github.com/spf13/cobra"
)

// newAnalyze returns the command under which sigma-cli has what coverage does:
//
//	sigma analyze attack count layer.json rules/
func newAnalyze(a *app) *cobra.Command {
	f := coverageFlags{targetFlags: targetFlags{bySchema: true}}
	cmd := &cobra.Command{
		Use:   "attack count|max|level file [flags] [file|folder|-]...",
		Short: "sigma-cli's spelling of sigmac coverage --format layer",
		Long: `attack writes a layer of the ATT&CK Navigator to the file. It is

  sigmac coverage --format layer --score count -o FILE RULES...

as sigma-cli spells it. See sigmac coverage --help for the flags.`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) < 2 {
				return usage("write sigmac analyze attack count layer.json rules/", "attack needs a score and a file to write to")
			}
			for _, name := range []string{"format", "output", "score"} {
				if cmd.Flags().Changed(name) {
					return usage("or write sigmac coverage", "analyze attack has no --%s", name)
				}
			}
			f.format, f.score, f.output = "layer", strings.ToLower(args[0]), args[1]
			return f.run(a, args[2:])
		},
	}
	f.add(cmd)
	analyze := &cobra.Command{
		Use: "analyze attack", Short: "sigma-cli's name of sigmac coverage", Hidden: true,
		RunE: func(*cobra.Command, []string) error {
			return usage("write sigmac coverage, or sigmac analyze attack", "analyze what?")
		},
	}
	analyze.AddCommand(cmd)
	return analyze
}
