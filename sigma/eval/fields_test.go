package eval_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"math/rand"
	"reflect"
	"strings"
	"testing"

	"github.com/sigma-compiler/sigmac/sigma/eval"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// fieldsRule tests a few fields in some of the ways in which rules do.
const fieldsRule = `s:
  Image|endswith: x
  a.b|fieldref: Other
  User: null
  '@ts|exists': true
  Provider_Name: '*'
t:
  Image: y
condition: s or not t`

// TestFields has events and what a reader shows of them: each value as it
// stands there.
func TestFields(t *testing.T) {
	engine, err := eval.Compile([]*ir.Rule{build(t, "s:\n  z: 1\ncondition: s"), build(t, fieldsRule)}, eval.Options{})
	if err != nil {
		t.Fatal(err)
	}
	long := strings.Repeat("x", 5000)
	many := "[" + strings.Repeat("1,", 100) + "1]"
	reader := engine.NewFieldReader()
	for _, c := range []struct {
		event eval.Event
		want  string
	}{
		{parsed(t, `{}`), ""},
		{parsed(t, `{"Image":"x","z":1}`), `Image="x"`},
		{parsed(t, `{"User":null,"Image":"a\"\u0041\/"}`), `Image="a\"\u0041\/" User=null`},
		{parsed(t, `{"Image":`+many+`,"User":"`+long+`"}`), `Image=` + many + ` User="` + long + `"`},
		{parsed(t, `{"Image": 1.50e3 , "User":true,"Other":-0}`), `Image=1.50e3 Other=-0 User=true`},
		{parsed(t, `{"Image":["x"], "User":[ ] , "Other":[null , "a", [ 1 ] ],"@ts":[null]}`), `Image=["x"] Other=[null,"a",[1]] User=[] @ts=[null]`},
		{parsed(t, `{"User": { "x" : [ 1 ] } }`), `User={"x":[1]}`},
		{parsed(t, `{"User":[{"x":1},{"x":2}]}`), `User=[{"x":1},{"x":2}]`},
		{parsed(t, `{"a":{"b":[5]},"Image":"1","Image":"2"}`), `Image=["1","2"] a.b=[5]`},
		{parsed(t, `{"a":[{"b":1},{"b":"2"},{"b":[3,4]}]}`), `a.b=[1,"2",[3,4]]`},
		{parsed(t, `{"a":{"b":1},"a.b":2}`), `a.b=2`},
		{parsed(t, `{"Event":{"System":{"Provider":{"#attributes":{"Name":"P"}}},"EventData":{"User":5,"Image":["x"]}}}`), `Image=["x"] User=5 Provider_Name="P"`},
		{parsed(t, `{"Event":{"EventData":{"Data":[{"@Name":"Image","#text":"x"},{"@Name":"User","#text":7},{"@Name":"Other","#text":null}]}}}`), `Image="x" Other=null User=7`},
		{parsed(t, `{"EventData":{"User":null,"Image":[]}}`), `Image=[] User=null`},
		{parsed(t, "{\"Image\":\"a\xff\u2028\x7fb\"}"), "Image=\"a\ufffd\\u2028\\u007fb\""},
		{parsed(t, `{"\u0049mage":"1"}`), `Image="1"`},
		{eval.Pairs{{"Image", "5"}, {"User", "a"}, {"User", ""}}, `Image="5" User=["a",""]`},
		{eval.Map{"Image": 5, "User": nil, "Other": []any{true, 2.5, uint8(3), json.Number("1e5"), "x"}, "a": map[string]any{"b": math.NaN()}},
			`Image=5 a.b="NaN" Other=[true,2.5,3,1e5,"x"] User=null`},
		{two{parsed(t, `{"Image":"\"x"}`), parsed(t, `{"User":["\"1",2]}`)}, `Image="\"x" User=["\"1",2]`},
	} {
		reader.Read(c.event)
		var got []string
		for _, f := range reader.Fields(eval.Match{Rule: engine.Rules()[1], Index: 1}, nil) {
			if !json.Valid(f.Value) {
				t.Errorf("%s is %s", f.Name, f.Value)
			}
			got = append(got, f.Name+"="+string(f.Value))
		}
		if text := strings.Join(got, " "); text != c.want {
			t.Errorf("%.200s, want %.200s", text, c.want)
		}
		x, err := eval.Explain(engine.Rules()[1], c.event, eval.Options{})
		if err != nil {
			t.Fatal(err)
		}
		for i, f := range x.Fields {
			if i >= len(got) || got[i] != f.Name+"="+string(f.Value) {
				t.Errorf("Explain has %s = %.100s, want %.200s", f.Name, f.Value, got)
			}
		}
	}
}

