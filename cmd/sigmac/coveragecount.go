package main

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/sigma-compiler/sigmac/backends"
	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/attack"
)

// A coverage is what rules are about.
type coverage struct {
	targets    []*target
	layer      layerFlags
	score      scoring
	subs       bool
	techniques []*covering // sorted by identifier

	rules    int    // that count
	works    [3]int // of these, where a target is named
	untagged int    // of these, without a technique
	below    int    // left out by level or status
	inner    int    // that only serve correlations
	bad      int    // documents that could not be read
}

// A covering is a technique with its rules.
type covering struct {
	*attack.Technique
	rules []*coveringRule // in the order in which they were read; none: a gap
	works [3]int          // where a target is named
	score int
}

// A coveringRule is a rule or a correlation.
type coveringRule struct {
	record
	works      works
	level      int // from 0 for informational
	techniques []*attack.Technique
}

// works says whether a rule can fire, the better before the worse.
type works uint8

const (
	whole works = iota
	inPart
	cannot
)

// String returns the word of check --json.
func (w works) String() string { return [...]string{"yes", "part", "no"}[w] }

// A scoring makes a score of the levels of a technique's rules.
type scoring struct {
	name, doc string
	of        func(levels []int) int // 1: informational, 5: critical
}

// scores are the scores that sigma-cli has, by the same names. A rule without a
// level has none there: it is 0 in max and 1 in level.
var scores = []scoring{
	{"count", "number of rules", func(levels []int) int { return len(levels) }},
	{"max", "highest level, from 1 for informational to 5 for critical", func(levels []int) int {
		return slices.Max(append(levels, 0))
	}},
	{"level", "sum of the levels of the rules", func(levels []int) int {
		sum := 0
		for _, l := range levels {
			sum += [...]int{1, 2, 4, 8, 12}[l-1]
		}
		return sum
	}},
}

// checkScore refuses a score that does not exist.
func (f *coverageFlags) checkScore() error {
	if slices.ContainsFunc(scores, func(s scoring) bool { return s.name == f.score }) {
		return nil
	}
	return usage("there are count, max and level", "there is no score %q", f.score)
}

// A coveringFile is what became of one file.
type coveringFile struct {
	*outcome
	rules             []*coveringRule
	below, inner, bad int
}

// collect reads all rules. What is wrong with them and with their tags is
// printed.
func (f *coverageFlags) collect(j *job, lib *library) (*coverage, error) {
	c := &coverage{targets: j.targets, layer: f.layerFlags, subs: f.subs && !f.noSubs}
	c.score = scores[slices.IndexFunc(scores, func(s scoring) bool { return s.name == f.score })]
	found := make(map[*attack.Technique]*covering)
	bar := newProgress(j.app, len(lib.ins), f.quiet)
	j.app.err.Write(lib.notes(j))
	_ = ordered(len(lib.ins), f.jobs, func(i int) *coveringFile { return f.file(j, lib.ins[i], lib.units(i)) }, func(o *coveringFile) error {
		bar.step()
		if len(o.notes) > 0 {
			bar.print(o.notes)
		}
		c.below, c.inner, c.bad = c.below+o.below, c.inner+o.inner, c.bad+o.bad
		for _, r := range o.rules {
			c.add(found, r)
		}
		return nil
	})
	bar.close()
	if c.rules+c.below+c.inner+c.bad == 0 {
		return nil, usage("", "there are no rules in what was read")
	}
	if f.gaps {
		c.addGaps(found)
	}
	c.techniques = slices.SortedFunc(maps.Values(found), func(a, b *covering) int { return cmp.Compare(a.ID, b.ID) })
	c.rate()
	return c, nil
}

// file takes the rules of a file.
func (f *coverageFlags) file(j *job, in input, us []unit) *coveringFile {
	o := &coveringFile{outcome: &outcome{}}
	for _, u := range us {
		d := document{job: j, outcome: o.outcome, unit: u, file: in.path}
		if !d.built {
			d.unit.build()
		}
		if len(d.errs) > 0 {
			o.bad++
			d.print(kindError, "", d.errs)
			continue
		}
		meta := d.doc.Metadata()
		_, filter := d.doc.(*sigma.Filter)
		switch {
		case filter:
		case !f.has(meta):
			o.below++
		case d.inner:
			o.inner++
			d.print(kindWarning, "", attack.Of(meta).Problems)
		default:
			o.rules = append(o.rules, d.covering(f.subs && !f.noSubs))
		}
	}
	o.tellMore(j, in)
	return o
}

