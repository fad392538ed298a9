package main

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/compare"
)

// A changeKind says what became of a document.
type changeKind uint8

// The kinds of changes, those first that a reviewer looks at first. The names are
// a promise to programs.
const (
	ruleBroken changeKind = iota
	ruleRemoved
	ruleIncomparable
	ruleNarrower
	ruleBroader
	ruleChanged
	ruleAlike
	ruleAffected
	ruleAdded
	ruleWords
	ruleMoved
	unchanged
	changeKinds
)

var changeNames = [...]string{"broken", "removed", "incomparable", "narrower", "broader", "changed", "alike", "affected", "added", "words", "moved", "unchanged"}

func (k changeKind) String() string { return changeNames[k] }

// meant reports whether a change of that kind may be one in meaning.
func (k changeKind) meant() bool { return k < ruleWords }

// changePhrases say in a summary what the documents of each kind are.
var changePhrases = [...]string{"broken", "removed", "incomparable", "narrower", "broader", "changed otherwise", "alike, not proven the same", "affected by others", "added",
	"with other words", "moved", "unchanged"}

// A change is what became of one document.
type change struct {
	pairing
	kind   changeKind
	twin   bool // the file has the same text on both sides
	result *compare.Result
	words  []compare.Word
	notes  []string
	refers []string // to documents that changed
}

// moved reports whether the document is in another file than before.
func (c *change) moved() bool {
	return c.old != nil && c.new != nil && c.old.set && c.new.set && c.old.rel != c.new.rel
}

// decide compares a document with what it was.
func (p pairing) decide() *change {
	c := &change{pairing: p}
	switch {
	case p.old == nil && len(p.new.errs) > 0:
		c.kind = ruleBroken
	case p.old == nil:
		c.kind = ruleAdded
	case p.new == nil:
		c.kind = ruleRemoved
	default:
		c.compare()
	}
	return c
}

// compare compares the two documents of a change.
func (c *change) compare() {
	c.twin = c.old.doc == c.new.doc && (c.old.doc != nil || sameFile(c.old.errs, c.new.errs))
	if c.old.doc != nil && c.new.doc != nil && !c.twin {
		c.words = compare.Words(c.old.doc, c.new.doc)
	}
	switch {
	case len(c.old.errs)+len(c.new.errs) > 0:
		c.compareBroken()
	default:
		c.compareMeaning()
	}
	if c.old.inner != c.new.inner {
		c.notes = append(c.notes, map[bool]string{
			true:  "it no longer stands for itself: a correlation refers to it",
			false: "it stands for itself now: no correlation that hides it refers to it"}[c.new.inner])
		if c.kind >= ruleWords {
			c.kind = ruleAffected
		}
	}
}

// sameFile reports whether two files that nothing could be read of are the same.
func sameFile(a, b sigma.ErrorList) bool {
	return sameErrors(a, b) && len(a) > 0 && a[0].File != nil && b[0].File != nil && bytes.Equal(a[0].File.Data, b[0].File.Data)
}

// sameErrors reports whether two files are wrong in the same way at the same
// places.
func sameErrors(a, b sigma.ErrorList) bool {
	return slices.EqualFunc(a, b, func(x, y *sigma.Error) bool { return x.Line == y.Line && x.Col == y.Col && x.Msg == y.Msg })
}

// compareBroken says what is wrong that was right before, and the other way
// round. What was wrong before in the same words is unchanged.
func (c *change) compareBroken() {
	c.kind = ruleBroken
	c.words = slices.DeleteFunc(c.words, isSection) // what it means is not known
	switch {
	case c.twin && sameErrors(c.old.errs, c.new.errs):
		c.kind = c.quiet()
	case len(c.new.errs) == 0:
		c.notes = append(c.notes, "it was wrong before: what it matched then is not known")
	case len(c.old.errs) == 0:
		c.notes = append(c.notes, "it is wrong now")
	default:
		c.notes = append(c.notes, "it is wrong, before and after")
	}
}

// quiet returns the kind of a change that is none in meaning.
func (c *change) quiet() changeKind {
	switch {
	case len(c.words) > 0:
		return ruleWords
	case c.moved():
		return ruleMoved
	}
	return unchanged
}

// compareMeaning compares documents that are right.
func (c *change) compareMeaning() {
	c.kind = ruleChanged
	switch new := c.new.doc.(type) {
	case *sigma.Rule:
		if _, ok := c.old.doc.(*sigma.Rule); ok {
			c.compareRules()
			return
		}
	case *sigma.Correlation:
		if _, ok := c.old.doc.(*sigma.Correlation); ok {
			c.take(compare.Correlations(c.old.correlation, c.new.correlation))
			return
		}
	case *sigma.Filter:
		if old, ok := c.old.doc.(*sigma.Filter); ok {
			c.compareFilters(old, new)
			return
		}
	}
	c.notes = append(c.notes, fmt.Sprintf("it is a %s, was a %s", kindOfDocument(c.new.doc), kindOfDocument(c.old.doc)))
}

