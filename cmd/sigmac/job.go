package main

import (
	"strconv"

	"github.com/sigma-compiler/sigmac/backends"
	"github.com/sigma-compiler/sigmac/backends/verify"
	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/pipeline"
	"github.com/sigma-compiler/sigmac/sigma/synth"
)

// A job takes rule files through the compiler. It does not change while it
// works and is used by several goroutines.
type job struct {
	app     *app
	targets []*target
	render  renderer   // nil where queries are not wanted
	final   bool       // finalizers make one text of queries
	dir     *outputDir // where files go; nil where all output is one stream
	report  reporter
	quiet   bool      // no warnings
	skip    bool      // what a target cannot say is no error
	verify  *verifier // nil where queries are not compared with their rules
	reasons bool      // rules are counted by what is said of them
	trace   tracing   // what is said of the changes that pipelines make
	inside  bool      // documents count, too, that only serve correlations

	reporting *reporting // where all that is said is kept for reports; nil where there are none
}

// An outcome is what became of one file.
type outcome struct {
	file  string  // as messages name it
	text  piece   // queries, where they are not in files
	notes []byte  // errors and warnings
	more  int     // errors and warnings that are not in notes
	rules tally   // of the rules, whatever the number of targets
	of    []tally // of each target
	err   error   // why the output could not be written

	verified  []verified  // of each target, where queries are compared with their rules
	why       reasons     // where they are counted
	inPart    int         // rules that work, but of which a part never matches
	collected []collected // for finalizers, in the order of documents and targets

	issues issueList  // for reports
	cases  []testCase // for reports
}

// A fate is what became of a rule, the better before the worse.
type fate uint8

const (
	right fate = iota
	unsupported
	failed
)

// A tally counts rules by their fate.
type tally [3]int

func (t *tally) add(u tally) {
	for i, n := range u {
		t[i] += n
	}
}

func (t *tally) sum() int { return t[right] + t[unsupported] + t[failed] }

// file compiles the documents of a file for all targets.
func (j *job) file(in input, us []unit) *outcome {
	o := &outcome{file: in.path, of: make([]tally, len(j.targets))}
	for n, u := range us {
		d := document{job: j, outcome: o, unit: u, file: in.path, stem: in.stem}
		if len(us) > 1 {
			d.number = n + 1
		}
		d.compile()
	}
	o.tellMore(j, in)
	return o
}

// tellMore says how many messages of a file were not kept.
func (o *outcome) tellMore(j *job, in input) {
	if o.more == 0 {
		return
	}
	e := &sigma.Error{Pos: sigma.Pos{File: &sigma.File{Name: in.path}}, Msg: strconv.Itoa(o.more) + " more errors and warnings are not shown"}
	o.notes = j.report.add(o.notes, kindError, "", e)
}

// maxNotes is how long the messages of one file get, in bytes, before those
// that follow are only counted: a hostile file has millions of mistakes.
const maxNotes = 1 << 20

// A document is one document of a file on its way to its queries.
type document struct {
	*job
	*outcome
	unit
	file, stem string
	number     int // of the document in its file, from 1; 0 where it is the only one
	shown      map[message]bool
	target     string // that is being written; "" where what is said is about all
	test       string // the name of the test that what is said is about; "" where it is about none
	inPart     bool   // a part of it never matches

	// Where queries are compared with their rules:
	sets    map[*ir.Rule]*synth.Set // the events of the rule, by how targets see it
	checked *verify.Report          // of the target that is being written; nil where there is none
	doubts  sigma.ErrorList         // why less is certain about it

	changes []pipeline.Change // by the pipelines of the target that is being written, where they are traced
}

// A message is what makes two of them the same.
type message struct {
	sigma.Pos
	target string
	code   sigma.Code
	msg    string
}

// compile builds the document once and writes it for each target.
func (d *document) compile() {
	begin := len(d.issues.all)
	d.build()
	if len(d.errs) > 0 {
		d.rules[failed]++
		d.print(kindError, "", d.errs)
		d.recordCase(begin)
		d.count("", d.errs, nil)
		if len(d.targets) == 0 {
			d.write(nil, nil, d.errs)
		}
		for i, t := range d.targets {
			d.of[i][failed]++
			d.write(t, nil, d.errs)
		}
		return
	}
	if d.silent() {
		d.recordCase(begin)
		return
	}
	d.recordTargets(begin)
}

// compileAll writes the document for all targets. done is called behind each.
func (d *document) compileAll(done func(t *target)) {
	worst := right
	for i, t := range d.targets {
		f := d.compileFor(i, t)
		d.of[i][f]++
		worst = max(worst, f)
		done(t)
	}
	if d.rules[worst]++; worst == right && d.inPart {
		d.outcome.inPart++
	}
	if len(d.targets) == 0 {
		d.write(nil, nil, nil)
	}
}

