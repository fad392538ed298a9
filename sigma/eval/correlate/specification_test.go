package correlate_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/eval"
	"github.com/sigma-compiler/sigmac/sigma/eval/correlate"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// specification are the examples of the specification of correlation rules, in
// its order: what the rules test (name: field=value), the correlation, and
// events as "seconds JSON" with the seconds of the alerts that are wanted. What
// the text leaves open, such as the rules' tests, is made up.
var specification = []struct {
	name, rules, section, events, want string
}{
	{"event_count", "failed: EventID=4625", "type: event_count, rules: [failed], group-by: [ComputerName], timespan: 1h, condition: {gte: 100}",
		repeat(99, `{"EventID":4625,"ComputerName":"a"}`) + `99 {"EventID":4625,"ComputerName":"b"}
		100 {"EventID":4625,"ComputerName":"a"}`, "100"},
	{"event_count, a range", "failed: EventID=4625", "type: event_count, rules: [failed], timespan: 1h, condition: {gt: 100, lte: 200}",
		repeat(202, `{"EventID":4625}`), span(100, 199)},
	{"value_count", "failed: EventID=4625", "type: value_count, rules: [failed], group-by: [ComputerName, WorkstationName], timespan: 1d, condition: {field: User, gte: 3}", `
		0 {"EventID":4625,"ComputerName":"a","WorkstationName":"w","User":"x"}
		1 {"EventID":4625,"ComputerName":"a","WorkstationName":"w","User":"y"}
		2 {"EventID":4625,"ComputerName":"a","WorkstationName":"v","User":"z"}
		3 {"EventID":4625,"ComputerName":"a","WorkstationName":"w","User":"y"}
		4 {"EventID":4625,"ComputerName":"a","WorkstationName":"w","User":"z"}`, "4"},
	{"temporal", "recon_cmd_a: Image=whoami; recon_cmd_b: Image=net; recon_cmd_c: Image=nltest",
		"type: temporal, rules: [recon_cmd_a, recon_cmd_b, recon_cmd_c], group-by: [ComputerName, User], timespan: 5m", `
		0 {"Image":"nltest","ComputerName":"a","User":"x"}
		10 {"Image":"whoami","ComputerName":"a","User":"x"}
		20 {"Image":"net","ComputerName":"a","User":"y"}
		300 {"Image":"net","ComputerName":"a","User":"x"}
		311 {"Image":"nltest","ComputerName":"a","User":"x"}`, "300"},
	{"temporal_ordered, over another correlation", "failed: EventID=4625; successful_login: EventID=4624; many_failed_logins = type: event_count, rules: [failed], group-by: [ComputerName], timespan: 1h, condition: {gte: 2}",
		"type: temporal_ordered, rules: [many_failed_logins, successful_login], group-by: [User], timespan: 1h", `
		0 {"EventID":4624,"ComputerName":"a","User":"x"}
		10 {"EventID":4625,"ComputerName":"a","User":"y"}
		20 {"EventID":4625,"ComputerName":"a","User":"x"}
		30 {"EventID":4624,"ComputerName":"b","User":"x"}
		40 {"EventID":4624,"ComputerName":"a","User":"y"}`, "30"},
	{"value_sum", "website_access: Type=http", "type: value_sum, rules: [website_access], group-by: [SourceIP, User], timespan: 1h, condition: {field: bytes_sent, gt: 1000000}", `
		0 {"Type":"http","SourceIP":"10.0.0.1","User":"x","bytes_sent":600000}
		10 {"Type":"http","SourceIP":"10.0.0.1","User":"x","bytes_sent":400000}
		20 {"Type":"http","SourceIP":"10.0.0.1","User":"x","bytes_sent":1}
		3605 {"Type":"http","SourceIP":"10.0.0.1","User":"x","bytes_sent":1}`, "20"},
	{"value_avg", "rule_a_id: Type=flow", "type: value_avg, rules: [rule_a_id], group-by: [SourceIP, User], timespan: 24h, condition: {field: BytesOut, gt: 500}", `
		0 {"Type":"flow","SourceIP":"10.0.0.1","User":"x","BytesOut":400}
		10 {"Type":"flow","SourceIP":"10.0.0.1","User":"x","BytesOut":600}
		20 {"Type":"flow","SourceIP":"10.0.0.1","User":"x","BytesOut":501}`, "20"},
	{"value_percentile, of a number", "process_creation: EventID=1", "type: value_percentile, rules: [process_creation], group-by: [ComputerName], timespan: 24h, condition: {field: image, lte: 1}", `
		0 {"EventID":1,"ComputerName":"a","image":"cmd.exe"}
		10 {"EventID":1,"ComputerName":"a","image":5}
		20 {"EventID":1,"ComputerName":"a","image":1}`, "20"},
	{"Field Name Aliases", "internal_error: http.response.status_code=500; new_network_connection: event.outcome=success",
		"type: temporal, rules: [internal_error, new_network_connection], group-by: [internal_ip, remote_ip], timespan: 10s, aliases: {internal_ip: {internal_error: destination.ip, new_network_connection: source.ip}, remote_ip: {internal_error: source.ip, new_network_connection: destination.ip}}", `
		0 {"http":{"response":{"status_code":500}},"source":{"ip":"203.0.113.5"},"destination":{"ip":"10.0.0.1"}}
		5 {"event":{"outcome":"success"},"source":{"ip":"203.0.113.5"},"destination":{"ip":"10.0.0.1"}}
		10 {"event":{"outcome":"success"},"source":{"ip":"10.0.0.1"},"destination":{"ip":"203.0.113.5"}}`, "10"},
	{"Failed Logins Followed by Successful Login", "failed_login: EventID=4625; successful_login: EventID=4624; multiple_failed_login = type: event_count, rules: [failed_login], group-by: [User], timespan: 10m, condition: {gte: 10}",
		"type: temporal_ordered, rules: [multiple_failed_login, successful_login], group-by: [User], timespan: 10m",
		repeat(10, `{"EventID":4625,"User":"x"}`) + `11 {"EventID":4624,"User":"y"}
		609 {"EventID":4624,"User":"x"}
		610 {"EventID":4624,"User":"x"}`, "609"},
}

