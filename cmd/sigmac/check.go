package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"
)

func newCheck(a *app) *cobra.Command {
	var t targetFlags
	var f runFlags
	cmd := &cobra.Command{
		Use:   "check [flags] [file|folder|-]...",
		Short: "Say what is wrong with rules",
		Long: `check reads rules, resolves their modifiers and conditions and, for each target
named, compiles them. It prints what is wrong with place and source line on
standard error, and writes no queries.

Exit codes: 0 nothing is wrong, 1 rules have errors, 2 the command line is
wrong (or names a path that does not exist), 3 a pipeline is wrong.`,
		Example: `  sigmac check rules/
  sigmac check -t kusto -p microsoft_xdr rule.yml`,
		RunE: func(_ *cobra.Command, args []string) error {
			j, ins, err := f.prepare(a, args, &t)
			if err != nil {
				return err
			}
			return f.finish(j, ins, io.Discard, summarizeCheck)
		},
	}
	t.add(cmd)
	f.add(cmd)
	return cmd
}

// summarizeCheck prints one line, whatever the number of targets.
func summarizeCheck(w io.Writer, t *totals) {
	fmt.Fprintf(w, "%d of %s right%s\n", t.rules[right], rules(t.rules.sum()), t.rules.rest())
}
