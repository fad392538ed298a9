package verify

import (
	"fmt"
	"strings"

	"github.com/sigma-compiler/sigmac/backends/emit"
	"github.com/sigma-compiler/sigmac/sigma"
)

// explain looks for the warning that tells of each difference.
func (r *Report) explain(b *emit.Backend, queries []string, o Options) {
	if len(r.Differences) == 0 {
		return
	}
	folding := (*finder)(nil)
	if b.AboutCase != nil && !o.FoldsCase {
		folding, _ = open(b, r.Set, queries, true) // they were read before
	}
	for i := range r.Differences {
		d := &r.Differences[i]
		byCase := folding != nil && folding.finds(d.Event.JSON) == d.Event.Expect
		d.Known = known(b, r.Result.Warnings, d.Found, byCase)
	}
}

// known returns the warning that tells of a difference in that direction; one
// about case only where the difference would not be if the index folded it. A
// query that is right where an assumption holds may be wrong elsewhere in
// either direction.
func known(b *emit.Backend, warnings sigma.ErrorList, found, byCase bool) *sigma.Error {
	code := sigma.MatchesLess
	if found {
		code = sigma.MatchesMore
	}
	var assumed *sigma.Error
	for _, w := range warnings {
		switch {
		case w.Code == code && (b.AboutCase == nil || !b.AboutCase(w) || byCase):
			return w
		case w.Code == sigma.Assumed && assumed == nil:
			assumed = w
		}
	}
	return assumed
}

// Err returns what is wrong with the queries: that the language refuses one,
// or that they say something else than the rule and no warning tells of it. It
// returns nil where nothing is. The place is that of the rule.
func (r *Report) Err() *sigma.Error {
	msg := ""
	switch {
	case r.Unread == nil:
		msg = r.deviation(func(d *Difference) bool { return d.Known == nil })
	case !r.Unread.Err.Foreign:
		msg = "the language refuses the query " + r.Unread.Err.Error()
	}
	return r.remark(sigma.WrongQuery, msg)
}

// Doubt returns why less is certain than the rest of the report says: a query
// was not read, or there is no event that the rule matches. It is nil where
// there is no doubt, and where Err is the answer.
func (r *Report) Doubt() *sigma.Error {
	switch {
	case r.Unread != nil && r.Unread.Err.Foreign:
		return r.remark(sigma.NotVerified, "the query could not be compared with the rule: "+r.Unread.Err.Error())
	case r.Unread == nil && r.Set.Unmatched != nil:
		e := r.remark(sigma.NotVerified, "no event was found that the rule matches: the query was only compared on events that it does not")
		e.Hint = r.Set.Unmatched.Hint
		return e
	}
	return nil
}

// Note returns what the warnings of the query tell of and the events show, nil
// where there is nothing.
func (r *Report) Note() *sigma.Error {
	return r.remark("", r.deviation(func(d *Difference) bool { return d.Known != nil }))
}

// remark returns a message about the rule, nil for none.
func (r *Report) remark(code sigma.Code, msg string) *sigma.Error {
	if msg == "" {
		return nil
	}
	return &sigma.Error{Pos: r.Set.Rule.Source.Pos, Code: code, Msg: msg}
}

// deviation says in words how far the queries are off, counting some of the
// differences; "" where there are none.
func (r *Report) deviation(counts func(*Difference) bool) string {
	var off [2]int // missed and found
	for i := range r.Differences {
		if d := &r.Differences[i]; counts(d) {
			off[index(d.Found)]++
		}
	}
	var of [2]int // what the rule matches and what not
	for i := range r.Events {
		of[1-index(r.Events[i].Expect)]++
	}
	var parts []string
	if off[0] > 0 {
		parts = append(parts, fmt.Sprintf("misses %d of %d events that the rule matches", off[0], of[0]))
	}
	if off[1] > 0 {
		parts = append(parts, fmt.Sprintf("finds %d of %d events that the rule does not match", off[1], of[1]))
	}
	if parts == nil {
		return ""
	}
	return "the query " + strings.Join(parts, ", and ")
}

func index(b bool) int {
	if b {
		return 1
	}
	return 0
}
