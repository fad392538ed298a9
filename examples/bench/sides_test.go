package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/bradleyjkemp/sigma-go/evaluator"
	"github.com/runreveal/sigmalite"

	"github.com/sigma-compiler/sigmac/internal/oracle"
	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/eval"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// An answer is what a library says of a rule and an event.
type answer int

const (
	no answer = iota
	yes
	refused // it does not read the rule, or returns an error, or panics
)

func (a answer) String() string { return [...]string{"no", "yes", "refused"}[a] }

func truth(b bool) answer {
	if b {
		return yes
	}
	return no
}

// An event is one in the form that each library wants.
type event struct {
	text    []byte
	plain   oracle.Event
	decoded map[string]any
	entry   *sigmalite.LogEntry
}

func newEvent(tb testing.TB, text []byte) *event {
	tb.Helper()
	plain, err := oracle.Parse(text)
	if err != nil {
		tb.Fatalf("%v: %s", err, text)
	}
	e := &event{text: text, plain: plain, decoded: decode(text), entry: &sigmalite.LogEntry{Fields: map[string]string{}}}
	var message []string
	flatten(e.entry.Fields, &message, "", map[string]any(plain))
	e.entry.Message = strings.Join(message, "\n")
	return e
}

// flatten gives nested fields dotted names, as sigmalite's map of strings
// needs, and collects all texts as the message that keywords look in. A list
// is its JSON.
func flatten(fields map[string]string, message *[]string, name string, v any) {
	switch v := v.(type) {
	case nil:
	case map[string]any:
		for _, k := range slices.Sorted(maps.Keys(v)) {
			flatten(fields, message, strings.TrimPrefix(name+"."+k, "."), v[k])
		}
	case []any:
		for _, x := range v {
			flatten(map[string]string{}, message, name, x)
		}
		text, _ := json.Marshal(v)
		fields[name] = string(text)
	default:
		fields[name] = fmt.Sprint(v)
		*message = append(*message, fmt.Sprint(v))
	}
}

// A reading is a rule as a library has read it.
type reading func(*event) answer

func refuse(*event) answer { return refused }

// readers are the two libraries that are compared with.
var readers = []struct {
	name string
	read func(text []byte) reading
}{
	{"sigmalite", readSigmalite},
	{"sigma-go", readSigmaGo},
}

func readSigmalite(text []byte) reading {
	r, err := parseSigmalite(text)
	if err != nil {
		return refuse
	}
	return func(e *event) (a answer) {
		defer func() {
			if recover() != nil {
				a = refused
			}
		}()
		return truth(r.Detection.Matches(e.entry, nil))
	}
}

func readSigmaGo(text []byte) reading {
	r, err := parseSigmaGo(text)
	if err != nil {
		return refuse
	}
	ev := evaluator.ForRule(r)
	return func(e *event) answer {
		match, err := matchSigmaGo(ev, e.decoded)
		if err != nil {
			return refused
		}
		return truth(match)
	}
}

// A subject is a rule as all sides read it.
type subject struct {
	rule    *sigma.Rule
	ours    *ir.Rule
	peers   []reading
	mu      sync.Mutex
	parts   map[string]*subject // of it, kept by shrink
	refused [2]bool             // by the peers, for some event
}

// newSubject reads a rule, or returns nil where sigmac refuses it.
func newSubject(text []byte) *subject {
	s := &subject{parts: map[string]*subject{}}
	var err error
	if s.rule, err = sigma.ParseRule("rule.yml", text); err != nil {
		return nil
	}
	if s.ours, err = ir.Build(s.rule); err != nil {
		return nil
	}
	if _, err := eval.Compile([]*ir.Rule{s.ours}, eval.Options{}); err != nil {
		return nil // placeholders that nothing fills, for one
	}
	for _, r := range readers {
		s.peers = append(s.peers, r.read(text))
	}
	return s
}

// oracle is our answer, by the plainest way there is.
func (s *subject) oracle(e *event) answer {
	return truth(slices.ContainsFunc(s.ours.Where, func(x ir.Expr) bool { return oracle.Match(x, e.plain) }))
}

// part returns the subject of a rule that has only these searches of another.
func part(condition string, searches ...*sigma.Search) *subject {
	text := "title: part\nlogsource:\n    category: test\ndetection:\n    s:\n        f: v\n    condition: s\n"
	rule, err := sigma.ParseRule("rule.yml", []byte(text))
	if err != nil {
		panic(err)
	}
	rule.Detection.Searches = searches
	var out bytes.Buffer
	if err := sigma.Write(&out, rule); err != nil {
		panic(err) // the parts come from a rule that was read
	}
	return newSubject([]byte(strings.Replace(out.String(), "condition: s\n", "condition: "+condition+"\n", 1)))
}
