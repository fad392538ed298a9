package elastic_test

import (
	"cmp"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// An interpreter of the part of ES|QL that correlations are written in, from
// the ES|QL reference: FROM, WHERE, EVAL, MV_EXPAND, STATS, INLINE STATS, with a
// logic of three values. It knows nothing of what queries are for.
//
// A value is nil, a bool, an int64, a float64, a string, an instant, or a list
// of several of them.

type instant int64 // milliseconds

type esqlRow map[string]any

// An esqlRun is the rows that a query has come to.
type esqlRun struct {
	rows []esqlRow
	by   []string // of the last STATS
}

// runESQL runs a query over rows.
func runESQL(query string, from []esqlRow) *esqlRun {
	run := &esqlRun{}
	for _, r := range from {
		run.rows = append(run.rows, copyRow(r))
	}
	for i, line := range strings.Split(query, "\n| ") {
		p := &esqlParser{tokens: esqlTokens(line)}
		switch command := p.next(); {
		case i == 0 && command == "from":
			p.next()
		case command == "where":
			x := p.expr()
			run.rows = slices.DeleteFunc(run.rows, func(r esqlRow) bool { return x(r) != true })
		case command == "eval":
			for {
				name, x := p.assignment()
				for _, r := range run.rows {
					r[name] = x(r)
				}
				if !p.take(",") {
					break
				}
			}
		case command == "mv_expand":
			run.expand(p.name())
		case command == "stats":
			run.stats(p, false)
		case command == "inline" && p.next() == "stats":
			run.stats(p, true)
		default:
			panic("command " + command)
		}
		p.end()
	}
	return run
}

func copyRow(r esqlRow) esqlRow {
	out := make(esqlRow, len(r)+4)
	for k, v := range r {
		out[k] = v
	}
	return out
}

func (run *esqlRun) expand(name string) {
	var out []esqlRow
	for _, r := range run.rows {
		list, ok := r[name].([]any)
		if !ok {
			out = append(out, r)
		}
		for _, v := range list {
			c := copyRow(r)
			c[name] = v
			out = append(out, c)
		}
	}
	run.rows = out
}

// An esqlGroup is rows with equal values of the columns of BY.
type esqlGroup struct {
	key  []any
	rows []esqlRow
}

// stats aggregates. A row with several values in a column of BY is in the group
// of each; INLINE STATS is only written where no row has.
func (run *esqlRun) stats(p *esqlParser, inline bool) {
	type set struct {
		name  string
		agg   func([]esqlRow) any
		where esqlExpr
	}
	var sets []set
	for {
		s := set{name: p.name()}
		p.must("=")
		s.agg = p.aggregate()
		if p.take("where") {
			s.where = p.expr()
		}
		sets = append(sets, s)
		if !p.take(",") {
			break
		}
	}
	run.by = nil
	if p.take("by") {
		for {
			run.by = append(run.by, p.name())
			if !p.take(",") {
				break
			}
		}
	}
	groups := map[string]*esqlGroup{}
	var order []string
	keysOf := make([]string, len(run.rows))
	for i, r := range run.rows {
		for _, key := range esqlKeys(r, run.by) {
			id := fmt.Sprintf("%#v", key)
			if groups[id] == nil {
				groups[id] = &esqlGroup{key: key}
				order = append(order, id)
			}
			groups[id].rows = append(groups[id].rows, r)
			if inline && keysOf[i] != "" {
				panic("INLINE STATS by several values")
			}
			keysOf[i] = id
		}
	}
	results := map[string]esqlRow{}
	for id, g := range groups {
		out := esqlRow{}
		for _, s := range sets {
			rows := g.rows
			if s.where != nil {
				rows = nil
				for _, r := range g.rows {
					if s.where(r) == true {
						rows = append(rows, r)
					}
				}
			}
			out[s.name] = s.agg(rows)
		}
		results[id] = out
	}
	if inline {
		for i, r := range run.rows {
			for k, v := range results[keysOf[i]] {
				r[k] = v
			}
		}
		return
	}
	run.rows = nil
	for _, id := range order {
		for i, name := range run.by {
			results[id][name] = groups[id].key[i]
		}
		run.rows = append(run.rows, results[id])
	}
}

// esqlKeys returns the groups that a row is in.
func esqlKeys(r esqlRow, by []string) [][]any {
	out := [][]any{{}}
	for _, name := range by {
		values := distinctValues(listOf(r[name]))
		if r[name] == nil {
			values = []any{nil}
		}
		var next [][]any
		for _, prefix := range out {
			for _, v := range values {
				next = append(next, append(slices.Clone(prefix), v))
			}
		}
		out = next
	}
	return out
}

func listOf(v any) []any {
	switch v := v.(type) {
	case nil:
		return nil
	case []any:
		return v
	}
	return []any{v}
}

// valueOf makes a value of a list.
func valueOf(list []any) any {
	switch len(list) {
	case 0:
		return nil
	case 1:
		return list[0]
	}
	return list
}

func distinctValues(list []any) []any {
	var out []any
	for _, v := range list {
		if !slices.ContainsFunc(out, func(w any) bool { return esqlCompare(v, w) == 0 }) {
			out = append(out, v)
		}
	}
	return out
}

// esqlCompare orders values of one type.
func esqlCompare(a, b any) int {
	switch x := a.(type) {
	case string:
		return strings.Compare(x, b.(string))
	case instant:
		return cmp.Compare(x, b.(instant))
	case bool:
		return cmp.Compare(fmt.Sprint(x), fmt.Sprint(b.(bool)))
	case int64:
		if y, ok := b.(int64); ok {
			return cmp.Compare(x, y)
		}
	}
	return cmp.Compare(toFloat(a), toFloat(b))
}

func toFloat(v any) float64 {
	switch v := v.(type) {
	case int64:
		return float64(v)
	case float64:
		return v
	}
	panic(fmt.Sprintf("%#v is no number", v))
}

// An esqlExpr computes a value of a row.
type esqlExpr func(r esqlRow) any

type esqlParser struct {
	tokens []string
	pos    int
}

var esqlToken = regexp.MustCompile("\"(?:[^\"\\\\]|\\\\.)*\"|`(?:[^`]|``)*`|[0-9]+(?:\\.[0-9]+)?|[A-Za-z_@][A-Za-z0-9_@.]*|[=!<>]=|[-+*/=<>(),\\[\\]]")

func esqlTokens(line string) []string { return esqlToken.FindAllString(line, -1) }

func (p *esqlParser) peek() string {
	if p.pos < len(p.tokens) {
		return p.tokens[p.pos]
	}
	return ""
}

func (p *esqlParser) next() string {
	t := p.peek()
	p.pos++
	return t
}

func (p *esqlParser) take(token string) bool {
	if p.peek() == token {
		p.pos++
		return true
	}
	return false
}

func (p *esqlParser) must(token string) {
	if !p.take(token) {
		panic(fmt.Sprintf("%q instead of %q in %v", p.peek(), token, p.tokens))
	}
}

func (p *esqlParser) end() {
	if p.pos != len(p.tokens) {
		panic(fmt.Sprintf("%q left in %v", p.tokens[min(p.pos, len(p.tokens)):], p.tokens))
	}
}

func (p *esqlParser) name() string {
	t := p.next()
	if inner, ok := strings.CutPrefix(t, "`"); ok {
		return strings.ReplaceAll(strings.TrimSuffix(inner, "`"), "``", "`")
	}
	return t
}

func (p *esqlParser) assignment() (string, esqlExpr) {
	name := p.name()
	p.must("=")
	return name, p.expr()
}

func (p *esqlParser) expr() esqlExpr {
	x := p.and()
	for p.take("or") {
		a, b := x, p.and()
		x = func(r esqlRow) any { return either(a(r), b(r), true) }
	}
	return x
}

func (p *esqlParser) and() esqlExpr {
	x := p.not()
	for p.take("and") {
		a, b := x, p.not()
		x = func(r esqlRow) any { return either(a(r), b(r), false) }
	}
	return x
}

// either is "or" for true, "and" for false.
func either(a, b any, one bool) any {
	switch {
	case a == one || b == one:
		return one
	case a == nil || b == nil:
		return nil
	}
	return !one
}

func (p *esqlParser) not() esqlExpr {
	if !p.take("not") {
		return p.comparison()
	}
	x := p.not()
	return func(r esqlRow) any {
		if v := x(r); v != nil {
			return !v.(bool)
		}
		return nil
	}
}

func (p *esqlParser) comparison() esqlExpr {
	a := p.sum()
	switch op := p.peek(); op {
	case "==", "!=", "<", "<=", ">", ">=":
		p.next()
		b := p.sum()
		return func(r esqlRow) any { return esqlCompared(op, a(r), b(r)) }
	case "is":
		p.next()
		not := p.take("not")
		p.must("null")
		return func(r esqlRow) any { return (a(r) != nil) == not }
	}
	return a
}

func esqlCompared(op string, a, b any) any {
	if single(a) == nil || single(b) == nil {
		return nil
	}
	c := esqlCompare(a, b)
	switch op {
	case "==":
		return c == 0
	case "!=":
		return c != 0
	case "<":
		return c < 0
	case "<=":
		return c <= 0
	case ">":
		return c > 0
	}
	return c >= 0
}

// single is null of a list, as operators see it.
func single(v any) any {
	if _, ok := v.([]any); ok {
		return nil
	}
	return v
}

func (p *esqlParser) sum() esqlExpr {
	x := p.product()
	for p.peek() == "+" || p.peek() == "-" {
		op, a, b := p.next(), x, p.product()
		x = func(r esqlRow) any { return arithmetic(op, single(a(r)), single(b(r))) }
	}
	return x
}

func (p *esqlParser) product() esqlExpr {
	x := p.primary()
	for p.peek() == "*" || p.peek() == "/" {
		op, a, b := p.next(), x, p.primary()
		x = func(r esqlRow) any { return arithmetic(op, single(a(r)), single(b(r))) }
	}
	return x
}

func arithmetic(op string, a, b any) any {
	if a == nil || b == nil {
		return nil
	}
	if t, ok := a.(instant); ok {
		if op != "-" {
			panic("time " + op)
		}
		return t - instant(b.(time.Duration).Milliseconds())
	}
	x, y := a.(int64), b.(int64)
	switch op {
	case "+":
		return x + y
	case "-":
		return x - y
	case "*":
		return x * y
	}
	return x / y
}

var esqlUnits = map[string]time.Duration{"second": time.Second, "minute": time.Minute, "hour": time.Hour}

func (p *esqlParser) primary() esqlExpr {
	t := p.peek()
	switch {
	case p.take("("):
		x := p.expr()
		p.must(")")
		return x
	case p.take("["):
		var list []any
		for {
			list = append(list, p.primary()(nil))
			if !p.take(",") {
				break
			}
		}
		p.must("]")
		return func(esqlRow) any { return valueOf(list) }
	case t == "true" || t == "false":
		p.next()
		return func(esqlRow) any { return t == "true" }
	case t == "-":
		p.next()
		x := p.primary()(nil)
		if n, ok := x.(int64); ok {
			return func(esqlRow) any { return -n }
		}
		return func(esqlRow) any { return -x.(float64) }
	case t[0] == '"':
		p.next()
		text, err := strconv.Unquote(t)
		if err != nil {
			panic(err)
		}
		return func(esqlRow) any { return text }
	case t[0] >= '0' && t[0] <= '9':
		p.next()
		return p.number(t)
	}
	name := p.name()
	if p.take("(") {
		return esqlCall(name, p.arguments())
	}
	return func(r esqlRow) any { return r[name] }
}

func (p *esqlParser) number(text string) esqlExpr {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		f, _ := strconv.ParseFloat(text, 64)
		return func(esqlRow) any { return f }
	}
	if unit, ok := esqlUnits[strings.TrimSuffix(p.peek(), "s")]; ok {
		p.next()
		return func(esqlRow) any { return time.Duration(n) * unit }
	}
	return func(esqlRow) any { return n }
}

