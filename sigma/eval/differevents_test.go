package eval_test

import (
	"encoding/json"
	"fmt"
	"math/rand"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/sigma-compiler/sigmac/sigma/eval"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// soupKeys are the names that objects of random events have: fields, parts of
// paths, and all that has a meaning in some exporter's Windows events.
var soupKeys = []string{
	"f", "g", "h", "n", "x", "y", "n.x", "y.z", "n.y", "n.y.z",
	"Event", "System", "EventData", "UserData", "EventXML", "winlog", "event_data", "user_data", "Data",
	"#attributes", "@attributes", "attributes", "Provider_attributes", "_attributes", "Name", "@Name", "-Name", "#text", "text", "Value", "#value",
	"Provider", "EventID", "Channel", "New Value", "NewValue", "New Va lue", "channel", "event_id", "provider_name", "EventID_attributes",
	"winlog.channel", "winlog.event_data.New Value", "winlog.other", "Event.EventData.NewValue", "EventData.f", "Event.System.EventID", "System.Channel",
	"", " ", "é",
}

// soupFields are names that rules may ask such events for.
var soupFields = []string{
	"f", "g", "h", "n.x", "n.y.z", "n", "n.y", "y.z",
	"EventID", "Channel", "NewValue", "New Value", "Data", "Provider_Name", "Provider", "Name", "EventID_Name", "f_x", "Provider_f_x",
	"Event.System.EventID", "Event.EventData.NewValue", "System.Channel", "EventData.f", "EventData.Data.Name", "Event.EventData.Data", "winlog.channel",
	"winlog.event_data.New Value", "System.Provider.Name", "Event", "#attributes", "Provider_attributes", "text", "é",
}

// within are the names that stand below others in Windows events.
var within = map[string][]string{
	"":            {"Event", "Event", "System", "EventData", "UserData", "winlog"},
	"Event":       {"System", "EventData", "EventData", "UserData"},
	"winlog":      {"event_data", "event_data", "user_data", "channel", "event_id", "provider_name"},
	"System":      {"Provider", "EventID", "Channel", "Provider_attributes"},
	"EventData":   {"Data", "Data", "Data", "NewValue", "New Value", "Provider", "EventID", "f"},
	"UserData":    {"EventXML", "#attributes"},
	"Data":        {"#attributes", "@Name", "Name", "#text", "#text", "Value"},
	"Provider":    {"#attributes", "Name", "#text", "f"},
	"EventID":     {"#attributes", "#text", "Value", "Name"},
	"#attributes": {"Name", "Name", "@Name", "Value", "f"},
}

// standIns are those of these names below which the same stands.
var standIns = map[string]string{"event_data": "EventData", "user_data": "EventData", "EventXML": "EventData", "Provider_attributes": "#attributes"}

// soup returns a random object as JSON, with names that stand twice, lists of
// objects, and spellings of all kinds; often in the shape of a Windows event.
// parent is the name of the object.
func (m *maker) soup(parent string, depth int) string {
	if name, ok := standIns[parent]; ok {
		parent = name
	}
	var b strings.Builder
	b.WriteByte('{')
	for i := range m.r.Intn(5) {
		if i > 0 {
			b.WriteString(m.one(",", " ,\n"))
		}
		key := m.one(soupKeys...)
		if list := within[parent]; list != nil && m.r.Intn(4) > 0 {
			key = m.one(list...)
		}
		b.WriteString(m.spelled(key) + m.one(":", " : ") + m.soupValue(key, depth))
		if m.r.Intn(12) == 0 { // the name again
			b.WriteString("," + m.spelled(key) + ":" + m.soupValue(key, depth))
		}
	}
	b.WriteByte('}')
	return b.String()
}

// soupValue returns a random value of a name as JSON.
func (m *maker) soupValue(key string, depth int) string {
	n := m.r.Intn(10)
	if _, ok := standIns[key]; ok || within[key] != nil {
		n = m.r.Intn(6) // mostly an object
	}
	switch {
	case depth > 0 && n < 4:
		return m.soup(key, depth-1)
	case depth > 0 && n < 6:
		list := make([]string, m.r.Intn(4))
		for i := range list {
			list[i] = m.soupValue(key, depth-1)
		}
		return "[" + strings.Join(list, ",") + "]"
	}
	return m.leaf()
}

// leaf returns a random value that is no list and no object as JSON.
func (m *maker) leaf() string {
	if m.plain {
		return m.one("null", `"a"`, `"b"`, `"f"`, `"Name"`, `"New Value"`, `"Ne\u0077Value"`, `"EventID"`, "true", "1", `""`)
	}
	switch m.r.Intn(8) {
	case 0:
		return m.one("null", "true", "false")
	case 1, 2:
		return m.jsonNumber()
	case 3:
		s, _ := m.value(0).(string)
		return m.spelled(s)
	}
	return m.spelled(m.text(5))
}

// jsonNumber returns a number in one of its spellings.
func (m *maker) jsonNumber() string {
	return m.one("0", "-0", "0.0", "-0e5", "1", "1.0", "1.00", "1e0", "10e-1", "0.1E1", "10", "1e1", "1E+1", "100e-1", "-1", "-1.0", "1.5", "15e-1", "1.5000",
		"9007199254740993", "9007199254740992", "90071992547409930e-1", "1e2", "100", "1e400", "1e-400", "1e401", "1e999999999", "-1e-999999999",
		"0.30000000000000004", "123456789012345678901234567890123456789012345678901234567890.25", "18446744073709551616")
}

// spelled returns a text as a JSON string: as it is, with some characters as
// escapes, or, where they are U+FFFD, as bytes that are not UTF-8.
func (m *maker) spelled(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	escape := m.r.Intn(3) == 0
	for _, r := range s {
		switch {
		case r == utf8.RuneError && m.r.Intn(2) == 0:
			b.WriteString(m.one("\xff", `\ud83d`, `\udc00`))
		case r == '"' || r == '\\':
			b.WriteString(`\` + string(r))
		case r == '/' && escape:
			b.WriteString(`\/`)
		case r < ' ' || escape && m.r.Intn(3) == 0:
			for _, u := range utf16.AppendRune(nil, r) {
				fmt.Fprintf(&b, []string{`\u%04x`, `\u%04X`}[m.r.Intn(2)], u)
			}
		default:
			b.WriteRune(r)
		}
	}
	return b.String() + `"`
}

// event returns a random event: of fields that are flat or one or two levels
// deep, or of anything.
func (m *maker) event() []byte {
	if m.r.Intn(2) == 0 {
		return []byte(m.soup("", 5))
	}
	ev := map[string]any{}
	for _, name := range []string{"f", "g", "h", "n.x", "n.y.z", "other"} {
		if m.r.Intn(3) > 0 {
			ev[name] = m.value(2)
		}
	}
	nested := map[string]any{}
	if m.r.Intn(2) == 0 {
		nested["x"] = m.value(1)
	}
	switch m.r.Intn(4) {
	case 0:
		nested["y"] = map[string]any{"z": m.value(1)}
	case 1:
		nested["y.z"] = m.value(1)
	case 2:
		ev["n.y"] = map[string]any{"z": m.value(0)}
	}
	if m.r.Intn(2) == 0 {
		ev["n"] = nested
	}
	text, _ := json.Marshal(ev)
	return text
}

// TestWindowsRandom compares what fields are in an event, and which of two
// values counts, with the oracle on random events in the shapes of Windows
// events, right and wrong (X3, S14, M7, V6).
func TestWindowsRandom(t *testing.T) {
	var rules []*ir.Rule
	for _, field := range soupFields {
		for _, item := range []string{entry(field+"|exists", "true"), entry(field, "null"), entry(field, "a"), entry(field, "true"), entry(field, "''"), entry(field, "1"),
			entry(field+"|fieldref", "f"), entry(field, "New Value")} {
			rules = append(rules, build(t, "s:\n  "+item+"\ncondition: s"))
		}
	}
	for _, word := range []string{"New", "eventid", "a", "true"} {
		rules = append(rules, build(t, "s:\n  - '"+word+"'\ncondition: s"))
	}
	e, err := eval.Compile(rules, eval.Options{})
	if err != nil {
		t.Fatal(err)
	}
	m := &maker{r: rand.New(rand.NewSource(5)), plain: true}
	seen := map[int]int{}
	for range 2_500 {
		event := []byte(m.soup("", 5))
		which := make([]int, 30)
		for i := range which {
			which[i] = m.r.Intn(len(rules))
		}
		which = append(which, len(rules)-1, len(rules)-2, len(rules)-3, len(rules)-4)
		compare(t, e, event, which)
		ms, err := e.MatchJSON(event, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, match := range ms {
			seen[match.Index]++
		}
	}
	for i, r := range rules {
		if i%8 == 0 && seen[i] == 0 {
			t.Errorf("no event matches: %s", whereText(r))
		}
	}
}
