package splunk

import (
	"strings"

	"github.com/sigma-compiler/sigmac/backends/emit"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// searchDialect is the search clause. "OR" binds more tightly than "AND" in
// it by the manual (SM, "Boolean expressions with logical operators") and less
// tightly by reports from the field: groups always stand in parentheses.
var searchDialect = emit.Dialect{
	And: " ", Or: " OR ",
	Not: func(_ *emit.Printer, x emit.Frag) emit.Frag {
		return emit.Frag{Text: "NOT " + emit.Group(x), Level: emit.LevelNot}
	},
	WrapNot: true,
	List:    searchList,
	Ops: emit.Ops{
		Text: func(_ *emit.Printer, f emit.Field, t *ir.Text) emit.Frag {
			return emit.Atom(searchField(f.Name) + "=" + searchPattern(t.Pattern))
		},
		Compare: func(_ *emit.Printer, f emit.Field, t *ir.Compare) emit.Frag {
			return emit.Atom(searchField(f.Name) + searchOp(t.Op) + string(t.Number))
		},
		CIDR: func(_ *emit.Printer, f emit.Field, t *ir.CIDR) emit.Frag {
			return emit.Atom(searchField(f.Name) + "=" + quote(t.Prefix.String()))
		},
		Bool: func(_ *emit.Printer, f emit.Field, t *ir.Bool) emit.Frag {
			return emit.Atom(searchField(f.Name) + "=" + quote(boolText(t)))
		},
		Null: func(_ *emit.Printer, f emit.Field, _ *ir.Null) emit.Frag { return searchExists(f, false) },
		Exists: func(_ *emit.Printer, f emit.Field, t *ir.Exists) emit.Frag {
			return searchExists(f, t.Want)
		},
		Keyword: func(_ *emit.Printer, _ *ir.Keyword, t ir.Test) emit.Frag {
			if t, ok := t.(*ir.Text); ok {
				return emit.Atom(searchPattern(t.Pattern))
			}
			return emit.Atom("*")
		},
	},
}

func searchOp(op ir.Op) string {
	if op == ir.Eq {
		return "="
	}
	return op.String()
}

// searchExists asks whether a field is there: NOT f=* finds exactly the events
// where it is null or undefined (SM, "Difference between != and NOT").
func searchExists(f emit.Field, want bool) emit.Frag {
	if want {
		return emit.Atom(searchField(f.Name) + "=*")
	}
	return emit.Frag{Text: "NOT " + searchField(f.Name) + "=*", Level: emit.LevelNot}
}

// searchList writes texts, numbers and booleans as one IN list. Networks stand
// apart: the page of IN leaves open whether it takes them.
func searchList(p *emit.Printer, f emit.Field, ts []ir.Test) []emit.Frag {
	var items strings.Builder
	var listed []ir.Test
	var arms []emit.Frag
	for _, t := range ts {
		item, ok := searchItem(t)
		if !ok {
			arms = append(arms, p.Test(f, t))
			continue
		}
		if len(listed) > 0 {
			items.WriteString(", ")
		}
		items.WriteString(item)
		listed = append(listed, t)
	}
	switch len(listed) {
	case 0:
		return arms
	case 1:
		return append([]emit.Frag{p.Test(f, listed[0])}, arms...)
	}
	list := emit.Atom(searchField(f.Name) + " IN (" + items.String() + ")")
	return append([]emit.Frag{list}, arms...)
}

// searchItem returns the test as an item of an IN list, or false.
func searchItem(t ir.Test) (string, bool) {
	switch t := t.(type) {
	case *ir.Text:
		return searchPattern(t.Pattern), true
	case *ir.Bool:
		return quote(boolText(t)), true
	case *ir.Compare:
		return string(t.Number), t.Op == ir.Eq
	}
	return "", false
}
