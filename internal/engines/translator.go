package engines

import (
	"encoding/json"
	"os/exec"

	"github.com/sigma-compiler/sigmac/sigma/schema"
)

func kibanaDriver() driver {
	return driver{func() *exec.Cmd { return nodeCommand(kibana, "kibana/kql.js") }}
}

func eqlDriver() driver {
	return driver{func() *exec.Cmd { return pythonCommand(eqlPackage, "run_eql.py") }}
}

func esqlDriver() driver {
	return driver{func() *exec.Cmd { return pythonCommand(esqlPackage, "run_esql.py") }}
}

// A translated language is one whose queries a driver turns into the DSL.
type translated struct{ lines *lines }

// newTranslator starts an engine of such a language.
func newTranslator(name string, f form, d driver) (*searcher, error) {
	l, err := newLines(name, d, nil)
	if err != nil {
		return nil, err
	}
	return newSearcher(name, f, translated{l})
}

func (t translated) version() string { return t.lines.version }
func (t translated) close() error    { return t.lines.Close() }

// load implements language.
func (t translated) load(s shape) error {
	t.lines.mu.Lock()
	defer t.lines.mu.Unlock()
	t.lines.loaded = tableRequest{Op: "load", Columns: elasticColumns(s)}
	if t.lines.child == nil {
		return t.lines.start()
	}
	return t.lines.reload()
}

// translate implements language.
func (t translated) translate(queries []string) ([]json.RawMessage, []string, error) {
	dsl, refused := make([]json.RawMessage, len(queries)), make([]string, len(queries))
	err := t.lines.each("dsl", queries, func(i int, r reply) { dsl[i], refused[i] = r.DSL, r.Refused })
	return dsl, refused, err
}

// check implements language.
func (t translated) check(queries []string) ([]string, error) { return t.lines.Check(queries) }

// elasticRows tells a driver that only checks which fields there are.
func elasticRows(t Table, events []Event) (any, error) {
	rows, err := decode(events)
	if err != nil {
		return nil, err
	}
	for i := range rows {
		rows[i] = flatten(rows[i])
	}
	return tableRequest{Op: "load", Columns: elasticColumns(t.shapeOf(rows))}, nil
}

// elasticColumns returns the fields with the types that Elasticsearch names.
func elasticColumns(s shape) []column {
	out := make([]column, 0, len(s.columns))
	for _, c := range s.columns {
		if c.Type != schema.Dynamic {
			out = append(out, column{c.Name, fieldOf(plain, c.Type)["type"].(string)})
		}
	}
	return out
}
