package main

import (
	"os"
	"path/filepath"
	"strconv"

	"gopkg.in/yaml.v3"

	"github.com/sigma-compiler/sigmac/sigma"
)

// regressionKey is the attribute by which rules of SigmaHQ name the file with
// their tests, by a path from the root of the repository.
const regressionKey = "regression_tests_path"

// regression adds the tests that a rule's own attribute names.
func (c *caseReader) regression(doc sigma.Document) {
	for _, attr := range doc.Metadata().Custom {
		if attr.Name != regressionKey {
			continue
		}
		at := attr.Pos
		at.Line, at.Col = attr.Value.Line, attr.Value.Column
		root, ok := rootOf(at.Name(), attr.Value.Value)
		if !ok {
			c.fail(at, "the path is looked for in the folders above the rule", "there is no file of tests %q", attr.Value.Value)
			return
		}
		c.regressionFile(root, filepath.Join(root, filepath.FromSlash(attr.Value.Value)), doc)
	}
}

// rootOf returns the folder above a file in which a relative path exists.
func rootOf(file, path string) (string, bool) {
	path = filepath.FromSlash(path)
	if !filepath.IsLocal(path) {
		return "", false
	}
	folder, err := filepath.Abs(filepath.Dir(file))
	if err != nil {
		return "", false
	}
	for {
		if _, err := os.Stat(filepath.Join(folder, path)); err == nil {
			return folder, true
		}
		up := filepath.Dir(folder)
		if up == folder {
			return "", false
		}
		folder = up
	}
}

// regressionFile reads SigmaHQ's list of tests. At least match_count events must
// match, one where it is not there: SigmaHQ's own runner
// (tests/regression_tests_runner.py) looks for one match only, and in two of the
// files more events match than are said to.
func (c *caseReader) regressionFile(root, path string, doc sigma.Document) {
	file, err := sigma.ReadFile(relativePath(path))
	if err != nil {
		c.errs = append(c.errs, sigma.Errors(err)...)
		return
	}
	c.file = file
	node, at := c.document("")
	if node == nil {
		return
	}
	before := len(c.tests) + len(c.errs)
	for i := 0; i+1 < len(node.Content); i += 2 {
		if node.Content[i].Value == "regression_tests_info" {
			for _, n := range node.Content[i+1].Content {
				c.regressionCase(root, n, doc)
			}
		}
	}
	if len(c.tests)+len(c.errs) == before {
		c.fail(at, "they stand in a list named regression_tests_info", "the file has no tests")
	}
}

func (c *caseReader) regressionCase(root string, n *yaml.Node, doc sigma.Document) {
	test := ruleTest{Pos: c.pos(n), rule: doc.Metadata().ID, name: "regression test", want: expectation{expectLeast, 1}}
	for i := 0; i+1 < len(n.Content); i += 2 {
		value := n.Content[i+1].Value
		switch n.Content[i].Value {
		case "name":
			test.name = value
		case "path":
			test.file = value
		case "match_count":
			count, err := strconv.Atoi(value)
			if err != nil || count < 0 {
				c.fail(c.pos(n.Content[i+1]), "", "%q is no number of matches", value)
				return
			}
			test.want = expectation{expectLeast, max(count, 1)}
		}
	}
	if !filepath.IsLocal(filepath.FromSlash(test.file)) {
		c.fail(test.Pos, "path leads from the root of the repository to the events", "the test has no file of events")
		return
	}
	test.file = relativePath(filepath.Join(root, filepath.FromSlash(test.file)))
	c.tests = append(c.tests, test)
}

// relativePath returns a path as people would write it from the working
// directory.
func relativePath(path string) string {
	dir, err := os.Getwd()
	if err != nil {
		return path
	}
	if rel, err := filepath.Rel(dir, path); err == nil && filepath.IsLocal(rel) {
		return rel
	}
	return path
}
