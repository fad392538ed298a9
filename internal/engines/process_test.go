package engines

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// children returns the processes that this one has, as pgrep sees them, but
// for pgrep.
func children(t *testing.T) []string {
	t.Helper()
	cmd := exec.Command("pgrep", "-l", "-P", strconv.Itoa(os.Getpid()))
	text, err := cmd.Output()
	var exit *exec.ExitError // of pgrep, where it finds none
	if err != nil && !errors.As(err, &exit) {
		t.Skipf("there is no pgrep: %v", err)
	}
	var found []string
	for _, line := range strings.Split(strings.TrimSpace(string(text)), "\n") {
		if line != "" && !strings.HasSuffix(line, " pgrep") {
			found = append(found, line)
		}
	}
	return found
}

// faulty starts an engine whose driver does what queries tell it.
func faulty(t *testing.T) *lines {
	t.Helper()
	if _, err := exec.LookPath("python3"); err != nil {
		absent(t, "there is no python3")
	}
	d := driver{func() *exec.Cmd {
		return exec.Command("python3", "-s", "-B", filepath.Join(source(), "testdata", "faulty.py"))
	}}
	l, err := newLines("faulty", d, func(_ Table, events []Event) (any, error) {
		r := tableRequest{Op: "load"}
		for _, e := range events {
			r.Rows = append(r.Rows, map[string]any{"id": e.ID})
		}
		return r, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	l.limit = 500 * time.Millisecond
	return l
}

// TestDriverHangs runs queries between some that the driver does not survive.
// Those are reported; the others have their answers.
func TestDriverHangs(t *testing.T) {
	l := faulty(t)
	if err := l.Load(Table{}, []Event{{ID: 7}, {ID: 3}}); err != nil {
		t.Fatal(err)
	}
	answers, err := l.Run([]string{"a", "hang", "b", "die", "c", "refuse", "die", "hang", "d"})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"3 7", "refused: no answer within 500ms", "3 7", "refused: *ended*", "3 7", "refused: no such thing",
		"refused: *", "refused: no answer within 500ms", "3 7"}
	for i, a := range answers {
		if got, _ := filepath.Match(want[i], strings.ReplaceAll(a.String(), "/", "|")); !got {
			t.Errorf("answer %d is %s, want %s", i, a, want[i])
		}
	}
	if n := len(children(t)); n != 1 {
		t.Errorf("%d processes, want the last driver only", n)
	}
	if err := l.Close(); err != nil {
		t.Error(err)
	}
	if left := children(t); len(left) > 0 {
		t.Errorf("left running: %v", left)
	}
}

// testLenient checks queries that OpenSearch cannot search for: an expression
// that is too large, and a text in a number. Run finds nothing by them, since
// OpenSearch says so only where a query names a default field, and Kibana names
// none.
func testLenient(t *testing.T) {
	e := Start(t, "opensearch")
	if err := e.Load(sampleTable, sample); err != nil {
		t.Fatal(err)
	}
	queries := []string{"Port:443", `CommandLine:/.*a.{25}b.*/`, "Port:abc OR Port:80"}
	says, err := e.Check(queries)
	if err != nil || says[0] != "" || !strings.Contains(says[1], "would require more than 100000 effort") || !strings.Contains(says[2], `"abc"`) {
		t.Errorf("it says %q, %v", says, err)
	}
	answers, err := e.Run(queries)
	if err != nil || answers[0].String() != "1" || answers[1].String() != "" || answers[2].String() != "2" {
		t.Errorf("the answers are %v, %v", answers, err)
	}
}

// testConcurrent uses two engines on one server from several goroutines.
func testConcurrent(t *testing.T) {
	lucene, kql := Start(t, "opensearch"), Start(t, "kibana-kql")
	for _, e := range []Engine{lucene, kql} {
		if err := e.Load(sampleTable, sample); err != nil {
			t.Fatal(err)
		}
	}
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			e, query := lucene, "Port:%d"
			if i%2 == 1 {
				e, query = kql, "Port: %d"
			}
			for k := range 20 {
				port, want := 443, "1"
				if k%2 == 1 {
					port, want = 80, "2"
				}
				answers, err := e.Run([]string{fmt.Sprintf(query, port)})
				if err != nil || answers[0].String() != want {
					t.Errorf("%s finds %v, %v, want %s", e.Name(), answers, err, want)
				}
			}
		})
	}
	wg.Wait()
	// What one engine loads, the other does not see.
	if err := kql.Load(sampleTable, sample[:1]); err != nil {
		t.Fatal(err)
	}
	for e, want := range map[Engine]string{lucene: "1 2 3 12", kql: "1"} {
		query := "Port:*"
		answers, err := e.Run([]string{query})
		if err != nil || answers[0].String() != want {
			t.Errorf("%s finds %v, %v, want %s", e.Name(), answers, err, want)
		}
	}
}

// TestClose starts all engines at once and shows that nothing is left of them.
func TestClose(t *testing.T) {
	var engines []Engine
	for _, e := range entries() {
		if slices.ContainsFunc(e.needs, func(c component) bool { return c.missing() != "" }) {
			continue // other tests say so
		}
		engines = append(engines, Start(t, e.name))
	}
	// The server is shared; Lucene has no driver, each of the others has one.
	if want := len(engines) - 1; len(engines) == len(entries()) && len(children(t)) != want {
		t.Errorf("%d engines have the processes %v, want %d", len(engines), children(t), want)
	}
	for range 2 { // a second Close does no harm
		for _, e := range engines {
			if err := e.Close(); err != nil {
				t.Error(err)
			}
		}
	}
	if left := children(t); len(left) > 0 {
		t.Errorf("left running: %v", left)
	}
}

// testLoadFails loads what an engine cannot hold, and goes on.
func testLoadFails(t *testing.T) {
	e := Start(t, "opensearch")
	long := fmt.Sprintf(`{"Image":%q}`, strings.Repeat("x", 40_000))
	err := e.Load(sampleTable, []Event{{1, []byte(`{"Image":"x"}`)}, {2, []byte(long)}})
	if err == nil || !strings.Contains(err.Error(), "event 2") || !strings.Contains(err.Error(), "32766") {
		t.Errorf("a text of 40,000 bytes: %v", err)
	}
	if err := e.Load(sampleTable, []Event{{1, []byte(`{"Image":}`)}}); err == nil {
		t.Error("what is no JSON is loaded")
	}
	if err := e.Load(sampleTable, sample); err != nil {
		t.Fatal(err)
	}
	if answers, err := e.Run([]string{"Port:443"}); err != nil || answers[0].String() != "1" {
		t.Errorf("afterwards it finds %v, %v", answers, err)
	}
}
