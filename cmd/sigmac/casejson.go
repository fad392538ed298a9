package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"strconv"
	"strings"

	"github.com/sigma-compiler/sigmac/sigma"
)

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
	err := d.Decode(&j)
	if err == nil && d.More() {
		err = errors.New("there is more on the line")
	}
	if err != nil {
		c.fail(pos, "an object with name, expect and event or events", "the test cannot be read: %v", err)
		return
	}
	test := ruleTest{Pos: pos, rule: j.Rule, name: "line " + strconv.Itoa(pos.Line)}
	if name := strings.TrimSpace(j.Name + " " + j.Why); name != "" {
		test.name = name
	}
	wrong := len(c.errs)
	if j.Expect != nil && j.Alert != nil {
		c.fail(pos, "", "a test has one of expect and expect_alert")
	}
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
