package splunkread

import (
	"fmt"
	"math"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// A rowValue is what an expression is worth for a row.
type rowValue struct {
	kind rowKind
	list []string // a text, or several
	n    float64
	yes  bool
}

type rowKind uint8

const (
	isNone rowKind = iota
	isTexts
	isNum
	isTruth
)

func textValue(list ...string) rowValue { return rowValue{kind: isTexts, list: list} }
func numValue(n float64) rowValue       { return rowValue{kind: isNum, n: n} }
func boolValue(b bool) rowValue         { return rowValue{kind: isTruth, yes: b} }

func (v rowValue) texts() []string {
	if v.kind == isNum {
		return []string{formatNumber(v.n)}
	}
	return v.list
}

// num returns the number that a value is or, as the text of a field, spells.
func (v rowValue) num() (float64, error) {
	if v.kind == isTexts && len(v.list) == 1 {
		return strconv.ParseFloat(v.list[0], 64)
	}
	if v.kind != isNum {
		return 0, fmt.Errorf("no number: %v", v)
	}
	return v.n, nil
}

// value computes an expression.
func (r *Runner) value(n *node, row Row) (rowValue, error) {
	switch n.kind {
	case nodeField:
		if list := row[n.text]; len(list) > 0 {
			return textValue(list...), nil
		}
		return rowValue{}, nil
	case nodeString:
		if text, unknown := decodeEval(n.text); unknown == "" {
			return textValue(text), nil
		}
		return rowValue{kind: isTexts}, nil // an expression, which its function decodes
	case nodeNumber:
		f, err := strconv.ParseFloat(n.text, 64)
		return numValue(f), err
	case nodeCall:
		return r.call(n, row)
	}
	args := make([]rowValue, len(n.args))
	for i, a := range n.args {
		var err error
		if args[i], err = r.value(a, row); err != nil {
			return rowValue{}, err
		}
	}
	switch n.kind {
	case nodeCompare:
		return compareValues(n.text, args[0], args[1])
	case nodeCalc:
		return calculate(n.text, args)
	case nodeNot:
		if args[0].kind == isNone {
			return rowValue{}, nil
		}
		return boolValue(!args[0].yes), nil
	case nodeAnd, nodeOr:
		return r.join(n.kind == nodeAnd, args)
	}
	return rowValue{}, fmt.Errorf("%s is not read", n.text)
}

// join is AND or OR.
func (r *Runner) join(and bool, args []rowValue) (rowValue, error) {
	null, decided := false, false
	for _, a := range args {
		if a.kind != isNone && a.kind != isTruth {
			return a, fmt.Errorf("neither true nor false: %v", a)
		}
		null = null || a.kind == isNone
		decided = decided || a.kind == isTruth && a.yes != and
	}
	switch {
	case null && (r.NullSpreads || !decided):
		return rowValue{}, nil
	case decided:
		return boolValue(!and), nil
	}
	return boolValue(and), nil
}

// compareValues compares as numbers where one side is a number, as texts where
// none is. A text that is no number beside a number is an error: what Splunk
// does is not documented.
func compareValues(op string, a, b rowValue) (rowValue, error) {
	if a.kind == isNone || b.kind == isNone {
		return rowValue{}, nil
	}
	c := 0
	if a.kind == isTexts && b.kind == isTexts {
		if len(a.list) != 1 || len(b.list) != 1 {
			return a, fmt.Errorf("a comparison of %q and %q", a.list, b.list)
		}
		c = strings.Compare(a.list[0], b.list[0])
	} else {
		x, err := a.num()
		if err != nil {
			return a, err
		}
		y, err := b.num()
		if err != nil {
			return a, err
		}
		if c = 1; x < y {
			c = -1
		} else if x == y {
			c = 0
		}
	}
	return boolValue(map[string]bool{"=": c == 0, "==": c == 0, "!=": c != 0, "<": c < 0, "<=": c <= 0, ">": c > 0, ">=": c >= 0}[op]), nil
}

func calculate(op string, args []rowValue) (rowValue, error) {
	for _, a := range args {
		if a.kind == isNone {
			return rowValue{}, nil
		}
	}
	if op == "." {
		return textValue(strings.Join(args[0].texts(), "?") + strings.Join(args[1].texts(), "?")), nil
	}
	x, err := args[0].num()
	if err != nil {
		return rowValue{}, err
	}
	y, err := args[len(args)-1].num()
	if err != nil {
		return rowValue{}, err
	}
	switch op {
	case "+":
		x += y
	case "-":
		x -= y
	case "*":
		x *= y
	case "/":
		x /= y
	}
	return numValue(x), nil
}

// call computes a function (SR, "Evaluation functions").
func (r *Runner) call(n *node, row Row) (rowValue, error) {
	if err := checkCall(n); err != nil {
		return rowValue{}, err
	}
	args := make([]rowValue, len(n.args))
	for i, a := range n.args {
		// if and case do not look at what they do not choose.
		v, err := r.value(a, row)
		if err != nil && !(n.text == "if" && i > 0 || n.text == "case") {
			return rowValue{}, err
		}
		args[i] = v
	}
	switch n.text {
	case "null":
		return rowValue{}, nil
	case "true":
		return boolValue(true), nil
	case "isnull":
		return boolValue(args[0].kind == isNone), nil
	case "isnotnull":
		return boolValue(args[0].kind != isNone), nil
	case "if":
		if args[0].yes {
			return args[1], nil
		}
		return args[2], nil
	case "case":
		for i := 0; i+1 < len(args); i += 2 {
			if args[i].yes {
				return args[i+1], nil
			}
		}
		return rowValue{}, nil
	case "coalesce":
		i := slices.IndexFunc(args, func(v rowValue) bool { return v.kind != isNone })
		return append(args, rowValue{})[max(i, 0)], nil
	}
	if args[0].kind == isNone {
		return rowValue{}, nil
	}
	return textCall(n, args)
}

// textCall computes a function of what is not NULL.
func textCall(n *node, args []rowValue) (rowValue, error) {
	list := args[0].texts()
	one := strings.Join(list, "\n")
	switch n.text {
	case "lower":
		return textValue(strings.ToLower(one)), nil
	case "trim":
		return textValue(strings.TrimSpace(one)), nil
	case "split":
		return textValue(strings.Split(one, args[1].list[0])...), nil
	case "mvdedup":
		var out []string
		for _, v := range list {
			if !slices.Contains(out, v) {
				out = append(out, v)
			}
		}
		return textValue(out...), nil
	case "tonumber":
		x, err := args[0].num()
		return numValue(x), err
	case "floor":
		x, err := args[0].num()
		return numValue(math.Floor(x)), err
	case "round":
		x, err := args[0].num()
		unit := math.Pow(10, args[1].n)
		return numValue(math.Round(x*unit) / unit), err
	case "cidrmatch":
		addr, err := netip.ParseAddr(args[1].list[0])
		return boolValue(err == nil && netip.MustParsePrefix(one).Contains(addr)), nil
	case "match", "mvfind":
		return find(n, list)
	case "like":
		p := regexp.MustCompile(`(?s)\A` + strings.NewReplacer("%", ".*", "_", ".").Replace(regexp.QuoteMeta(args[1].list[0])) + `\z`)
		return boolValue(p.MatchString(one)), nil
	}
	return rowValue{}, fmt.Errorf("%s() is not known", n.text)
}

var regexps sync.Map // string to *regexp.Regexp

// find is match() of one value, and mvfind() of any.
func find(n *node, list []string) (rowValue, error) {
	source, unknown := decodeEvalRegexp(n.args[1].text)
	if unknown != "" {
		return rowValue{}, fmt.Errorf("%s is not known", unknown)
	}
	known, ok := regexps.Load(source)
	if !ok {
		re, err := regexp.Compile(source)
		if err != nil {
			return rowValue{}, err
		}
		known, _ = regexps.LoadOrStore(source, re)
	}
	i := slices.IndexFunc(list, known.(*regexp.Regexp).MatchString)
	switch {
	case n.text == "match" && len(list) != 1:
		return rowValue{}, fmt.Errorf("match() of several values: %q", list)
	case n.text == "match":
		return boolValue(i >= 0), nil
	case i < 0:
		return rowValue{}, nil
	}
	return numValue(float64(i)), nil
}
