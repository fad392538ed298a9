package main

import (
	"slices"

	"github.com/spf13/cobra"

	"github.com/sigma-compiler/sigmac/backends/emit"
	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/schema"
)

// schemaFlags are the flags that say what the user's tables look like.
type schemaFlags struct {
	schemas []string
	unknown string
}

func (f *schemaFlags) add(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringArrayVar(&f.schemas, "schema", nil, "your own tables, a `file`: a mapping of Elasticsearch, getschema of Kusto, fieldsummary of Splunk; FORMAT: or FORMAT.TABLE: before the path says what it is (elastic, kusto, splunk); may be repeated")
	flags.StringVar(&f.unknown, "unknown-fields", "", "what fields and tables are that the schema does not have: error (the default with --schema), warn, pass, or absent: a test of such a field is left out as never true")
	_ = cmd.RegisterFlagCompletionFunc("unknown-fields", cobra.FixedCompletions(schema.Policies(), cobra.ShellCompDirectiveNoFileComp))
}

// policy returns what becomes of unknown fields.
func (f *schemaFlags) policy() (schema.Policy, error) {
	p, ok := schema.ParsePolicy(f.unknown)
	if !ok {
		return 0, usage("there are "+list(schema.Policies()), "%q says nothing about unknown fields", f.unknown)
	}
	return p, nil
}

// read reads the files. Those of one format are put together.
func (f *schemaFlags) read(note func(string, ...any)) (map[schema.Format]*schema.Schema, error) {
	lists := map[schema.Format][]*schema.Schema{}
	var errs sigma.ErrorList
	for _, spec := range f.schemas {
		s, err := schema.ReadFile(spec)
		if err != nil {
			errs = append(errs, sigma.Errors(err)...)
			continue
		}
		lists[s.Format] = append(lists[s.Format], s)
		for _, n := range s.Notes {
			note("note: %s", n.Error())
		}
	}
	if len(errs) > 0 {
		return nil, &failure{exitConfig, errs}
	}
	out := map[schema.Format]*schema.Schema{}
	for format, list := range lists {
		s, err := schema.Merge(list...)
		if err != nil {
			return nil, &failure{exitConfig, err}
		}
		out[format] = s
	}
	return out, nil
}

// schemaTargets are the targets that rules are checked for where schemas are
// given and no target is.
var schemaTargets = map[schema.Format]string{schema.Elastic: "lucene", schema.Kusto: "kusto", schema.Splunk: "splunk"}

// targetsOf returns the targets that the schemas are about.
func targetsOf(schemas map[schema.Format]*schema.Schema) []string {
	var out []string
	for _, format := range schema.Formats() {
		if schemas[format] != nil {
			out = append(out, schemaTargets[format])
		}
	}
	return out
}

// unused returns an error where a schema is about none of the targets, and
// notes the targets that have none.
func unused(schemas map[schema.Format]*schema.Schema, bs []*emit.Backend, note func(string, ...any)) error {
	for _, format := range schema.Formats() {
		s := schemas[format]
		if s != nil && !slices.ContainsFunc(bs, func(b *emit.Backend) bool { return b.Schemas == format }) {
			return &failure{exitConfig, sigma.ErrorList{{Code: sigma.BadSchema, Msg: s.Name + " is a schema of " + string(format) + ", which none of the targets goes by"}}}
		}
	}
	for _, b := range bs {
		if len(schemas) > 0 && schemas[b.Schemas] == nil {
			note("note: no schema is for %s", b.Name)
		}
	}
	return nil
}
