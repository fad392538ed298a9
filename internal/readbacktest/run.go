package readbacktest

import (
	"testing"

	"github.com/sigma-compiler/sigmac/backends"
	"github.com/sigma-compiler/sigmac/backends/readback"
	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/pipeline"
	"github.com/sigma-compiler/sigmac/sigma/schema"
)

// Pipeline returns the built-in pipeline of a name, nil for "".
func Pipeline(tb testing.TB, name string) *pipeline.Pipeline {
	tb.Helper()
	if name == "" {
		return nil
	}
	p, err := pipeline.Resolve(name)
	if err != nil {
		tb.Fatal(err)
	}
	return p
}

// A Compiled is a condition of a rule, in the target's names, and its query.
type Compiled struct {
	Rule  *ir.Rule
	Where ir.Expr
	Query string
}

// Compile returns what a target makes of the rules. Those that it refuses are
// left out.
func Compile(tb testing.TB, o backends.Options, rules []*ir.Rule) []Compiled {
	tb.Helper()
	c, err := backends.New(o)
	if err != nil {
		tb.Fatal(err)
	}
	var out []Compiled
	for _, r := range rules {
		res, err := c.Rule(r)
		if err != nil {
			continue
		}
		r, err := o.Pipeline.Apply(r, c.Backend().Name)
		if err != nil {
			tb.Fatal(err)
		}
		for i, q := range res.Queries {
			out = append(out, Compiled{Rule: r, Where: r.Where[i], Query: q.Text})
		}
	}
	return out
}

// Columns returns the options that know the columns of a rule's table. Columns
// that the rule uses and the table lacks exist, too, but nothing is known of
// them: compiling does not ask.
func Columns(r *ir.Rule) readback.Options {
	return readback.Options{Column: func(name string) (schema.Column, bool) {
		c, _ := r.Column(name)
		return c, true
	}}
}

// InMessage returns an expression with keywords sought in the field message,
// where languages without a search of the whole event are told to look by
// default.
func InMessage(e ir.Expr) ir.Expr {
	return ir.Rewrite(e, func(e ir.Expr) ir.Expr {
		if k, ok := e.(*ir.Keyword); ok {
			return &ir.Match{Pos: k.Pos, Field: "message", Test: k.Test}
		}
		return e
	})
}