// repeat writes an event for each of the seconds before n.
func repeat(n int, text string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "%d %s\n", i, text)
	}
	return b.String()
}

// span writes the seconds from one to another.
func span(from, to int) string {
	var list []string
	for i := from; i <= to; i++ {
		list = append(list, fmt.Sprint(i))
	}
	return strings.Join(list, " ")
}

// id returns an id for the n-th document.
func id(n int) string { return fmt.Sprintf("00000000-0000-4000-8000-%012d", n) }

// documents writes the rules of an example, and its correlations with
// references by name or by id. The correlation stands before what it refers to.
func documents(rules, section string, byID bool) string {
	list := strings.Split(rules, "; ")
	var ids []string
	for i, r := range list {
		name, _, _ := strings.Cut(strings.Replace(r, " =", ":", 1), ":")
		ids = append(ids, name, id(i))
	}
	refer := func(section string) string {
		from := strings.Index(section, "rules: [")
		to := from + strings.Index(section[from:], "]")
		if !byID {
			return section
		}
		return section[:from] + strings.NewReplacer(ids...).Replace(section[from:to]) + section[to:]
	}
	out := "title: x\ncorrelation: {" + refer(section) + "}\n"
	for i, r := range list {
		out += "---\ntitle: r\nid: " + id(i) + "\n"
		if name, inner, ok := strings.Cut(r, " = "); ok {
			out += "name: " + name + "\ncorrelation: {" + refer(inner) + "}\n"
			continue
		}
		name, test, _ := strings.Cut(r, ": ")
		field, value, _ := strings.Cut(test, "=")
		out += "name: " + name + "\nlogsource: {product: p}\ndetection: {s: {" + field + ": " + value + "}, condition: s}\n"
	}
	return out
}

// TestSpecification runs the examples of the specification from bytes to
// alerts, by name and by id.
func TestSpecification(t *testing.T) {
	for _, c := range specification {
		for _, byID := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, by id: %t", c.name, byID), func(t *testing.T) {
				text := documents(c.rules, c.section, byID)
				docs, err := sigma.Parse("spec.yml", []byte(text))
				if err != nil {
					t.Fatal(err, text)
				}
				set, err := ir.Link(docs, ir.LinkOptions{})
				if err != nil {
					t.Fatal(err, text)
				}
				if got := strings.Join(runJSON(t, set, c.events), " "); got != c.want {
					t.Errorf("alerts at %s, want %s", got, c.want)
				}
			})
		}
	}
}

