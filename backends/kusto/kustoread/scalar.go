package kustoread

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/alecthomas/participle/v2/lexer"

	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// kindNamed are the types by name.
var kindNamed = map[string]kind{
	"string": stringKind, "int": intKind, "long": longKind, "real": realKind, "double": realKind, "decimal": decimalKind,
	"bool": boolKind, "boolean": boolKind, "datetime": timeKind, "date": timeKind, "timespan": spanKind, "time": spanKind,
	"guid": guidKind, "dynamic": dynamicKind,
}

// literal makes a constant of a number, a boolean, a timespan or a literal
// with its type.
func (b *builder) literal(t lexer.Token) (expr, error) {
	n := node{from: t.Pos.Offset, to: t.Pos.Offset + len(t.Value), text: b.text, size: 1}
	switch t.Type {
	case tokBool:
		n.kind = boolKind
		return &literal{n, strings.EqualFold(t.Value, "true")}, nil
	case tokSpan:
		n.kind = spanKind
		return &literal{n, nil}, nil
	case tokNumber:
		n.kind = longKind
		if hex := len(t.Value) > 1 && t.Value[1]|0x20 == 'x'; !hex && strings.ContainsAny(t.Value, ".eE") {
			n.kind = realKind
		}
		v, ok := ir.ParseNumber(strings.ToLower(t.Value))
		if !ok {
			return nil, unknown(n.from, "the number %s is not read", t.Value)
		}
		return &literal{n, v}, nil
	}
	return typedLiteral(n, t)
}

// typedLiteral makes a constant of a literal such as datetime(2024-01-01). A
// text that is no value of the type is null, as the language service takes it.
func typedLiteral(n node, t lexer.Token) (expr, error) {
	name, body, _ := strings.Cut(strings.TrimSuffix(t.Value, ")"), "(")
	n.kind = kindNamed[name]
	body = strings.Trim(strings.TrimSpace(body), `"'`)
	lit := &literal{node: n}
	if body == "null" {
		return lit, nil
	}
	if n.kind == boolKind && (body == "0" || body == "1") {
		lit.val = body == "1"
		return lit, nil
	}
	lit.val = convert(strings.ToLower(body), n.kind)
	if n.kind == timeKind {
		lit.val = parseTime(body)
	}
	if lit.val == nil && n.kind != spanKind {
		return nil, unknown(n.from, "the literal %s is not read", t.Value)
	}
	return lit, nil
}

// call makes a call of a scalar function.
func (b *builder) call(g *refGrammar) (expr, error) {
	name, from := g.Name.Value, g.Name.Pos.Offset
	args := make([]expr, len(g.Args.Items))
	for i, a := range g.Args.Items {
		if a.Name != nil {
			return nil, unknown(a.Name.at.Pos.Offset, "arguments with a name are read in calls of tables only")
		}
		var err error
		if args[i], err = b.expr(a.Value); err != nil {
			return nil, err
		}
	}
	if name == "column_ifexists" || name == "columnifexists" {
		return b.columnIfExists(g, args)
	}
	fn := functions[name]
	if fn == nil {
		if functions[strings.ToLower(name)] != nil {
			return nil, fail(from, "there is no function %s: names of functions tell case apart (KS211)", name)
		}
		return nil, unknown(from, "the function %s is not read", name)
	}
	if least, most := fn.arity(); len(args) < least || len(args) > most {
		return nil, fail(from, "the function %s takes %s, not %d", name, count(least, most), len(args))
	}
	for _, a := range args {
		if _, ok := a.(*star); ok {
			return nil, fail(a.base().from, "* is no argument of %s", name)
		}
	}
	n, err := b.node(from, g.Args.Close.Pos.Offset+1, 4, args...)
	return &call{node: n, name: name, fn: fn, args: args}, err
}

// count returns how many arguments a function takes, in words.
func count(least, most int) string {
	switch {
	case most >= maxArgs:
		return fmt.Sprintf("at least %d arguments", least)
	case least == most && most == 1:
		return "1 argument"
	case least == most:
		return fmt.Sprintf("%d arguments", most)
	}
	return fmt.Sprintf("%d to %d arguments", least, most)
}

// columnIfExists makes a column where it is known to be there, else what
// stands in for it (query/column-ifexists-function).
func (b *builder) columnIfExists(g *refGrammar, args []expr) (expr, error) {
	from, to := g.Name.Pos.Offset, g.Args.Close.Pos.Offset+1
	if len(args) != 2 {
		return nil, fail(from, "the function %s takes 2 arguments, not %d", g.Name.Value, len(args))
	}
	lit, ok := args[0].(*literal)
	name, isText := "", false
	if ok {
		name, isText = lit.val.(string)
	}
	if !isText {
		return nil, fail(args[0].base().from, "the name of a column is a constant string")
	}
	if e, err := b.scope.resolve(b, name, from, to); err == nil {
		return e, nil
	}
	return args[1], nil
}

// dynamic makes a literal of JSON.
func (b *builder) dynamic(g *dynamicGrammar) (expr, error) {
	n, err := b.node(g.At.Pos.Offset, g.Close.Pos.Offset+1, 1)
	if err != nil {
		return nil, err
	}
	n.kind = dynamicKind
	v, err := jsonValue(g.Value)
	if err != nil {
		return nil, err
	}
	return &literal{n, dynamicOf(v)}, nil
}

// jsonValue makes a value of Go of JSON.
func jsonValue(g *jsonGrammar) (any, error) {
	switch {
	case g.Array != nil:
		list := make([]any, len(g.Array.Items))
		for i, item := range g.Array.Items {
			var err error
			if list[i], err = jsonValue(item); err != nil {
				return nil, err
			}
		}
		return list, nil
	case g.Object != nil:
		object := make(map[string]any)
		for _, p := range g.Object.Pairs {
			v, err := jsonValue(p.Value)
			if err != nil {
				return nil, err
			}
			object[unquote(p.Key)] = v
		}
		return object, nil
	case g.Number != nil:
		n, ok := ir.ParseNumber(g.Number.Sign + g.Number.Number)
		if !ok {
			return nil, unknown(0, "the number %s is not read", g.Number.Number)
		}
		return json.Number(n), nil
	case g.Word != nil:
		return jsonWord(g.Word.Token)
	}
	return unquote(g.String), nil
}

func jsonWord(t lexer.Token) (any, error) {
	switch {
	case t.Value == "null":
		return nil, nil
	case t.Type == tokBool:
		return strings.EqualFold(t.Value, "true"), nil
	}
	return nil, unknown(t.Pos.Offset, "the literal %s in dynamic() is not read", t.Value)
}
