package pipeline

import (
	"gopkg.in/yaml.v3"

	"github.com/sigma-compiler/sigmac/sigma"
)

// ParseTree is Parse for a pipeline that a program made: root is the tree that
// a YAML file of pySigma's format has, and name what the pipeline is called
// unless the tree says. Nodes may come from several files, with the lines and
// columns that they have there: file tells which, so that errors have places.
func ParseTree(name string, root *yaml.Node, file func(*yaml.Node) *sigma.File) (*Pipeline, error) {
	p := &parser{fileOf: file, table: transformations}
	out := p.pipeline(root, name)
	if len(p.errs) > 0 {
		p.errs.Sort()
		return nil, p.errs
	}
	out.tracks, out.asks = p.tracks, p.asks
	return out, nil
}
