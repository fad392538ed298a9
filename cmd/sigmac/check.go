package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"
)

// checkFlags are the flags of check.
type checkFlags struct {
	targetFlags
	runFlags
	reportFlags
	json bool
}

func newCheck(a *app) *cobra.Command {
	f := checkFlags{targetFlags: targetFlags{bySchema: true}}
	cmd := &cobra.Command{
		Use:   "check [flags] [file|folder|-]...",
		Short: "Say what is wrong with rules, and which cannot work with your tables",
		Long: `check reads rules, resolves their modifiers and conditions and, for each target
named, compiles them. It prints what is wrong with place and source line on
standard error, and writes no queries. With --json it writes an object a line
for each rule and target to standard output, with all errors and warnings.

With --schema it says which rules cannot work with tables of yours: rules with
fields or a table that are not there, with a test that the type of the field
cannot have, or of which nothing is left because the values never occur in such
a field. Rules of which a part can never match work in part. The summary counts
rules by reason. Files are

  - of Elasticsearch or OpenSearch: what GET INDEX/_mapping answers, or better GET
    INDEX, which has the normalizers too, for any number of indices; a template or
    the answer of GET _index_template/NAME or of _simulate_index; the answer of
    GET INDEX/_field_caps?fields=*
  - of Defender, Sentinel or Data Explorer: what TABLE | getschema answers, as CSV
    or JSON, in a file of the table's name, or with a column TableName for several
    tables; what .show database schema answers, also as json
  - of Splunk: what SEARCH | fieldsummary answers, or any CSV with a column field
    and, where you know the types, type; of a dataset of a data model, named as
    in splunk.Endpoint.Processes:FILE

Without -t the target is lucene, kusto or splunk, as the schema says. The
pipelines should be those that you convert with: where they name a table, yours
stands in for it.

For CI one run writes several reports: --sarif for code scanning, --junitxml for
a list of tests, --github for annotations beside the lines of a pull request.
Their paths are relative to the working directory, which should be the root of the
repository. In SARIF the rules are the codes of errors, which stand in brackets in
messages; what -s passes over is a note. JUnit has a test for each rule and target,
which is a failure where the rule is wrong, an error where its file cannot be read,
and skipped where -s passes over it or the baseline has all that is wrong. GitHub
takes 25,000 results and 10 MB of a SARIF file: what is more is left out and said
so, warnings before errors; and it shows 10 errors and 10 warnings of a step as
annotations: the log has all. On GitHub, and with --github, no text of a rule in
the log can be a command to the runner.

With --baseline what is known is counted only, and no reason to fail. A finding is
known by its file, its code, the rule's id, the target and the text of its line,
not by the number of the line. --write-baseline writes the file, with what is found
now; of files and targets that this run is not about it keeps the entries. What no
longer occurs is told. The file is no rule: keep it outside of the folders of
rules, or let its name begin with a dot. In SARIF what is known is suppressed.

Exit codes: 0 nothing is wrong that the baseline does not have, 1 rules have errors
or cannot work (with --fail-level warning: or warnings), 2 the command line is wrong
(or names a path that does not exist) or a report cannot be written, 3 a pipeline, a
schema or the baseline is wrong.`,
		Example: `  sigmac check rules/
  sigmac check -t kusto -p microsoft_xdr rule.yml
  sigmac check --schema mapping.json -p ecs_windows rules/windows/
  sigmac check --schema DeviceProcessEvents.csv -p microsoft_xdr --json rules/
  sigmac check -t splunk,kusto --sarif check.sarif --junitxml check.xml --github rules/
  sigmac check --baseline .sigmac-baseline.yml --write-baseline rules/`,
		RunE: func(_ *cobra.Command, args []string) error { return f.check(a, args) },
	}
	f.targetFlags.add(cmd)
	f.runFlags.add(cmd)
	f.reportFlags.add(cmd)
	cmd.Flags().BoolVar(&f.json, "json", false, "write an object a line: the rule and all that is wrong with it")
	return cmd
}

// check runs the command.
func (f *checkFlags) check(a *app, args []string) error {
	output := ""
	if f.json {
		output = "--json"
	}
	reporting, err := f.reportFlags.prepare(a, "check", output)
	if err != nil {
		return err
	}
	j, lib, err := f.runFlags.prepare(a, args, &f.targetFlags)
	if err != nil {
		return err
	}
	for _, t := range j.targets {
		reporting.names[t.name] = true
	}
	j.inside, j.reporting = true, reporting
	summary := summarizeCheck
	if len(f.schemas) > 0 {
		j.reasons, summary = true, summarizeReasons
	}
	if !f.json {
		return f.finish(j, lib, io.Discard, summary)
	}
	j.render = renderCheck
	return f.finish(j, lib, a.out, summary)
}

// summarizeCheck prints one line, whatever the number of targets.
func summarizeCheck(w io.Writer, t *totals) {
	fmt.Fprintf(w, "%d of %s right%s\n", t.rules[right], rules(t.rules.sum()), t.rules.rest())
}
