package pipeline

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/pipeline/pydata"
)

// variables returns the pipeline's variables and those given, for templates.
func (p *Pipeline) variables(more map[string]string) map[string]any {
	out := maps.Clone(p.data)
	if out == nil {
		out = make(map[string]any, len(more))
	}
	for name, v := range more {
		out[name] = v
	}
	return out
}

// pipeline is what templates of queries see of the pipeline.
func (m *made) pipeline() *pydata.Object {
	return pipelineObject(m.step.from, stateOfRule(m.rule), m.vars)
}

// stateOfRule returns the state, without the attributes that are in it.
func stateOfRule(r *ir.Rule) map[string]any {
	out := make(map[string]any, len(r.State))
	for k, v := range r.State {
		if !strings.HasPrefix(k, attributeKey) {
			out[k] = v
		}
	}
	for k, v := range r.Data {
		if !strings.HasPrefix(k, attributeKey) {
			out[k] = v
		}
	}
	return out
}

func pipelineObject(name string, state, vars map[string]any) *pydata.Object {
	o := &pydata.Object{Text: name, Missing: []string{"priority", "applied_ids", "applied", "items", "postprocessing_items", "finalizers", "field_mappings", "allowed_backends"}}
	o.Attrs.Set("name", name)
	o.Attrs.Set("state", sorted(state))
	o.Attrs.Set("vars", sorted(vars))
	return o
}

// sorted returns a mapping in the order of its keys.
func sorted(values map[string]any) *pydata.Map {
	m := &pydata.Map{}
	for _, k := range slices.Sorted(maps.Keys(values)) {
		m.Set(k, values[k])
	}
	return m
}

// ruleObject is what templates see of a rule: the attributes that pySigma's
// SigmaRule has. What a rule does not say is None.
func ruleObject(r *ir.Rule) *pydata.Object {
	o := &pydata.Object{Missing: []string{"detection", "to_dict", "applied_processing_items", "was_processed_by"}}
	m := &sigma.Meta{}
	if r.Source != nil {
		m = &r.Source.Meta
	}
	o.Text = m.Title
	set := o.Attrs.Set
	set("title", m.Title)
	set("id", identifier(m.ID))
	set("name", textOr(m.Name))
	set("taxonomy", m.Taxonomy)
	if m.Taxonomy == "" {
		set("taxonomy", "sigma")
	}
	set("related", related(m.Related))
	set("status", enum(string(m.Status), ranks("status"), "SigmaStatus"))
	set("description", textOr(m.Description))
	set("license", textOr(m.License))
	set("references", texts(m.References))
	set("tags", tags(m.Tags))
	set("author", textOr(m.Author))
	set("date", date(m.Date))
	set("modified", date(m.Modified))
	set("fields", texts(r.Fields))
	set("falsepositives", texts(m.FalsePositives))
	set("level", enum(string(m.Level), ranks("level"), "SigmaLevel"))
	set("scope", texts(m.Scope))
	set("errors", pydata.List{})
	set("source", nil)
	set("custom_attributes", custom(m, r))
	set("logsource", logSource(r.LogSource))
	return o
}

func textOr(s string) any {
	if s == "" {
		return nil
	}
	return s
}

func texts(list []string) pydata.List {
	out := make(pydata.List, len(list))
	for i, s := range list {
		out[i] = s
	}
	return out
}

func identifier(id string) any {
	if id == "" {
		return nil
	}
	o := &pydata.Object{Text: id, Repr: "UUID('" + id + "')"}
	o.Attrs.Set("hex", strings.ReplaceAll(id, "-", ""))
	return o
}

func tags(list []sigma.Tag) pydata.List {
	out := make(pydata.List, len(list))
	for i, t := range list {
		namespace, name, _ := strings.Cut(t.Text, ".")
		o := &pydata.Object{Text: t.Text, Repr: fmt.Sprintf("SigmaRuleTag(namespace='%s', name='%s', source=None)", namespace, name)}
		o.Attrs.Set("namespace", namespace)
		o.Attrs.Set("name", name)
		out[i] = o
	}
	return out
}

// enum is a level or a status: its text is small, its name in capitals, and
// its value the place in the order, from 1.
func enum(value string, order []string, class string) any {
	at := slices.Index(order, value)
	if at < 0 {
		return nil
	}
	name := strings.ToUpper(value)
	o := &pydata.Object{Text: value, Repr: fmt.Sprintf("<%s.%s: %d>", class, name, at+1)}
	o.Attrs.Set("name", name)
	o.Attrs.Set("value", int64(at+1))
	return o
}

