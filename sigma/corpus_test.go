package sigma_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/sigma-compiler/sigmac/sigma"
)

// TestCorpus parses every rule of SigmaHQ. All rules in use must parse, those
// below deprecated and unsupported too, but for the ones whose conditions are
// aggregations of version 1 or no conditions at all.
func TestCorpus(t *testing.T) {
	count := func(pattern string, expected func(text []byte, e *sigma.Error) bool) {
		rules, refused, warnings := 0, 0, map[sigma.Code]int{}
		files := corpusFiles(t, pattern)
		for _, f := range files {
			docs, warned, errs := sigma.ParseFile(f)
			rules += len(docs)
			for _, w := range warned {
				warnings[w.Code]++
			}
			for _, e := range errs {
				if !expected(f.Data, e) {
					t.Error(e)
				}
			}
			if len(errs) > 0 {
				refused++
			}
		}
		t.Logf("%s: %d files, %d documents, %d files refused, warnings %v", pattern, len(files), rules, refused, warnings)
	}
	count("rules*", func([]byte, *sigma.Error) bool { return false })
	count("deprecated", func(_ []byte, e *sigma.Error) bool { return strings.Contains(e.Msg, "aggregations behind '|'") })
	count("unsupported", func(text []byte, e *sigma.Error) bool {
		if strings.Contains(e.Msg, "aggregations behind '|'") {
			return true // N11
		}
		prose := bytes.Contains(text, []byte("-> alert")) || bytes.Contains(text, []byte("condition: count(subdomain)"))
		return prose && e.Code == sigma.BadCondition
	})
}

// TestSpecificationExamples parses the examples of the specification's own
// schema tests.
func TestSpecificationExamples(t *testing.T) {
	c, err := sigma.Load("../../shared/corpus/sigma-spec/tests/schema")
	if err != nil && len(c.Documents) == 0 {
		t.Skip("the specification is not there: ../shared/corpus/sigma-spec")
	}
	if err != nil || len(c.Documents) != 12 {
		t.Errorf("%d documents: %v", len(c.Documents), err)
	}
}
