package pipeline

import (
	"strings"

	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// makeFactItem is map_item with the cases that a column of a table of facts
// has: a test of the field for a key of the table, without the prefix, becomes
// a test of another field for what the column says of it.
func makeFactItem(p *params, _ *step) transformation {
	t := &mapItem{field: p.needText("field"), cases: make(map[string]mapCase), message: p.text("message")}
	to, prefix := p.needText("to"), p.text("prefix")
	t.keep = p.choice("otherwise", "error", "keep") == "keep"
	for _, row := range p.column(p.needText("facts"), "column") {
		rest, ok := strings.CutPrefix(row.key, prefix)
		if !ok {
			continue
		}
		e, err := p.factTest(to, []string{""}, row.values)
		if err != nil {
			p.adopt(err)
			return nil
		}
		k, _ := plainValue(testOf(factValue(p.pos, rest)))
		t.cases[k] = mapCase{row.pos, []ir.Expr{e}}
		t.known = append(t.known, k)
	}
	return t
}
