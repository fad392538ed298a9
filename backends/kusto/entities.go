package kusto

import (
	_ "embed"
	"slices"
	"strings"
	"sync"
)

// entitiesText says which columns of which table are what of an entity.
//
//go:embed entities.txt
var entitiesText string

// A tableFacts is what entities.txt says of a table.
type tableFacts struct {
	connectors []string
	entities   []entity
}

// An entity is something that an alert is about, and the columns that tell
// which one.
type entity struct {
	kind        string // EntityMappingType of the API of Sentinel: Host, IP ...
	identifiers []identifier
}

// An identifier is what of an entity a column holds.
type identifier struct {
	name   string // of Sentinel's entity types; ending with "Column" one of Graph only
	column string // of the query's result
	expr   string // what computes the column, where no table has it
	needs  string // the column that it is computed of, if any
}

// onlyGraph reports whether Sentinel has no such identifier.
func (i identifier) onlyGraph() bool { return strings.HasSuffix(i.name, "Column") }

// facts reads entities.txt when it is first asked for.
var facts = sync.OnceValue(func() map[string]*tableFacts {
	out := make(map[string]*tableFacts)
	var now *tableFacts
	for line := range strings.Lines(entitiesText) {
		line = strings.TrimSpace(line)
		word, rest, _ := strings.Cut(line, " ")
		switch {
		case line == "" || line[0] == '#':
		case line[0] == '[':
			now = &tableFacts{}
			for _, table := range strings.Fields(strings.Trim(line, "[]")) {
				out[table] = now
			}
		case word == "connector":
			now.connectors = append(now.connectors, rest)
		default:
			now.entities = append(now.entities, readEntity(word, strings.Fields(rest)))
		}
	}
	return out
})

func readEntity(kind string, words []string) entity {
	e := entity{kind: kind}
	for _, w := range words {
		name, column, _ := strings.Cut(w, "=")
		if what, ok := strings.CutPrefix(column, "@"); ok {
			e.identifiers = append(e.identifiers, computedColumn(name, what))
		} else {
			e.identifiers = append(e.identifiers, identifier{name: name, column: column})
		}
	}
	return e
}

// computedColumn returns an identifier whose column no table has: the name of an
// algorithm, which FileHash asks for beside the value, and the two parts of a
// registry key, which tables have in one column.
func computedColumn(name, what string) identifier {
	kind, of, _ := strings.Cut(what, ":")
	switch kind {
	case "hive":
		return identifier{name, "RegistryHive", `tostring(split(` + of + `, "\\")[0])`, of}
	case "key":
		return identifier{name, "RegistryKeyPath", `substring(` + of + `, indexof(` + of + `, "\\") + 1)`, of}
	}
	return identifier{name, "FileHashAlgorithm", quote(kind), ""}
}

// The most entities that a rule may map, and the most identifiers of one (Service
// limits for Microsoft Sentinel, "Analytics rule limits"; Microsoft Sentinel entity
// types reference: "up to three identifiers for a single entity mapping").
const (
	maxMappings    = 10
	maxIdentifiers = 3
)

// entities returns the entities that a result is about. Each identifier is a
// column of it, or is computed of one.
func (r *result) entities() []entity {
	var out []entity
	for _, table := range r.tables {
		f := facts()[table]
		if f == nil {
			continue
		}
		for _, e := range f.entities {
			if e = r.present(e); e.identifiers != nil && !slices.ContainsFunc(out, e.equal) {
				out = append(out, e)
			}
		}
	}
	return out
}

// equal reports whether two entities are the same.
func (e entity) equal(o entity) bool {
	return e.kind == o.kind && slices.Equal(e.identifiers, o.identifiers)
}

// present leaves out of an entity what the result does not have, and all of it
// where the first identifier is not there. A hash without its algorithm is none,
// nor the reverse (entity types reference, "File hash").
func (r *result) present(e entity) entity {
	out := entity{kind: e.kind}
	for n, i := range e.identifiers {
		there := r.has(i.column)
		if i.expr != "" {
			there = !there && (i.needs == "" || r.has(i.needs))
		}
		switch {
		case there:
			out.identifiers = append(out.identifiers, i)
		case n == 0 || e.kind == "FileHash":
			return entity{}
		}
	}
	return out
}
