package kusto_test

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// An expr is an expression: a literal, a column or a call, of which operators
// are some.
type expr struct {
	value  any // of a literal
	column string
	call   string
	args   []expr
	id     int // of a call, in the query
}

// operators in the order in which they bind, and how.
var operators = [][]string{{"or"}, {"and"}, {"==", "!=", "=~", "<", "<=", ">", ">="}, {"+", "-"}, {"*", "/"}}

func (r *runner) expr() expr { return r.level(0) }

func (r *runner) level(n int) expr {
	if n == len(operators) {
		return r.operand()
	}
	x := r.level(n + 1)
	for slices.Contains(operators[n], r.peek()) {
		op := r.next()
		x = expr{call: op, args: []expr{x, r.level(n + 1)}, id: r.at}
	}
	return x
}

func (r *runner) operand() expr {
	switch t := r.next(); {
	case t == "(":
		x := r.expr()
		r.expect(")")
		return x
	case t == "-":
		return expr{call: "-", args: []expr{{value: int64(0)}, r.operand()}, id: r.at}
	case t == "true" || t == "false":
		return expr{value: t == "true"}
	case t[0] == '"':
		return expr{value: strings.Trim(t, `"`)}
	case t[0] >= '0' && t[0] <= '9':
		return expr{value: numberOf(t)}
	case t == "datetime":
		r.expect("(")
		at, err := time.Parse(time.DateOnly, r.next())
		if err != nil {
			panic(err)
		}
		r.expect(")")
		return expr{value: at}
	case t == "dynamic":
		return r.array()
	case r.accept("("):
		x := expr{call: t, id: r.at}
		for !r.accept(")") {
			x.args = append(x.args, r.expr())
			r.accept(",")
		}
		return x
	default:
		r.at--
		return expr{column: r.name()}
	}
}

// array reads a literal of numbers.
func (r *runner) array() expr {
	r.expect("(", "[")
	list := []any{}
	for !r.accept("]") {
		sign := int64(1)
		if r.accept("-") {
			sign = -1
		}
		list = append(list, sign*numberOf(r.next()).(int64))
		r.accept(",")
	}
	r.expect(")")
	return expr{value: list}
}

// numberOf reads a number or a timespan.
func numberOf(t string) any {
	units := map[byte]time.Duration{'s': time.Second, 'm': time.Minute, 'h': time.Hour, 'd': 24 * time.Hour}
	if unit := units[t[len(t)-1]]; unit > 0 {
		n, err := strconv.Atoi(t[:len(t)-1])
		if err != nil {
			panic(err)
		}
		return time.Duration(n) * unit
	}
	if n, err := strconv.ParseInt(t, 10, 64); err == nil {
		return n
	}
	f, err := strconv.ParseFloat(t, 64)
	if err != nil {
		panic(err)
	}
	return f
}

// A window evaluates expressions over the rows of one operator, in their order.
type window struct {
	rows []row
	sums map[int][]any
}

// eval evaluates an expression at a row.
func (w *window) eval(e expr, i int) any {
	switch {
	case e.column != "":
		v, ok := w.rows[i][e.column]
		if !ok {
			panic("no column " + e.column)
		}
		return v
	case e.call == "":
		return e.value
	case e.call == "row_cumsum":
		return w.cumulative(e)[i]
	case e.call == "row_number":
		return int64(i + 1)
	case e.call == "prev" || e.call == "next":
		return w.beside(e, i)
	case e.call == "iff" || e.call == "case":
		for k := 0; k+1 < len(e.args); k += 2 {
			if w.eval(e.args[k], i) == true {
				return w.eval(e.args[k+1], i)
			}
		}
		return w.eval(e.args[len(e.args)-1], i)
	}
	args := make([]any, len(e.args))
	for k, a := range e.args {
		args[k] = w.eval(a, i)
	}
	return apply(e.call, args)
}

// beside returns what a column is so many rows away.
func (w *window) beside(e expr, i int) any {
	by := 1
	if len(e.args) > 1 {
		by = int(e.args[1].value.(int64))
	}
	if e.call == "prev" {
		by = -by
	}
	if j := i + by; j >= 0 && j < len(w.rows) {
		return w.eval(e.args[0], j)
	}
	return absent(w.eval(e.args[0], i))
}

