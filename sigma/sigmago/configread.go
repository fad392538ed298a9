package sigmago

import (
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/sigma-compiler/sigmac/sigma"
)

// kind reports whether a node is of a kind, and an error where it is not.
func (r *reader) kind(n *yaml.Node, want yaml.Kind, what string) bool {
	if n.Kind == want && !isNull(n) {
		return true
	}
	name := "a string"
	switch want {
	case yaml.MappingNode:
		name = "a mapping"
	case yaml.SequenceNode:
		name = "a list"
	}
	r.fail(n, sigma.BadPipeline, "", "%s must be %s, not %s", what, name, kindOf(n))
	return false
}

// keys returns the keys of a mapping.
func (r *reader) keys(n *yaml.Node, what string) []key {
	if !r.kind(n, yaml.MappingNode, what) {
		return nil
	}
	out := make([]key, 0, len(n.Content)/2)
	for i := 0; i+1 < len(n.Content); i += 2 {
		out = append(out, key{n.Content[i].Value, n.Content[i], n.Content[i+1]})
	}
	return out
}

// text checks that a value is a string that is not empty. A number, or
// another value that YAML does not take for a string, is a mistake where names
// stand.
func (r *reader) text(n *yaml.Node, what string) string {
	switch {
	case !r.kind(n, yaml.ScalarNode, what):
	case n.Tag != "!!str" && n.Tag != "!!timestamp":
		r.fail(n, sigma.BadPipeline, "write quotes around it", "%s must be a string, not %s", what, n.Value)
	case n.Value == "":
		r.fail(n, sigma.BadPipeline, "", "%s must not be empty", what)
	default:
		return n.Value
	}
	return ""
}

// texts checks that a value is a string or a list of them that is not empty.
func (r *reader) texts(n *yaml.Node, what string) []string {
	if n.Kind != yaml.SequenceNode {
		return []string{r.text(n, what)}
	}
	if len(n.Content) == 0 {
		r.fail(n, sigma.BadPipeline, "", "%s must not be empty", what)
	}
	out := make([]string, len(n.Content))
	for i, c := range n.Content {
		out[i] = r.text(c, what)
	}
	return out
}

// impossible are the keys of legacy configurations that say what no pipeline
// can do, with what would be right.
var impossible = map[string]string{
	"overrides":      "they replace parts of the query's text; a pipeline can do that with the postprocessing item replace",
	"excludedfields": "they are settings of targets that this program does not have",
	"exclusion":      "leave the rules out of the conversion",
	"outputs":        "they are settings of StreamAlert, a target that this program does not have",
	"publishers":     "they are settings of StreamAlert, a target that this program does not have",
	"rulemode":       "it is a setting of targets that this program does not have",
}

// config reads the top level.
func (r *reader) config(c *Config, root *yaml.Node) {
	for _, k := range r.keys(root, "the configuration") {
		if isNull(k.node) {
			continue // as if it were not there
		}
		switch k.name {
		case "title", "description":
			r.kind(k.node, yaml.ScalarNode, k.name)
		case "order":
			if _, err := strconv.Atoi(k.node.Value); k.node.Tag != "!!int" || err != nil {
				r.fail(k.node, sigma.BadPipeline, "10 for generic log sources, 20 for a target's fields", "order must be a whole number, not %s", kindOf(k.node))
			}
		case "backends":
			r.backends(c, k)
		case "fieldmappings":
			c.fields = r.fields(k)
		case "logsources":
			for _, s := range r.keys(k.node, "logsources") {
				c.sources = append(c.sources, r.source(s))
			}
		case "defaultindex":
			c.index, c.indexKey = r.texts(k.node, k.name), k
		case "logsourcemerging":
			if m := strings.ToLower(k.node.Value); m != "and" && m != "or" {
				r.fail(k.node, sigma.BadPipeline, "it is and or or", "logsourcemerging cannot be %s", kindOf(k.node))
			}
			c.merging = k
		case "placeholders":
			r.placeholders(k)
			c.values = k
		default:
			r.unknown(k, "the configuration", []string{"title", "description", "order", "backends", "fieldmappings", "logsources", "defaultindex", "logsourcemerging", "placeholders"})
		}
	}
}

