package emit

import (
	"cmp"
	"crypto/sha1" //nolint:gosec // what a UUID of version 5 is made of (RFC 9562, section 5.5)
	"fmt"
	"slices"
	"strconv"
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
	Level  sigma.Level // never ""; that of the setting severity, or LevelOf the rule
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

// ContentSettings are the settings that all formats of content have, with the
// format's defaults of the schedule.
func ContentSettings(every, overlap, delay string) []Setting {
	return []Setting{
		{Name: "title", Default: "{title}", Doc: "the title, with {title}, {id}, {level}, {status} and {author} of the rule, such as Sigma - {title}"},
		{Name: "severity", Doc: "the level in place of the rule's", Values: append([]string{""}, sigma.Levels()...)},
		{Name: "enabled", Default: "false", Values: []string{"false", "true"}, Doc: "whether it runs once it is installed"},
		{Name: "every", Default: every, Doc: "how often it runs, such as 5m, 1h or 1d"},
		{Name: "overlap", Default: overlap, Doc: "how much longer than from run to run each run looks back; correlations look back by their timespan in addition"},
		{Name: "delay", Default: delay, Doc: "how far before each run ends what it looks at, for events that arrive late"},
	}
}

// NewEntry returns an entry of a rule or correlation with what the settings of
// the job say. Mistakes in them are the job's.
func (j *Job) NewEntry(m *sigma.Meta, query string, number, of int) *Entry {
	e := &Entry{Meta: m, Rule: j.Rule, Query: query, Number: number, Of: of, Enabled: j.Setting("enabled") == "true"}
	e.ID = entryID(j.Rule, m, number)
	e.Title = j.title(m)
	e.Stem = stem(m.Title)
	if of > 1 {
		e.Title += " (" + strconv.Itoa(number) + " of " + strconv.Itoa(of) + ")"
		e.Stem += "_" + strconv.Itoa(number)
	}
	e.Level = cmp.Or(sigma.Level(j.Setting("severity")), LevelOf(m))
	if m.Level == "" && j.Setting("severity") == "" && j.Format.Setting("severity") != nil {
		j.Warn(m.Pos, sigma.Assumed, "write a level, or set severity", "the rule has no level: it is taken to be medium")
	}
	return e
}

// LevelOf returns the level of a rule: medium where it says none.
func LevelOf(m *sigma.Meta) sigma.Level { return cmp.Or(m.Level, "medium") }

// title fills the setting title, in one pass: what the rule has in braces stays.
func (j *Job) title(m *sigma.Meta) string {
	return strings.NewReplacer("{title}", m.Title, "{id}", m.ID, "{level}", string(m.Level),
		"{status}", string(m.Status), "{author}", m.Author).Replace(j.Setting("title"))
}

// SetSchedule reads the schedule of an entry whose correlation is known. A
// correlation must see all of its timespan before each event that is new
// since the last run. Formats without the setting every have no schedule.
func (j *Job) SetSchedule(e *Entry) {
	if j.Format.Setting("every") == nil {
		return
	}
	pos := e.Meta.Pos
	s := Schedule{Every: j.duration(pos, "every"), Delay: j.duration(pos, "delay")}
	if s.Every <= 0 {
		j.Fail(pos, sigma.BadSetting, "write 5m, 1h or 1d", "the setting every is %q, which is no time between runs", j.Setting("every"))
	}
	s.Window = s.Every + j.duration(pos, "overlap")
	if e.Correlation != nil {
		s.Window += Reach(e.Correlation)
	}
	e.Schedule = s
}

// Reach returns how long before it fires the events lie that a correlation
// needs: its window, and that of what it refers to before it.
func Reach(c *ir.Correlation) time.Duration {
	inner := time.Duration(0)
	for _, m := range c.Members {
		if m.Correlation != nil {
			inner = max(inner, Reach(m.Correlation))
		}
	}
	return c.Window + inner
}

// maxDuration bounds the settings that are times: a query that looks back over
// more than a year is a mistake.
const maxDuration = 366 * 24 * time.Hour

// duration reads a setting that is a length of time: a number and one of s, m,
// h, d, w.
func (j *Job) duration(pos sigma.Pos, name string) time.Duration {
	text := j.Setting(name)
	if text == "" || text == "0" {
		return 0
	}
	d, ok := ParseDuration(text)
	if !ok {
		j.Fail(pos, sigma.BadSetting, "write a number and s, m, h, d or w, such as 90s, 15m or 1d", "the setting %s is %q, which is no length of time", name, text)
	}
	return d
}

// ParseDuration reads a length of time as settings have it: a number and a
// unit, s, m, h, d or w, up to 366 days.
func ParseDuration(text string) (time.Duration, bool) {
	units := map[byte]time.Duration{'s': time.Second, 'm': time.Minute, 'h': time.Hour, 'd': 24 * time.Hour, 'w': 7 * 24 * time.Hour}
	last := len(text) - 1
	if last < 1 || units[text[last]] == 0 {
		return 0, false
	}
	n, err := strconv.ParseUint(text[:last], 10, 31)
	d := time.Duration(n) * units[text[last]]                                           //nolint:gosec // 31 bits
	return d, err == nil && d <= maxDuration && d/units[text[last]] == time.Duration(n) //nolint:gosec // 31 bits
}

// stem makes the name of a file of a title.
func stem(title string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(title) {
		switch {
		case 'a' <= r && r <= 'z', '0' <= r && r <= '9':
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "_"):
			b.WriteByte('_')
		}
		if b.Len() == maxStem {
			break
		}
	}
	if s := strings.Trim(b.String(), "_"); s != "" {
		return s
	}
	return "rule"
}

// maxStem bounds the names of files.
const maxStem = 100

// namespace is that of the project's UUIDs, itself one of version 5: of the
// name github.com/sigma-compiler/sigmac in the namespace of URLs.
var namespace = uuid5([16]byte{0x6b, 0xa7, 0xb8, 0x11, 0x9d, 0xad, 0x11, 0xd1, 0x80, 0xb4, 0x00, 0xc0, 0x4f, 0xd4, 0x30, 0xc8},
	"https://github.com/sigma-compiler/sigmac")

// entryID returns the id of a rule's query.
func entryID(r *ir.Rule, m *sigma.Meta, number int) string {
	id := strings.ToLower(m.ID)
	if !sigma.IsUUID(id) {
		of := []string{m.Title, m.ID}
		if r != nil {
			of = append(of, r.Source.LogSource.Category, r.Source.LogSource.Product, r.Source.LogSource.Service)
		}
		id = StableID(of...)
	}
	if number > 1 {
		return StableID(id, strconv.Itoa(number))
	}
	return id
}

// StableID returns a UUID of version 5 (RFC 9562) that depends on the names
// alone.
func StableID(names ...string) string {
	u := uuid5(namespace, strings.Join(names, "\x00"))
	return fmt.Sprintf("%x-%x-%x-%x-%x", u[:4], u[4:6], u[6:8], u[8:10], u[10:])
}

// uuid5 returns the UUID of a name in a namespace.
func uuid5(space [16]byte, name string) (u [16]byte) {
	sum := sha1.Sum(append(slices.Clone(space[:]), name...)) //nolint:gosec // RFC 9562, section 5.5
	copy(u[:], sum[:])
	u[6] = u[6]&0x0f | 0x50
	u[8] = u[8]&0x3f | 0x80
	return u
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
