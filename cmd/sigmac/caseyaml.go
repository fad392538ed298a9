package main

import (
	"fmt"
	"path/filepath"
	"strconv"

	"gopkg.in/yaml.v3"

	"github.com/sigma-compiler/sigmac/internal/yamldoc"
	"github.com/sigma-compiler/sigmac/sigma"
)

// A ruleTest is one test of a rule: events, and what the rule must say of them.
type ruleTest struct {
	sigma.Pos
	name   string
	rule   string      // the id, the name or the title of the rule; "" where the file of rules has only one
	source *testSource // of the events; nil where rules match on their fields alone
	events [][]byte    // JSON objects
	file   string      // or the file that has them; "" where there is none
	want   expectation
}

// A caseReader reads a file of tests. What is wrong is in errs, and the tests
// that are right are read even so.
type caseReader struct {
	file  *sigma.File
	tests []ruleTest
	errs  sigma.ErrorList
	size  int // of the events, as JSON
}

// maxEvents is how many bytes the events of a file may have together: aliases make
// many large ones of a small file.
const maxEvents = 64 << 20

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

// document reads the root of a file of tests, which is a mapping, and the place
// of the file. It is nil where it cannot be read, which is said with the hint.
func (c *caseReader) document(hint string) (*yaml.Node, sigma.Pos) {
	at := sigma.Pos{File: c.file, Line: 1, Col: 1}
	doc, wrong := yamldoc.Read(c.file.Data)
	switch {
	case wrong != nil:
		at.Line, at.Col = wrong.Line, wrong.Col
		c.fail(at, hint, "the file of tests cannot be read: %s", wrong.Msg)
	case doc == nil || doc.Content[0].Kind != yaml.MappingNode:
		c.fail(at, hint, "the file of tests cannot be read")
	default:
		return doc.Content[0], at
	}
	return nil, at
}

// yaml reads a file of tests as YAML.
func (c *caseReader) yaml() {
	root, at := c.document("it is a mapping with a list named tests")
	if root == nil {
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

// keys calls f with each key of a mapping, and refuses those that f does not
// know and those that are there already.
func (c *caseReader) keys(n *yaml.Node, what string, f func(key string, n *yaml.Node) bool, known ...string) {
	lines := make(map[string]int)
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		if line := lines[key.Value]; line > 0 {
			c.fail(c.pos(key), "", "%s has the key %q twice: it is in line %d, too", what, key.Value, line)
			continue
		}
		lines[key.Value] = key.Line
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
	if len(c.errs) == wrong && c.size <= maxEvents {
		c.tests = append(c.tests, test)
	}
}

// events returns events as JSON.
func (c *caseReader) events(list ...*yaml.Node) [][]byte {
	out := make([][]byte, 0, len(list))
	for _, n := range list {
		if c.size > maxEvents {
			return nil // that was told
		}
		text, err := yamlEvent(n)
		if err != nil {
			c.fail(c.pos(n), "an event is a mapping of fields to values", "the event cannot be read: %v", err)
			continue
		}
		if c.size += len(text); c.size > maxEvents {
			c.fail(c.pos(n), "split the file", "the events of the file have more than %d MiB", maxEvents>>20)
			return nil
		}
		out = append(out, text)
	}
	return out
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
