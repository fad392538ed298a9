package splunk

import (
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/sigma-compiler/sigmac/backends/emit"
	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/schema"
)

// fillValue is what tstats puts where a row lacks a field that it groups by:
// without fillnull_value the row would be dropped (SR, tstats). It is the word
// of the Common Information Model.
const fillValue = "unknown"

// dataset returns the dataset of a data model that the rule is about, as the
// pipeline says by naming it both as the table and in the state that pySigma's
// pipelines set; nil where the rule is about none, or where the fields have
// the names that tstats wants already.
func dataset(r *ir.Rule) *schema.Table {
	if r.Table != nil && r.Table.Name != "" && r.Table.Name == r.State["data_model_set"] {
		return r.Table
	}
	return nil
}

// datasetQuery writes a search of a dataset whose fields the rule has:
//
//	| from datamodel:"Endpoint.Processes" | search process="* -enc *"
//
// Behind from, fields have their own names, without that of the dataset
// (Splunk's own searches of Risk.All_Risk).
func datasetQuery(j *emit.Job, e ir.Expr) string {
	refuseKeywords(j, e)
	search, where := side{Job: j}.split(e)
	return "| " + pipe("from datamodel:"+quote(j.Rule.Table.Name), clause(j, &searchDialect, "search ", search), whereCommand(j, where))
}

// dataModelQuery writes the format data_model. The where clause of tstats is a
// search clause: it filters "in much the same ways" (SR, tstats), knows "*" and
// IN, and neither regular expressions nor functions. What it cannot say, where
// says of the rows, which have the fields that they are grouped by.
func dataModelQuery(j *emit.Job, e ir.Expr) string {
	model := j.State("", "data_model_set")
	if !modelName.MatchString(model) {
		j.Fail(j.Rule.Source.Pos, sigma.Unsupported, "the pipeline splunk_cim names one for the log sources that it knows",
			"the format data_model needs the state data_model_set to be a data model and its dataset, such as Endpoint.Processes, not %q", model)
		return ""
	}
	e = prepare(j, e)
	refuseKeywords(j, e)
	rule := j.Rule
	defer func() { j.Rule = rule }()
	fields := strings.FieldsFunc(j.State("", "fields"), func(r rune) bool { return r == ',' || r == ' ' })
	if t := dataset(rule); t != nil {
		qualified := *rule
		qualified.Table = qualify(t)
		j.Rule, e = &qualified, renamed(e, func(name string) string { return qualifiedName(t, name) })
		for i, f := range fields {
			fields[i] = qualifiedName(t, f)
		}
	}
	search, where := side{Job: j, tstats: true}.split(e)
	checkRows(j, where)
	return "| " + pipe("tstats summariesonly="+j.Setting("summariesonly")+" fillnull_value="+quote(fillValue)+
		" count min(_time) as firstTime max(_time) as lastTime from datamodel="+model+
		clause(j, &searchDialect, " where ", search)+groups(j, fields, e),
		whereCommand(j, where), `rename `+quote(datasetOf(model)+"*")+` as *`,
		`convert timeformat="%Y-%m-%dT%H:%M:%S" ctime(firstTime) ctime(lastTime)`)
}

// modelName is what a data model and its dataset are called by.
var modelName = regexp.MustCompile(`\A\w+\.\w+\z`)

// datasetOf returns what stands before the fields of a dataset: its own name
// and a dot.
func datasetOf(model string) string { return model[strings.LastIndexByte(model, '.')+1:] + "." }

// qualifiedName returns the name of a field as tstats has it. The fields that
// every event has are no fields of the dataset: "by host Processes.user"
// (Splunk's own searches).
func qualifiedName(t *schema.Table, name string) string {
	switch name {
	case "_time", "host", "source", "sourcetype":
		return name
	}
	return datasetOf(t.Name) + name
}

// qualifiedTables are the results of qualify.
var qualifiedTables sync.Map // *schema.Table to *schema.Table

// qualify returns the dataset with its columns as tstats calls them.
func qualify(t *schema.Table) *schema.Table {
	if known, ok := qualifiedTables.Load(t); ok {
		return known.(*schema.Table)
	}
	out := &schema.Table{Name: t.Name, Open: t.Open, Columns: make(map[string]schema.Column, len(t.Columns))}
	for name, c := range t.Columns {
		c.Name = qualifiedName(t, name)
		out.Columns[c.Name] = c
	}
	known, _ := qualifiedTables.LoadOrStore(t, out)
	return known.(*schema.Table)
}

// renamed returns the expression with other names of fields.
func renamed(e ir.Expr, name func(string) string) ir.Expr {
	return ir.Rewrite(e, func(e ir.Expr) ir.Expr {
		m, ok := e.(*ir.Match)
		if !ok {
			return e
		}
		test := ir.RewriteTest(m.Test, func(t ir.Test) ir.Test {
			if ref, ok := t.(*ir.FieldRef); ok {
				other := *ref
				other.Field = name(ref.Field)
				return &other
			}
			return t
		})
		return &ir.Match{Pos: m.Pos, Field: name(m.Field), Test: test}
	})
}

// groups writes the by clause: the fields that the pipeline wants to see and
// those that the rule tests. A row of several values would become several
// rows; fields that may have some are left out.
func groups(j *emit.Job, fields []string, e ir.Expr) string {
	add := func(name string) {
		if c, _ := j.Rule.Column(name); !c.Array && name != "_time" && !slices.Contains(fields, name) {
			fields = append(fields, name)
		}
	}
	eachField(e, func(_ sigma.Pos, name string) { add(name) })
	if len(fields) == 0 {
		return ""
	}
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = searchField(f)
	}
	return " by " + strings.Join(names, " ")
}

// eachField calls f for the fields that an expression tests.
func eachField(e ir.Expr, f func(pos sigma.Pos, name string)) {
	ir.Walk(e, func(e ir.Expr) bool {
		if m, ok := e.(*ir.Match); ok {
			f(m.Pos, m.Field)
			ir.WalkTests(m.Test, func(t ir.Test) {
				if ref, ok := t.(*ir.FieldRef); ok {
					f(ref.Pos, ref.Field)
				}
			})
		}
		return true
	})
}

// checkRows refuses tests of what the rows of tstats do not have: the times of
// events, of which there are the first and the last one only, and several
// values side by side.
func checkRows(j *emit.Job, where ir.Expr) {
	eachField(where, func(pos sigma.Pos, name string) {
		c, _ := j.Rule.Column(name)
		switch {
		case c.Array:
			j.Unsupported(pos, "in tstats more than equality and a star of "+name+", which may have several values", "the default format can")
		case name == "_time":
			j.Unsupported(pos, "in tstats a test of the time of an event", "the default format can")
		}
	})
}

// refuseKeywords refuses what asks for the raw event, which a data model does
// not keep, and pieces of a query, which do not know its names.
func refuseKeywords(j *emit.Job, e ir.Expr) {
	ir.Walk(e, func(e ir.Expr) bool {
		switch e := e.(type) {
		case *ir.Keyword:
			j.Unsupported(e.Pos, "a search of the whole event in a data model, which has its fields only", "name a field, or leave the data model's pipeline out")
		case *ir.Raw:
			j.Unsupported(e.Pos, "a piece of a search in a query of a data model", "give the placeholder values instead of a query expression")
		}
		return true
	})
}