// covering returns what the document is about and whether it can fire. A rule
// of several sub-techniques of one technique is one rule of it.
func (d *document) covering(subs bool) *coveringRule {
	meta := d.doc.Metadata()
	tags := attack.Of(meta)
	d.print(kindWarning, "", tags.Problems)
	r := &coveringRule{record: d.record(), works: d.canFire(), level: levelOf(meta)}
	for _, t := range tags.Techniques {
		if !subs && t.Parent != nil {
			t = t.Parent
		}
		if !slices.Contains(r.techniques, t) {
			r.techniques = append(r.techniques, t)
		}
	}
	return r
}

// canFire reports whether one of the targets can have the rule. Without targets
// nothing is known that would keep it.
func (d *document) canFire() works {
	if len(d.targets) == 0 {
		return whole
	}
	best := cannot
	for _, t := range d.targets {
		result, err := d.compileAlone(t)
		switch {
		case err != nil:
		case partial(result.Warnings):
			best = min(best, inPart)
		default:
			return whole
		}
	}
	return best
}

// compileAlone compiles the document for a target and says nothing of it.
func (d *document) compileAlone(t *target) (*backends.Result, error) {
	switch {
	case d.correlation != nil:
		return t.Correlation(d.correlation)
	case d.rule == nil:
		return t.Compile(d.doc)
	}
	return d.compileRule(t)
}

// add counts a rule.
func (c *coverage) add(found map[*attack.Technique]*covering, r *coveringRule) {
	c.rules++
	c.works[r.works]++
	if len(r.techniques) == 0 {
		c.untagged++
	}
	for _, t := range r.techniques {
		if found[t] == nil {
			found[t] = &covering{Technique: t}
		}
		found[t].rules = append(found[t].rules, r)
		found[t].works[r.works]++
	}
}

// addGaps adds the techniques without rules. One is covered whose sub-techniques
// have some.
func (c *coverage) addGaps(found map[*attack.Technique]*covering) {
	covered := make(map[*attack.Technique]bool)
	for t := range found {
		covered[t] = true
		covered[t.Parent] = true
	}
	for _, t := range attack.Techniques() {
		if t.Current() && !covered[t] && (c.subs || t.Parent == nil) {
			found[t] = &covering{Technique: t}
		}
	}
}

// rate gives each technique its score, which is of the rules that can fire.
func (c *coverage) rate() {
	for _, t := range c.techniques {
		var levels []int
		for _, r := range t.rules {
			if r.works != cannot {
				levels = append(levels, r.level+1)
			}
		}
		t.score = c.score.of(levels)
	}
}

// counts returns how many techniques of the version have rules, and how many
// have some that can fire.
func (c *coverage) counts() (covered, live int) {
	for _, t := range c.techniques {
		if !t.Current() || len(t.rules) == 0 {
			continue
		}
		covered++
		if t.works[cannot] < len(t.rules) {
			live++
		}
	}
	return covered, live
}

// levels returns how many of the technique's rules have each level, the highest
// first; the last have none.
func (t *covering) levels() []int {
	counts := make([]int, len(sigma.Levels())+1)
	for _, r := range t.rules {
		counts[len(sigma.Levels())-1-slices.Index(sigma.Levels(), r.Level)]++
	}
	return counts
}

// levelNames returns the levels, the highest first.
func levelNames() []string {
	names := sigma.Levels()
	slices.Reverse(names)
	return names
}

// tacticNames returns the short names of the technique's tactics.
func (t *covering) tacticNames() []string {
	names := make([]string, len(t.Tactics))
	for i, tactic := range t.Tactics {
		names[i] = tactic.ShortName
	}
	return names
}

// state says why the technique is none of the version, or nothing.
func (t *covering) state() string {
	switch {
	case t.Revoked:
		return "revoked"
	case t.Deprecated:
		return "deprecated"
	}
	return ""
}

// label returns the name of the technique, with its parent's.
func (t *covering) label() string {
	name := t.Name
	if t.Parent != nil {
		name = t.Parent.Name + ": " + name
	}
	if s := t.state(); s != "" {
		name += " (" + s + ")"
	}
	return strings.TrimSpace(name)
}
