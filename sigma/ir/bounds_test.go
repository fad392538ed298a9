package ir_test

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// bounds reads ">=3 >2": lower, upper and other bounds.
func bounds(text string) (out []ir.Bound) {
	for _, word := range strings.Fields(text) {
		number := strings.TrimLeft(word, "<>=!")
		b := ir.Bound{Number: ir.Number(number)}
		switch strings.TrimSuffix(word, number) {
		case ">":
			b.Op = ir.Gt
		case ">=":
			b.Op = ir.Gte
		case "<":
			b.Op = ir.Lt
		case "<=":
			b.Op = ir.Lte
		case "!=":
			b.Not = true
		}
		out = append(out, b)
	}
	return out
}

// TestLeast: the bounds hold of the number and of those behind it and not of the
// one before, which Bound.Holds decides, unless it is 1.
func TestLeast(t *testing.T) {
	for text, want := range map[string]int{
		"": 1, ">=3": 3, ">3": 4, ">=2.5": 3, ">2.5": 3, ">=-5": 1, ">-0.5": 1, ">=-2.5": 1, ">0": 1, ">=0": 1, ">=3 >7 >=2": 8, ">=2147483647": 2147483647,
		"<3": 0, ">=3 <9": 0, "==3": 0, "!=3": 0, ">=3 !=3": 4, ">=3 !=4 !=3": 5, ">=3 !=2": 3, ">=3 !=3.5": 3, ">=3 !=5": 0, ">=3 !=5 !=3": 0, "!=0": 1, "!=1": 2, "!=-1 !=2 !=1": 3,
		">2147483647": 0, ">=99999999999999999999": 0,
	} {
		c := &ir.Correlation{Bounds: bounds(text)}
		got, ok := c.Least()
		if ok != (want > 0) || ok && got != want {
			t.Errorf("%q: %d, %t; want %d", text, got, ok, want)
		}
		for _, n := range []int{got - 1, got} {
			number := ir.Number(strconv.Itoa(n))
			if !ok || n < 1 {
				continue
			}
			holds := true
			for _, b := range c.Bounds {
				holds = holds && b.Holds(number.Cmp(b.Number))
			}
			if holds != (n == got) {
				t.Errorf("%q: of %d the bounds hold: %t", text, n, holds)
			}
		}
	}
}

func TestRising(t *testing.T) {
	not := ir.NeedAll{ir.NeedMember(0), ir.NeedAny{ir.NeedNot{X: ir.NeedMember(1)}}}
	for name, c := range map[string]struct {
		of   *ir.Correlation
		want bool
	}{
		"count":    {&ir.Correlation{Bounds: bounds(">=3 >1")}, true},
		"range":    {&ir.Correlation{Bounds: bounds(">=3 <9")}, false},
		"equal":    {&ir.Correlation{Bounds: bounds("==3")}, false},
		"sum":      {&ir.Correlation{Type: ir.ValueSum, Bounds: bounds(">3")}, false},
		"rules":    {&ir.Correlation{Type: ir.Temporal, Need: ir.NeedAny{ir.NeedMember(0), ir.NeedAll{ir.NeedMember(1)}}}, true},
		"negation": {&ir.Correlation{Type: ir.Temporal, Need: not}, false},
	} {
		if got := c.of.Rising(); got != c.want {
			t.Errorf("%s: %t", name, got)
		}
	}
}

// TestNotRising: of each condition of up to three small bounds there is a bound
// for which it does not rise if, and only if, Bound.Holds says of some number that
// they hold and of a greater one that they do not.
func TestNotRising(t *testing.T) {
	var words []string
	for _, op := range []string{"<", "<=", ">", ">=", "==", "!="} {
		for _, n := range []string{"-1", "0", "1", "2", "2.5", "3"} {
			words = append(words, op+n)
		}
	}
	holds := func(list []ir.Bound, n int) bool {
		return !slices.ContainsFunc(list, func(b ir.Bound) bool { return !b.Holds(ir.Number(strconv.Itoa(n)).Cmp(b.Number)) })
	}
	check := func(text string) {
		for of, from := range map[ir.CorrelationType]int{ir.EventCount: 1, ir.Temporal: 1, ir.ValueCount: 0, ir.TemporalOrdered: 0} {
			c := &ir.Correlation{Type: of, Bounds: bounds(text)}
			rises, held := true, false
			for n := from; n < 6; n++ { // beyond all bounds
				rises = rises && (!held || holds(c.Bounds, n))
				held = held || holds(c.Bounds, n)
			}
			// What never holds is not asked for: nobody says which of the bounds is to blame.
			if got := c.NotRising() == nil; held && got != rises {
				t.Errorf("%s %q: rising is %t, want %t", of, text, got, rises)
			}
		}
	}
	for _, a := range words {
		check(a)
		for _, b := range words {
			check(a + " " + b)
			check(a + " " + b + " !=2")
		}
	}
}