// runJSON returns the seconds of the alerts of the outermost correlation.
func runJSON(t *testing.T, set *ir.Set, lines string) []string {
	t.Helper()
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	engine, err := eval.Compile(set.Rules, eval.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	c, err := correlate.New(set.Correlations[:1], func(a correlate.Alert) {
		got = append(got, fmt.Sprint(int(a.To.Sub(start).Seconds())))
	}, correlate.Options{})
	if err != nil {
		t.Fatal(err)
	}
	reader, err := c.NewReader(nil)
	if err != nil {
		t.Fatal(err)
	}
	for i, line := range strings.Split(strings.TrimSpace(lines), "\n") {
		at, text, _ := strings.Cut(strings.TrimSpace(line), " ")
		seconds, err := time.ParseDuration(at + "s")
		if err != nil {
			t.Fatal(err)
		}
		var event eval.JSON
		if err := event.Parse([]byte(text)); err != nil {
			t.Fatal(err)
		}
		var rules []*sigma.Rule
		for _, m := range engine.Match(&event, nil) {
			rules = append(rules, m.Rule.Source)
		}
		if err := c.Add(correlate.Event{Time: start.Add(seconds), ID: uint64(i), Rules: rules, Fields: reader.Read(&event)}); err != nil {
			t.Fatal(err)
		}
	}
	c.Flush()
	return got
}

// BenchmarkEngineWithCorrelations measures events from their JSON to alerts:
// one in ten matches the rule of a correlation.
func BenchmarkEngineWithCorrelations(b *testing.B) {
	docs, err := sigma.Parse("b.yml", []byte(documents("failed: EventID=4625", "type: event_count, rules: [failed], group-by: [Computer, User], timespan: 5m, condition: {gte: 1000000}", false)))
	if err != nil {
		b.Fatal(err)
	}
	set, err := ir.Link(docs, ir.LinkOptions{})
	if err != nil {
		b.Fatal(err)
	}
	engine, err := eval.Compile(set.Rules, eval.Options{})
	if err != nil {
		b.Fatal(err)
	}
	c, err := correlate.New(set.Correlations, func(correlate.Alert) {}, correlate.Options{})
	if err != nil {
		b.Fatal(err)
	}
	reader, err := c.NewReader([]string{"@timestamp"})
	if err != nil {
		b.Fatal(err)
	}
	var lines [10][]byte
	for i := range lines {
		number := 4624
		if i == 0 {
			number = 4625
		}
		lines[i] = fmt.Appendf(nil, `{"@timestamp":"2026-01-01T00:00:00.000Z","EventID":%d,"Computer":"ws-%d.corp.example.com","User":"CORP\\user%d","LogonType":3,"IpAddress":"10.1.2.3","WorkstationName":"WS-0042"}`, number, i, i)
	}
	session := engine.NewSession()
	var matches []eval.Match
	var event eval.JSON
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if err := event.Parse(lines[i%len(lines)]); err != nil {
			b.Fatal(err)
		}
		if matches = session.Match(&event, matches[:0]); len(matches) == 0 {
			continue
		}
		o := reader.Read(&event)
		_ = c.Add(correlate.Event{Time: start.Add(time.Duration(i) * time.Millisecond), ID: uint64(i), Rules: []*sigma.Rule{matches[0].Rule.Source}, Fields: o})
	}
}

// ExampleReader runs rules and correlations over JSON lines.
func ExampleReader() {
	_, set := example()
	engine, err := eval.Compile(set.Rules, eval.Options{})
	if err != nil {
		panic(err)
	}
	c, err := correlate.New(set.Correlations, func(a correlate.Alert) {
		fmt.Println(a.Correlation.Source.Title, a.Group[0].Text, a.Value, a.Events)
	}, correlate.Options{Lateness: time.Minute})
	if err != nil {
		panic(err)
	}
	reader, err := c.NewReader(nil)
	if err != nil {
		panic(err)
	}
	for n, line := range []string{
		`{"EventID":4625,"g":"ws-1","UtcTime":"2026-11-24 09:00:00.000"}`,
		`{"EventID":4625,"g":"ws-1","UtcTime":"2026-11-24 09:00:45.000"}`,
		`{"EventID":4625,"g":"ws-1","UtcTime":"2026-11-24 09:00:30.000"}`,
	} {
		var event eval.JSON
		if err := event.Parse([]byte(line)); err != nil {
			panic(err)
		}
		var rules []*sigma.Rule
		for _, m := range engine.Match(&event, nil) {
			rules = append(rules, m.Rule.Source)
		}
		if len(rules) == 0 {
			continue
		}
		o := reader.Read(&event)
		if !o.Timed {
			continue // it cannot be correlated
		}
		if err := c.Add(correlate.Event{Time: o.Time, ID: uint64(n), Rules: rules, Fields: o}); err != nil {
			fmt.Println(err)
		}
	}
	c.Flush()
	// Output: Many failed logons ws-1 3 [0 2 1]
}