// unknown reports a key that there is not, or one that no pipeline can keep.
func (r *reader) unknown(k key, what string, known []string) {
	if why := impossible[k.name]; why != "" {
		r.fail(k.at, sigma.Unsupported, why, "%q of a legacy configuration cannot be kept", k.name)
		return
	}
	hint := "there are " + strings.Join(known, ", ")
	if near := sigma.Nearest(k.name, known); near != "" {
		hint = "did you mean " + strconv.Quote(near) + "?"
	}
	r.fail(k.at, sigma.BadPipeline, hint, "%s has no key %q", what, k.name)
}

func (r *reader) backends(c *Config, k key) {
	if !r.kind(k.node, yaml.SequenceNode, k.name) {
		return
	}
	for _, n := range k.node.Content {
		c.targets = append(c.targets, key{r.text(n, "a target"), n, n})
	}
}

// fields reads the names of fields. A field without one keeps its own.
func (r *reader) fields(k key) []key {
	out := r.keys(k.node, k.name)
	for _, f := range out {
		switch {
		case isNull(f.node):
		case f.node.Kind == yaml.MappingNode:
			for _, cond := range r.keys(f.node, f.name) {
				r.texts(cond.node, "the name of "+f.name)
			}
		default:
			r.texts(f.node, "the name of "+f.name)
		}
	}
	return slices.DeleteFunc(out, func(f key) bool { return isNull(f.node) })
}

// source reads a log source.
func (r *reader) source(k key) source {
	s := source{key: k}
	matches := false
	for _, a := range r.keys(k.node, "the log source "+k.name) {
		switch a.name {
		case "category", "product", "service":
			r.text(a.node, a.name)
			matches = true
		case "description", "definition":
		case "conditions":
			s.conditions = a
			r.conditions(a)
		case "search":
			s.search = a
			r.text(a.node, a.name)
		case "index":
			s.index = a
			r.texts(a.node, a.name)
		case "rewrite":
			s.rewrite = a
			r.rewrite(a)
		case "fieldmappings":
			r.fail(a.at, sigma.Unsupported, "write the names under fieldmappings of the file, as service=...: name", "names of fields for one log source cannot be kept")
		default:
			r.unknown(a, "the log source "+k.name, []string{"category", "product", "service", "conditions", "index", "rewrite", "search"})
		}
	}
	if !matches && k.node.Kind == yaml.MappingNode {
		r.fail(k.at, sigma.BadPipeline, "", "the log source %s needs a category, a product or a service, or it is that of no rule", k.name)
	}
	return s
}

// conditions checks that a mapping has values for fields.
func (r *reader) conditions(k key) {
	for _, c := range r.keys(k.node, k.name) {
		list := []*yaml.Node{c.node}
		if c.node.Kind == yaml.SequenceNode {
			list = c.node.Content
		}
		if len(list) == 0 {
			r.fail(c.at, sigma.BadPipeline, "", "the condition on %s has no value", c.name)
		}
		for _, n := range list {
			if n.Kind != yaml.ScalarNode {
				r.fail(n, sigma.BadPipeline, "", "the condition on %s must be a value or a list of values, not %s", c.name, kindOf(n))
			}
		}
	}
}

func (r *reader) rewrite(k key) {
	keys := r.keys(k.node, k.name)
	for _, a := range keys {
		if a.name != "category" && a.name != "product" && a.name != "service" {
			r.unknown(a, "rewrite", []string{"category", "product", "service"})
			continue
		}
		r.text(a.node, a.name)
	}
	if len(keys) == 0 && k.node.Kind == yaml.MappingNode {
		r.fail(k.at, sigma.BadPipeline, "", "rewrite needs a category, a product or a service")
	}
}

// placeholders checks that a mapping has values for placeholders.
func (r *reader) placeholders(k key) {
	for _, p := range r.keys(k.node, k.name) {
		if !r.kind(p.node, yaml.SequenceNode, "the values of "+p.name) {
			continue
		}
		for _, n := range p.node.Content {
			r.kind(n, yaml.ScalarNode, "a value of "+p.name)
		}
	}
}
