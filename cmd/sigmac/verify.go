package main

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sigma-compiler/sigmac/backends"
	"github.com/sigma-compiler/sigmac/backends/emit"
	"github.com/sigma-compiler/sigmac/backends/verify"
	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/eval"
	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/synth"
)

// verifyFlags are the flags of convert that are about verification.
type verifyFlags struct {
	verify  bool
	verbose bool
	compareFlags
}

// compareFlags say on which events queries are compared.
type compareFlags struct {
	all   bool
	folds bool
}

func (f *verifyFlags) add(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.BoolVar(&f.verify, "verify", false, "read each query back and compare it with its rule, on events made from the rule")
	flags.BoolVarP(&f.verbose, "verbose", "v", false, "with --verify, also show differences that the warnings of a query tell of")
	f.compareFlags.add(cmd)
}

func (f *compareFlags) add(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.BoolVar(&f.all, "verify-all", false, "compare on events that no store of the language holds, too")
	flags.BoolVar(&f.folds, "folding-index", false, "compare as an index does that folds the case of all texts, for lucene and kql")
}

func (f *compareFlags) options() verify.Options {
	return verify.Options{All: f.all, FoldsCase: f.folds}
}

// A verifier compares queries with their rules. It does not change while it
// works.
type verifier struct {
	options verify.Options
	verbose bool
}

// verifier returns what the flags ask for, nil where they ask for nothing.
func (f *verifyFlags) verifier(targets []*target) (*verifier, error) {
	switch {
	case !f.verify && f.all:
		return nil, usage("add --verify", "--verify-all says how to verify")
	case !f.verify && f.folds:
		return nil, usage("add --verify", "--folding-index says how to verify")
	case !f.verify && f.verbose:
		return nil, usage("add --verify", "-v says how to verify")
	case !f.verify:
		return nil, nil
	}
	var bs []*emit.Backend
	for _, t := range targets {
		bs = append(bs, t.Backend())
	}
	if err := readable(bs); err != nil {
		return nil, err
	}
	return &verifier{options: f.options(), verbose: f.verbose}, nil
}

// readable refuses targets whose queries nothing can read back.
func readable(bs []*emit.Backend) error {
	for _, b := range bs {
		if b.Read == nil {
			return usage(readers(), "queries of %s cannot be verified: there is no reader for the language", b.Name)
		}
	}
	return nil
}

// readers says for which targets there are readers.
func readers() string {
	var names []string
	for _, b := range backends.All() {
		if b.Read != nil {
			names = append(names, b.Name)
		}
	}
	return "there are readers for " + list(names)
}

// verified counts what was compared for one target.
type verified struct {
	rules, events, leftOut int
	parts                  int // rules that were compared since correlations refer to them
}

func (v *verified) add(w verified) {
	v.rules += w.rules
	v.events += w.events
	v.leftOut += w.leftOut
	v.parts += w.parts
}

// rest says in the summary what was verified.
func (v verified) rest() string {
	if v == (verified{}) {
		return ""
	}
	what := fmt.Sprintf("%d verified", v.rules)
	switch {
	case v.parts > 0 && v.rules > 0:
		what += fmt.Sprintf(", %d more as rules of correlations,", v.parts)
	case v.parts > 0:
		what = fmt.Sprintf("%d verified as rules of correlations", v.parts)
	}
	s := fmt.Sprintf("; %s with %s", what, count(v.events, "event", "events"))
	if v.leftOut > 0 {
		s += fmt.Sprintf(" (%d left out)", v.leftOut)
	}
	return s
}

// compileVerified compiles the rule for the target and compares it with its
// queries. That they are wrong is an error.
func (d *document) compileVerified(i int, t *target) (*backends.Result, error) {
	mapped, err := d.mapFor(t)
	if err != nil {
		return nil, err
	}
	result, err := t.Mapped(mapped)
	if err != nil {
		return nil, err
	}
	report, err := d.compare(t, mapped, result)
	switch {
	case err != nil:
		return nil, err
	case report == nil:
		return result, nil
	}
	d.checked = report
	return result, d.judge(i, t, report)
}

// compare compares a rule, as the target has it, with its queries. There is no
// report where no events can be made of the rule, which is a doubt.
func (d *document) compare(t *target, mapped *ir.Rule, result *backends.Result) (*verify.Report, error) {
	set, err := d.events(t.Backend(), mapped)
	if err == nil {
		return verify.Result(t.Compiler, result, set, d.verify.options)
	}
	for _, e := range sigma.Errors(err) {
		doubt := &sigma.Error{Pos: e.Pos, Code: sigma.NotVerified, Msg: "the query could not be compared with the rule: " + e.Msg}
		if e.Hint != eval.HintRegexp { // for programs that use the package
			doubt.Hint = e.Hint
		}
		d.doubt(t, doubt)
	}
	return nil, nil
}

