// Package sigmago turns rules of github.com/bradleyjkemp/sigma-go into those
// of package sigma and back, for programs that move from the one to the other,
// and reads the configurations of the legacy sigmac with sigma-go's parser.
// It is the only package of the module that imports sigma-go.
//
// [ParseConfig] reads a configuration, [Pipeline] makes a pipeline of a chain of
// them, and [Resolve] takes what a user names: pipelines, configurations as
// files, and the names of those that came with the legacy sigmac.
//
// What sigma-go's types cannot hold is an error of [From], never left out:
// lists that mix keywords and mappings, lists of lists. What it leaves to maps
// loses its order: the searches of a rule come out of [To] sorted by name.
package sigmago

import (
	"strings"

	sigmago "github.com/bradleyjkemp/sigma-go"
	"gopkg.in/yaml.v3"

	"github.com/sigma-compiler/sigmac/sigma"
)

// From returns the rule as sigma-go has it. The error is an ErrorList that
// names the places of what sigma-go cannot hold.
func From(r *sigma.Rule) (sigmago.Rule, error) {
	out := sigmago.Rule{
		Title: r.Title, ID: r.ID, Status: string(r.Status), Description: r.Description, Author: r.Author,
		Level: string(r.Level), References: r.References,
		Logsource: sigmago.Logsource{
			Category: r.LogSource.Category, Product: r.LogSource.Product, Service: r.LogSource.Service,
			Definition: r.LogSource.Definition,
		},
		Detection: sigmago.Detection{Searches: make(map[string]sigmago.Search, len(r.Detection.Searches))},
	}
	for name, value := range r.LogSource.Custom {
		put(&out.Logsource.AdditionalFields, name, value)
	}
	for _, rel := range r.Related {
		out.Related = append(out.Related, sigmago.RelatedRule{ID: rel.ID, Type: rel.Type})
	}
	for _, tag := range r.Tags {
		out.Tags = append(out.Tags, tag.Text)
	}
	fromAttributes(r, &out)
	var errs sigma.ErrorList
	for _, s := range r.Detection.Searches {
		search, err := fromNode(s.Node)
		if err != nil {
			errs = append(errs, err)
		}
		out.Detection.Searches[s.Name] = search
	}
	for _, c := range r.Detection.Conditions {
		out.Detection.Conditions = append(out.Detection.Conditions, sigmago.Condition{Search: fromCond(c.Expr)})
	}
	return out, errs.Err()
}

// put adds an entry to a map that may be nil yet.
func put(m *map[string]any, key string, value any) {
	if *m == nil {
		*m = make(map[string]any)
	}
	(*m)[key] = value
}

// fromAttributes copies the attributes that sigma-go knows as additional
// fields only.
func fromAttributes(r *sigma.Rule, out *sigmago.Rule) {
	for _, a := range []struct{ name, value string }{
		{"name", r.Name}, {"taxonomy", r.Taxonomy}, {"license", r.License}, {"date", r.Date}, {"modified", r.Modified},
	} {
		if a.value != "" {
			put(&out.AdditionalFields, a.name, a.value)
		}
	}
	for _, a := range []struct {
		name   string
		values []string
	}{{"fields", r.Fields}, {"falsepositives", r.FalsePositives}, {"scope", r.Scope}} {
		if len(a.values) > 0 {
			put(&out.AdditionalFields, a.name, anys(a.values))
		}
	}
	for _, c := range r.Custom {
		var value any
		if c.Value != nil && c.Value.Decode(&value) == nil {
			put(&out.AdditionalFields, c.Name, value)
		}
	}
}

func anys(values []string) []any {
	out := make([]any, len(values))
	for i, v := range values {
		out[i] = v
	}
	return out
}

