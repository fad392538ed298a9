package sigmago

import (
	"strings"

	sigmago "github.com/bradleyjkemp/sigma-go"
	"gopkg.in/yaml.v3"

	"github.com/sigma-compiler/sigmac/internal/yamldoc"
	"github.com/sigma-compiler/sigmac/sigma"
)

// A Config is a configuration file of the legacy sigmac, the converter that
// pySigma took the place of: what fields are called, and how log sources are
// told apart. [Pipeline] makes a pipeline of one or several.
type Config struct {
	Name  string // of the file
	Title string
	Order int // chains are ordered by it, the lowest first; 20 where the file has none

	file     *sigma.File
	read     sigmago.Config // what sigma-go's parser reads
	targets  []key          // the legacy names of the targets it is for; nil: all
	fields   []key          // names of fields
	sources  []source
	merging  key      // logsourcemerging; no node where the file has none
	index    []string // defaultindex
	indexKey key
	values   key // placeholders
}

// A key is a key of a mapping and its value.
type key struct {
	name string
	at   *yaml.Node // of the key
	node *yaml.Node // of the value
}

// A source is one log source of a configuration.
type source struct {
	key
	conditions key
	search     key
	index      key
	rewrite    key
}

// defaultOrder is that of a configuration which does not say: behind those
// that make generic log sources special, whose order is 10 or 15.
const defaultOrder = 20

// IsConfig reports whether a file is a configuration of the legacy sigmac and
// no pipeline, by the keys that it has.
func IsConfig(data []byte) bool {
	if len(data) > maxBytes {
		return false
	}
	doc, wrong := yamldoc.Read(data)
	if wrong != nil || doc == nil || doc.Content[0].Kind != yaml.MappingNode {
		return false
	}
	root := doc.Content[0]
	theirs := 0
	for i := 0; i+1 < len(root.Content); i += 2 {
		switch strings.ToLower(root.Content[i].Value) {
		case "fieldmappings", "logsources", "defaultindex", "logsourcemerging":
			theirs += 2
		case "title", "order", "backends":
			theirs++
		case "transformations", "postprocessing", "finalizers", "vars", "priority", "allowed_backends":
			return false
		}
	}
	return theirs > 1
}

// ParseConfig reads a configuration with sigma-go's parser. What that parser
// does not read is read as well: names of fields that depend on a condition,
// several default indices, search and logsourcemerging of log sources. What is
// neither is an error. The error is an ErrorList with everything that is wrong
// and its places: BadPipeline for what cannot be right, Unsupported for what
// no pipeline can do.
func ParseConfig(name string, data []byte) (*Config, error) {
	r := &reader{file: &sigma.File{Name: name, Data: data}}
	c := &Config{Name: name, Title: name, Order: defaultOrder, file: r.file}
	root := r.document()
	if root != nil && r.kind(root, yaml.MappingNode, "the configuration") {
		r.config(c, root)
	}
	if len(r.errs) == 0 {
		r.theirs(c, root)
	}
	if len(r.errs) > 0 {
		r.errs.Sort()
		return nil, r.errs
	}
	return c, nil
}

// theirs reads with sigma-go what that reads, and takes over the values.
func (r *reader) theirs(c *Config, root *yaml.Node) {
	text, err := yaml.Marshal(plainPart(root))
	if err == nil {
		c.read, err = sigmago.ParseConfig(text)
	}
	if err != nil {
		r.fail(root, sigma.BadPipeline, "", "sigma-go cannot read the configuration: %s", strings.TrimPrefix(err.Error(), "yaml: "))
		return
	}
	if c.read.Title != "" {
		c.Title = c.read.Title
	}
	if find(root, "order") != nil {
		c.Order = c.read.Order
	}
	if c.read.DefaultIndex != "" {
		c.index = []string{c.read.DefaultIndex}
	}
}

// plainPart returns the part of a configuration that sigma-go reads: lists of
// default indices are an error for it, and names under conditions vanish.
func plainPart(root *yaml.Node) *yaml.Node {
	out := &yaml.Node{Kind: yaml.MappingNode}
	for i := 0; i+1 < len(root.Content); i += 2 {
		k, v := root.Content[i], root.Content[i+1]
		switch {
		case k.Value == "logsourcemerging", k.Value == "defaultindex" && v.Kind == yaml.SequenceNode:
			continue
		case k.Value == "fieldmappings" && v.Kind == yaml.MappingNode:
			fields := &yaml.Node{Kind: yaml.MappingNode}
			for j := 0; j+1 < len(v.Content); j += 2 {
				if v.Content[j+1].Kind != yaml.MappingNode {
					fields.Content = append(fields.Content, v.Content[j], v.Content[j+1])
				}
			}
			v = fields
		}
		out.Content = append(out.Content, k, v)
	}
	return out
}

// find returns the value of a key of a mapping that is not null, or nil.
func find(m *yaml.Node, name string) *yaml.Node {
	for i := 0; i+1 < len(m.Content); i += 2 {
		if m.Content[i].Value == name && !isNull(m.Content[i+1]) {
			return m.Content[i+1]
		}
	}
	return nil
}

func isNull(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.Tag == "!!null" }