// events returns the events of the rule, which targets share that the rule is
// the same for.
func (d *document) events(b *emit.Backend, mapped *ir.Rule) (*synth.Set, error) {
	if set := d.sets[mapped]; set != nil {
		return set, nil
	}
	set, err := verify.Events(b, mapped, d.verify.options)
	if err == nil {
		if d.sets == nil {
			d.sets = make(map[*ir.Rule]*synth.Set)
		}
		d.sets[mapped] = set
	}
	return set, err
}

// judge prints what a report says and returns the error that it is, if it is
// one.
func (d *document) judge(i int, t *target, r *verify.Report) error {
	if d.verified == nil {
		d.verified = make([]verified, len(d.targets))
	}
	if r.Unread == nil {
		v := verified{rules: 1, events: len(r.Events), leftOut: r.LeftOut}
		if d.correlation != nil {
			v.rules, v.parts = 0, 1
		}
		d.verified[i].add(v)
	}
	if e := r.Doubt(); e != nil {
		d.doubt(t, e)
	}
	if e := r.Note(); e != nil && d.verify.verbose {
		d.print(kindNote, d.label(t), sigma.ErrorList{e})
		d.detail(r, true)
	}
	if e := r.Err(); e != nil {
		d.print(kindError, d.label(t), sigma.ErrorList{e})
		d.detail(r, false)
		return sigma.ErrorList{e}
	}
	return nil
}

// doubt notes why less is certain than was asked for.
func (d *document) doubt(t *target, e *sigma.Error) {
	d.doubts = append(d.doubts, e)
	d.print(kindWarning, d.label(t), sigma.ErrorList{e})
}

// How much of what shows a difference is printed.
const (
	maxShown     = 3    // events
	maxShownText = 1000 // characters of an event or a query
)

// detail prints the events that show the differences which warnings tell of,
// or the others, and the queries.
func (d *document) detail(r *verify.Report, known bool) {
	if len(d.notes) > maxNotes {
		return
	}
	more := 0
	shown := 0
	for i := range r.Differences {
		x := &r.Differences[i]
		switch {
		case (x.Known != nil) != known:
		case shown == maxShown:
			more++
		default:
			shown++
			d.show(x)
		}
	}
	if more > 0 {
		d.line("    %d more events are not shown", more)
	}
	for _, q := range r.Result.Queries {
		d.line("    query: %s", shorten(q.Bare))
	}
}

// show prints one difference.
func (d *document) show(x *verify.Difference) {
	what := "missed"
	if x.Found {
		what = "found"
	}
	d.line("    %s: %s", what, shorten(x.Event.Why))
	d.line("        %s", shorten(string(x.Event.JSON)))
	if x.Known != nil {
		d.line("        as %s warns: %s", x.Known.Pos, x.Known.Msg)
	}
}

// line adds a line to the notes.
func (d *document) line(format string, args ...any) {
	d.notes = append(append(d.notes, printable(fmt.Sprintf(format, args...))...), '\n')
}

// shorten returns a text that is not too long for a terminal, on one line.
func shorten(s string) string {
	s = strings.ReplaceAll(s, "\n", " ")
	if runes := []rune(s); len(runes) > maxShownText {
		return fmt.Sprintf("%s ... (%d characters)", string(runes[:maxShownText]), len(runes))
	}
	return s
}

// A verification is what --json says of how a query compares with its rule.
type verification struct {
	Events      int          `json:"events"`
	LeftOut     int          `json:"left_out"`
	Differences []difference `json:"differences"`
}

// A difference is an event of which a rule and its query say different things.
type difference struct {
	Found   bool            `json:"found"` // by the query; the rule says the opposite
	Why     string          `json:"why"`
	Event   json.RawMessage `json:"event"`
	Warning *remark         `json:"warning"` // that tells of it; null where none does
}

// verification returns what is known of the document's queries, nil where they
// were not compared.
func (d *document) verification() *verification {
	if d.checked == nil || d.checked.Unread != nil {
		return nil
	}
	v := &verification{Events: len(d.checked.Events), LeftOut: d.checked.LeftOut, Differences: []difference{}}
	for i := range d.checked.Differences {
		x := &d.checked.Differences[i]
		out := difference{Found: x.Found, Why: x.Event.Why, Event: x.Event.JSON}
		if x.Known != nil {
			w := newRemark(x.Known)
			out.Warning = &w
		}
		v.Differences = append(v.Differences, out)
	}
	return v
}
