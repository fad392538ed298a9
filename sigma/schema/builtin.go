package schema

import (
	"embed"
	"fmt"
	"strings"
	"sync"
)

// data holds a file for each schema; data/README.md says where its facts come
// from.
//
//go:embed data/*.txt
var data embed.FS

// A builtin is a schema that is read when it is first asked for.
type builtin struct {
	name   string
	once   sync.Once
	schema *Schema
	err    error
}

// builtins are the schemas that come with the project, sorted by name.
var builtins = [...]builtin{
	{name: "asim"},
	{name: "cim"},
	{name: "ecs"},
	{name: "ecs_logs"},
	{name: "ecs_windows"},
	{name: "ecs_windows_defend"},
	{name: "ecs_windows_integration"},
	{name: "sentinel"},
	{name: "xdr"},
}

// Names returns the names of the schemas that Builtin knows, sorted.
func Names() []string {
	names := make([]string, len(builtins))
	for i := range builtins {
		names[i] = builtins[i].name
	}
	return names
}

// Builtin returns the schema of that name: the tables of Defender XDR (xdr),
// of a Sentinel workspace (sentinel) and of its ASIM parsers (asim), the
// datasets of Splunk's Common Information Model (cim), the
// fields of the Elastic Common Schema (ecs), and these with what Windows
// events add to them (ecs_windows), also where fields have a twin that folds
// case (ecs_windows_defend, ecs_windows_integration), and ECS with what other
// products' modules add, a table for each (ecs_logs). It is read once and
// shared: it must not be changed. The error names the schemas that there are.
func Builtin(name string) (*Schema, error) {
	for i := range builtins {
		if b := &builtins[i]; b.name == name {
			b.once.Do(b.read)
			return b.schema, b.err
		}
	}
	return nil, fmt.Errorf("unknown schema %q: there are %s", name, strings.Join(Names(), ", "))
}

// read reads the data file of the schema.
func (b *builtin) read() {
	text, err := data.ReadFile("data/" + b.name + ".txt")
	if err != nil {
		b.err = err
		return
	}
	b.schema, b.err = parse(b.name, string(text), Builtin)
}
