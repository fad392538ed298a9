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
	e.Level = cmp.Or(sigma.Level(j.Setting("severity")), m.EffectiveLevel())
	if m.Level == "" && j.Setting("severity") == "" && j.Format.Setting("severity") != nil {
		j.Warn(m.Pos, sigma.Assumed, "write a level, or set severity", "the rule has no level: it is taken to be %s", m.EffectiveLevel())
	}
	return e
}

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
