package main

import (
	"bufio"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/sigma-compiler/sigmac/internal/events"
	"github.com/sigma-compiler/sigmac/internal/jsontext"
	"github.com/sigma-compiler/sigmac/sigma/eval"
)

// explainFlags are the flags of explain.
type explainFlags struct {
	ruleFlags
	json bool
}

func newExplain(a *app) *cobra.Command {
	var f explainFlags
	cmd := &cobra.Command{
		Use:   "explain -r rules [flags] [file|-]...",
		Short: "Say why rules match events or do not",
		Long: `explain prints, for each event and each rule, the tree of the rule's condition:
which parts passed (+) and which did not (-), for each test the field, the value
that the event has there and the line in the rule, and the smallest change of the
event that would turn the answer. Events are read as by eval.

With --json each explanation is an object on a line. event is that of eval;
the other keys are id, title and file of the rule, matched, where (the tree),
fields (those that the rule tests and the event has, with their values as they
stand there) and changes. Values in the tree are texts, and shortened. Where it is
not known whether the rule matches (see --backtrack of eval), undecided is true,
and the tests in doubt, marked by ? in the tree for people, have an error.

Exit codes: 0 all was explained, whether rules match or not, 2 the command line
is wrong, or a file or an event could not be read, 3 rules (or a pipeline) do not
compile.`,
		Example: `  sigmac explain -r rule.yml event.json
  sigmac explain -r rule.yml --json Security.evtx`,
		RunE: func(_ *cobra.Command, args []string) error { return f.run(a, args) },
	}
	f.ruleFlags.add(cmd)
	cmd.Flags().BoolVar(&f.json, "json", false, "write an object a line")
	return cmd
}

// run runs the command.
func (f *explainFlags) run(a *app, args []string) error {
	if err := f.check(); err != nil {
		return err
	}
	files, err := findEvents(a, args, f.rules, f.quiet)
	if err != nil {
		return err
	}
	set, err := f.load(a, eval.Options{})
	if err != nil {
		return err
	}
	x := &explainer{app: a, engine: set.engine, options: f.options(eval.Options{}), out: bufio.NewWriter(a.out), json: f.json}
	for p := range portions(a, files) {
		if !x.portion(p) {
			break
		}
	}
	if x.err == nil {
		x.err = x.out.Flush()
	}
	switch {
	case x.err != nil:
		return evalOutputFailure(x.err)
	case x.bad:
		return &failure{code: exitUsage}
	case x.events == 0:
		return usage("", "there are no events in what was read")
	}
	return nil
}

// An explainer writes explanations.
type explainer struct {
	app     *app
	engine  *eval.Engine
	options eval.Options
	out     *bufio.Writer
	json    bool
	events  int
	bad     bool
	err     error // why the output could not be written
}

// portion explains the events of a portion and reports whether to go on.
func (x *explainer) portion(p portion) bool {
	o := &evalOutcome{portion: p}
	if p.batch != nil {
		var d events.Decoder
		d.Each(p.batch, func(ev *events.Event) {
			x.event(p.file, ev)
			p.file.index++
		}, o.broken)
	}
	x.app.err.Write(p.file.report(reporter{x.app.color}, o))
	x.bad = x.bad || o.bad > 0 || p.err != nil
	return x.err == nil
}

// event explains an event for each rule.
func (x *explainer) event(f *eventFile, ev *events.Event) {
	for _, rule := range x.engine.Rules() {
		e, err := eval.Explain(rule, ev.Event, x.options)
		if err != nil {
			continue // it cannot run, which has been printed, and is skipped
		}
		if x.json {
			x.object(f, ev, e)
		} else {
			x.text(f, ev, e)
		}
		x.events++
	}
}

// text writes an explanation for people.
func (x *explainer) text(f *eventFile, ev *events.Event, e *eval.Explanation) {
	if x.err != nil {
		return
	}
	place := fmt.Sprintf("%s, event %d", f.path, f.index)
	if ev.Line > 0 {
		place += fmt.Sprintf(" (line %d)", ev.Line)
	}
	if x.events > 0 {
		place = "\n" + place
	}
	_, x.err = x.out.WriteString(printable(place + ": " + e.String()))
}

// An explained is a line of --json.
type explained struct {
	Event eventRef `json:"event"`
	*eval.Explanation
}

// An eventRef says which event is meant.
type eventRef struct {
	File  string `json:"file"`
	Index int    `json:"index"`
	Line  int    `json:"line,omitempty"`
}

// object writes an explanation for programs.
func (x *explainer) object(f *eventFile, ev *events.Event, e *eval.Explanation) {
	text, err := jsontext.Marshal(explained{eventRef{f.path, f.index, ev.Line}, e})
	if err != nil || x.err != nil {
		return // strings, numbers and lists of them always encode
	}
	_, x.err = x.out.Write(append(text, '\n'))
}
