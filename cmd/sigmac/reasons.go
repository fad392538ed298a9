package main

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/sigma-compiler/sigmac/backends"
	"github.com/sigma-compiler/sigmac/internal/jsontext"
	"github.com/sigma-compiler/sigmac/sigma"
)

// A reason is why rules cannot work with the user's tables, or only in part.
type reason struct {
	weight weight
	code   sigma.Code
	text   string // the message without what is quoted in it
}

// A weight is how much a reason says.
type weight uint8

const (
	grave  weight = iota // the rule cannot work
	partly               // a part of it never matches
	mild                 // it works if an assumption holds, or finds other events as a warning says
)

// headings say what the weights mean.
var headings = [...]string{"cannot work:", "work in part:", "work with reservations:"}

// reasons counts rules by reason.
type reasons map[reason]int

func (r reasons) add(s reasons) {
	for k, n := range s {
		r[k] += n
	}
}

// weigh returns how much a warning says.
func weigh(w *sigma.Error) weight {
	switch w.Code {
	case sigma.BadFieldType, sigma.UnknownField, sigma.UnknownTable:
		return partly
	}
	return mild
}

// partial reports whether warnings say that a part of a rule never matches.
func partial(warnings sigma.ErrorList) bool {
	return slices.ContainsFunc(warnings, func(w *sigma.Error) bool { return weigh(w) == partly })
}

// count counts what is said of a document for a target, each reason once.
func (d *document) count(target string, errs, warnings sigma.ErrorList) {
	if !d.reasons {
		return
	}
	seen := reasons{}
	note := func(w weight, e *sigma.Error) {
		text := unquoted(e)
		if target != "" {
			text = target + ": " + text
		}
		seen[reason{w, e.Code, text}] = 1
	}
	for _, e := range errs {
		note(grave, e)
	}
	for _, w := range warnings {
		note(weigh(w), w)
	}
	if len(errs) == 0 && partial(warnings) {
		d.inPart = true
	}
	if d.outcome.why == nil {
		d.outcome.why = reasons{}
	}
	d.outcome.why.add(seen)
}

// unquoted returns the message of an error as a reason that rules share: what
// is quoted in it is a value of the rule, but for the names of what is not
// there.
func unquoted(e *sigma.Error) string {
	if e.Code == sigma.UnknownField || e.Code == sigma.UnknownTable {
		return e.Msg
	}
	var b strings.Builder
	for i, part := range strings.Split(e.Msg, `"`) {
		if i > 0 {
			b.WriteByte('"')
		}
		if i%2 == 0 {
			b.WriteString(part)
		} else {
			b.WriteString("...")
		}
	}
	return b.String()
}

// summarizeReasons prints how many rules can work, and why the others cannot.
func summarizeReasons(w io.Writer, t *totals) {
	fmt.Fprintf(w, "%d of %s can work", t.rules[right], rules(t.rules.sum()))
	if t.inPart > 0 {
		fmt.Fprintf(w, ", %d of them in part", t.inPart)
	}
	if n := t.rules.sum() - t.rules[right]; n > 0 {
		fmt.Fprintf(w, "; %d cannot", n)
	}
	fmt.Fprintln(w)
	for i, heading := range headings {
		byCode := map[sigma.Code]reasons{}
		for r, n := range t.why {
			if r.weight != weight(i) {
				continue
			}
			if byCode[r.code] == nil {
				byCode[r.code] = reasons{}
			}
			byCode[r.code][r] = n
		}
		if len(byCode) > 0 {
			fmt.Fprintln(w, heading)
		}
		for _, code := range slices.Sorted(maps.Keys(byCode)) {
			byCode[code].print(w, code)
		}
	}
}

// maxReasons is how many reasons of one code the summary has.
const maxReasons = 15

// print writes the reasons of one code, the most frequent first.
func (r reasons) print(w io.Writer, code sigma.Code) {
	list := slices.SortedFunc(maps.Keys(r), func(a, b reason) int {
		return cmp.Or(cmp.Compare(r[b], r[a]), cmp.Compare(a.text, b.text))
	})
	for i, k := range list {
		if i == maxReasons {
			fmt.Fprintf(w, "        and %d other reasons [%s]\n", len(list)-i, code)
			return
		}
		fmt.Fprintf(w, "%7d %s [%s]\n", r[k], printable(k.text), code)
	}
}

// A finding is a line of check --json. The keys, their order and their types
// are a promise to programs.
type finding struct {
	File      string   `json:"file"`
	Line      int      `json:"line"` // of the document's first key; 0 where the file could not be read
	Kind      string   `json:"kind"` // rule, correlation or filter; "" where that is not known
	ID        string   `json:"id"`
	Title     string   `json:"title"`
	Level     string   `json:"level"`
	Status    string   `json:"status"`
	Tags      []string `json:"tags"`
	Target    string   `json:"target"` // "" where no target was named
	Pipelines []string `json:"pipelines"`
	Schema    string   `json:"schema"` // the files, "" where there are none
	Works     string   `json:"works"`  // yes, part or no
	Errors    []remark `json:"errors"`
	Warnings  []remark `json:"warnings"`
}

// renderCheck writes an object for a rule and a target, or only for the rule
// where there are no targets.
func renderCheck(p *piece, d *document, t *target, result *backends.Result, errs sigma.ErrorList) {
	r := d.record()
	f := finding{
		File: r.File, Line: r.Line, Kind: r.Kind, ID: r.ID, Title: r.Title, Level: r.Level, Status: r.Status, Tags: r.Tags,
		Pipelines: []string{}, Works: "yes", Errors: remarks(errs), Warnings: remarks(d.said(result)),
	}
	if t != nil {
		f.Target, f.Pipelines, f.Schema = t.name, t.pipelines, t.schema
	}
	switch {
	case len(errs) > 0:
		f.Works = "no"
	case result != nil && partial(result.Warnings):
		f.Works = "part"
	}
	if text, err := jsontext.Marshal(f); err == nil { // strings, integers and slices of them always encode
		p.add(string(text))
	}
}

// said returns all warnings about a document.
func (d *document) said(result *backends.Result) sigma.ErrorList {
	switch {
	case result != nil:
		return slices.Concat(d.warnings, result.Warnings)
	case d.rule != nil:
		return slices.Concat(d.warnings, d.rule.Warnings)
	case d.correlation != nil:
		return slices.Concat(d.warnings, d.correlation.Warnings)
	}
	return d.warnings
}
