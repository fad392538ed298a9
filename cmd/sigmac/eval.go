package main

import (
	"bufio"
	"fmt"
	"os"
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/sigma-compiler/sigmac/sigma/eval"
)

// exitMatches is the exit code for matches with --fail-on-match.
const exitMatches = 1

// evalFlags are the flags of eval.
type evalFlags struct {
	ruleFlags
	correlateFlags
	sources []string
	format  string
	include bool
	fail    bool
}

func newEval(a *app) *cobra.Command {
	var f evalFlags
	cmd := &cobra.Command{
		Use:   "eval -r rules [flags] [file|folder|-]...",
		Short: "Run rules over events",
		Long: `eval reads events from files or from standard input and prints which rules
match which of them.

Events are JSON objects, one a line, in lists or one behind the other; the event
logs of Windows (EVTX); or CSV whose first line has the names, separated by
commas, semicolons or tabs. Texts are UTF-8 or UTF-16. Each may be compressed by
gzip or zstd. What a file is, is found out from its content, not from its name;
of a folder those files are read whose names end in .json, .jsonl, .ndjson, .log,
.csv, .tsv or .evtx, with or without .gz or .zst. Nested Windows events
(Event.System, Event.EventData, winlog.event_data) are read under the names that
rules use. An event may have 16 MiB.

Each match is an object on a line, in the order of the events and then of the
rules, whatever --jobs is:

  {"rule":{"id":"...","title":"...","level":"high","file":"rules/a.yml","line":1},
   "event":{"file":"events.json","index":0,"line":1},
   "fields":{"Image":"C:\\Windows\\System32\\cmd.exe"}}

rule.line is that of the rule in its file. event.index counts the events of the
file from 0, those that cannot be read not among them; event.line is the line on
which the event begins, and is absent with EVTX, which has no lines. fields are
those fields that the rule tests and the event has, with their values as they
stand there, whole; in CSV all are texts. With --include-event the event itself
stands in event.data. --format table is for people, and shortens.

Rules match on their fields alone. With --logsource auto the log source of each
event is found out from its channel, number and provider, or its fields product,
category and service, and rules about others do not run. With key=value, such as
--logsource product=windows,category=process_creation, all events are of that
source.

Regular expressions run in a time linear in the value, which those with
look-around or back-references cannot: rules with them do not compile. With
--backtrack they run by an engine that tries one way after the other. For some
values its time grows exponentially, and who writes the events can choose them:
it is stopped after 100 ms, and does not look at values of more than 64 KiB. Then
it is not known whether the rule matches the event: both are reported and
counted, unless the answer does not depend on it.

Correlations among the rules run over the same events. An alert is an object like
a match, of the correlation's rule and the latest of its events, with

  "correlation":{"type":"event_count","group":{"User":"x"},"from":"...","to":"...",
   "value":"10","total":10,"events":[{"file":"events.json","index":0},...]}

Rules that only serve correlations have no matches of their own, unless the
correlation says generate: true. An event's time is taken from the first of the
fields of --time-field that says one, or from a day in date and the time of day in
time. Without a zone it is UTC. Times are as RFC 3339 writes them or nearly so, or
numbers: seconds, milli-, micro- or nanoseconds since 1970 by how many they are, or
the 100 ns of Windows. What could be two times, such as 01/02/2026, is none. Events
without a time cannot be correlated, and are counted.

Events may come in any order within --lateness; later ones are left out, and
counted. Of files all events are waited for, up to 1,000,000 at once; on standard
input an alert comes as soon as no earlier event can. With --state the events of
open windows are kept for the next run, and the end of the events is not the end of
the windows: what lies within --lateness of the last event is looked at then.
Alerts come at each event at which the condition holds; --suppress says for how long
a group is silent after one. --filter adds filters to those among the rules.

An event that cannot be read is reported with its file and line, counted, and
left out. At the end the numbers of matches and of such events are printed.

Exit codes: 0 all events were looked at, 1 with --fail-on-match: there were
matches, 2 the command line is wrong, or a file could not be read or the output
not be written, 3 rules (or a pipeline) do not compile.`,
		Example: `  sigmac eval -r rules/ events.json
  sigmac eval -r rules/windows -s --logsource auto --format table Security.evtx
  sigmac eval -r rules/windows -s --backtrack logs/
  zcat logs.gz | sigmac eval -r rule.yml --fail-on-match`,
		RunE: func(_ *cobra.Command, args []string) error { return f.run(a, args) },
	}
	f.ruleFlags.add(cmd)
	f.correlateFlags.add(cmd)
	flags := cmd.Flags()
	flags.StringSliceVar(&f.sources, "logsource", []string{"off"}, "what the events are: auto, off or `key=value`")
	flags.StringVar(&f.format, "format", "jsonl", "output `format`: jsonl or table")
	flags.BoolVar(&f.include, "include-event", false, "add the event to its matches (jsonl only)")
	flags.BoolVar(&f.fail, "fail-on-match", false, "exit with 1 where a rule matches")
	fixed(cmd, "format", "jsonl\tan object a line", "table\tfor people")
	fixed(cmd, "logsource", "auto\tfound out from each event", "off\trules match on their fields alone", "product=", "category=", "service=")
	return cmd
}

