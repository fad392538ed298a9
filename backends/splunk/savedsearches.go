package splunk

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/sigma-compiler/sigmac/backends/emit"
	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/attack"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// The names of settings and what they mean are those of savedsearches.conf.spec
// (Splunk 10), cited where a choice follows from it. Those of Enterprise
// Security are in no specification that is published: they are as in what
// Splunk's own contentctl writes (savedsearches_detections.j2, version 5).

// A search is the stanza of a saved search while it is made.
type search struct {
	*emit.Job
	*emit.Entry
	name        string
	query       string // as deployed
	description string
	tags        attack.Tags
	keys        []string // in the order in which they are written
	values      map[string]string
}

// savedSearch writes the stanza of a query.
func savedSearch(j *emit.Job, e *emit.Entry) string {
	s := &search{Job: j, Entry: e, values: make(map[string]string), tags: attack.Of(e.Meta)}
	j.Warnings = append(j.Warnings, s.tags.Problems...)
	if e.Correlation != nil && j.Setting("tstats") == "true" {
		j.Unsupported(e.Meta.Pos, "a correlation by tstats", "set tstats to false for it")
	}
	s.title()
	s.query = deployed(j, e)
	if value, err := confExact(s.query); err != nil {
		j.Fail(e.Meta.Pos, sigma.Unsupported, "", "the query: %v", err)
	} else {
		s.query = value
	}
	s.describe()
	s.set("search", s.query)
	s.set("description", s.description)
	s.schedule()
	s.alert()
	s.suppress()
	s.annotate()
	s.security()
	s.extra()
	return s.write()
}

// set adds a setting whose value is one line, or one of confText.
func (s *search) set(key, value string) {
	if _, ok := s.values[key]; !ok {
		s.keys = append(s.keys, key)
	}
	s.values[key] = value
}

// text adds a setting with words of the rule, and warns of what a .conf file
// cannot hold.
func (s *search) text(key, value string) {
	value, changed := confText(value)
	s.changed("the "+key, changed)
	s.set(key, value)
}

func (s *search) changed(what string, changed []string) {
	if len(changed) > 0 {
		s.Warn(s.Meta.Pos, sigma.Style, "", "%s is not as the rule has it, since a .conf file cannot hold that: %s", what, strings.Join(changed, ", "))
	}
}

// write returns the stanza, with the id of the entry before it: by that, Join
// tells searches of the same name apart.
func (s *search) write() string {
	var c conf
	c.stanza(s.name)
	for _, key := range s.keys {
		c.set(key, s.values[key])
	}
	return idLine + s.ID + "\n" + c.String()
}

// title makes the name of the stanza.
func (s *search) title() {
	name, changed := confName(s.Title)
	s.changed("the name", changed)
	s.name = name
	if !s.es() {
		return
	}
	s.name += ruleSuffix
	if utf8.RuneCountInString(s.name) > maxName {
		s.name = idName(s.name, s.ID)
		s.Warn(s.Meta.Pos, sigma.Style, "a shorter title, or the setting title, avoids it",
			"Enterprise Security cannot edit a search whose name is longer than %d characters: the name is %q", maxName, s.name)
	}
}

// describe makes the description: what the rule says about itself that has no
// setting of its own.
func (s *search) describe() {
	parts := []string{strings.TrimSpace(s.Meta.Description)}
	section := func(title string, lines []string) {
		if len(lines) > 0 {
			parts = append(parts, title+":\n- "+strings.Join(lines, "\n- "))
		}
	}
	if s.Setting("escu") != "true" {
		section("False positives", s.Meta.FalsePositives)
	}
	section("References", s.Meta.References)
	parts = slices.DeleteFunc(parts, func(p string) bool { return p == "" })
	if len(parts) == 0 {
		parts = []string{s.Title}
	}
	value, changed := confText(strings.Join(parts, "\n\n"))
	s.changed("the description", changed)
	s.description = value
}

// schedule says when the search runs, and over which time.
func (s *search) schedule() {
	s.set("disabled", bit(!s.Enabled))
	s.set("enableSched", "1")
	s.set("cron_schedule", cron(s.Job, s.Entry))
	s.set("dispatch.earliest_time", ago(s.Schedule.Window+s.Schedule.Delay))
	s.set("dispatch.latest_time", ago(s.Schedule.Delay))
	// A search may start late: its time does not move with it. It may not be
	// left out: with realtime_schedule "the scheduler might skip some execution
	// periods", and what happened in them would be looked at by no run.
	s.set("schedule_window", "auto")
	s.set("realtime_schedule", "0")
}

