package main

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/sigma-compiler/sigmac/internal/jsontext"
	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/eval/correlate"
)

// correlateFlags say how correlations are run.
type correlateFlags struct {
	timeFields []string
	lateness   string
	suppress   string
	maxGroups  int
	maxEvents  int
	maxPending int
	missing    bool
	state      string
}

func (f *correlateFlags) add(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringSliceVar(&f.timeFields, "time-field", nil, "`field` that has the time of an event, for correlations; of several the first that is there (default "+strings.Join(correlate.TimeFields(), ",")+")")
	flags.StringVar(&f.lateness, "lateness", "auto", "how much earlier than others before it an event may lie, such as 5m; auto: any in files, 1m on standard input")
	flags.StringVar(&f.suppress, "suppress", "0s", "how long no further alert is told for a group, such as 1h; window: for the timespan of the correlation")
	flags.IntVar(&f.maxGroups, "max-groups", 1_000_000, "how many groups a correlation keeps, `n`")
	flags.IntVar(&f.maxEvents, "max-events", 10_000_000, "how many events a correlation keeps in its windows, `n`")
	flags.IntVar(&f.maxPending, "max-pending", 1_000_000, "how many events wait for earlier ones, `n`")
	flags.BoolVar(&f.missing, "missing-keys", false, "put events that lack a group-by field into a group of their own, instead of into none")
	flags.StringVar(&f.state, "state", "", "`file` from which the events of open windows are read, and to which they are written in the end")
	fixed(cmd, "lateness", "auto", "5m", "1h")
	fixed(cmd, "suppress", "0s", "window", "1h")
}

// options reads the flags.
func (f *correlateFlags) options(stdin bool, jobs int) (correlate.Options, error) {
	o := correlate.Options{MissingKeys: f.missing, MaxGroups: f.maxGroups, MaxEvents: f.maxEvents, MaxPending: f.maxPending, Shards: min(jobs, 8)}
	for _, limit := range []struct {
		flag string
		n    int
	}{{"max-groups", f.maxGroups}, {"max-events", f.maxEvents}, {"max-pending", f.maxPending}} {
		if limit.n < 1 {
			return o, usage("", "--%s must be 1 at least, not %d", limit.flag, limit.n)
		}
	}
	switch {
	case f.lateness != "auto":
		d, err := time.ParseDuration(f.lateness)
		if err != nil || d < 0 {
			return o, usage("write a number and s, m or h, such as 5m", "%q is no length of time", f.lateness)
		}
		o.Lateness = d
	case stdin:
		o.Lateness = time.Minute
	case f.state != "":
		return o, usage("write --lateness 1m, or how long it may take until an event arrives",
			"--state needs to know how long events wait for earlier ones, which may come in the next run")
	default:
		o.Lateness = math.MaxInt64
	}
	if f.suppress == "window" {
		o.Suppress = -1
		return o, nil
	}
	d, err := time.ParseDuration(f.suppress)
	if err != nil || d < 0 {
		return o, usage("write a number and s, m or h, such as 1h, or window", "%q is no length of time", f.suppress)
	}
	o.Suppress = d
	return o, nil
}

// A correlating runs the correlations over what the rules found, in the order
// of the events.
type correlating struct {
	*correlate.Correlator
	times  []string
	state  string
	rules  map[*sigma.Rule]bool // that correlations refer to
	files  map[*eventFile]int   // their numbers, behind those of earlier runs
	names  fileNames
	before correlate.Stats                                          // of earlier runs
	text   []byte                                                   // alerts that are to be written
	row    func(b []byte, a correlate.Alert, c *correlating) []byte // of a table; nil for JSON lines
	alerts int
	noTime int
}

// A seen is an event that a rule of a correlation matches.
type seen struct {
	index int // in the outcome
	rules []*sigma.Rule
	*correlate.Observation
}

// correlate returns what runs the correlations of the rules, nil where there
// are none.
func (f *correlateFlags) correlate(set *ruleSet, files []*eventFile, jobs int) (*correlating, error) {
	if len(set.correlations) == 0 {
		return nil, nil
	}
	c := &correlating{times: f.timeFields, state: f.state, rules: make(map[*sigma.Rule]bool), files: make(map[*eventFile]int)}
	stdin := slices.ContainsFunc(files, func(file *eventFile) bool { return file.path == dash })
	o, err := f.options(stdin, jobs)
	if err != nil {
		return nil, err
	}
	if c.Correlator, err = correlate.New(set.correlations, c.tell, o); err != nil {
		return nil, &failure{exitConfig, err}
	}
	if _, err := c.NewReader(c.times); err != nil {
		return nil, &failure{exitConfig, err}
	}
	for _, r := range c.Rules() {
		c.rules[r] = true
	}
	if err := c.load(); err != nil {
		return nil, err
	}
	for _, file := range files {
		c.files[file] = c.names.add(file.path)
	}
	return c, nil
}

