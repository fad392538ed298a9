package backends

import "github.com/sigma-compiler/sigmac/sigma/pipeline"

// Finalizes reports whether one text is made of all queries, by the finalizers
// of the compiler's pipeline or by its format: what a Collection of results
// returns, instead of each query.
func (c *Compiler) Finalizes() bool { return c.pipeline.Finalizes() || c.Joins() }

// A Collection collects results for the finalizers of a pipeline, or for a
// format that joins them.
type Collection struct {
	compiler *Compiler
	of       *pipeline.Collection
	texts    []string // where only the format joins them
}

// Collect returns a Collection without results.
func (c *Compiler) Collect() *Collection {
	return &Collection{compiler: c, of: c.pipeline.Collect(c.vars)}
}

// Add adds the queries of a result of the compiler. The order is that in which
// the text has them.
func (c *Collection) Add(r *Result) {
	texts := make([]string, len(r.Queries))
	for i, q := range r.Queries {
		texts[i] = q.Text
	}
	if c.compiler.pipeline.Finalizes() {
		c.of.Add(r.rule, texts...)
		return
	}
	c.texts = append(c.texts, texts...)
}

// Text returns what is made of all that was added. The error is an
// ErrorList with the place of the finalizer.
func (c *Collection) Text() (string, error) {
	if c.compiler.pipeline.Finalizes() {
		return c.of.Text()
	}
	return c.compiler.Join(c.texts), nil
}

// variables are the variables that templates of pipelines see besides those of the
// pipeline, as pySigma has them.
func (c *Compiler) variables() map[string]string {
	out := map[string]string{"backend": c.backend.Name, "output_format": c.format.Name}
	for name, value := range c.settings {
		out["backend_"+name] = value
	}
	return out
}