func (p *esqlParser) arguments() []esqlExpr {
	var out []esqlExpr
	for !p.take(")") {
		out = append(out, p.expr())
		p.take(",")
	}
	return out
}

// esqlCall is a function of a row.
func esqlCall(name string, args []esqlExpr) esqlExpr {
	return func(r esqlRow) any {
		switch name {
		case "coalesce":
			for _, a := range args {
				if v := a(r); v != nil {
					return v
				}
			}
			return nil
		case "case":
			for i := 0; i+1 < len(args); i += 2 {
				if args[i](r) == true {
					return args[i+1](r)
				}
			}
			if len(args)%2 == 1 {
				return args[len(args)-1](r)
			}
			return nil
		}
		values := make([]any, len(args))
		for i, a := range args {
			values[i] = a(r)
		}
		return esqlFunction(name, values)
	}
}

// esqlFunction is a function of values, null of null.
func esqlFunction(name string, v []any) any {
	if slices.Contains(nulls(v), true) {
		return nil
	}
	switch name {
	case "mv_append":
		return valueOf(append(slices.Clone(listOf(v[0])), listOf(v[1])...))
	case "mv_dedupe":
		return valueOf(distinctValues(listOf(v[0])))
	case "mv_count":
		return int64(len(listOf(v[0])))
	case "to_datetime":
		return v[0].(instant)
	case "to_long":
		return int64(v[0].(instant))
	case "to_double":
		return each(v[0], func(v any) any {
			f, err := strconv.ParseFloat(v.(string), 64)
			if err != nil {
				return nil
			}
			return f
		})
	case "to_string":
		return each(v[0], func(v any) any { return fmt.Sprint(v) })
	case "to_lower":
		return strings.ToLower(v[0].(string))
	case "date_trunc":
		d := instant(v[0].(time.Duration).Milliseconds())
		return v[1].(instant) / d * d
	}
	panic("function " + name)
}