// reader returns a reader of what the correlations read, for one goroutine.
func (c *correlating) reader() *correlate.Reader {
	r, _ := c.NewReader(c.times) // one was made before without an error
	return r
}

// idBits is how many bits of an event's number are its place in its file.
const idBits = 40

// add takes what the rules found in a portion, of whose file so many events
// were read before it. Live alerts do not wait for more events to look at.
func (c *correlating) add(file *eventFile, before int, events []seen, live bool) {
	for _, e := range events {
		if !e.Timed {
			c.noTime++
			continue
		}
		id := uint64(c.files[file])<<idBits | uint64(before+e.index)
		_ = c.Add(correlate.Event{Time: e.Time, ID: id, Rules: e.rules, Fields: e}) // counted in Stats
	}
	if live {
		c.Advance()
	}
}

// finish ends the stream, unless it goes on in the next run.
func (c *correlating) finish() {
	if c.state == "" {
		c.Flush()
	} else {
		c.Advance()
	}
}

// tell writes an alert: a match with what was correlated.
func (c *correlating) tell(a correlate.Alert) {
	c.alerts++
	if c.row != nil {
		c.text = c.row(c.text, a, c)
		return
	}
	c.text = c.appendAlert(append(c.text, '{'), a)
}

func (c *correlating) appendAlert(b []byte, a correlate.Alert) []byte {
	b = appendMeta(b, &a.Correlation.Source.Meta)
	b = append(b, `,"event":`...)
	if n := len(a.Events); n > 0 {
		b = c.event(b, a.Events[n-1])
	} else {
		b = append(b, "null"...)
	}
	b = append(b, `,"fields":`...)
	b = appendGroup(b, a.Group)
	b = jsontext.AppendString(append(b, `,"correlation":{"type":`...), a.Correlation.Type.String())
	b = appendGroup(append(b, `,"group":`...), a.Group)
	b = jsontext.AppendString(append(b, `,"from":`...), a.From.Format(time.RFC3339Nano))
	b = jsontext.AppendString(append(b, `,"to":`...), a.To.Format(time.RFC3339Nano))
	b = jsontext.AppendString(append(b, `,"value":`...), a.Value)
	b = strconv.AppendInt(append(b, `,"total":`...), int64(a.Total), 10)
	b = append(b, `,"events":[`...)
	for i, id := range a.Events {
		if i > 0 {
			b = append(b, ',')
		}
		b = c.event(b, id)
	}
	return append(b, "]}}\n"...)
}

// event appends which event is meant.
func (c *correlating) event(b []byte, id uint64) []byte {
	file, index := c.place(id)
	b = jsontext.AppendString(append(b, `{"file":`...), file)
	b = strconv.AppendUint(append(b, `,"index":`...), index, 10)
	return append(b, '}')
}

// place returns the file of an event, and its index there.
func (c *correlating) place(id uint64) (file string, index uint64) {
	return c.names.of(int(id >> idBits)), id & (1<<idBits - 1)
}

func appendGroup(b []byte, group []correlate.Value) []byte {
	b = append(b, '{')
	for i, v := range group {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(jsontext.AppendString(b, v.Field), ':')
		if v.Absent {
			b = append(b, "null"...)
		} else {
			b = jsontext.AppendString(b, v.Text)
		}
	}
	return append(b, '}')
}

// String returns what is to be known of the run, "" where there is nothing.
func (c *correlating) String() string {
	s, old := c.Stats(), c.before
	parts := []string{count(c.alerts, "alert", "alerts") + " of correlations"}
	add := func(n uint64, text string) {
		if n > 0 {
			parts = append(parts, count(int(n), "event", "events")+" "+text)
		}
	}
	add(uint64(c.noTime), "without a time")
	add(s.Late-old.Late, "too late (see --lateness)")
	add(s.NoTime-old.NoTime, "of times that are out of range")
	add(s.MissingKey-old.MissingKey, "without a field to group by")
	add(s.NoValue-old.NoValue, "without a value to compute with")
	add(s.EvictedEvents-old.EvictedEvents, "given up early, since there are too many (see --max-groups and --max-events)")
	if n := s.Suppressed - old.Suppressed; n > 0 {
		parts = append(parts, count(int(n), "alert", "alerts")+" suppressed")
	}
	return strings.Join(parts, "; ")
}