// compareRules compares detection rules with their filters.
func (c *change) compareRules() {
	if c.old.rule == c.new.rule {
		c.kind = c.quiet()
		return
	}
	written := c.twin || !slices.ContainsFunc(c.words, isSection)
	c.take(compare.Rules(c.old.rule, c.new.rule, compare.Options{}))
	if c.kind.meant() && written {
		c.notes = append(c.notes, "the rule itself is as it was: filters of it changed")
	}
}

// compareFilters compares filters. What they do to rules is told of these.
func (c *change) compareFilters(old, new *sigma.Filter) {
	if c.twin {
		c.kind = c.quiet()
		return
	}
	r, err := compare.Filters(old, new, compare.Options{})
	if err != nil { // it builds, or it would be broken
		c.kind, c.notes = ruleBroken, append(c.notes, err.Error())
		return
	}
	c.take(r)
}

// take takes a result.
func (c *change) take(r *compare.Result) {
	c.result = r
	c.notes = append(c.notes, r.Notes...)
	if r.Relation == compare.Same {
		c.kind = c.quiet()
		return
	}
	c.kind = map[compare.Relation]changeKind{compare.Alike: ruleAlike, compare.Broader: ruleBroader, compare.Narrower: ruleNarrower,
		compare.Incomparable: ruleIncomparable, compare.Changed: ruleChanged}[r.Relation]
	c.words = slices.DeleteFunc(c.words, isSection)
	if r.Err != nil && r.Relation == compare.Alike {
		c.notes = append(c.notes, "no event could be tried: "+sigma.Errors(r.Err)[0].Text())
	}
}

// isSection reports whether it is the detection that is written otherwise.
func isSection(w compare.Word) bool {
	return w.Key == "detection" || w.Key == "correlation" || w.Key == "filter"
}

// headline says in words what became of the document.
func (c *change) headline() string {
	switch c.kind {
	case ruleBroader, ruleNarrower:
		s := map[changeKind]string{ruleBroader: "broader: it matches more than before", ruleNarrower: "narrower: it matches less than before"}[c.kind]
		if c.result.Proven() {
			return s + " (proven)"
		}
		return s + fmt.Sprintf(" (no event shows the opposite; %s tried)", count(c.result.Events, "event", "events"))
	case ruleIncomparable:
		return "incomparable: it matches events that it did not, and no longer some that it did"
	case ruleChanged:
		return "changed: it means something else"
	case ruleAlike:
		return "alike: " + c.alike()
	case ruleAffected:
		return "affected"
	case ruleWords:
		return "words: " + strings.Join(wordKeys(c.words), ", ")
	}
	return c.kind.String()
}

// alike says what is known of rules that nothing shows to be different.
func (c *change) alike() string {
	s := "no difference found on " + count(c.result.Events, "event", "events")
	if c.result.Events == 0 {
		s = "nothing shows whether it matches the same"
	}
	switch {
	case c.result.OldInNew:
		return s + "; it is proven that it matches all that it did"
	case c.result.NewInOld:
		return s + "; it is proven that it matches nothing else than it did"
	}
	return s + "; that there is none is not proven"
}

func wordKeys(words []compare.Word) []string {
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = w.Key
	}
	return out
}

// A changeTally counts documents by what became of them.
type changeTally struct {
	of    [changeKinds]int
	wrong int // unchanged ones, that are wrong
}

func (t *changeTally) add(c *change) {
	t.of[c.kind]++
	if c.new != nil && len(c.new.errs) > 0 && c.kind > ruleBroken {
		t.wrong++
	}
}

// meant counts those that may have changed in meaning.
func (t *changeTally) meant() (n int) {
	for k, c := range t.of {
		if changeKind(k).meant() {
			n += c
		}
	}
	return n
}

// String returns the summary on one line.
func (t *changeTally) String() string {
	n, parts := 0, []string{}
	for k, c := range t.of {
		if n += c; c > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", c, changePhrases[k]))
		}
	}
	if len(parts) == 0 {
		return "there are no rules"
	}
	s := rules(n) + ": " + strings.Join(parts, ", ")
	if t.wrong > 0 {
		s += fmt.Sprintf("; %d of them wrong before and now", t.wrong)
	}
	return s
}