// fixed tells the shells the words that can stand behind a flag.
func fixed(cmd *cobra.Command, flag string, words ...string) {
	_ = cmd.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp))
}

// run runs the command.
func (f *evalFlags) run(a *app, args []string) error {
	if f.format != "jsonl" && f.format != "table" {
		return usage("it is jsonl or table", "there is no format %q", f.format)
	}
	if f.include && f.format == "table" {
		return usage("", "--include-event needs --format jsonl")
	}
	if err := f.check(); err != nil {
		return err
	}
	sources, err := parseLogSource(f.sources)
	if err != nil {
		return err
	}
	files, err := findEvents(a, args, f.rules, f.quiet)
	if err != nil {
		return err
	}
	set, err := f.load(a, eval.Options{Derive: sources.auto})
	if err != nil {
		return err
	}
	engine, err := sources.choose(set.engine)
	if err != nil {
		return err
	}
	for _, note := range sources.unknown(set.engine.Rules()) {
		a.note("%s", note)
	}
	correlations, err := f.correlate(set, files, f.jobs)
	if err != nil {
		return err
	}
	tuneEval(os.LookupEnv, debug.SetGCPercent, debug.SetMemoryLimit)
	m := newMatcher(engine, f.include)
	if m.inner = set.inner; correlations != nil {
		m.correlations = correlations
	}
	if f.format == "table" {
		t := newTable(engine.Rules(), set.correlations, files)
		m.render, m.header = t.row, t.header()
		if correlations != nil {
			correlations.row = t.alert
		}
	}
	return f.match(a, m, files)
}

// match runs the rules over all events.
func (f *evalFlags) match(a *app, m *matcher, files []*eventFile) error {
	out := bufio.NewWriterSize(a.out, 1<<16)
	bar := newByteProgress(a, totalSize(files), f.quiet || a.outTerm)
	r := reporter{a.color}
	sum := evalTotals{header: m.header}
	err := orderedSeq(portions(a, files), f.jobs, 2*f.jobs, m.work, func(o *evalOutcome) error {
		if notes := o.file.report(r, o); len(notes) > 0 {
			bar.print(notes)
		}
		bar.set(o.read)
		before := o.file.index
		if err := sum.write(out, o); err != nil {
			return err
		}
		live := a.outTerm || o.file.path == dash // somebody may be watching
		if m.correlations != nil {
			m.correlations.add(o.file, before, o.seen, live)
			if err := sum.writeAlerts(out, m.correlations); err != nil {
				return err
			}
		}
		if live {
			return out.Flush()
		}
		return nil
	})
	bar.close()
	if err == nil && m.correlations != nil {
		m.correlations.finish()
		err = sum.writeAlerts(out, m.correlations)
	}
	if err == nil {
		err = out.Flush()
	}
	if err == nil && m.correlations != nil {
		err = m.correlations.save() // behind the alerts: none is lost where they cannot be written
	}
	if err != nil {
		return evalOutputFailure(err)
	}
	if !f.quiet {
		fmt.Fprintln(a.err, sum.String())
		if m.correlations != nil {
			fmt.Fprintln(a.err, m.correlations.String())
		}
	}
	return sum.failure(f.fail)
}

// totalSize returns the bytes of all files, 0 where that is not known.
func totalSize(files []*eventFile) (n int64) {
	for _, f := range files {
		if f.size == 0 {
			return 0
		}
		n += f.size
	}
	return n
}
