package emit

import (
	"strings"
	"time"

	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// Content is what a format makes of queries that people deploy: saved searches,
// detection rules, analytic rules. A format without it is for queries alone.
type Content struct {
	// Entry writes one query with what it is deployed with: a stanza, a line,
	// a document. Mistakes and notes go to the job, whose settings are those of
	// the entry.
	Entry func(j *Job, e *Entry) string

	// Join makes one text of what Entry wrote for several queries; nil puts
	// them one behind the other, each ending with a line break and, where one
	// has several lines, with an empty line between.
	Join func(texts []string) string

	// Apart tells what Entry wrote for several queries apart where it would be one
	// in the target, such as stanzas of the same name; nil where nothing would.
	// Join does so, too.
	Apart func(texts []string) []string

	// Files makes the files of a pack; nil makes one file for each entry,
	// named by the entry, with the extension Ext. The result depends on nothing
	// but the pack. An error says what no file can be made of. Entries may be of
	// an earlier build and lack Rule, Correlation and Method: what Files needs of
	// these, Entry writes into the text.
	Files func(p *Pack) ([]File, error)

	Ext string // of a file with one entry, or with all of them joined, such as ".conf"

	// Settings are those of the format, beside the backend's. ContentSettings
	// are among them.
	Settings []Setting
}

// An Entry is one query with what it is deployed with.
type Entry struct {
	Meta   *sigma.Meta // of the rule or the correlation
	ID     string      // a UUID: the rule's own for its first query, one made of it for others, or of the title where there is none
	Title  string      // what the setting title makes of the rule's; with a number behind it where the rule has several queries
	Level  sigma.Level // never ""; that of the setting severity, or the EffectiveLevel of the rule
	Query  string      // in the target's language, after the pipeline's postprocessing
	Number int         // of the query among those of the rule, from 1
	Of     int         // how many queries the rule has

	// Rule is the rule in the names of the target, with its log source, table and
	// state. Of a correlation it only names it, and has the log source and
	// the state of the first of its rules.
	Rule *ir.Rule

	Correlation *ir.Correlation // in the names of the target; nil for a rule
	Method      string          // by which it is written, one of the backend's; "" for a rule

	Schedule Schedule
	Enabled  bool   // the setting enabled
	Stem     string // of a file of its own: lower case letters, digits and underscores, another for each entry of a pack

	Text string // what the format's Entry wrote
}

// Rules returns the rules whose events the query finds: the rule itself, or
// those that the correlation refers to.
func (e *Entry) Rules() []*ir.Rule {
	if e.Correlation == nil {
		return []*ir.Rule{e.Rule}
	}
	var out []*ir.Rule
	for _, m := range e.Correlation.Rules() {
		out = append(out, m.Rule)
	}
	return out
}

// Jobs returns a job for each of the Rules, with the settings that its part of
// the query was written with. What goes wrong with them is nobody's.
func (e *Entry) Jobs(j *Job) []*Job {
	if e.Correlation == nil {
		return []*Job{{Backend: j.Backend, Format: j.Format, Rule: e.Rule, Settings: j.Settings}}
	}
	var out []*Job
	for _, m := range e.Correlation.Rules() {
		out = append(out, &Job{Backend: j.Backend, Format: j.Format, Rule: m.Rule, Settings: j.Inside[m]})
	}
	return out
}

// A Pack is the entries that are deployed together, and what is said of all
// of them.
type Pack struct {
	Name        string // a folder's: letters, digits, "_" and "-"
	Title       string
	Description string
	Author      string
	License     string // SPDX
	Version     string // as 1.2.3
	Entries     []*Entry
	Lists       []List  // values of placeholders that stay lists in the target, sorted by name
	Macros      []Macro // sorted by name
	Settings    map[string]string
	Format      *Format
}

// Setting returns the value of a setting of the format for the whole pack.
func (p *Pack) Setting(name string) string {
	if v, ok := p.Settings[name]; ok {
		return v
	}
	if s := p.Format.Setting(name); s != nil {
		return s.Default
	}
	return ""
}

// A List is the values of a placeholder.
type List struct {
	Name   string
	Values []string
}

// A Macro is a piece of a query that the target knows by a name.
type Macro struct{ Name, Definition string }

// A File is a file of a pack, with a slash between folders.
type File struct {
	Path string
	Data []byte
}

// A Schedule says when a query runs and what it looks at: all that happened
// between Delay+Window and Delay before it runs.
type Schedule struct {
	Every  time.Duration // from one run to the next
	Window time.Duration // at least Every
	Delay  time.Duration // for events that arrive late
}

// JoinTexts joins the texts of entries as a format without Join has them.
func JoinTexts(texts []string) string {
	var b strings.Builder
	for i, t := range texts {
		t = strings.TrimRight(t, "\n")
		if i > 0 && (strings.Contains(t, "\n") || strings.Contains(texts[i-1], "\n")) {
			b.WriteByte('\n')
		}
		b.WriteString(t)
		b.WriteByte('\n')
	}
	return b.String()
}
