package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/sigma-compiler/sigmac/sigma"
)

// A ruleSet is the rules that all libraries are given, as text.
type ruleSet struct {
	paths []string
	texts [][]byte
}

// loadRules reads the rules about Windows of three folders of SigmaHQ's
// repository.
func loadRules(root string) (*ruleSet, error) {
	set := &ruleSet{}
	for _, dir := range []string{"rules", "rules-emerging-threats", "rules-threat-hunting"} {
		err := filepath.WalkDir(filepath.Join(root, dir), func(path string, _ fs.DirEntry, err error) error {
			if err != nil || !strings.HasSuffix(path, ".yml") {
				return err
			}
			return set.add(path)
		})
		if err != nil {
			return nil, err
		}
	}
	if len(set.paths) == 0 {
		return nil, fmt.Errorf("%s has no rules for Windows", root)
	}
	return set, nil
}

// add adds the rule of a file if it is about Windows.
func (s *ruleSet) add(path string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	rule, err := sigma.ParseRule(path, text)
	if err != nil {
		return err
	}
	if rule.LogSource.Product == "windows" {
		s.paths = append(s.paths, path)
		s.texts = append(s.texts, text)
	}
	return nil
}
