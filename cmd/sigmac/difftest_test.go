package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sigma-compiler/sigmac/internal/golden"
	"github.com/sigma-compiler/sigmac/internal/shared"
	"github.com/sigma-compiler/sigmac/sigma"
)

// A pySigmaRecord is a file of queries that pySigma made of SigmaHQ's rules.
type pySigmaRecord struct {
	file, target string
	pipelines    []string
	every        int // of how many rules of the sample one is compared
}

var pySigmaRecords = []pySigmaRecord{
	{"splunk", "splunk", nil, 1},
	{"lucene", "lucene", nil, 1},
	{"eql", "eql", nil, 1},
	{"esql", "esql", nil, 1},
	{"kusto", "kusto", nil, 1},
	{"lucene.ecs_windows", "lucene", []string{"ecs_windows"}, 5},
	{"eql.ecs_windows", "eql", []string{"ecs_windows"}, 5},
	{"kusto.microsoft_xdr", "kusto", []string{"microsoft_xdr"}, 5},
	{"kusto.sentinel_asim", "kusto", []string{"sentinel_asim"}, 5},
}

// diffTest runs diff-test for rules of SigmaHQ against a record.
func (r pySigmaRecord) diffTest(t *testing.T, rules []string) []diffRecord {
	t.Helper()
	args := []string{"diff-test", "-q", "--json", "-t", r.target, "--against", shared.Path(t, "oracle", "pysigma", r.file+".jsonl.gz")}
	for _, p := range r.pipelines {
		args = append(args, "-p", p)
	}
	s := newSandbox("")
	if code := s.run(append(args, rules...)); code > 1 {
		t.Fatalf("exit code %d: %s", code, s.stderr.String())
	}
	var out []diffRecord
	for d := json.NewDecoder(&s.stdout); d.More(); {
		var x diffRecord
		if err := d.Decode(&x); err != nil {
			t.Fatal(err)
		}
		out = append(out, x)
	}
	return out
}

// sampleEvery is how many of SigmaHQ's rules one is taken of.
const sampleEvery = 18

// sample returns the paths of some of SigmaHQ's rules, always the same.
func sample(t *testing.T) []string {
	t.Helper()
	folders, err := filepath.Glob(filepath.Join(shared.Path(t, "corpus", "sigmahq"), "rules*"))
	if err != nil {
		t.Fatal(err)
	}
	files, err := sigma.Files(folders...)
	if err != nil {
		t.Fatal(err)
	}
	return thin(files, sampleEvery)
}

// thin returns one of every n elements of a list.
func thin(list []string, n int) (out []string) {
	for i := n / 2; i < len(list); i += n {
		out = append(out, list[i])
	}
	return out
}

// TestDiffPySigma compares a sample of SigmaHQ's rules with the queries that
// pySigma made of them. No query of ours may be refused by its language or be
// off without a warning that tells of it; how many of pySigma's are is in
// testdata/difftest.txt.
func TestDiffPySigma(t *testing.T) {
	if testing.Short() {
		t.Skip("takes ten seconds")
	}
	rules := sample(t)
	var b strings.Builder
	for _, r := range pySigmaRecords {
		counts := map[string]int{}
		compared := r.diffTest(t, thin(rules, r.every))
		for i := range compared {
			checkOurs(t, r, &compared[i])
			counts[kindOf(&compared[i])]++
		}
		fmt.Fprintf(&b, "%s: %d rules", strings.Join(append([]string{r.target}, r.pipelines...), " "), len(compared))
		for _, kind := range slices.Sorted(maps.Keys(counts)) {
			fmt.Fprintf(&b, "; %d %s", counts[kind], kind)
		}
		b.WriteByte('\n')
	}
	const file = "testdata/difftest.txt"
	golden.Compare(t, *update, file, b.String())
}

// kindOf returns the kind of a difference: the verdict, and of a different one
// what the other finds and who is right.
func kindOf(x *diffRecord) string {
	if x.Verdict != "different" {
		return x.Verdict
	}
	who := "nobody"
	switch {
	case x.Ours.Right:
		who = "sigmac"
	case x.Theirs.Right:
		who = "the other"
	}
	return fmt.Sprintf("different (%s, %s right)", x.Which, who)
}

// checkOurs fails the test where our query is wrong.
func checkOurs(t *testing.T, r pySigmaRecord, x *diffRecord) {
	t.Helper()
	if x.Ours.Unread != nil && x.Ours.Unread.Refused {
		t.Errorf("%s: %s: the language refuses our query: %s", r.file, x.File, x.Ours.Unread.Message)
	}
	for i := range x.Shown {
		if e := &x.Shown[i]; e.Ours != e.Expect && e.Warning == nil && x.Ours.Unread == nil && len(x.Ours.Queries) > 0 {
			t.Errorf("%s: %s: our query is wrong about %s", r.file, x.File, e.Event)
		}
	}
}

// TestDiffPySigmaMistakes finds mistakes that are known of pySigma in the
// queries that it made of rules of SigmaHQ.
func TestDiffPySigmaMistakes(t *testing.T) {
	corpus := shared.Path(t, "corpus", "sigmahq")
	for _, test := range []struct {
		record, rule   string
		verdict, shows string // what the event, or the reason of a refusal, contains
	}{
		{"esql", "rules/category/antivirus/av_relevant_files.yml", "refused", "a backslash stands before something else"},
		{"kusto", "rules/network/zeek/zeek_http_executable_download_from_webdav.yml", "different", `"c-uri":`},
		{"kusto", "rules/cloud/aws/cloudtrail/aws_cloudtrail_bucket_deleted.yml", "different", `"eventName":"DeleteBucket"`},
		{"eql", "rules/windows/builtin/security/account_management/win_security_admin_rdp_login.yml", "refused", "compares strings only"},
		{"splunk", "rules/category/antivirus/av_advanced_persistent_threat.yml", "refused", "rex has no events to work on"},
		{"lucene", "rules/category/antivirus/av_advanced_persistent_threat.yml", "different", `"Signature":`},
		{"kusto", "rules/linux/network_connection/net_connection_lnx_susp_malware_callback_port.yml", "different", `"DestinationPort":999`},
		// Its columns are computed, which events of the other query need too.
		{"kusto.sentinel_asim", "rules/windows/network_connection/net_connection_win_domain_external_ip_lookup.yml", "different", `"DstHostname":`},
	} {
		t.Run(test.record+"/"+filepath.Base(test.rule), func(t *testing.T) {
			i := slices.IndexFunc(pySigmaRecords, func(r pySigmaRecord) bool { return r.file == test.record })
			out := pySigmaRecords[i].diffTest(t, []string{filepath.Join(corpus, filepath.FromSlash(test.rule))})
			if len(out) != 1 || out[0].Verdict != test.verdict || !out[0].Ours.Right {
				t.Fatalf("%+v", out)
			}
			shown := ""
			if out[0].Theirs.Unread != nil {
				shown = out[0].Theirs.Unread.Message
			}
			for _, e := range out[0].Shown {
				if e.Ours == e.Expect && e.Theirs != e.Expect {
					shown += string(e.Event)
				}
			}
			if !strings.Contains(shown, test.shows) {
				t.Errorf("%q does not contain %q", shown, test.shows)
			}
		})
	}
}