// cumulative returns the running sum at each row: a row where it begins anew
// counts already.
func (w *window) cumulative(e expr) []any {
	if sums := w.sums[e.id]; sums != nil {
		return sums
	}
	out := make([]any, len(w.rows))
	var sum any = int64(0)
	for i := range out {
		if len(e.args) > 1 {
			restart := w.eval(e.args[1], i)
			if restart == nil {
				panic("restart is null")
			}
			if restart == true {
				sum = int64(0)
			}
		}
		sum = arithmetic("+", sum, w.eval(e.args[0], i))
		if sum == nil {
			panic("a null in a running sum")
		}
		out[i] = sum
	}
	if w.sums == nil {
		w.sums = make(map[int][]any)
	}
	w.sums[e.id] = out
	return out
}

// apply applies an operator or a function.
func apply(call string, args []any) any {
	switch call {
	case "and", "or":
		return logic(call == "or", args[0], args[1])
	case "not":
		if args[0] == nil {
			return nil
		}
		return !args[0].(bool)
	case "==", "!=", "<", "<=", ">", ">=":
		return compare(call, args[0], args[1])
	case "=~":
		return strings.EqualFold(args[0].(string), args[1].(string))
	case "+", "-", "*", "/":
		return arithmetic(call, args[0], args[1])
	case "coalesce":
		for _, a := range args {
			if a != nil && a != "" {
				return a
			}
		}
		return args[len(args)-1]
	case "pack_array":
		return args
	case "datetime_diff":
		if args[0] != "nanosecond" {
			panic("no period")
		}
		return args[1].(time.Time).Sub(args[2].(time.Time)).Nanoseconds()
	case "bin":
		return args[0].(time.Time).Truncate(args[1].(time.Duration))
	}
	return applyOne(call, args[0])
}

// applyOne applies a function of one argument.
func applyOne(call string, x any) any {
	switch call {
	case "isnotempty":
		return x != nil && x != ""
	case "isnotnull":
		return x != nil
	case "isfinite":
		f, ok := x.(float64)
		if i, whole := x.(int64); whole {
			f, ok = float64(i), true
		}
		return ok && !math.IsNaN(f) && !math.IsInf(f, 0)
	case "tostring":
		return textOf(x)
	case "tolong":
		if b, ok := x.(bool); ok {
			return int64(btoi(b))
		}
		return x
	case "todouble":
		return double(x)
	}
	panic("no function " + call)
}

func double(x any) any {
	switch x := x.(type) {
	case int64:
		return float64(x)
	case string:
		if f, err := strconv.ParseFloat(x, 64); err == nil {
			return f
		}
		return nil
	}
	return x
}

// logic is and, or or, with null (query/scalar-data-types/null-values).
func logic(or bool, x, y any) any {
	switch {
	case x == or || y == or:
		return or
	case x == nil || y == nil:
		return nil
	}
	return !or
}

// compare compares: null equals nothing that is not null.
func compare(op string, x, y any) any {
	if x == nil && y == nil || (x == nil || y == nil) && op != "==" && op != "!=" {
		return nil
	}
	if x == nil || y == nil {
		return op == "!="
	}
	c := order(x, y)
	return map[string]bool{"==": c == 0, "!=": c != 0, "<": c < 0, "<=": c <= 0, ">": c > 0, ">=": c >= 0}[op]
}

// arithmetic computes with numbers and times.
func arithmetic(op string, x, y any) any {
	if x == nil || y == nil {
		return nil
	}
	switch a := x.(type) {
	case time.Time:
		if d, ok := y.(time.Duration); ok {
			if op == "-" {
				d = -d
			}
			return a.Add(d)
		}
		return a.Sub(y.(time.Time))
	case int64:
		if b, ok := y.(int64); ok {
			switch op {
			case "+":
				return a + b
			case "-":
				return a - b
			case "*":
				return a * b
			}
			return a / b
		}
	}
	a, b := double(x).(float64), double(y).(float64)
	switch op {
	case "+":
		return a + b
	case "-":
		return a - b
	case "*":
		return a * b
	}
	return a / b
}

// String writes a row for messages.
func (x row) String() string {
	var names []string
	for name, v := range x {
		if v != nil && v != "" {
			names = append(names, fmt.Sprintf("%s=%v", name, v))
		}
	}
	slices.Sort(names)
	return strings.Join(names, " ")
}
