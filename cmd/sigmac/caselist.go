package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/sigma-compiler/sigmac/sigma"
)

// A ruleTest is one test of a rule: events, and what the rule must say of them.
type ruleTest struct {
	sigma.Pos
	name   string
	rule   string           // the id, the name or the title of the rule; "" where the file of rules has only one
	source *sigma.LogSource // of the events; nil where rules match on their fields alone
	events [][]byte         // JSON objects
	file   string           // or the file that has them; "" where there is none
	want   expectation
}

// An expectation is what a rule must say of events.
type expectation struct {
	kind  expectKind
	count int
}

type expectKind uint8

const (
	expectAll   expectKind = iota // every event matches; of a correlation, there is an alert
	expectNone                    // no event matches; no alert
	expectCount                   // so many events match; so many alerts
	expectLeast                   // so many events match at least; so many alerts
)

// met reports whether so many of the events are as expected.
func (e expectation) met(matched, events int) bool {
	switch e.kind {
	case expectAll:
		return matched == events
	case expectNone:
		return matched == 0
	case expectCount:
		return matched == e.count
	}
	return matched >= e.count
}

// String returns the expectation for messages about a rule.
func (e expectation) String() string {
	switch e.kind {
	case expectAll:
		return "all are"
	case expectNone:
		return "none is"
	case expectCount:
		return count(e.count, "is", "are")
	}
	return "at least " + count(e.count, "is", "are")
}

// A caseReader reads a file of tests. What is wrong is in errs, and the tests
// that are right are read even so.
type caseReader struct {
	file  *sigma.File
	tests []ruleTest
	errs  sigma.ErrorList
}

// fail notes what is wrong with a file of tests.
func (c *caseReader) fail(pos sigma.Pos, hint, format string, args ...any) {
	c.errs = append(c.errs, &sigma.Error{Pos: pos, Code: codeBadTest, Msg: fmt.Sprintf(format, args...), Hint: hint})
}

func (c *caseReader) pos(n *yaml.Node) sigma.Pos {
	return sigma.Pos{File: c.file, Line: n.Line, Col: n.Column}
}

// readTests reads a file of tests: YAML or, by its name, JSON lines.
func readTests(path string) *caseReader {
	file, err := sigma.ReadFile(path)
	c := &caseReader{file: file}
	switch {
	case err != nil:
		c.errs = sigma.Errors(err)
	case filepath.Ext(path) == ".jsonl":
		c.jsonLines()
	default:
		c.yaml()
	}
	return c
}

// decodeYAML reads the first document of a file.
func decodeYAML(text []byte) (root *yaml.Node, err error) {
	defer func() {
		if v := recover(); v != nil { // a panic of the YAML library
			err = fmt.Errorf("yaml: %v", v)
		}
	}()
	var doc yaml.Node
	err = yaml.NewDecoder(bytes.NewReader(text)).Decode(&doc)
	if errors.Is(err, io.EOF) {
		return nil, nil
	}
	if err != nil || len(doc.Content) == 0 {
		return nil, err
	}
	return doc.Content[0], nil
}

// yaml reads a file of tests as YAML.
func (c *caseReader) yaml() {
	at := sigma.Pos{File: c.file, Line: 1, Col: 1}
	root, err := decodeYAML(c.file.Data)
	if err != nil || root == nil || root.Kind != yaml.MappingNode {
		c.fail(at, "it is a mapping with a list named tests", "the file of tests cannot be read%s", because(err))
		return
	}
	shared := ruleTest{}
	var list *yaml.Node
	c.keys(root, "tests", func(key string, n *yaml.Node) bool {
		switch key {
		case "rule":
			shared.rule = n.Value
		case "logsource":
			shared.source = c.logSource(n)
		case "tests":
			list = n
		default:
			return false
		}
		return true
	}, "rule", "logsource", "tests")
	if list == nil || list.Kind != yaml.SequenceNode || len(list.Content) == 0 {
		c.fail(at, "write tests: with a list below it", "the file has no tests")
		return
	}
	for i, n := range list.Content {
		c.yamlCase(n, shared, i+1)
	}
}

func because(err error) string {
	if err == nil {
		return ""
	}
	return ": " + err.Error()
}

// keys calls f with each key of a mapping, and refuses those that f does not
// know.
func (c *caseReader) keys(n *yaml.Node, what string, f func(key string, n *yaml.Node) bool, known ...string) {
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		if f(key.Value, n.Content[i+1]) {
			continue
		}
		hint := "the keys are " + list(known)
		if near := sigma.Nearest(key.Value, known); near != "" {
			hint = "did you mean " + near + "?"
		}
		c.fail(c.pos(key), hint, "unknown key %q in %s", key.Value, what)
	}
}

