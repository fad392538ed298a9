package kusto_test

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A row is a row of a table. A string that is absent is "", anything else nil.
type row map[string]any

// A rowset is rows with the names of their columns, which there are without
// rows, too.
type rowset struct {
	rows    []row
	columns map[string]bool
}

// A runner runs the pipelines that correlations are written as. It is written
// from the pages of the operators and functions, for the forms that occur, and
// panics at anything else.
type runner struct {
	tokens []string
	at     int
	tables map[string]rowset
}

// runQuery returns what a query finds.
func runQuery(query string, tables map[string]rowset) []row {
	r := &runner{tokens: tokensOf(query), tables: tables}
	out := r.pipeline()
	if r.at < len(r.tokens) {
		panic("unexpected " + r.tokens[r.at])
	}
	return out.rows
}

// tokensOf splits a query. A literal of a string, and a name in brackets, are
// tokens of their own.
func tokensOf(query string) []string {
	var out []string
	for i := 0; i < len(query); {
		c, start := query[i], i
		switch {
		case c == ' ' || c == '\n':
			i++
			continue
		case strings.HasPrefix(query[i:], "['"):
			i += strings.Index(query[i:], "']") + 2
		case c == '"' || strings.HasPrefix(query[i:], `@"`):
			i += strings.IndexByte(query[i:], '"') + 1
			i += strings.IndexByte(query[i:], '"') + 1
		case isWord(c):
			for i < len(query) && (isWord(query[i]) || query[i] == '.' && i+1 < len(query) && isWord(query[i+1]) || query[i] == '-' && isOperator(query[start:i])) {
				i++
			}
		case slices.Contains([]string{"==", "!=", "=~", "<=", ">="}, query[i:min(i+2, len(query))]):
			i += 2
		default:
			i++
		}
		out = append(out, query[start:i])
	}
	return out
}

func isWord(c byte) bool {
	return c == '_' || c|0x20 >= 'a' && c|0x20 <= 'z' || c >= '0' && c <= '9'
}

// isOperator reports whether a word is the first half of an operator's name or
// of a date.
func isOperator(word string) bool {
	return word == "mv" || word == "project" || strings.HasPrefix(word, "1970")
}

func (r *runner) peek() string {
	if r.at < len(r.tokens) {
		return r.tokens[r.at]
	}
	return ""
}

func (r *runner) next() string {
	t := r.peek()
	r.at++
	return t
}

func (r *runner) expect(list ...string) {
	for _, t := range list {
		if got := r.next(); got != t {
			panic(fmt.Sprintf("%q where %q is expected, in %s", got, t, strings.Join(r.tokens[max(r.at-5, 0):min(r.at+5, len(r.tokens))], " ")))
		}
	}
}

func (r *runner) accept(t string) bool {
	if r.peek() != t {
		return false
	}
	r.at++
	return true
}

// pipeline runs a pipeline.
func (r *runner) pipeline() rowset {
	var t rowset
	switch name := r.next(); name {
	case "union":
		t = r.union()
	default:
		table, ok := r.tables[name]
		if !ok {
			panic("no table " + name)
		}
		t.columns = maps.Clone(table.columns)
		for _, x := range table.rows {
			t.rows = append(t.rows, maps.Clone(x))
		}
	}
	for r.accept("|") {
		t.rows = r.operator(t)
	}
	return t
}

// union puts tables together. A column that one of them lacks is null there, or
// as a string empty; one that they have in different types is an error here.
func (r *runner) union() rowset {
	out := rowset{columns: make(map[string]bool)}
	for more := true; more; more = r.accept(",") {
		r.expect("(")
		t := r.pipeline()
		out.rows = append(out.rows, t.rows...)
		maps.Copy(out.columns, t.columns)
		r.expect(")")
	}
	blank := row{}
	for name := range out.columns {
		blank[name] = nil
	}
	for _, x := range out.rows {
		for name, v := range x {
			if b, ok := blank[name]; strings.HasPrefix(name, "_sigma") && ok && v != nil && b != nil && fmt.Sprintf("%T", v) != fmt.Sprintf("%T", b) {
				panic(fmt.Sprintf("%s is %T in one table and %T in another", name, v, b))
			}
			if blank[name] == nil {
				blank[name] = v
			}
		}
	}
	for _, x := range out.rows {
		for name, v := range blank {
			if _, ok := x[name]; !ok {
				x[name] = absent(v)
			}
		}
	}
	return out
}

// absent is what an absent value of a type is.
func absent(v any) any {
	if _, ok := v.(string); ok {
		return ""
	}
	return nil
}

// operator runs an operator over rows, and changes the columns.
func (r *runner) operator(t rowset) []row {
	rows := t.rows
	switch name := r.next(); name {
	case "where":
		e := r.expr()
		cache := &window{rows: rows}
		var out []row
		for i, x := range rows {
			if cache.eval(e, i) == true {
				out = append(out, x)
			}
		}
		return out
	case "extend":
		return r.extend(t)
	case "sort":
		return r.sort(rows)
	case "mv-expand":
		return r.expand(t)
	case "summarize":
		return r.summarize(t)
	case "project-away":
		for more := true; more; more = r.accept(",") {
			column := r.name()
			if !t.columns[column] {
				panic("no column " + column)
			}
			delete(t.columns, column)
			for _, x := range rows {
				delete(x, column)
			}
		}
		return rows
	default:
		panic("no operator " + name)
	}
}

// name reads the name of a column.
func (r *runner) name() string {
	return strings.TrimSuffix(strings.TrimPrefix(r.next(), "['"), "']")
}

