package pipeline

import (
	"maps"
	"slices"
	"strings"

	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// makeFactItem is map_item with the cases that a column of a table of facts
// has: a test of the field for a key of the table, without the prefix, becomes
// a test of another field for what the column says of it.
func makeFactItem(p *params, _ *step) transformation {
	t := &mapItem{field: p.needText("field"), cases: make(map[string][]ir.Expr), message: p.text("message")}
	to, prefix := p.needText("to"), p.text("prefix")
	t.keep = p.choice("otherwise", "error", "keep") == "keep"
	names := p.column(p.needText("facts"), "column")
	for _, key := range slices.Sorted(maps.Keys(names)) {
		rest, ok := strings.CutPrefix(key, prefix)
		if !ok {
			continue
		}
		e, err := p.factTest(to, []string{""}, names[key])
		if err != nil {
			p.adopt(err)
			return nil
		}
		k, _ := plainValue(testOf(factValue(p.pos, rest)))
		t.cases[k] = []ir.Expr{e}
		t.known = append(t.known, k)
	}
	return t
}
