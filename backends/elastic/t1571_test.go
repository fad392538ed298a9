package elastic_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/sigma-compiler/sigmac/backends"
	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/eval"
	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/pipeline"
)

// TestT1571Correlations compiles the correlations of the rule pack for the
// pipelines that have their fields, and runs what becomes of them in ES|QL on
// their events. The interpreter does not know the conditions of the rules: the
// evaluator finds their events.
func TestT1571Correlations(t *testing.T) {
	pack := filepath.Join("..", "..", "examples", "t1571")
	for name, pipelines := range map[string][]string{
		"mr_net_connection_win_beaconing":       {"ecs_windows"},
		"mr_net_connection_win_many_ports":      {"ecs_windows"},
		"mr_net_connection_win_new_port":        {"ecs_windows"},
		"mr_netflow_beaconing_unusual_port":     {"ecs_network"},
		"mr_netflow_upload_volume_unusual_port": {"ecs_network"},
		"mr_zeek_conn_port_hopping":             {"ecs_zeek_beats", "ecs_zeek_corelight"},
	} {
		t.Run(name, func(t *testing.T) {
			collection, err := sigma.Load(filepath.Join(pack, "rules", "correlations", name+".yml"))
			if err != nil {
				t.Fatal(err)
			}
			set, err := ir.Link(collection.Documents, ir.LinkOptions{})
			if err != nil {
				t.Fatal(err)
			}
			c := set.Correlations[0]
			for _, p := range pipelines {
				chain, err := pipeline.Resolve(p)
				if err != nil {
					t.Fatal(err)
				}
				for _, method := range []string{"sliding", "buckets"} {
					if compile(t, c, backends.Options{Target: "esql", Method: method, Pipeline: chain}) == nil {
						t.Errorf("%s %s: not said", p, method)
					}
				}
				eql := compile(t, c, backends.Options{Target: "eql", Pipeline: chain})
				if said := c.Type == ir.EventCount && c.Bounds[0].Holds(1); (eql != nil) != said {
					t.Errorf("%s: EQL says it: %t", p, eql != nil)
				}
			}
			query := compile(t, c, backends.Options{Target: "esql"}).Queries[0].Text
			from, rest, _ := strings.Cut(query, "\n| ")
			_, rest, _ = strings.Cut(rest, "\n| ")
			runPack(t, c, from+"\n| "+rest, filepath.Join(pack, "events", "correlations", name+".jsonl"))
		})
	}
}

// runPack runs a query without its first condition on the events of a file,
// and compares what it finds with what is expected.
func runPack(t *testing.T, c *ir.Correlation, query, file string) {
	engine, err := eval.Compile([]*ir.Rule{c.Members[0].Rule}, eval.Options{})
	if err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines := 0
	for s := bufio.NewScanner(f); s.Scan(); lines++ {
		var line struct {
			ExpectAlert bool   `json:"expect_alert"`
			Why         string `json:"why"`
			Events      []json.RawMessage
		}
		if err := json.Unmarshal(s.Bytes(), &line); err != nil {
			t.Fatal(err)
		}
		var rows []esqlRow
		for _, e := range line.Events {
			if matched, err := engine.MatchJSON(e, nil); err != nil || len(matched) == 0 {
				continue
			}
			rows = append(rows, packRow(t, e))
		}
		if got := len(runESQL(query, rows).rows) > 0; got != line.ExpectAlert {
			t.Errorf("%s: found %t\n%s", line.Why, got, query)
		}
	}
	if lines == 0 {
		t.Error("there are no events")
	}
}

// packRow makes a row of an event.
func packRow(t *testing.T, text json.RawMessage) esqlRow {
	var fields map[string]any
	if err := json.Unmarshal(text, &fields); err != nil {
		t.Fatal(err)
	}
	when, err := time.Parse(time.RFC3339, fields["timestamp"].(string))
	if err != nil {
		t.Fatal(err)
	}
	r := esqlRow{"@timestamp": instant(when.UnixMilli())}
	for k, v := range fields {
		// An index that maps a field as a number reads one from a text, too
		// (Elasticsearch Reference, "coerce").
		if n, err := strconv.ParseFloat(fmt.Sprint(v), 64); err == nil {
			v = n
		}
		r[k] = v
	}
	return r
}
