package content

import (
	"slices"

	"github.com/sigma-compiler/sigmac/backends/emit"
	"github.com/sigma-compiler/sigmac/sigma/attack"
)

// threat returns the rule's tags of ATT&CK as Elastic Security has them: the
// tactics with the techniques that really stand under them, sub-techniques
// within their techniques. What is wrong with the tags is a warning.
func threat(j *emit.Job, e *emit.Entry) []object {
	tags := attack.Of(e.Meta)
	j.Warnings = append(j.Warnings, tags.Problems...)
	out := []object{}
	for _, g := range tags.Threat() {
		var o object
		o.add("framework", "MITRE ATT&CK")
		o.add("tactic", named(g.Tactic.ID, g.Tactic.Name, g.Tactic.URL()))
		if techniques := techniques(g.Techniques); techniques != nil {
			o.add("technique", techniques)
		}
		out = append(out, o)
	}
	return out
}

// techniques returns techniques with their sub-techniques below them. A technique
// that only has sub-techniques tagged stands where the first of them does.
func techniques(list []*attack.Technique) []object {
	var tops []*attack.Technique
	subs := make(map[*attack.Technique][]object)
	for _, t := range list {
		top := t
		if t.Parent != nil {
			top = t.Parent
			subs[top] = append(subs[top], named(t.ID, t.Name, t.URL()))
		}
		if !slices.Contains(tops, top) {
			tops = append(tops, top)
		}
	}
	var out []object
	for _, t := range tops {
		o := named(t.ID, t.Name, t.URL())
		if subs[t] != nil {
			o.add("subtechnique", subs[t])
		}
		out = append(out, o)
	}
	return out
}

func named(id, name, url string) object {
	return object{{"id", id}, {"name", name}, {"reference", url}}
}