// extend computes columns. None sees another one of the same operator.
func (r *runner) extend(t rowset) []row {
	rows := t.rows
	w := &window{rows: rows}
	out := make([]row, len(rows))
	for i, x := range rows {
		out[i] = maps.Clone(x)
	}
	for more := true; more; more = r.accept(",") {
		name := r.name()
		r.expect("=")
		e := r.expr()
		t.columns[name] = true
		for i := range rows {
			out[i][name] = w.eval(e, i)
		}
	}
	return out
}

// sort sorts rows. Nulls come first in ascending order.
func (r *runner) sort(rows []row) []row {
	r.expect("by")
	type key struct {
		name string
		down bool
	}
	var keys []key
	for more := true; more; more = r.accept(",") {
		k := key{name: r.name()}
		switch d := r.next(); d {
		case "desc":
			k.down = true
		case "asc":
		default:
			panic("no direction " + d)
		}
		keys = append(keys, k)
	}
	slices.SortStableFunc(rows, func(x, y row) int {
		for _, k := range keys {
			c := order(x[k.name], y[k.name])
			if k.down {
				c = -c
			}
			if c != 0 {
				return c
			}
		}
		return 0
	})
	return rows
}

// expand makes a row for each element of an array.
func (r *runner) expand(t rowset) []row {
	rows, name := t.rows, r.name()
	t.columns[name] = true
	r.expect("=")
	e := r.expr()
	r.expect("to", "typeof", "(")
	typ := r.next()
	r.expect(")")
	w := &window{rows: rows}
	var out []row
	for i, x := range rows {
		for _, v := range w.eval(e, i).([]any) {
			y := maps.Clone(x)
			y[name] = cast(v, typ)
			out = append(out, y)
		}
	}
	return out
}

// cast is what mv-expand makes of an element: "cast-only".
func cast(v any, typ string) any {
	switch x := v.(type) {
	case int64:
		if typ == "long" {
			return x
		}
	case string:
		if typ == "string" {
			return x
		}
	}
	if typ == "string" {
		return ""
	}
	return nil
}

// An aggregate is one of summarize.
type aggregate struct {
	name, function string
	args           []expr
}

// summarize makes a row of each group of rows.
func (r *runner) summarize(t rowset) []row {
	rows := t.rows
	var list []aggregate
	columns := make(map[string]bool)
	for more := true; more; more = r.accept(",") {
		a := aggregate{}
		if r.tokens[r.at+1] == "=" {
			a.name = r.name()
			r.expect("=")
		}
		a.function = r.next()
		r.expect("(")
		for !r.accept(")") {
			if r.accept("*") {
				maps.Copy(columns, t.columns)
			} else {
				a.args = append(a.args, r.expr())
			}
			r.accept(",")
		}
		if a.name != "" {
			columns[a.name] = true
		}
		list = append(list, a)
	}
	var by []string
	if r.accept("by") {
		for more := true; more; more = r.accept(",") {
			by = append(by, r.name())
			columns[by[len(by)-1]] = true
		}
	}
	clear(t.columns)
	maps.Copy(t.columns, columns)
	w := &window{rows: rows}
	groups, keys := make(map[string][]int), []string{}
	for i, x := range rows {
		key := ""
		for _, b := range by {
			key += fmt.Sprintf("%T%v|", x[b], x[b])
		}
		if groups[key] == nil {
			keys = append(keys, key)
		}
		groups[key] = append(groups[key], i)
	}
	var out []row
	for _, key := range keys {
		y := row{}
		for _, a := range list {
			a.into(y, w, groups[key])
		}
		for _, b := range by {
			y[b] = rows[groups[key][0]][b]
		}
		out = append(out, y)
	}
	return out
}

// into computes an aggregate over some rows.
func (a aggregate) into(y row, w *window, group []int) {
	switch a.function {
	case "count":
		y[a.name] = int64(len(group))
	case "countif":
		n := int64(0)
		for _, i := range group {
			if w.eval(a.args[0], i) == true {
				n++
			}
		}
		y[a.name] = n
	case "sum":
		var sum any = int64(0)
		for _, i := range group {
			sum = arithmetic("+", sum, w.eval(a.args[0], i))
		}
		y[a.name] = sum
	case "arg_max":
		best := group[0]
		for _, i := range group {
			if order(w.eval(a.args[0], i), w.eval(a.args[0], best)) > 0 {
				best = i
			}
		}
		for name, v := range w.rows[best] {
			if _, ok := y[name]; ok {
				panic("two columns " + name)
			}
			y[name] = v
		}
	case "make_set":
		set := []any{}
		add := func(v any) {
			if v != nil && !slices.Contains(set, v) {
				set = append(set, v)
			}
		}
		for _, i := range group {
			v := w.eval(a.args[0], i)
			if list, ok := v.([]any); ok {
				for _, x := range list {
					add(x)
				}
			} else {
				add(v)
			}
		}
		y[a.name] = set
	default:
		panic("no aggregate " + a.function)
	}
}

// order compares values of one type, null first.
func order(x, y any) int {
	if x == nil || y == nil {
		return cmp.Compare(btoi(x != nil), btoi(y != nil))
	}
	switch x := x.(type) {
	case string:
		return strings.Compare(x, y.(string))
	case bool:
		return cmp.Compare(btoi(x), btoi(y.(bool)))
	case time.Time:
		return x.Compare(y.(time.Time))
	case time.Duration:
		return cmp.Compare(x, y.(time.Duration))
	case int64:
		if i, ok := y.(int64); ok {
			return cmp.Compare(x, i)
		}
		return cmp.Compare(float64(x), y.(float64))
	case float64:
		if i, ok := y.(int64); ok {
			return cmp.Compare(x, float64(i))
		}
		return cmp.Compare(x, y.(float64))
	}
	panic(fmt.Sprintf("no order of %T", x))
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// textOf is tostring().
func textOf(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	return fmt.Sprint(v)
}