func nulls(v []any) []bool {
	out := make([]bool, len(v))
	for i := range v {
		out[i] = v[i] == nil
	}
	return out
}

// each applies a conversion to each value, and leaves out those that have none.
func each(v any, f func(any) any) any {
	var out []any
	for _, x := range listOf(v) {
		if y := f(x); y != nil {
			out = append(out, y)
		}
	}
	return valueOf(out)
}

// aggregate reads an aggregation, or a function of one.
func (p *esqlParser) aggregate() func([]esqlRow) any {
	name := p.next()
	p.must("(")
	if name == "mv_count" {
		inner := p.aggregate()
		p.must(")")
		return func(rows []esqlRow) any { return esqlFunction(name, []any{inner(rows)}) }
	}
	if name == "count" && p.take("*") {
		p.must(")")
		return func(rows []esqlRow) any { return int64(len(rows)) }
	}
	x := p.arguments()[0]
	return func(rows []esqlRow) any {
		var all []any
		for _, r := range rows {
			all = append(all, listOf(x(r))...)
		}
		return aggregated(name, all)
	}
}

// aggregated computes with all values of all rows; nulls are no values.
func aggregated(name string, all []any) any {
	switch {
	case name == "count":
		return int64(len(all))
	case len(all) == 0:
		return nil
	case name == "min":
		return slices.MinFunc(all, esqlCompare)
	case name == "max":
		return slices.MaxFunc(all, esqlCompare)
	case name == "values":
		return valueOf(distinctValues(all))
	case name == "percentile":
		return math.NaN() // an estimate, which nothing must depend on
	}
	total := 0.0
	for _, v := range all {
		total += toFloat(v)
	}
	if name == "avg" {
		total /= float64(len(all))
	} else if name != "sum" {
		panic("aggregation " + name)
	}
	return total
}
