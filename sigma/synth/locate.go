package synth

import "github.com/sigma-compiler/sigmac/sigma/ir"

// A span is where a part of a pattern stands in a text, in characters.
type span struct{ from, to int }

// maxLocate bounds the work of locate.
const maxLocate = 1 << 22

// locate returns for each element of a pattern where it stands in a text that
// the pattern matches, or nothing where it does not. It serves only to find
// the places at which a text is changed.
func locate(t *ir.Text, s []rune) []span {
	var want []token
	for i, e := range t.Pattern {
		switch e.Kind {
		case ir.Literal:
			for _, r := range e.Text {
				want = append(want, token{r, i})
			}
		case ir.Star:
			want = append(want, token{anyRun, i})
		case ir.Question:
			want = append(want, token{anyOne, i})
		case ir.Dash:
			want = append(want, token{anyDash, i})
		}
	}
	if len(want)*len(s) > maxLocate {
		return nil
	}
	at := place(want, s, t.Cased)
	if at == nil {
		return nil
	}
	spans := make([]span, len(t.Pattern))
	for i := range spans {
		spans[i].from = -1
	}
	for i, w := range want {
		sp := &spans[w.element]
		if sp.from < 0 {
			sp.from = at[i]
		}
		sp.to = at[i+1]
	}
	return spans
}

// A token is one character of a pattern, or a wildcard, and the element that
// it is of.
type token struct {
	r       rune
	element int
}

// The wildcards of tokens.
const (
	anyRun  = -1
	anyOne  = -2
	anyDash = -3
)

// place returns where each token begins in the text, and the text's end; nil
// where the text does not match. Each star takes as little as it can.
func place(want []token, s []rune, cased bool) []int {
	at := make([]int, len(want)+1)
	i, k := 0, 0         // in want, in s
	star, from := -1, -1 // the last star, and where what follows it was tried
	for k < len(s) || i < len(want) {
		if i < len(want) {
			at[i] = k
			if want[i].r == anyRun {
				star, from = i, k
				i++
				continue
			}
			if k < len(s) && want[i].matches(s[k], cased) {
				i++
				k++
				continue
			}
		}
		if star < 0 || from >= len(s) {
			return nil
		}
		from++
		i, k = star+1, from
	}
	at[len(want)] = len(s)
	return at
}

func (t token) matches(r rune, cased bool) bool {
	switch t.r {
	case anyOne:
		return true
	case anyDash:
		for _, d := range ir.Dashes {
			if r == d {
				return true
			}
		}
		return false
	}
	return r == t.r || !cased && sameFold(t.r, r)
}
