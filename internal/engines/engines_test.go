package engines

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/sigma-compiler/sigmac/sigma/schema"
)

// sample is a dozen events with values of all types.
var sample = []Event{
	{1, []byte(`{"Image":"C:\\Windows\\System32\\cmd.exe","CommandLine":"cmd.exe /c whoami","EventID":1,"Port":443,"Ratio":0.5,"Signed":true,"Ip":"10.1.2.3","Tags":["a","b"],"Time":"2024-05-06T07:08:09Z"}`)},
	{2, []byte(`{"Image":"C:\\WINDOWS\\SYSTEM32\\CMD.EXE","CommandLine":"CMD.EXE /C WHOAMI","EventID":4624,"Port":80,"Ratio":1.5,"Signed":false,"Ip":"192.168.0.1","Tags":["c"]}`)},
	{3, []byte(`{"CommandLine":"whoami","EventID":1,"Port":444,"Ip":"fe80::1"}`)},
	{4, []byte(`{"Image":"","CommandLine":"empty image","EventID":2}`)},
	{5, []byte(`{"Image":null,"CommandLine":"null image","EventID":3}`)},
	{6, []byte(`{"Image":"star","CommandLine":"x*y?z"}`)},
	{7, []byte(`{"Image":"plain","CommandLine":"xAyBz"}`)},
	{8, []byte(`{"Image":"lines","CommandLine":"line one\nline two"}`)},
	{9, []byte(`{"Image":"quotes","CommandLine":"say \"hi\" to a\\b"}`)},
	{10, []byte(`{"Image":"letters","CommandLine":"straße ÄÖÜ 日本"}`)},
	{11, []byte(`{"Image":"braces","CommandLine":"{a:b} (c) [d] <e> & f|g"}`)},
	{12, []byte(`{"Image":"numbers","Port":65535,"Big":9007199254740993,"EventID":-7,"Ratio":2}`)},
}

// sampleTable declares what the types of the sample's fields are, and a field
// that no event has.
var sampleTable = Table{Name: "Events", Columns: []schema.Column{
	{Name: "Image", Type: schema.Keyword},
	{Name: "CommandLine", Type: schema.Keyword},
	{Name: "EventID", Type: schema.Int},
	{Name: "Port", Type: schema.Int},
	{Name: "Ratio", Type: schema.Float},
	{Name: "Signed", Type: schema.Bool},
	{Name: "Ip", Type: schema.IP},
	{Name: "Time", Type: schema.Time},
	{Name: "Never", Type: schema.Keyword},
}}

// A known is a query whose answer the vendor's documentation says.
type known struct {
	query string
	want  string // the events, or "refused: " and a part of why
	why   string // where that is written
}

// testKnown runs queries over the sample.
func testKnown(t *testing.T, engine string, cases []known) {
	t.Helper()
	e := Start(t, engine)
	if e.Name() != engine || e.Version() == "" {
		t.Errorf("the engine calls itself %q, version %q", e.Name(), e.Version())
	}
	if err := e.Load(sampleTable, sample); err != nil {
		t.Fatal(err)
	}
	queries := make([]string, len(cases))
	for i, c := range cases {
		queries[i] = c.query
	}
	answers, err := e.Run(queries)
	if err != nil {
		t.Fatal(err)
	}
	says, err := e.Check(queries)
	if err != nil {
		t.Fatal(err)
	}
	for i, c := range cases {
		part, refused := strings.CutPrefix(c.want, "refused: ")
		switch {
		case refused && !strings.Contains(answers[i].Refused, part):
			t.Errorf("%s\n\tgives %s, want a refusal with %q (%s)", c.query, answers[i], part, c.why)
		case !refused && answers[i].String() != c.want:
			t.Errorf("%s\n\tgives %s, want %s (%s)", c.query, answers[i], c.want, c.why)
		case !refused && says[i] != "":
			t.Errorf("%s\n\tis not accepted: %s", c.query, says[i])
		}
	}
}

// testChecked asks an engine that runs nothing what it accepts; want is a part
// of what it says, "" for nothing.
func testChecked(t *testing.T, engine string, cases []known) {
	t.Helper()
	e := Start(t, engine)
	if err := e.Load(sampleTable, sample); err != nil {
		t.Fatal(err)
	}
	queries := make([]string, len(cases))
	for i, c := range cases {
		queries[i] = c.query
	}
	says, err := e.Check(queries)
	if err != nil {
		t.Fatal(err)
	}
	for i, c := range cases {
		if !strings.Contains(says[i], c.want) || c.want == "" && says[i] != "" {
			t.Errorf("%s\n\tit says %q, want %q (%s)", c.query, says[i], c.want, c.why)
		}
	}
	answers, err := e.Run(queries[:1])
	if err != nil || answers[0].Refused == "" {
		t.Errorf("it runs a query: %v, %v", answers, err)
	}
}

// holdServer keeps the server running until the end of a test, so that the
// engines of its subtests need not start it again and again.
func holdServer(t *testing.T) {
	t.Helper()
	if openSearch.missing() != "" {
		return // each engine says so itself
	}
	Start(t, "opensearch")
}

// TestOpenSearch runs the tests of what needs the server.
func TestOpenSearch(t *testing.T) {
	holdServer(t)
	t.Run("Lucene", testLucene)
	t.Run("LuceneFolded", testLuceneFolded)
	t.Run("Lenient", testLenient)
	t.Run("Kibana", testKibana)
	t.Run("KibanaFolded", testKibanaFolded)
	t.Run("EQL", testEQL)
	t.Run("Concurrent", testConcurrent)
	t.Run("LoadFails", testLoadFails)
}

// String returns the events, or why there are none.
func (a Answer) String() string {
	if a.Refused != "" {
		return "refused: " + a.Refused
	}
	return strings.Trim(fmt.Sprint(a.IDs), "[]")
}

func TestNames(t *testing.T) {
	want := []string{"opensearch", "opensearch-folded", "kibana-kql", "kibana-kql-folded", "eql", "esql-parser", "kusto-service", "duckdb-kql", "chdb"}
	if got := Names(); !slices.Equal(got, want) {
		t.Errorf("Names() = %v, want %v", got, want)
	}
}

// TestShape gives types to columns that nobody declared.
func TestShape(t *testing.T) {
	rows, err := decode([]Event{
		{1, []byte(`{"whole":1,"mixed":1,"real":1,"flag":true,"list":[1,2],"some":null,"object":{"a":{"b":"x"},"c":[{"d":1},{"d":2}]}}`)},
		{2, []byte(`{"whole":-2,"mixed":"x","real":1.5,"flag":false,"list":3,"huge":18446744073709551616}`)},
	})
	if err != nil {
		t.Fatal(err)
	}
	for i := range rows {
		rows[i] = flatten(rows[i])
	}
	s := Table{Columns: []schema.Column{{Name: "whole"}, {Name: "real", Type: schema.Keyword}, {Name: "never"}}}.shapeOf(rows)
	var got []string
	for _, c := range s.columns {
		got = append(got, c.Name+" "+c.Type.String())
	}
	want := []string{"flag boolean", "huge float", "list integer", "mixed keyword", "never keyword", "object.a.b keyword",
		"object.c.d integer", "real keyword", "some keyword", "whole integer"}
	if !slices.Equal(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
	if !s.lists["list"] || !s.lists["object.c.d"] || s.lists["whole"] {
		t.Errorf("the lists are %v", s.lists)
	}
}
