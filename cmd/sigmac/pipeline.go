package main

import (
	"errors"

	"github.com/spf13/cobra"

	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/pipeline"
)

// newPipeline returns the command whose subcommands are for authors of
// pipelines.
func newPipeline(a *app) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "pipeline show|check name|file|folder...",
		Short: "Show pipelines, and say what is wrong with them",
		Args:  unknownSubcommand,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cmd.SetOut(a.err)
			return errors.Join(&failure{code: exitUsage}, cmd.Usage())
		},
	}
	cmd.AddCommand(newPipelineShow(a), newPipelineCheck(a))
	return cmd
}

// unknownSubcommand refuses words that are no command of a command.
func unknownSubcommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	var names []string
	for _, c := range cmd.Commands() {
		names = append(names, c.Name())
	}
	hint := "there are " + list(names)
	if near := sigma.Nearest(args[0], names); near != "" {
		hint = "did you mean " + near + "?"
	}
	return usage(hint, "unknown command %q of %s", args[0], cmd.Name())
}

// namedPipelines refuses a command line without pipelines.
func namedPipelines(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return usage("name one that sigmac list pipelines has, a file or a folder", "%s of which pipeline?", cmd.CommandPath())
	}
	return nil
}

// pipelineWords tells the shells which pipelines there are.
func pipelineWords(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	var words []string
	for _, p := range pipeline.Builtins() {
		words = append(words, p.Name+"\t"+p.Doc)
	}
	return words, cobra.ShellCompDirectiveDefault
}
