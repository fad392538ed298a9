package pipeline

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// hashes makes tests of one field for each algorithm of a test of Sysmon's
// Hashes, which is one string: "SHA1=...,MD5=...,SHA256=...,IMPHASH=...".
type hashes struct {
	fields     []string // that have hashes in them
	algorithms []string // upper case
	prefix     string
	bare       bool // the algorithm is not in the name of the field
	absent     bool // a hash without a field is a test of an absent field, not an error
}

// hashLength is how many hexadecimal digits an algorithm's values have.
var hashLength = map[string]int{"MD5": 32, "IMPHASH": 32, "SHA1": 40, "SHA256": 64, "SHA384": 96, "SHA512": 128}

func makeHashes(p *params, _ *step) transformation {
	t := hashes{prefix: p.text("field_prefix"), bare: p.flag("drop_algo_prefix")}
	if t.fields = p.list("field_to_parse"); t.fields == nil {
		t.fields = []string{"Hashes", "Hash"} // pySigma's default
	}
	for _, a := range p.needList("valid_hash_algos") {
		t.algorithms = append(t.algorithms, strings.ToUpper(a))
	}
	t.absent = p.choice("otherwise", "error", "absent") == "absent"
	if t.bare && t.prefix == "" {
		p.fail(p.pos, sigma.BadPipeline, "", "drop_algo_prefix needs a field_prefix")
	}
	return t
}

func (t hashes) apply(w *run) {
	var polarities map[ir.Expr]polarity
	if t.absent {
		polarities = w.polarities()
		defer w.rejectConstant()
	}
	w.items(func(it item) ir.Expr {
		if it.keyword || !slices.Contains(t.fields, it.field) {
			return it.expr
		}
		return splitItem(it, func(u ir.Test) ir.Expr {
			text, ok := u.(*ir.Text)
			if !ok {
				return nil
			}
			e, err := t.test(it, text)
			if err != "" && t.absent {
				w.deviates(polarities[it.expr], it.pos, false, err) // once, however many
				return ir.Const(false)
			}
			if err != "" {
				w.fail(text.Pos, sigma.RuleRejected, "there are fields for "+strings.Join(t.algorithms, ", "), "%s", err)
				return nil
			}
			return e
		})
	})
}

// test returns the tests that a value means, or says why it has none.
func (t hashes) test(it item, text *ir.Text) (ir.Expr, string) {
	p := text.Pattern
	open := len(p) > 1 && p[len(p)-1].Kind == ir.Star // more may follow
	p = bare(p)
	if len(p) == 0 || p[0].Kind != ir.Literal {
		return nil, fmt.Sprintf("%q names no hash", text.Pattern)
	}
	if len(p) == 1 && strings.Contains(p[0].Text, ",") {
		return t.several(it, text, p[0].Text, open)
	}
	name, first, found := strings.Cut(p[0].Text, "=")
	if bar, behind, ok := strings.Cut(p[0].Text, "|"); ok {
		name, first, found = bar, behind, true // pySigma reads both, the bar before the sign
	}
	if !found {
		return t.unnamed(it, text, p)
	}
	name = strings.ToUpper(name)
	if !slices.Contains(t.algorithms, name) {
		return nil, fmt.Sprintf("the target has no field for the hash %q", name)
	}
	rest := append(ir.Pattern{{Kind: ir.Literal, Text: first}}, p[1:]...)
	if length := hashLength[name]; open && (len(rest) > 1 || len(first) != length) {
		rest = append(rest, ir.Element{Kind: ir.Star})
	}
	return t.match(it, text, name, rest), ""
}

// several handles a run of hashes, all of which must be there.
func (t hashes) several(it item, text *ir.Text, list string, open bool) (ir.Expr, string) {
	var parts []ir.Expr
	list = strings.Trim(list, ",")
	for i, s := range strings.Split(list, ",") {
		one := *text
		one.Pattern = ir.Plain(s)
		if open && i == strings.Count(list, ",") {
			one.Pattern = ir.NewPattern(ir.Element{Kind: ir.Literal, Text: s}, ir.Element{Kind: ir.Star})
		}
		e, err := t.test(it, &one)
		if err != "" {
			return nil, err
		}
		parts = append(parts, e)
	}
	return ir.All(parts...), ""
}

// unnamed handles a value without an algorithm: it is that of any algorithm
// whose values are as long.
func (t hashes) unnamed(it item, text *ir.Text, p ir.Pattern) (ir.Expr, string) {
	var parts []ir.Expr
	for _, a := range t.algorithms {
		if len(p) == 1 && hashLength[a] == len(p[0].Text) {
			parts = append(parts, t.match(it, text, a, p))
		}
	}
	if len(parts) == 0 {
		return nil, fmt.Sprintf("it cannot be told of which algorithm %q is", text.Pattern)
	}
	return ir.OneOf(join(parts)...), ""
}

func (t hashes) match(it item, text *ir.Text, algorithm string, p ir.Pattern) ir.Expr {
	field := t.prefix + algorithm
	if t.bare {
		field = t.prefix
	}
	return &ir.Match{Pos: it.pos, Field: field, Test: &ir.Text{Pos: text.Pos, Pattern: ir.NewPattern(p...), Cased: text.Cased}}
}
