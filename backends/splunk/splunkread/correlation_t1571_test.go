package splunkread_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/sigma-compiler/sigmac/backends"
	"github.com/sigma-compiler/sigmac/backends/splunk/splunkread"
	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// t1571 is the pack of rules for T1571, whose correlations have events of their
// own.
const t1571 = "../../../examples/t1571"

// TestT1571Correlations runs the queries of the pack's correlations over their
// events: each fires where it should, and only there.
func TestT1571Correlations(t *testing.T) {
	files, err := filepath.Glob(t1571 + "/rules/correlations/*.yml")
	if err != nil || len(files) != 6 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".yml")
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			query := packQuery(t, file, strings.Contains(name, "_win_"))
			lines, err := os.Open(filepath.Join(t1571, "events", "correlations", name+".jsonl"))
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = lines.Close() }()
			in := bufio.NewScanner(lines)
			in.Buffer(nil, 1<<20)
			n := 0
			for ; in.Scan(); n++ {
				checkPack(t, query, in.Bytes())
			}
			if n < 2 || in.Err() != nil {
				t.Error(n, in.Err())
			}
		})
	}
}

// packQuery compiles the correlation of a file, for Windows with the pipelines
// of its logs.
func packQuery(t *testing.T, file string, windows bool) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	docs, err := sigma.Parse(file, text)
	if err != nil {
		t.Fatal(err)
	}
	set, err := ir.Link(docs, ir.LinkOptions{})
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	if windows {
		names = []string{"sysmon", "splunk_windows"}
	}
	c, err := backends.New(backends.Options{Target: "splunk", Pipeline: chainOf(t, names)})
	if err != nil {
		t.Fatal(err)
	}
	result, err := c.Correlation(set.Correlations[0])
	if err != nil {
		t.Fatal(err)
	}
	if len(result.Warnings) > 0 {
		t.Error(result.Warnings)
	}
	return result.Queries[0].Text
}

// checkPack runs a query over the events of one line.
func checkPack(t *testing.T, query string, line []byte) {
	t.Helper()
	var c struct {
		Expect bool   `json:"expect_alert"`
		Why    string `json:"why"`
		Events []map[string]any
	}
	in := json.NewDecoder(bytes.NewReader(line))
	in.UseNumber()
	if err := in.Decode(&c); err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(1, 4))
	rows := make([]splunkread.Row, len(c.Events))
	for i, e := range c.Events {
		rows[i] = packRow(t, e)
	}
	r.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
	run := &splunkread.Runner{Rand: r, Match: matcher(t)}
	found, err := run.Run(query, rows)
	if err != nil {
		t.Fatalf("%s: %v\n%s", c.Why, err, query)
	}
	if len(found) > 0 != c.Expect {
		t.Errorf("%s: %d rows found\n%s", c.Why, len(found), query)
	}
}

// packRow returns an event as Splunk has it: with the time in a field of its
// own and, of Sysmon, the names that Splunk's add-on gives.
func packRow(t *testing.T, event map[string]any) splunkread.Row {
	t.Helper()
	row := make(splunkread.Row)
	for name, v := range event {
		list, ok := v.([]any)
		if !ok {
			list = []any{v}
		}
		for _, v := range list {
			row[name] = append(row[name], fmt.Sprint(v))
		}
	}
	at, err := time.Parse(time.RFC3339, event["timestamp"].(string))
	if err != nil {
		t.Fatal(err)
	}
	row["_time"] = []string{strconv.FormatInt(at.Unix(), 10)}
	if id, ok := row["EventID"]; ok {
		row["EventCode"] = id
		row["source"] = []string{"XmlWinEventLog:Microsoft-Windows-Sysmon/Operational"}
	}
	return row
}