// fromNode returns a search as sigma-go has it: one mapping, a list of
// mappings, or a list of keywords.
func fromNode(n sigma.Node) (sigmago.Search, *sigma.Error) {
	switch n := n.(type) {
	case sigma.AllOf:
		m, err := fromMapping(n)
		return sigmago.Search{EventMatchers: []sigmago.EventMatcher{m}}, err
	case *sigma.Item:
		if n.Field == "" && len(n.Modifiers) == 0 {
			return sigmago.Search{Keywords: texts(n.Values)}, nil
		}
		return sigmago.Search{EventMatchers: []sigmago.EventMatcher{{fromItem(n)}}}, nil
	case sigma.AnyOf:
		var out sigmago.Search
		for _, part := range n {
			one, err := fromNode(part)
			if err != nil {
				return out, err
			}
			out.Keywords = append(out.Keywords, one.Keywords...)
			out.EventMatchers = append(out.EventMatchers, one.EventMatchers...)
		}
		if len(out.Keywords) > 0 && len(out.EventMatchers) > 0 {
			return out, cannot(n, "a list of keywords and mappings")
		}
		return out, nil
	}
	return sigmago.Search{}, cannot(n, "this search")
}

func fromMapping(n sigma.AllOf) (sigmago.EventMatcher, *sigma.Error) {
	var out sigmago.EventMatcher
	for _, part := range n {
		item, ok := part.(*sigma.Item)
		if !ok {
			return nil, cannot(part, "a list inside a mapping")
		}
		out = append(out, fromItem(item))
	}
	return out, nil
}

// cannot is the error for a part that sigma-go's types have no place for.
func cannot(n sigma.Node, what string) *sigma.Error {
	return &sigma.Error{Pos: position(n), Code: sigma.Unsupported, Msg: "sigma-go cannot hold " + what}
}

// position returns where the first item of a node stands.
func position(n sigma.Node) sigma.Pos {
	switch n := n.(type) {
	case *sigma.Item:
		return n.Pos
	case sigma.AllOf:
		if len(n) > 0 {
			return position(n[0])
		}
	case sigma.AnyOf:
		if len(n) > 0 {
			return position(n[0])
		}
	}
	return sigma.Pos{}
}

func fromItem(it *sigma.Item) sigmago.FieldMatcher {
	out := sigmago.FieldMatcher{Field: it.Field, Modifiers: []string{}}
	for _, m := range it.Modifiers {
		out.Modifiers = append(out.Modifiers, m.Name)
	}
	for _, v := range it.Values {
		out.Values = append(out.Values, fromValue(v))
	}
	return out
}

func texts(values []sigma.Value) []string {
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = v.Text
	}
	return out
}

// fromValue returns a value as yaml.v3 decodes it, which is what sigma-go
// holds.
func fromValue(v sigma.Value) any {
	switch v.Kind {
	case sigma.Null:
		return nil
	case sigma.String:
		return v.Text
	}
	var out any
	tag := map[sigma.Kind]string{sigma.Int: "!!int", sigma.Float: "!!float", sigma.Bool: "!!bool"}[v.Kind]
	node := yaml.Node{Kind: yaml.ScalarNode, Tag: tag, Value: v.Text}
	if node.Decode(&out) != nil {
		return v.Text
	}
	return out
}

func fromCond(e sigma.CondExpr) sigmago.SearchExpr {
	switch e := e.(type) {
	case sigma.CondOr:
		out := make(sigmago.Or, len(e))
		for i, x := range e {
			out[i] = fromCond(x)
		}
		return out
	case sigma.CondAnd:
		out := make(sigmago.And, len(e))
		for i, x := range e {
			out[i] = fromCond(x)
		}
		return out
	case *sigma.CondNot:
		return sigmago.Not{Expr: fromCond(e.X)}
	case *sigma.CondSearch:
		return sigmago.SearchIdentifier{Name: e.Name}
	case *sigma.CondOf:
		return fromOf(e)
	}
	return nil
}

func fromOf(e *sigma.CondOf) sigmago.SearchExpr {
	switch {
	case e.Pattern == "" && e.All:
		return sigmago.AllOfThem{}
	case e.Pattern == "":
		return sigmago.OneOfThem{}
	case !strings.Contains(e.Pattern, "*") && e.All:
		return sigmago.AllOfIdentifier{Ident: sigmago.SearchIdentifier{Name: e.Pattern}}
	case !strings.Contains(e.Pattern, "*"):
		return sigmago.OneOfIdentifier{Ident: sigmago.SearchIdentifier{Name: e.Pattern}}
	case e.All:
		return sigmago.AllOfPattern{Pattern: e.Pattern}
	}
	return sigmago.OneOfPattern{Pattern: e.Pattern}
}