// alert says what becomes of results: an alert where there are any.
func (s *search) alert() {
	s.set("counttype", "number of events")
	s.set("relation", "greater than")
	s.set("quantity", "0")
	s.set("alert.track", "1")
	s.set("alert.severity", strconv.Itoa(2+slices.Index(sigma.Levels(), string(s.Level))))
	s.set("is_visible", "false")
}

// suppress says which alerts are held back because the same one was there just
// before. "List of fields to use when suppressing per-result alerts": with
// fields each result is an alert of its own. Enterprise Security makes one
// finding of each result either way, and its searches keep the digest.
func (s *search) suppress() {
	fields, period := emit.SplitList(s.Setting("suppress")), s.Setting("suppress_period")
	digest := len(fields) == 0 || s.es()
	s.set("alert.digest_mode", bit(digest))
	if len(fields) == 0 && period == "" {
		s.set("alert.suppress", "0")
		if over := s.overlap(); over > 0 {
			s.Warn(s.Meta.Pos, sigma.Style, "set suppress to the fields that tell results apart, overlap to 0, or for a correlation once to true",
				"runs overlap by %s: what lies there is told twice", emit.FormatDuration(over))
		}
		return
	}
	for _, f := range fields {
		if !plainName(f, "._-{}") {
			s.Fail(s.Meta.Pos, sigma.BadSetting, "name fields of letters, digits and . _ - { }, with commas between them", "the setting suppress has %q, which is no name of a field", f)
		}
		if s.lacks(f) {
			s.Warn(s.Meta.Pos, sigma.MatchesLess, "name fields that the search returns", "the results have no field %s to suppress by: in it all of them are the same, and one keeps back the others", f)
		}
	}
	if period == "" {
		period = strconv.Itoa(int((s.Schedule.Window+s.Schedule.Delay).Minutes()+1)) + "m"
	} else if d, ok := emit.ParseDuration(period); !ok || d == 0 {
		s.Fail(s.Meta.Pos, sigma.BadSetting, "write 15m, 1h or 1d", "the setting suppress_period is %q, which is no length of time", period)
	} else {
		period = emit.FormatDuration(d) // Splunk is not said to know weeks
	}
	s.set("alert.suppress", "1")
	if len(fields) > 0 {
		s.set("alert.suppress.fields", strings.Join(fields, ","))
	}
	s.set("alert.suppress.period", period)
}

// lacks reports whether results surely have no such field: those of searches that
// choose their columns.
func (s *search) lacks(field string) bool {
	shown := columns(s.Job, s.Entry)
	switch {
	case s.Setting("table") == "true" && len(shown) > 0:
		return !slices.Contains(shown, field)
	case s.Setting("tstats") == "true":
		grouped := strings.FieldsFunc(s.State("", "fields"), func(r rune) bool { return r == ',' || r == ' ' })
		return !slices.Contains(slices.Concat(s.seen(), grouped, []string{"firstTime", "lastTime", "count"}), field)
	case s.Method == emit.Buckets && s.Entry.Correlation.Type != ir.TemporalOrdered:
		return !slices.Contains(s.seen(), field) && !strings.HasPrefix(field, "sigma") && field != "_time"
	}
	return false
}

// overlap is the time of which two runs tell the results.
func (s *search) overlap() time.Duration {
	over := s.Schedule.Window - s.Schedule.Every
	if s.Correlation != nil && s.Setting("once") == "true" {
		over -= emit.Reach(s.Correlation)
	}
	return over
}

// extra adds the settings of the user, which stand in for those made here.
func (s *search) extra() {
	for _, setting := range slices.Sorted(maps.Keys(s.Settings)) {
		key, ok := strings.CutPrefix(setting, keyPrefix)
		if !ok {
			continue
		}
		switch value, err := confExact(s.Settings[setting]); {
		case !confKey.MatchString(key):
			s.Fail(s.Meta.Pos, sigma.BadSetting, "letters, digits and . _ : -, such as key.action.email.to", "%q is no name of a setting in a .conf file", key)
		case key == "search":
			s.Fail(s.Meta.Pos, sigma.BadSetting, "the settings index, macro and table change it; so do pipelines", "the search is made of the rule")
		case err != nil:
			s.Fail(s.Meta.Pos, sigma.BadSetting, "", "the setting %s: %v", setting, err)
		default:
			s.set(key, value)
		}
	}
}

func bit(b bool) string {
	if b {
		return "1"
	}
	return "0"
}
