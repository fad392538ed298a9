package pysigma_test

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/sigma-compiler/sigmac/internal/shared"
)

// A recorded is what pySigma made of a rule.
type recorded struct {
	File    string
	Queries []string
	Error   string // the class of the exception
	Message string
}

// readRecorded returns what was recorded, by file.
func readRecorded(t *testing.T, path string) map[string]*recorded {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]*recorded{}
	lines := bufio.NewScanner(z)
	lines.Buffer(nil, 1<<24)
	for lines.Scan() {
		r := new(recorded)
		if err := json.Unmarshal(lines.Bytes(), r); err != nil {
			t.Fatal(err)
		}
		out[r.File] = r
	}
	if lines.Err() != nil || len(out) == 0 {
		t.Fatalf("%s: no queries: %v", path, lines.Err())
	}
	return out
}

// answers returns what pySigma made of the rules of the corpus in a run.
func (r *run) answers(t *testing.T) map[string]*recorded {
	t.Helper()
	file := r.recorded + ".jsonl.gz"
	if !r.own {
		return readRecorded(t, shared.Path(t, "oracle", "pysigma", file))
	}
	path := filepath.Join(os.Getenv("SIGMAC_PYSIGMA"), file)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("nothing recorded it: testdata/record.py does, into the folder that the variable SIGMAC_PYSIGMA names: %v", err)
	}
	return readRecorded(t, path)
}

// reasons are the begins of pySigma's messages, with what they are counted
// as.
var reasons = []struct{ begin, reason string }{
	{"Unable to determine table name", "the pipeline has no table for the log source"},
	{"Rule type not yet supported", "the pipeline has no table for the log source"},
	{"Invalid SigmaDetectionItem field name", "the pipeline has no name for a field"},
	{"The Splunk Data Model Sigma backend supports only", "the pipeline has no name for a field"},
	{"Attempt to convert unhandled placeholder", "nothing fills a placeholder"},
}

// reason returns why pySigma does not convert a rule.
func (r *recorded) reason() string {
	switch {
	case r == nil:
		return "not recorded"
	case r.Error == "":
		return "no query and no error"
	}
	for _, known := range reasons {
		if strings.HasPrefix(r.Message, known.begin) {
			return known.reason
		}
	}
	first, _, _ := strings.Cut(r.Message, ". ")
	first, _, _ = strings.Cut(first, " (while ")
	return general(r.Error + ": " + first)
}

// variable is what differs between messages of one reason.
var variable = regexp.MustCompile(`"(?:\\.|[^"\\])*"(?:\.\.\.)?|'[^']*'|\[[^]]*\]`)

// number is what a message says that should be put in quotes.
var number = regexp.MustCompile(`put \S+ in quotes`)

// general returns a message without its names and values.
func general(message string) string {
	return number.ReplaceAllString(variable.ReplaceAllString(message, `"..."`), "put it in quotes")
}
