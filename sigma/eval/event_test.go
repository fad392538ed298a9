package eval_test

import (
	"encoding/json"
	"errors"
	"math"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/sigma-compiler/sigmac/sigma/eval"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// matches reports whether the rule of a detection matches an event.
func matches(t *testing.T, detection string, ev eval.Event) bool {
	t.Helper()
	e, err := eval.Compile([]*ir.Rule{build(t, detection)}, eval.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return len(e.Match(ev, nil)) > 0
}

// parsed returns a JSON event.
func parsed(t *testing.T, text string) *eval.JSON {
	t.Helper()
	j := &eval.JSON{}
	if err := j.Parse([]byte(text)); err != nil {
		t.Fatal(err)
	}
	return j
}

// TestWindowsShapes reads one event in the shapes of the exporters (X3).
func TestWindowsShapes(t *testing.T) {
	detection := `s:
  EventID: 5007
  Channel: Security
  Provider_Name: Prov
  Computer: host
  NewValue|contains: x
condition: s`
	for name, text := range map[string]string{
		"flat":          `{"EventID":5007,"Channel":"Security","Provider_Name":"Prov","Computer":"host","NewValue":"axb"}`,
		"flat, spaces":  `{"EventID":5007,"Channel":"Security","Provider_Name":"Prov","Computer":"host","New Value":"axb"}`,
		"evtx_dump":     `{"Event":{"#attributes":{"xmlns":"u"},"System":{"Provider":{"#attributes":{"Name":"Prov"}},"EventID":5007,"Channel":"Security","Computer":"host"},"EventData":{"New Value":"axb"}}}`,
		"text of id":    `{"Event":{"System":{"Provider":{"#attributes":{"Name":"Prov"}},"EventID":{"#attributes":{"Qualifiers":0},"#text":5007},"Channel":"Security","Computer":"host"},"EventData":{"New Value":"axb"}}}`,
		"separate":      `{"Event":{"System":{"Provider_attributes":{"Name":"Prov"},"EventID":5007,"Channel":"Security","Computer":"host"},"EventData":{"New Value":"axb"}}}`,
		"velocidex":     `{"System":{"Provider":{"Name":"Prov"},"EventID":{"Value":5007},"Channel":"Security","Computer":"host"},"EventData":{"New Value":"axb"}}`,
		"data elements": `{"Event":{"System":{"Provider":{"#attributes":{"Name":"Prov"}},"EventID":5007,"Channel":"Security","Computer":"host"},"EventData":{"Data":[{"#attributes":{"Name":"Old Value"},"#text":"y"},{"#attributes":{"Name":"New Value"},"#text":"axb"}]}}}`,
		"@Name":         `{"Event":{"System":{"Provider":{"Name":"Prov"},"EventID":5007,"Channel":"Security","Computer":"host"},"EventData":{"Data":[{"@Name":"NewValue","#text":"axb"}]}}}`,
		"user data":     `{"Event":{"System":{"Provider":{"Name":"Prov"},"EventID":5007,"Channel":"Security","Computer":"host"},"UserData":{"EventXML":{"NewValue":"axb"}}}}`,
		"winlogbeat":    `{"winlog":{"channel":"Security","event_id":"5007","provider_name":"Prov","computer_name":"host","event_data":{"New Value":"axb"}}}`,
		"winlog, flat":  `{"winlog.channel":"Security","winlog.event_id":5007,"winlog.provider_name":"Prov","winlog.computer_name":"host","winlog.event_data.NewValue":"axb"}`,
	} {
		if !matches(t, detection, parsed(t, text)) {
			t.Errorf("%s: no match: %s", name, text)
		}
		var m map[string]any
		if err := json.Unmarshal([]byte(text), &m); err != nil {
			t.Fatal(err)
		}
		if !matches(t, detection, eval.Map(m)) {
			t.Errorf("%s: no match as a map", name)
		}
		wrong := strings.ReplaceAll(text, "axb", "ayb")
		if matches(t, detection, parsed(t, wrong)) {
			t.Errorf("%s: match: %s", name, wrong)
		}
	}
}

// TestWindowsPrecedence checks which of two values counts where an event has
// a name twice.
func TestWindowsPrecedence(t *testing.T) {
	for _, c := range []struct {
		detection, event string
		want             bool
	}{
		{"s:\n  EventID: 1\ncondition: s", `{"EventID":1,"Event":{"System":{"EventID":2}}}`, true},
		{"s:\n  EventID: 1\ncondition: s", `{"Event":{"System":{"EventID":1},"EventData":{"EventID":2}}}`, true},
		{"s:\n  EventID: 2\ncondition: s", `{"Event":{"EventData":{"EventID":2},"System":{"EventID":1}}}`, false},
		{"s:\n  Event.EventData.Image: x\ncondition: s", `{"Event":{"EventData":{"Image":"x"}}}`, true},
		{"a:\n  Event.EventData.Image: x\nb:\n  Image: x\ncondition: a and b", `{"Event":{"EventData":{"Image":"x"}}}`, true},
		{"s:\n  Data: b\ncondition: s", `{"Event":{"EventData":{"Data":["a","b"]}}}`, true},
		{"s:\n  Data: b\ncondition: s", `{"Event":{"EventData":{"Data":{"#text":"b"}}}}`, true},
		{"s:\n  Data: a\ncondition: s", `{"Event":{"EventData":{"Data":{"#text":["a","b"]}}}}`, true},
		{"s:\n  NewValue: a\ncondition: s", `{"Event":{"EventData":{"Data":{"#text":["a","b"],"#attributes":{"Name":"New\u0020Value"}}}}}`, true},
		{"s:\n  NewValue|exists: true\ncondition: s", `{"Event":{"EventData":{"Data":{"@Name":"NewValue"}}}}`, true},
		{"s:\n  NewValue: ''\ncondition: s", `{"Event":{"EventData":{"Data":{"#text":"","@Name":"NewValue"}}}}`, true},
		{"s:\n  a: x\ncondition: s", `{"Event":{"EventData":{"Data":{"@Name":"a","Name":"b","#text":"x"}}}}`, false},
		{"s:\n  Data: x\ncondition: s", `{"Event":{"EventData":{"Data":{"@Name":"a","Name":"b","#text":"x"}}}}`, true},
		{"s:\n  Provider_Name: x\ncondition: s", `{"Event":{"EventData":{"Provider":{"Name":"x"}},"System":{"Provider":{"Name":"y"}}}}`, false},
		{"s:\n  EventID: 2\ncondition: s", `{"System.EventID":1,"EventData.EventID":2}`, false},
		{"s:\n  Correlation: null\ncondition: s", `{"System":{"Correlation":{"#attributes":{"ActivityID":"x"}}}}`, false},
		{"s:\n  Correlation|exists: true\ncondition: s", `{"System":{"Correlation":{}}}`, true},
		{"s:\n  xmlns|exists: true\ncondition: s", `{"UserData":{"#attributes":{"xmlns":"x"}}}`, false},
		{"a:\n  NewValue: x\nb:\n  New Value: x\ncondition: a and b", `{"New Value":"x"}`, true},
		{"a:\n  EventID: 1\nb:\n  winlog.event_id: 1\ncondition: a and b", `{"winlog.event_id":1}`, true},
		{"s:\n  ab: x\ncondition: s", `{"a            b":"x"}`, true},
		{"s:\n  Name: x\ncondition: s", `{"Event":{"EventData":{"#attributes":{"Name":"x"}}}}`, false},
		{"s:\n  Image: x\ncondition: s", `{"other":{"EventData":{"Image":"x"}}}`, false},
		{"s:\n  - secret\ncondition: s", `{"Event":{"System":{"A":{"B":["secret"]}}}}`, true},
	} {
		if got := matches(t, c.detection, parsed(t, c.event)); got != c.want {
			t.Errorf("%s\n%s: %t", c.detection, c.event, got)
		}
	}
}

// TestKeywordsOfAliases: what is remembered of a value that stands under a
// second name, where keywords need not look at it again, is not taken for what
// is known of it where it stands alone.
func TestKeywordsOfAliases(t *testing.T) {
	e, err := eval.Compile([]*ir.Rule{build(t, "s:\n  - xyz\ncondition: s"), build(t, "s:\n  f: 1\n  EventData.f: 1\ncondition: s")}, eval.Options{})
	if err != nil {
		t.Fatal(err)
	}
	s := e.NewSession()
	for _, text := range []string{`{"EventData.f":"-xyz-"}`, `{"f":"-xyz-"}`, `{"EventData.f":"-xyz-"}`} {
		if ms, err := s.MatchJSON([]byte(text), nil); err != nil || len(ms) != 1 {
			t.Errorf("%s: %v, %v", text, ms, err)
		}
	}
}

// login is an event of a program's own.
type login struct {
	user string
	kind int
	ok   bool
}

func (l *login) Visit(v *eval.Visitor) {
	v.String("User", l.user)
	v.Int("LogonType", int64(l.kind))
	v.Bool("Success", l.ok)
	v.Begin("Extra")
	v.Null("Nothing")
	v.String("Tag", "a")
	v.String("Tag", "b")
	v.End()
	v.End() // one too many
}

func TestOwnEvent(t *testing.T) {
	ev := &login{"bob", 3, true}
	if !matches(t, "s:\n  User: BOB\n  LogonType: 3\n  Success: true\n  Extra.Nothing: null\n  Extra.Tag: b\n  Extra|exists: true\ncondition: s", ev) {
		t.Error("the event does not match")
	}
}

func TestPairs(t *testing.T) {
	ev := eval.Pairs{{"a", "x"}, {"a", "y"}, {"b.c", "z"}}
	if !matches(t, "s:\n  a|all: [x, y]\n  b.c: z\ncondition: s", ev) {
		t.Error("the pairs do not match")
	}
}

// enriched adds a field to a JSON event, and a second JSON event.
type enriched struct{ first, second *eval.JSON }

func (e enriched) Visit(v *eval.Visitor) {
	v.String("zone", "dmz")
	e.first.Visit(v)
	e.second.Visit(v)
}

func TestEnriched(t *testing.T) {
	ev := enriched{parsed(t, `{"a":"x\\y"}`), parsed(t, `{"b":"x\\z","c":1}`)}
	if !matches(t, "s:\n  zone: dmz\n  a: 'x\\y'\n  b: 'x\\z'\n  c: 1\ncondition: s", ev) {
		t.Error("the event does not match")
	}
}

type (
	named  string
	raw    []byte
	ring   *ring
	inner  struct{ B, hidden string }
	spoken struct{ hidden string }
)

func (s *spoken) String() string { return s.hidden }

// TestMapValues reads Go values of all kinds.
func TestMapValues(t *testing.T) {
	self := map[string]any{}
	self["self"] = self
	list := []any{nil}
	list[0] = list
	n := 7
	large := 4.6e9
	when := time.Date(2024, 1, 2, 3, 4, 5, 6, time.UTC)
	var loop ring
	loop = &loop
	shared := map[string]any{"kept": "x"}
	sharing := map[string]any{"first": shared, "second": shared}
	type box struct{ M map[string]any }
	for _, c := range []struct {
		detection string
		value     any
		want      bool
	}{
		{"s:\n  a: 7\ncondition: s", 7, true},
		{"s:\n  a: 7\ncondition: s", int8(7), true},
		{"s:\n  a: 18446744073709551615\ncondition: s", uint64(math.MaxUint64), true},
		{"s:\n  a: 4600000000\ncondition: s", 4.6e9, true},
		{"s:\n  a: '4600000000'\ncondition: s", 4.6e9, true},
		{"s:\n  a: 0.1\ncondition: s", float32(0.1), true},
		{"s:\n  a: 1e21\ncondition: s", 1e21, true},
		{"s:\n  a|gt: 0\ncondition: s", math.NaN(), false},
		{"s:\n  a|gt: 0\ncondition: s", math.Inf(1), false},
		{"s:\n  a: x\ncondition: s", named("x"), true},
		{"s:\n  a: x\ncondition: s", []byte("x"), true},
		{"s:\n  a: x\ncondition: s", []string{"y", "x"}, true},
		{"s:\n  a: 2\ncondition: s", []int{1, 2}, true},
		{"s:\n  a: null\ncondition: s", []int{}, true},
		{"s:\n  a: null\ncondition: s", (*int)(nil), true},
		{"s:\n  a: null\ncondition: s", map[string]string(nil), true},
		{"s:\n  a: 7\ncondition: s", &n, true},
		{"s:\n  a.b: x\ncondition: s", map[string]string{"b": "x"}, true},
		{"s:\n  a.b: x\ncondition: s", eval.Map{"b": "x"}, true},
		{"s:\n  a|year: 2024\ncondition: s", time.Date(2024, 1, 2, 3, 4, 5, 6, time.UTC), true},
		{"s:\n  a: 1s\ncondition: s", time.Second, true},
		{"s:\n  a: x\ncondition: s", raw("x"), true},
		{"s:\n  a: x\ncondition: s", raw(nil), false},
		{"s:\n  a: 1\ncondition: s", []uint16{2, 1}, true},
		{"s:\n  a: 4600000000\ncondition: s", &large, true},
		{"s:\n  a: '4600000000'\ncondition: s", &large, true},
		{"s:\n  a|year: 2024\ncondition: s", &when, true},
		{"s:\n  a: null\ncondition: s", (*time.Time)(nil), true},
		{"s:\n  a: null\ncondition: s", (*spoken)(nil), true},
		{"s:\n  a: null\ncondition: s", map[string]any(nil), true},
		{"s:\n  a: null\ncondition: s", []any(nil), true},
		{"s:\n  a.b: null\ncondition: s", map[string]any{"b": error(nil)}, true},
		{"s:\n  a: x\ncondition: s", &spoken{"x"}, true},
		{"s:\n  a: '7'\ncondition: s", big.NewInt(7), true},
		{"s:\n  a: x\ncondition: s", errors.New("x"), true},
		{"s:\n  a.B: x\ncondition: s", inner{"x", "y"}, true},
		{"s:\n  a.B: x\ncondition: s", []*inner{nil, {"x", "y"}}, true},
		{"s:\n  - y\ncondition: s", inner{"x", "y"}, false},
		{"s:\n  a.b: x\ncondition: s", map[any]any{"b": "x", 1: 2}, true},
		{"s:\n  a.1: 2\ncondition: s", map[any]any{"b": "x", 1: 2}, true},
		{"s:\n  a.NaN: x\ncondition: s", map[float64]string{math.NaN(): "x"}, true},
		{"s:\n  a: 1\ncondition: s", [2]int{0, 1}, true},
		{"s:\n  a.b: x\ncondition: s", &map[string]any{"b": "x"}, true},
		{"s:\n  a.first.kept: x\ncondition: s", sharing, true},
		{"s:\n  - x\ncondition: s", loop, false},
		{"s:\n  - x\ncondition: s", box{self}, false},
		{"s:\n  - x\ncondition: s", &self, false},
		{"s:\n  - x\ncondition: s", self, false},
		{"s:\n  - x\ncondition: s", list, false},
	} {
		if got := matches(t, c.detection, eval.Map{"a": c.value}); got != c.want {
			t.Errorf("%s with a %T: %t", c.detection, c.value, got)
		}
	}
}
