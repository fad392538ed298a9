package main

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// A corpusRule is a rule of SigmaHQ.
type corpusRule struct {
	file string // below SigmaHQ's folder
	ir   *ir.Rule
}

// readCorpus returns the rules of the folders rules* of a folder: every step-th
// file of them.
func readCorpus(root string, step int) ([]*corpusRule, error) {
	folders, err := filepath.Glob(filepath.Join(root, "rules*"))
	if err != nil || len(folders) == 0 {
		return nil, fmt.Errorf("there are no folders rules* in %s", root)
	}
	paths, err := sigma.Files(folders...)
	if err != nil {
		return nil, err
	}
	var rules []*corpusRule
	for i := 0; i < len(paths); i += step {
		r, err := readRule(root, paths[i])
		if err != nil {
			return nil, err
		}
		rules = append(rules, r)
	}
	return rules, nil
}

// readRule reads a file, which holds one rule.
func readRule(root, path string) (*corpusRule, error) {
	name, err := filepath.Rel(root, path)
	if err != nil {
		return nil, err
	}
	name = filepath.ToSlash(name)
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	docs, err := sigma.Parse(name, text)
	if err != nil {
		return nil, err
	}
	if len(docs) != 1 {
		return nil, fmt.Errorf("%s has %d documents, not one rule", name, len(docs))
	}
	rule, ok := docs[0].(*sigma.Rule)
	if !ok {
		return nil, fmt.Errorf("%s is no rule", name)
	}
	built, err := ir.Build(rule)
	if err != nil {
		return nil, err
	}
	return &corpusRule{name, built}, nil
}

// A recorded is what pySigma made of a rule.
type recorded struct {
	File    string
	Queries []string
	Error   string // the class of the error, where there are no queries
}

// readRecorded returns what was recorded of a conversion, by file.
func readRecorded(path string) (map[string]*recorded, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // it was only read
	z, err := gzip.NewReader(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	out := make(map[string]*recorded)
	lines := bufio.NewScanner(z)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		r := new(recorded)
		if err := json.Unmarshal(lines.Bytes(), r); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		out[r.File] = r // the files with several rules are not among those of readCorpus
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return out, nil
}