// two is an event made of two JSON texts.
type two struct{ a, b eval.Event }

func (e two) Visit(v *eval.Visitor) {
	e.a.Visit(v)
	e.b.Visit(v)
}

// TestFieldsAgree reads random events: a field that the reader shows is one
// that the event has, as an exists test sees it, with a value of the event.
func TestFieldsAgree(t *testing.T) {
	m := &maker{r: rand.New(rand.NewSource(22))}
	rules := m.rules(100)
	engine, err := eval.Compile(rules, eval.Options{})
	if err != nil {
		t.Fatal(err)
	}
	reader := engine.NewFieldReader()
	shown := 0
	for range 200 {
		event := m.event()
		reader.Read(parsed(t, string(event)))
		for i, r := range rules {
			for _, f := range reader.Fields(eval.Match{Rule: r, Index: i}, nil) {
				shown++
				exists := &ir.Rule{Where: []ir.Expr{&ir.Match{Field: f.Name, Test: &ir.Exists{Want: true}}}}
				x, err := eval.Explain(exists, parsed(t, string(event)), eval.Options{})
				if err != nil || !x.Matched || len(x.Fields) != 1 || string(x.Fields[0].Value) != string(f.Value) || !json.Valid(f.Value) {
					t.Fatalf("%s: %s is %s, and %v", event, f.Name, f.Value, x)
				}
			}
		}
	}
	if shown < 1000 {
		t.Errorf("only %d fields", shown)
	}
}

func ExampleFieldReader() {
	rule := &ir.Rule{Where: []ir.Expr{&ir.Match{Field: "DestinationPort", Test: &ir.Exists{Want: true}}}}
	engine, err := eval.Compile([]*ir.Rule{rule}, eval.Options{})
	if err != nil {
		panic(err)
	}
	var event eval.JSON
	if err := event.Parse([]byte(`{"DestinationPort": 4444, "Image": "nc.exe"}`)); err != nil {
		panic(err)
	}
	reader := engine.NewFieldReader()
	reader.Read(&event)
	for _, match := range engine.Match(&event, nil) {
		for _, field := range reader.Fields(match, nil) {
			fmt.Printf("%s = %s\n", field.Name, field.Value)
		}
	}
	// Output:
	// DestinationPort = 4444
}

// FuzzFields reads any event: what is shown is JSON on one line, and a field
// that stands once at the top of the event is shown as it stands there.
func FuzzFields(f *testing.F) {
	for _, text := range []string{
		`{"Image": "a\u0041\"", "a": {"b": [1, {"b": null}, []]}, "User": {}}`,
		`{"Event":{"EventData":{"Data":[{"@Name":"User","#text":"x"},{"Name":"Image","#text":[1]}]},"System":{"Provider":{"Name":"x"}}}}`,
		`{"a.b":null,"a":[{"b":1},{"b":[[2],"3"]}],"a":{"b":{}}}`,
		"{\"\\u0049mage\":[\"\xff\u2028\", -1.5e3, true , null]}",
	} {
		f.Add([]byte(text))
	}
	rule := build(f, fieldsRule)
	engine, err := eval.Compile([]*ir.Rule{rule}, eval.Options{})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		var event eval.JSON
		if event.Parse(text) != nil {
			return
		}
		reader := engine.NewFieldReader()
		reader.Read(&event)
		want := members(text)
		for _, field := range reader.Fields(eval.Match{Rule: rule}, nil) {
			var got any
			if err := json.Unmarshal(field.Value, &got); err != nil || strings.ContainsAny(string(field.Value), "\n\r\u2028\x7f") {
				t.Errorf("%s is %q: %v", field.Name, field.Value, err)
			}
			if values := want[field.Name]; len(values) == 1 {
				var expected any
				if json.Unmarshal(values[0], &expected) == nil && !reflect.DeepEqual(got, expected) {
					t.Errorf("%s is %s, not %s", field.Name, field.Value, values[0])
				}
			}
		}
	})
}

// members returns the values of each name at the top of an object.
func members(text []byte) map[string][]json.RawMessage {
	all := map[string][]json.RawMessage{}
	d := json.NewDecoder(bytes.NewReader(text))
	if _, err := d.Token(); err != nil {
		return all
	}
	for d.More() {
		name, err := d.Token()
		var value json.RawMessage
		if err != nil || d.Decode(&value) != nil {
			return all
		}
		key, _ := name.(string)
		all[key] = append(all[key], value)
	}
	return all
}
