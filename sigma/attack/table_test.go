package attack

import (
	"encoding/csv"
	"flag"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/sigma-compiler/sigmac/internal/shared"
)

var update = flag.Bool("update", false, "write techniques.csv from the reference material")

// remarks begin techniques.csv.
const remarks = `# MITRE ATT&CK (Enterprise), version 19 and what version 18 said differently.
# (c) 2025 The MITRE Corporation. This work is reproduced and distributed with the permission of The MITRE Corporation.
# id,name,tactics,state,replaced by,tactics in version 18 where they differ
`

// reference reads a table of the reference material as a mapping a line.
func reference(t *testing.T, name string) []map[string]string {
	t.Helper()
	f, err := os.Open(shared.Path(t, "reference", "data", name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var out []map[string]string
	for _, row := range rows[1:] {
		line := make(map[string]string)
		for i, key := range rows[0] {
			line[key] = row[i]
		}
		out = append(out, line)
	}
	return out
}

// inMatrixOrder returns a cell with its tactics in the order of the matrix.
func inMatrixOrder(t *testing.T, cell string) string {
	t.Helper()
	var names []string
	for _, tactic := range allTactics() {
		if slices.Contains(strings.Split(cell, ";"), tactic.ShortName) {
			names = append(names, tactic.ShortName)
		}
	}
	sorted := strings.Join(names, ";")
	if len(sorted) != len(cell) {
		t.Fatalf("%q has a tactic that the matrix does not have", cell)
	}
	return sorted
}

// TestTable compares the table with the facts that it is made of, or writes it.
func TestTable(t *testing.T) {
	var b strings.Builder
	b.WriteString(remarks)
	for _, row := range reference(t, "attack-techniques.csv") {
		now, before := inMatrixOrder(t, row["tactics"]), inMatrixOrder(t, row["tactics_v18"])
		if now == "" {
			now, before = before, ""
		}
		if now == before {
			before = ""
		}
		state, _, _ := strings.Cut(row["status"], "-") // revoked-in-v19
		line := strings.Join([]string{row["id"], row["name"], now, state, row["replaced_by"], before}, ",")
		if strings.Count(line, ",") != columns-1 || strings.Contains(line, `"`) {
			t.Fatalf("the table would need quotes for %s", line)
		}
		b.WriteString(line + "\n")
	}
	if *update {
		if err := os.WriteFile("techniques.csv", []byte(b.String()), 0o666); err != nil {
			t.Fatal(err)
		}
		return
	}
	if b.String() != data {
		t.Error("techniques.csv is not what the reference material says; -update writes it")
	}
}

func TestMatrix(t *testing.T) {
	rows := reference(t, "attack-tactics.csv")
	if len(rows) != len(matrix) {
		t.Errorf("there are %d tactics, not %d", len(matrix), len(rows))
	}
	for _, row := range rows {
		got := Find(row["short_name"])
		if want := (Tactic{row["id"], row["short_name"], row["name"]}); got == nil || *got != want {
			t.Errorf("Find(%q) = %v, want %v", row["short_name"], got, want)
		}
		if v19 := strings.HasSuffix(row["attack_versions"], Version); v19 != slices.Contains(Tactics(), got) {
			t.Errorf("Tactics() has %s: %v, though it is of %s", row["name"], !v19, row["attack_versions"])
		}
	}
}

// TestWhole looks at what each line of the table must have.
func TestWhole(t *testing.T) {
	all := Techniques()
	if lines := strings.Count(data, "\n") - strings.Count(remarks, "\n"); len(all) != lines {
		t.Fatalf("%d of %d lines have been read", len(all), lines)
	}
	if !slices.IsSortedFunc(all, func(a, b *Technique) int { return strings.Compare(a.ID, b.ID) }) {
		t.Error("the techniques are not sorted")
	}
	current := 0
	for _, q := range all {
		if q.Current() {
			current++
		}
		if !isTechnique(q.ID) || q.Name == "" || len(q.Tactics) == 0 || slices.Contains(q.Tactics, nil) || slices.Contains(q.v18, nil) {
			t.Errorf("%+v is not whole", *q)
		}
		if (q.Parent != nil) != strings.Contains(q.ID, ".") {
			t.Errorf("%s has the parent %v", q.ID, q.Parent)
		}
		if q.Current() && (q.ReplacedBy != nil || slices.Contains(q.Tactics, defenseEvasion)) {
			t.Errorf("%s is current, though replaced by %v and under %s", q.ID, q.ReplacedBy, shortNames(q.Tactics))
		}
		if q.Revoked && (q.Deprecated || q.ReplacedBy == nil || !q.ReplacedBy.Current()) {
			t.Errorf("%s was revoked for %v, which is not current", q.ID, q.ReplacedBy)
		}
	}
	if current != 697 {
		t.Errorf("%d techniques are current, not 697", current)
	}
}
