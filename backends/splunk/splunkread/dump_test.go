package splunkread_test

import (
	"fmt"
	"strings"

	"github.com/sigma-compiler/sigmac/backends/readback"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// tree returns a tree as the tables have it: and{...}, or{...}, not{...},
// known{...}, yes, no, unknown, and field=test for a leaf; field?=test where it
// is unknown without a value, field+=test where it is true then. Expressions
// for the begin and end of a segment, which are long, are written as <.
func tree(e readback.Expr) string {
	list := func(name string, es []readback.Expr) string {
		parts := make([]string, len(es))
		for i, x := range es {
			parts[i] = tree(x)
		}
		return name + "{" + strings.Join(parts, " ") + "}"
	}
	switch e := e.(type) {
	case readback.And:
		return list("and", e)
	case readback.Or:
		return list("or", e)
	case *readback.Not:
		return list("not", []readback.Expr{e.X})
	case *readback.Known:
		return list("known", []readback.Expr{e.X})
	case readback.Const:
		return readback.Truth(e).String()
	case *readback.Leaf:
		name := e.Field
		if name == "" {
			name = "*"
		}
		return name + map[readback.Truth]string{readback.Unknown: "?", readback.Yes: "+"}[e.Missing] + "=" + test(e.Test)
	}
	return fmt.Sprintf("%T", e)
}

func test(t ir.Test) string {
	text := ir.TestString(t)
	for _, part := range []string{
		`(?:\A|[\[\]<>(){}|!;,'"*\n\r\t &?+/:=@.\-$#%\\_]|%21|%26|%2526|%3[Bb]|%7[Cc]|%20|%2[Bb]|%3[Dd]|--|%2520|%5[Dd]|%5[Bb]|%3[Aa]|%0[Aa]|%2[Cc]|%28|%29)`,
		`(?:\z|[\[\]<>(){}|!;,'"*\n\r\t &?+/:=@.\-$#%\\_])`,
	} {
		text = strings.ReplaceAll(text, part, "<")
	}
	for _, part := range []string{
		`(?:\A|[\[\]<>(){}|!;,'"*\n\r\t &?+]|%21|%26|%2526|%3[Bb]|%7[Cc]|%20|%2[Bb]|%3[Dd]|--|%2520|%5[Dd]|%5[Bb]|%3[Aa]|%0[Aa]|%2[Cc]|%28|%29)`,
		`(?:\z|[\[\]<>(){}|!;,'"*\n\r\t &?+]|%21|%26|%2526|%3[Bb]|%7[Cc]|%20|%2[Bb]|%3[Dd]|--|%2520|%5[Dd]|%5[Bb]|%3[Aa]|%0[Aa]|%2[Cc]|%28|%29)`,
	} {
		text = strings.ReplaceAll(text, part, "<<")
	}
	return strings.ReplaceAll(text, `/\A-?[0-9]+(?:\.[0-9]+)?\z/`, "number")
}
