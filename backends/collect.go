package backends

import "github.com/sigma-compiler/sigmac/sigma/pipeline"

// Finalizes reports whether the compiler's pipeline makes one text of all
// queries: what a Collection of results returns, instead of each query.
func (c *Compiler) Finalizes() bool { return c.pipeline.Finalizes() }

// A Collection collects results for the finalizers of a pipeline.
type Collection struct{ of *pipeline.Collection }

// Collect returns a Collection without results.
func (c *Compiler) Collect() *Collection { return &Collection{c.pipeline.Collect(c.vars)} }

// Add adds the queries of a result of the compiler. The order is that in which
// the text has them.
func (c *Collection) Add(r *Result) {
	texts := make([]string, len(r.Queries))
	for i, q := range r.Queries {
		texts[i] = q.Text
	}
	c.of.Add(r.rule, texts...)
}

// Text returns what the finalizers make of all that was added. The error is an
// ErrorList with the place of the finalizer.
func (c *Collection) Text() (string, error) { return c.of.Text() }

// variables are the variables that templates of pipelines see besides those of the
// pipeline, as pySigma has them.
func (c *Compiler) variables() map[string]string {
	out := map[string]string{"backend": c.backend.Name, "output_format": c.format.Name}
	for name, value := range c.settings {
		out["backend_"+name] = value
	}
	return out
}
