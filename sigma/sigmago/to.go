package sigmago

import (
	"fmt"
	"slices"
	"strconv"

	sigmago "github.com/bradleyjkemp/sigma-go"
	"gopkg.in/yaml.v3"

	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// To returns the rule that a rule of sigma-go is. It has no places, since
// sigma-go does not tell those of values; errors name the search instead. The
// detection is checked as a parsed one is.
func To(r sigmago.Rule) (*sigma.Rule, error) {
	out := &sigma.Rule{
		Meta: sigma.Meta{
			Title: r.Title, ID: r.ID, Status: sigma.Status(r.Status), Level: sigma.Level(r.Level),
			Description: r.Description, Author: r.Author, References: r.References,
		},
		LogSource: sigma.LogSource{
			Category: r.Logsource.Category, Product: r.Logsource.Product, Service: r.Logsource.Service,
			Definition: r.Logsource.Definition,
		},
	}
	for name, value := range r.Logsource.AdditionalFields {
		if out.LogSource.Custom == nil {
			out.LogSource.Custom = make(map[string]string)
		}
		out.LogSource.Custom[name] = fmt.Sprint(value)
	}
	for _, rel := range r.Related {
		out.Related = append(out.Related, sigma.Related{ID: rel.ID, Type: rel.Type})
	}
	for _, tag := range r.Tags {
		out.Tags = append(out.Tags, sigma.Tag{Text: tag})
	}
	toAttributes(r.AdditionalFields, &out.Meta)
	if errs := toDetection(r.Detection, &out.Detection); len(errs) > 0 {
		return nil, errs
	}
	if _, err := ir.Build(out); err != nil {
		return nil, err
	}
	return out, nil
}

// toAttributes copies the additional fields that package sigma has types for;
// the others become custom attributes, in the order of their names.
func toAttributes(fields map[string]any, m *sigma.Meta) {
	for _, name := range sortedKeys(fields) {
		value := fields[name]
		text, isText := value.(string)
		list, isList := toStrings(value)
		switch {
		case name == "name" && isText:
			m.Name = text
		case name == "taxonomy" && isText:
			m.Taxonomy = text
		case name == "license" && isText:
			m.License = text
		case name == "date" && isText:
			m.Date = text
		case name == "modified" && isText:
			m.Modified = text
		case name == "fields" && isList:
			m.Fields = list
		case name == "falsepositives" && isList:
			m.FalsePositives = list
		case name == "scope" && isList:
			m.Scope = list
		default:
			var node yaml.Node
			if node.Encode(value) == nil {
				m.Custom = append(m.Custom, sigma.CustomAttribute{Name: name, Value: &node})
			}
		}
	}
}

func toStrings(value any) ([]string, bool) {
	list, ok := value.([]any)
	out := make([]string, len(list))
	for i, v := range list {
		s, isString := v.(string)
		ok = ok && isString
		out[i] = s
	}
	return out, ok
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

func toDetection(d sigmago.Detection, out *sigma.Detection) sigma.ErrorList {
	var errs sigma.ErrorList
	for _, name := range sortedKeys(d.Searches) {
		node, err := toNode(d.Searches[name])
		if err != nil {
			errs = append(errs, &sigma.Error{Code: sigma.BadDetection, Msg: fmt.Sprintf("search %q: %v", name, err)})
			continue
		}
		out.Searches = append(out.Searches, &sigma.Search{Name: name, Node: node})
	}
	for _, c := range d.Conditions {
		expr, err := toCond(c.Search)
		if c.Aggregation != nil {
			err = fmt.Errorf("aggregations are not part of the specification any more; write a correlation rule")
		}
		if err != nil {
			errs = append(errs, &sigma.Error{Code: sigma.BadCondition, Msg: err.Error()})
			continue
		}
		out.Conditions = append(out.Conditions, &sigma.Condition{Text: condText(expr), Expr: expr})
	}
	return errs
}

func toNode(s sigmago.Search) (sigma.Node, error) {
	if len(s.Keywords) > 0 {
		item := &sigma.Item{List: true}
		for _, k := range s.Keywords {
			item.Values = append(item.Values, sigma.Value{Kind: sigma.String, Text: k})
		}
		return item, nil
	}
	var any sigma.AnyOf
	for _, m := range s.EventMatchers {
		var all sigma.AllOf
		for _, f := range m {
			item, err := toItem(f)
			if err != nil {
				return nil, err
			}
			all = append(all, item)
		}
		any = append(any, all)
	}
	switch len(any) {
	case 0:
		return nil, fmt.Errorf("it is empty")
	case 1:
		return any[0], nil
	}
	return any, nil
}

func toItem(f sigmago.FieldMatcher) (*sigma.Item, error) {
	item := &sigma.Item{Field: f.Field, List: len(f.Values) > 1}
	for _, m := range f.Modifiers {
		item.Modifiers = append(item.Modifiers, sigma.Modifier{Name: m})
	}
	for _, v := range f.Values {
		value, err := toValue(v)
		if err != nil {
			return nil, fmt.Errorf("field %q: %w", f.Field, err)
		}
		item.Values = append(item.Values, value)
	}
	return item, nil
}

func toValue(v any) (sigma.Value, error) {
	switch v := v.(type) {
	case nil:
		return sigma.Value{Kind: sigma.Null}, nil
	case string:
		return sigma.Value{Kind: sigma.String, Text: v}, nil
	case bool:
		return sigma.Value{Kind: sigma.Bool, Text: strconv.FormatBool(v)}, nil
	case int, int64, uint64:
		return sigma.Value{Kind: sigma.Int, Text: fmt.Sprint(v)}, nil
	case float64:
		return sigma.Value{Kind: sigma.Float, Text: strconv.FormatFloat(v, 'f', -1, 64)}, nil
	}
	return sigma.Value{}, fmt.Errorf("a value of type %T is none that a rule can have", v)
}

func toCond(e sigmago.SearchExpr) (sigma.CondExpr, error) {
	switch e := e.(type) {
	case sigmago.Or:
		xs, err := toConds(e)
		return sigma.CondOr(xs), err
	case sigmago.And:
		xs, err := toConds(e)
		return sigma.CondAnd(xs), err
	case sigmago.Not:
		x, err := toCond(e.Expr)
		return &sigma.CondNot{X: x}, err
	case sigmago.SearchIdentifier:
		return &sigma.CondSearch{Name: e.Name}, nil
	case sigmago.OneOfThem:
		return &sigma.CondOf{}, nil
	case sigmago.AllOfThem:
		return &sigma.CondOf{All: true}, nil
	case sigmago.OneOfPattern:
		return &sigma.CondOf{Pattern: e.Pattern}, nil
	case sigmago.AllOfPattern:
		return &sigma.CondOf{All: true, Pattern: e.Pattern}, nil
	case sigmago.OneOfIdentifier:
		return &sigma.CondOf{Pattern: e.Ident.Name}, nil
	case sigmago.AllOfIdentifier:
		return &sigma.CondOf{All: true, Pattern: e.Ident.Name}, nil
	}
	return nil, fmt.Errorf("a condition of type %T is none that a rule can have", e)
}

func toConds(es []sigmago.SearchExpr) ([]sigma.CondExpr, error) {
	out := make([]sigma.CondExpr, len(es))
	for i, e := range es {
		x, err := toCond(e)
		if err != nil {
			return nil, err
		}
		out[i] = x
	}
	return out, nil
}

// condText returns the text of a condition's tree.
func condText(e sigma.CondExpr) string {
	if s, ok := e.(fmt.Stringer); ok {
		return s.String()
	}
	return ""
}