func related(list []sigma.Related) any {
	if len(list) == 0 {
		return nil
	}
	o := &pydata.Object{}
	all := make(pydata.List, len(list))
	var words []string
	for i, r := range list {
		item := &pydata.Object{Text: r.Type + " " + r.ID}
		item.Attrs.Set("id", identifier(r.ID))
		kind := &pydata.Object{Text: r.Type}
		kind.Attrs.Set("name", strings.ToUpper(r.Type))
		item.Attrs.Set("type", kind)
		all[i] = item
		words = append(words, item.Text)
	}
	o.Text = strings.Join(words, ", ")
	o.Attrs.Set("related", all)
	return o
}

// custom returns the attributes that are not the specification's, and those
// that the pipeline set.
func custom(m *sigma.Meta, r *ir.Rule) *pydata.Map {
	out := &pydata.Map{}
	for _, c := range m.Custom {
		if c.Value == nil {
			continue
		}
		if v, err := pydata.FromYAML(c.Value); err == nil {
			out.Set(c.Name, v)
		}
	}
	for _, k := range slices.Sorted(maps.Keys(r.State)) {
		name, is := strings.CutPrefix(k, attributeKey)
		if !is {
			continue
		}
		out.Set(name, r.State[k])
		if v, ok := r.Data[k]; ok {
			out.Set(name, v)
		}
	}
	return out
}

func logSource(l sigma.LogSource) *pydata.Object {
	o := &pydata.Object{}
	var words []string
	for _, a := range []struct{ name, value string }{
		{"category", l.Category}, {"product", l.Product}, {"service", l.Service}, {"definition", l.Definition},
	} {
		o.Attrs.Set(a.name, textOr(a.value))
		word := "None"
		if a.value != "" {
			text, _ := pydata.AppendRepr(nil, a.value, maxBytes) // an attribute is never as long
			word = string(text)
		}
		words = append(words, a.name+"="+word)
	}
	o.Attrs.Set("source", nil)
	o.Text = "SigmaLogSource(" + strings.Join(words, ", ") + ")"
	o.Missing = []string{"custom_attributes"}
	return o
}

// date is a day: it has a year, a month and a day, and says itself in the forms
// that strftime knows.
func date(text string) any {
	if text == "" {
		return nil
	}
	o := &pydata.Object{Text: sigma.ISODate(text)}
	t, err := time.Parse("2006-1-2", o.Text)
	if err != nil {
		return o
	}
	o.Text = t.Format(time.DateOnly)
	o.Repr = fmt.Sprintf("datetime.date(%d, %d, %d)", t.Year(), t.Month(), t.Day())
	o.Attrs.Set("year", int64(t.Year()))
	o.Attrs.Set("month", int64(t.Month()))
	o.Attrs.Set("day", int64(t.Day()))
	o.Methods = map[string]func([]any) (any, error){
		"isoformat": func([]any) (any, error) { return o.Text, nil },
		"strftime":  func(args []any) (any, error) { return strftime(t, args) },
	}
	return o
}

// strftimes are the parts of a date by the letters of strftime.
var strftimes = map[byte]string{
	'Y': "2006", 'y': "06", 'm': "01", 'd': "02", 'B': "January", 'b': "Jan", 'A': "Monday", 'a': "Mon", 'j': "002",
	'H': "15", 'M': "04", 'S': "05", 'F': "2006-01-02",
}

func strftime(t time.Time, args []any) (any, error) {
	if len(args) != 1 {
		return nil, fmt.Errorf("strftime takes one argument")
	}
	format, ok := args[0].(string)
	if !ok {
		return nil, fmt.Errorf("strftime takes a text")
	}
	var b strings.Builder
	for i := 0; i < len(format); i++ {
		switch {
		case format[i] != '%':
			b.WriteByte(format[i])
		case i+1 < len(format) && format[i+1] == '%':
			b.WriteByte('%')
			i++
		case i+1 < len(format) && strftimes[format[i+1]] != "":
			b.WriteString(t.Format(strftimes[format[i+1]]))
			i++
		default:
			return nil, fmt.Errorf("strftime cannot write %q", format[i:])
		}
	}
	return b.String(), nil
}
