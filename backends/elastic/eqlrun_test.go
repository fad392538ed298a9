package elastic_test

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// An interpreter of the sequences that correlations are written as, from the
// EQL reference ("Sequences", "How EQL sequence matching works"): for each stage
// and join key the latest pending sequence is kept; an event advances it, and
// is then not in that sequence any more; what is longer than maxspan is
// dropped.

type eqlStage struct {
	where func(*happening) bool
	keys  []string
}

var (
	eqlHead = regexp.MustCompile(`^sequence(?: by (.+?))? with maxspan=([0-9]+)([dhms])$`)
	eqlItem = regexp.MustCompile(`^  \[any where (.*)\](?: by (.+?))?(?: with runs=([0-9]+))?$`)
)

// runEQL returns the time and join key of the last event of each result. Events
// of one time are in the order of the list. The join key of a query without a
// sequence is told by its fields that must not be null.
func runEQL(query string, events []*happening) []moment {
	if condition, ok := strings.CutPrefix(query, "any where "); ok {
		return eqlEvents(condition, events)
	}
	lines := strings.Split(query, "\n")
	head := eqlHead.FindStringSubmatch(lines[0])
	if head == nil {
		panic(lines[0])
	}
	unit := map[string]time.Duration{"d": 24 * time.Hour, "h": time.Hour, "m": time.Minute, "s": time.Second}[head[3]]
	span, _ := strconv.ParseInt(head[2], 10, 64)
	var stages []eqlStage
	for _, line := range lines[1:] {
		item := eqlItem.FindStringSubmatch(line)
		if item == nil {
			panic(line)
		}
		runs := 1
		if item[3] != "" {
			runs, _ = strconv.Atoi(item[3])
		}
		stage := eqlStage{where: eqlCondition(item[1]), keys: eqlNames(head[1] + item[2])}
		for range runs {
			stages = append(stages, stage)
		}
	}
	if len(stages) < 2 {
		panic("a sequence of one")
	}
	return eqlSequences(stages, span*int64(unit/time.Second), events)
}

func eqlSequences(stages []eqlStage, span int64, events []*happening) []moment {
	var out []moment
	pending := make([]map[string]int64, len(stages)) // the time at which it began
	for i := range pending {
		pending[i] = map[string]int64{}
	}
	for _, e := range events {
		for s := len(stages) - 1; s >= 0; s-- {
			if !stages[s].where(e) {
				continue
			}
			for _, key := range joinKeys(e, stages[s].keys) {
				begin := e.time
				if s > 0 {
					var ok bool
					if begin, ok = pending[s-1][key]; !ok {
						continue
					}
					delete(pending[s-1], key)
				}
				if e.time-begin > span {
					continue
				}
				if s == len(stages)-1 {
					out = append(out, moment{time: e.time, group: key})
				} else {
					pending[s][key] = begin
				}
			}
		}
	}
	return out
}

var eqlPresent = regexp.MustCompile(`\?([a-z_]+) != null`)

// eqlEvents runs a query of single events. Which fields they are grouped by
// stands in it, for each of its alternatives.
func eqlEvents(condition string, events []*happening) []moment {
	var out []moment
	arms := []string{condition}
	if strings.HasPrefix(condition, "(") && strings.Contains(condition, ") or (") {
		arms = strings.Split(condition, " or ")
	}
	for _, arm := range arms {
		var keys []string
		for _, m := range eqlPresent.FindAllStringSubmatch(arm, -1) {
			keys = append(keys, m[1])
		}
		where := eqlCondition(arm)
		for _, e := range events {
			if where(e) {
				for _, key := range joinKeys(e, keys) {
					out = append(out, moment{time: e.time, group: key})
				}
			}
		}
	}
	return out
}

func eqlNames(list string) []string {
	if list == "" {
		return nil
	}
	return strings.Split(list, ", ")
}

// joinKeys returns the join keys of an event: none where a field is null, and
// one for each of its values.
func joinKeys(e *happening, fields []string) []string {
	out := []string{""}
	for _, f := range fields {
		var next []string
		for _, prefix := range out {
			for _, v := range slices.Compact(slices.Sorted(slices.Values(e.fields[f]))) {
				next = append(next, prefix+v+"|")
			}
		}
		out = next
	}
	return out
}

// eqlCondition reads the conditions that the tests have.
func eqlCondition(text string) func(*happening) bool {
	p := &esqlParser{tokens: regexp.MustCompile(`"[^"]*"|\?|[a-z_]+|!=|[:()]`).FindAllString(text, -1)}
	x := eqlOr(p)
	p.end()
	return x
}

func eqlOr(p *esqlParser) func(*happening) bool {
	x := eqlAnd(p)
	for p.take("or") {
		a, b := x, eqlAnd(p)
		x = func(e *happening) bool { return a(e) || b(e) }
	}
	return x
}

func eqlAnd(p *esqlParser) func(*happening) bool {
	x := eqlAtom(p)
	for p.take("and") {
		a, b := x, eqlAtom(p)
		x = func(e *happening) bool { return a(e) && b(e) }
	}
	return x
}

func eqlAtom(p *esqlParser) func(*happening) bool {
	switch {
	case p.take("("):
		x := eqlOr(p)
		p.must(")")
		return x
	case p.take("?"):
		name := p.next()
		p.must("!=")
		p.must("null")
		return func(e *happening) bool { return e.fields[name] != nil }
	}
	name := p.next()
	p.must(":")
	value := strings.Trim(p.next(), `"`)
	return func(e *happening) bool { return slices.Contains(e.fields[name], value) }
}