// build prints the document's warnings and finds what it means.
func (d *document) build() {
	d.print(kindWarning, "", d.warnings)
	if !d.built {
		d.unit.build()
	}
	if d.rule != nil {
		d.print(kindWarning, "", d.rule.Warnings)
	}
	if d.correlation != nil {
		d.print(kindWarning, "", d.correlation.Warnings)
		for _, m := range d.correlation.Rules() {
			d.spare(m.Rule.Warnings) // they are told with the rule
		}
	}
}

// silent takes note of a document of which no query of its own is wanted: a
// filter, or what only serves correlations. It reports whether it is one.
func (d *document) silent() bool {
	_, filter := d.doc.(*sigma.Filter)
	if !filter && !d.inner {
		return false
	}
	if !d.inside {
		return true
	}
	if !filter {
		d.rules[right]++
		for i := range d.targets {
			d.of[i][right]++
		}
	}
	d.write(nil, nil, nil)
	return true
}

// compileFor writes the document for one target and returns how that went.
func (d *document) compileFor(i int, t *target) fate {
	var result *backends.Result
	var err error
	d.checked, d.doubts, d.changes, d.target = nil, nil, nil, t.name
	defer func() { d.target = "" }()
	switch {
	case d.correlation != nil:
		result, err = d.compileCorrelation(i, t)
	case d.rule == nil:
		result, err = t.Compile(d.doc)
	case d.verify != nil:
		result, err = d.compileVerified(i, t)
	default:
		result, err = d.compileRule(t)
	}
	name := d.label(t)
	d.printTrace(name)
	if err == nil {
		d.print(kindWarning, name, result.Warnings)
		d.count(name, nil, result.Warnings)
		d.write(t, result, nil)
		return right
	}
	errs := sigma.Errors(err)
	d.count(name, errs, nil)
	d.write(t, nil, errs)
	f, k := fateOf(errs), kindError
	if f == unsupported && d.skip {
		k = kindSkipped
	}
	d.print(k, name, errs)
	return f
}

// compileRule compiles the rule for a target.
func (d *document) compileRule(t *target) (*backends.Result, error) {
	mapped, err := d.mapFor(t)
	if err != nil {
		return nil, err
	}
	return t.Mapped(mapped)
}

// label returns what messages call the target, "" where there is only one.
func (d *document) label(t *target) string {
	if len(d.targets) > 1 {
		return t.name
	}
	return ""
}

// fateOf returns unsupported where nothing is wrong with a rule but what the
// target cannot do with it.
func fateOf(errs sigma.ErrorList) fate {
	for _, e := range errs {
		if !e.Code.OfTarget() {
			return failed
		}
	}
	return unsupported
}

// print adds messages to the notes. One that was there already, for this
// target or for all, is left out.
func (d *document) print(k kind, target string, list sigma.ErrorList) {
	if d.quiet && k != kindError && d.reporting == nil {
		return
	}
	for _, e := range list {
		m := message{Pos: e.Pos, code: e.Code, msg: e.Msg}
		if d.shown[m] {
			continue
		}
		if m.target = target; d.shown[m] {
			continue
		}
		d.note(m)
		if d.reporting != nil && d.gather(k, e) || d.quiet && k != kindError {
			continue
		}
		if len(d.notes) > maxNotes {
			d.more++
			continue
		}
		d.notes = d.report.add(d.notes, k, target, e)
	}
}

// note remembers that a message need not be printed any more.
func (d *document) note(m message) {
	if d.shown == nil {
		d.shown = make(map[message]bool)
	}
	d.shown[m] = true
}

// spare leaves messages to another document.
func (d *document) spare(list sigma.ErrorList) {
	for _, e := range list {
		d.note(message{Pos: e.Pos, code: e.Code, msg: e.Msg})
	}
}

// write renders what a target made of the document.
func (d *document) write(t *target, result *backends.Result, errs sigma.ErrorList) {
	switch {
	case d.render == nil:
		return
	case d.dir == nil && d.final && t.Finalizes():
		if result != nil {
			d.collected = append(d.collected, collected{t, result})
		}
		return
	case d.dir == nil:
		d.render(&d.text, d, t, result, errs)
		return
	}
	var p piece
	if d.final && t.Finalizes() {
		p = d.finalized(t, result)
	} else {
		d.render(&p, d, t, result, errs)
	}
	if len(p.text) == 0 || d.err != nil {
		return
	}
	d.err = d.dir.write(t, d.stem, d.number, p.text)
}
