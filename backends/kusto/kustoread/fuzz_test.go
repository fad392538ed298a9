package kustoread

import (
	"encoding/json"
	"errors"
	"testing"

	"github.com/sigma-compiler/sigmac/backends/readback"
	sigmaeval "github.com/sigma-compiler/sigmac/sigma/eval"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// FuzzRead reads any text, as a query and as the expression of a column, and
// evaluates what is read over an event.
func FuzzRead(f *testing.F) {
	for _, s := range []string{
		"", "T | where S has_any ('a', h@\"b\\\") and not(I in (1, 0x2F)) or T between (datetime(2024-01-01) .. 2h)",
		`let v = "x"; union withsource=t (T | where B), Tab2 | extend X = iff(isempty(S), tolower(S2), "n"), ['a b'] = D.a[0]["b"] | where X =~ v`,
		`_Im_Dns(domain_has_any=dynamic(["a"]), starttime=ago(1d)) | search "x*" and S:"q" // c`, `* contains "a" or S matches regex @"(?i)\bx+" | project-away S`,
		`case(S == "a", toint(parse_json(S2).x), ipv4_is_in_range(S, "10.0.0.0/8"), -1, 2) > strlen(replace_regex(S, "a(b)", @"\1"))`,
		"S == ```a\nb``` | invoke f(1) | take 5", `T | project A = S, B | project-rename C = A | distinct C`,
	} {
		f.Add(s, `{"S": "a", "I": 5}`)
	}
	f.Fuzz(func(t *testing.T, query, event string) {
		var ev map[string]any
		if json.Unmarshal([]byte(event), &ev) != nil {
			ev = map[string]any{"S": event}
		}
		for _, o := range []readback.Options{{}, table} {
			q, err := Read(query, o)
			checkError(t, query, q == nil, err)
			if q != nil {
				q.Complete(ev)
				if _, err := sigmaeval.Compile([]*ir.Rule{{Where: []ir.Expr{readback.Meaning(q.Where)}}}, sigmaeval.Options{}); err != nil {
					t.Errorf("%q: %v", query, err)
				}
			}
			x, err := Compute(query, o)
			checkError(t, query, x == nil, err)
			if x == nil {
				continue
			}
			x.Of(ev)
			columns, err := NewColumns([]ir.Computed{{Name: "X", Expr: query}}, o)
			if err != nil {
				continue // the same name on both sides
			}
			columns.Complete(ev)
			wanted := map[string]any{"X": event}
			if full, _ := columns.Fill(wanted); full == nil {
				t.Errorf("%q: no event", query)
			}
		}
	})
}

func checkError(t *testing.T, query string, none bool, err error) {
	t.Helper()
	var e *readback.Error
	if none != (err != nil) || err != nil && (!errors.As(err, &e) || e.Offset < 0 || e.Offset > len(query) || e.Msg == "") {
		t.Errorf("%q: %v", query, err)
	}
}