// yamlCase reads one test.
func (c *caseReader) yamlCase(n *yaml.Node, test ruleTest, number int) {
	test.Pos, test.name = c.pos(n), "test "+strconv.Itoa(number)
	if n.Kind != yaml.MappingNode {
		c.fail(test.Pos, "a test has name, event, events or file, and expect", "the test is no mapping")
		return
	}
	wrong, given := len(c.errs), 0
	c.keys(n, "a test", func(key string, v *yaml.Node) bool {
		switch key {
		case "name":
			test.name = v.Value
		case "rule":
			test.rule = v.Value
		case "logsource":
			test.source = c.logSource(v)
		case "expect":
			test.want = c.expect(c.pos(v), v.Value)
		case "file":
			test.file = v.Value
			given++
		case "event":
			test.events = c.events(v)
			given++
		case "events":
			given++
			if v.Kind != yaml.SequenceNode {
				c.fail(c.pos(v), "", "events is no list")
				return true
			}
			test.events = c.events(v.Content...)
		default:
			return false
		}
		return true
	}, "name", "rule", "logsource", "expect", "event", "events", "file")
	if given != 1 {
		c.fail(test.Pos, "", "a test has one of event, events and file")
	}
	if len(c.errs) == wrong {
		c.tests = append(c.tests, test)
	}
}

// events returns events as JSON.
func (c *caseReader) events(list ...*yaml.Node) [][]byte {
	out := make([][]byte, 0, len(list))
	for _, n := range list {
		text, err := yamlEvent(n)
		if err != nil {
			c.fail(c.pos(n), "an event is a mapping of fields to values", "the event cannot be read: %v", err)
			continue
		}
		out = append(out, text)
	}
	return out
}

// logSource reads what the events of tests are about.
func (c *caseReader) logSource(n *yaml.Node) *sigma.LogSource {
	var l logSource
	if n.Kind != yaml.MappingNode || len(n.Content) == 0 {
		c.fail(c.pos(n), "such as {product: windows, category: process_creation}", "the log source is no mapping")
		return nil
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		l.set(n.Content[i].Value, n.Content[i+1].Value)
	}
	return &l.source
}

// expect reads what is expected.
func (c *caseReader) expect(pos sigma.Pos, text string) expectation {
	switch text {
	case "true":
		return expectation{kind: expectAll}
	case "false":
		return expectation{kind: expectNone}
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 {
		c.fail(pos, "it is true, false or a number", "%q cannot be expected", text)
	}
	return expectation{kind: expectCount, count: n}
}

// A jsonCase is a test as a line of JSON. Why it is there is a name, too.
type jsonCase struct {
	Name   string            `json:"name"`
	Why    string            `json:"why"`
	Rule   string            `json:"rule"`
	Expect json.RawMessage   `json:"expect"`
	Alert  json.RawMessage   `json:"expect_alert"`
	Event  json.RawMessage   `json:"event"`
	Events []json.RawMessage `json:"events"`
}

// jsonLines reads a file of tests with an object a line.
func (c *caseReader) jsonLines() {
	lines := bufio.NewScanner(bytes.NewReader(c.file.Data))
	lines.Buffer(nil, sigma.MaxFileSize+1)
	for n := 1; lines.Scan(); n++ {
		if len(bytes.TrimSpace(lines.Bytes())) > 0 {
			c.jsonCase(sigma.Pos{File: c.file, Line: n, Col: 1}, lines.Bytes())
		}
	}
	if len(c.tests)+len(c.errs) == 0 {
		c.fail(sigma.Pos{File: c.file}, "", "the file has no tests")
	}
}

func (c *caseReader) jsonCase(pos sigma.Pos, line []byte) {
	var j jsonCase
	d := json.NewDecoder(bytes.NewReader(line))
	d.DisallowUnknownFields()
	if err := d.Decode(&j); err != nil {
		c.fail(pos, "an object with name, expect and event or events", "the test cannot be read: %v", err)
		return
	}
	test := ruleTest{Pos: pos, rule: j.Rule, name: "line " + strconv.Itoa(pos.Line)}
	if name := strings.TrimSpace(j.Name + " " + j.Why); name != "" {
		test.name = name
	}
	wrong := len(c.errs)
	for _, want := range []json.RawMessage{j.Expect, j.Alert} {
		if want != nil {
			test.want = c.expect(pos, string(want))
		}
	}
	if (j.Event == nil) == (j.Events == nil) {
		c.fail(pos, "", "a test has one of event and events")
	}
	if j.Event != nil {
		j.Events = []json.RawMessage{j.Event}
	}
	for _, e := range j.Events {
		test.events = append(test.events, e)
	}
	if len(c.errs) == wrong {
		c.tests = append(c.tests, test)
	}
}
