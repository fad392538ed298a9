package main

import (
	"fmt"
	"strings"

	"github.com/sigma-compiler/sigmac/backends/verify"
	"github.com/sigma-compiler/sigmac/sigma"
)

// A differ compares the rules of files with what another converter makes of
// them. It does not change while it works.
type differ struct {
	job     *job
	target  *target
	against against
	options verify.Options
	render  func(b []byte, d *document, r *difftested) []byte
}

// A verdict is how the queries of a rule compare.
type verdict uint8

// The verdicts. The names are a promise to programs.
const (
	same       verdict = iota
	different          // they find different events
	refused            // the language refuses one of the queries
	onlyOurs           // the other converter does not convert the rule
	onlyTheirs         // this one does not
	neither            // none of the two does
	unknown            // one of the queries is not known to the reader
	absent             // there is no query to compare with
	broken             // the rule is wrong
	verdicts
)

var verdictNames = [...]string{"same", "different", "refused", "only-ours", "only-theirs", "neither", "unknown", "absent", "wrong-rule"}

func (v verdict) String() string { return verdictNames[v] }

// A difftested is what was found out about a rule.
type difftested struct {
	verdict verdict
	target  *target
	ours    []string        // this converter's queries
	errs    sigma.ErrorList // why it has none
	theirs  other
	events  *verify.Comparison // nil where nothing was compared
}

// A diffed is what became of one file.
type diffed struct {
	*outcome
	sum   diffTally
	lines []byte
	fatal error // why the run has to end
}

// A diffTally counts rules by their verdict, and those that are different by
// what the other's query finds.
type diffTally struct {
	of               [verdicts]int
	less, more, both int
	oursRight        int // of the rules that are different
	theirsRight      int
}

func (t *diffTally) add(u *diffTally) {
	for i, n := range u.of {
		t.of[i] += n
	}
	t.less += u.less
	t.more += u.more
	t.both += u.both
	t.oursRight += u.oursRight
	t.theirsRight += u.theirsRight
}

// count counts a rule.
func (t *diffTally) count(r *difftested) {
	t.of[r.verdict]++
	if r.verdict != different {
		return
	}
	switch which(r.events) {
	case "less":
		t.less++
	case "more":
		t.more++
	default:
		t.both++
	}
	if r.events.Ours.Right() {
		t.oursRight++
	}
	if r.events.Theirs.Right() {
		t.theirsRight++
	}
}

// which says what the other's query finds, compared with ours.
func which(c *verify.Comparison) string {
	switch {
	case c.More == 0:
		return "less"
	case c.Less == 0:
		return "more"
	}
	return "both"
}

func (t *diffTally) sum() (n int) {
	for _, k := range t.of {
		n += k
	}
	return n
}

// differ reports whether the exit code must say that there are differences.
func (t *diffTally) differ() bool {
	return t.of[different]+t.of[refused]+t.of[onlyOurs]+t.of[onlyTheirs]+t.of[broken] > 0
}

// compared returns of how many rules anything is known.
func (t *diffTally) compared() int { return t.sum() - t.of[unknown] - t.of[absent] }

// phrases say in a summary what the rules of each verdict are.
var phrases = [...]string{"the same", "different", "with a query that the language refuses", "converted by sigmac only", "converted by the other only",
	"converted by neither", "with a query that the reader does not know", "with nothing to compare with", "wrong"}

// String returns the summary on one line.
func (t *diffTally) String() string {
	var parts []string
	for v, n := range t.of {
		if n == 0 && verdict(v) != same {
			continue
		}
		part := fmt.Sprintf("%d %s", n, phrases[v])
		if verdict(v) == different {
			part += fmt.Sprintf(" (the other finds less: %d, more: %d, both: %d; sigmac is right about %d, the other about %d)", t.less, t.more, t.both, t.oursRight, t.theirsRight)
		}
		parts = append(parts, part)
	}
	return rules(t.sum()) + ": " + strings.Join(parts, "; ")
}

// table returns the summary as lines of a number and a name.
func (t *diffTally) table() string {
	var b strings.Builder
	line := func(n int, name string) { fmt.Fprintf(&b, "%7d %s\n", n, name) }
	line(t.sum(), "rules")
	for v, n := range t.of {
		line(n, verdict(v).String())
		if verdict(v) == different {
			line(t.less, "  less: the other finds less than sigmac")
			line(t.more, "  more: the other finds more")
			line(t.both, "  both")
			line(t.oursRight, "  of them sigmac says what the rule says")
			line(t.theirsRight, "  of them the other says what the rule says")
		}
	}
	return b.String()
}

// file compares the rules of a file.
func (x *differ) file(index int, in input) *diffed {
	o := &diffed{outcome: &outcome{}}
	f, err := read(x.job.app, in)
	if err != nil {
		o.sum.of[broken]++
		o.notes = x.job.report.add(nil, kindError, "", sigma.Errors(err)[0])
		return o
	}
	us := split(sigma.ParseAll(f))
	for n, u := range us {
		d := document{job: x.job, outcome: o.outcome, unit: u, file: in.path}
		if len(us) > 1 {
			d.number = n + 1
		}
		d.build()
		if len(d.errs) > 0 {
			o.sum.of[broken]++
			d.print(kindError, "", d.errs)
			continue
		}
		r, err := x.rule(index, &d)
		if err != nil {
			o.fatal = err
			return o
		}
		o.sum.count(r)
		o.lines = x.render(o.lines, &d, r)
	}
	return o
}

// rule compares one rule. The error is one of the other converter, or of the
// configuration.
func (x *differ) rule(index int, d *document) (*difftested, error) {
	r := &difftested{target: x.target}
	var err error
	if r.theirs, err = x.against.queries(index, d); err != nil {
		return nil, err
	}
	x.compare(d, r)
	r.verdict = r.judge(r.ours != nil)
	return r, nil
}

// compare compiles the rule and compares it as far as possible.
func (x *differ) compare(d *document, r *difftested) {
	if d.rule == nil {
		_, err := x.target.Compile(d.doc)
		r.errs = sigma.Errors(err)
		return
	}
	mapped, err := x.target.Map(d.rule)
	if err != nil {
		r.errs = sigma.Errors(err)
		return
	}
	result, err := x.target.Mapped(mapped)
	if err != nil {
		r.errs, result = sigma.Errors(err), nil
	} else {
		for _, q := range result.Queries {
			r.ours = append(r.ours, q.Bare)
		}
	}
	if r.theirs.queries == nil {
		return
	}
	r.events, err = verify.Diff(x.target.Compiler, mapped, result, r.theirs.queries, x.options)
	if err != nil { // the rule cannot be evaluated, such as one with look-around
		r.theirs.absent = "the rule cannot be evaluated: " + sigma.Errors(err)[0].Text()
	}
}

// judge returns the verdict. ours says whether this converter has a query.
func (r *difftested) judge(ours bool) verdict {
	theirs := r.theirs.queries != nil
	switch {
	case r.theirs.absent != "" && !(theirs && !ours):
		if theirs {
			return unknown
		}
		return absent
	case !ours && !theirs:
		return neither
	case !theirs:
		return onlyOurs
	case !ours:
		return onlyTheirs
	case r.events.Theirs.Refused(), r.events.Ours.Refused():
		return refused
	case r.events.Ours.Unread != nil || r.events.Theirs.Unread != nil:
		return unknown
	case r.events.More+r.events.Less > 0:
		return different
	}
	return same
}
