package compare

import (
	"fmt"

	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// maxWildcards bounds the elements of all patterns with wildcards inside that two
// rules have for events to be tried: each may have to be laid along each value
// of thousands of events. Rules of people have some hundred.
const maxWildcards = 8000

// tooHeavy returns why no events are tried on rules, nil where they are.
func tooHeavy(rules ...*ir.Rule) error {
	for _, rule := range rules {
		n := 0
		for _, e := range rule.Where {
			ir.Walk(e, func(e ir.Expr) bool {
				switch e := e.(type) {
				case *ir.Match:
					n += wildcards(e.Test)
				case *ir.Keyword:
					n += wildcards(e.Test)
				}
				return n <= maxWildcards
			})
		}
		if n > maxWildcards {
			return sigma.ErrorList{{Pos: rule.Source.Pos, Code: sigma.Limit,
				Msg: fmt.Sprintf("its patterns with wildcards have more than %d parts, too many to try events on", maxWildcards)}}
		}
	}
	return nil
}

// wildcards counts the elements of patterns that are no plain texts.
func wildcards(t ir.Test) int {
	n := 0
	ir.WalkTests(t, func(t ir.Test) {
		if text, ok := t.(*ir.Text); ok {
			if shape, _ := text.Pattern.Shape(); shape == ir.Glob {
				n += len(text.Pattern)
			}
		}
	})
	return n
}
