package main

import (
	"fmt"
	"strings"

	"github.com/sigma-compiler/sigmac/internal/stream"
)

// A contender is one way to match events that is measured.
type contender struct {
	name string
	fed  string // what it is given, apart from JSON
	load func(*ruleSet) (*loaded, error)
}

// A loaded contender is ready to match.
type loaded struct {
	rules, refused int
	failing        func() int // how many of the rules returned errors so far; may be nil
	worker         func() worker
}

// A worker matches events, one at a time. It returns how many rules match.
type worker struct {
	json func(*stream.Event) int // from the bytes of the event

	// The contender is fed something else than bytes: form makes it of an
	// event, and match matches it.
	form  func(*stream.Event) any
	match func(any) int
}

// sigmacs are the ways to use the library of this repository; the first is
// what the others are compared with.
var sigmacs = []contender{
	{"sigmac", "eval.Map of a decoded map", loadSigmac},
	{"sigmac, log source derived", "eval.Map of a decoded map", loadDerived},
	{"sigmac, log source given", "eval.Map of a decoded map", loadGiven},
}

var peers = []contender{
	{"sigmalite", "LogEntry: fields as strings, the JSON as message", loadSigmalite},
	{"sigma-go", "a decoded map", loadSigmaGo},
	{"go-sigma-rule-engine", "a decoded map", loadRuleEngine},
}

func peerNames() string {
	var names []string
	for _, p := range peers {
		names = append(names, p.name)
	}
	return strings.Join(names, ", ")
}

// contenders returns sigmac and the peers that the flag names.
func contenders(flag string) ([]contender, error) {
	list := append([]contender(nil), sigmacs...)
	switch flag {
	case "all":
		return append(list, peers...), nil
	case "none", "":
		return list, nil
	}
next:
	for name := range strings.SplitSeq(flag, ",") {
		for _, p := range peers {
			if p.name == strings.TrimSpace(name) {
				list = append(list, p)
				continue next
			}
		}
		return nil, fmt.Errorf("%w: there is no peer %q: there are %s", errUsage, name, peerNames())
	}
	return list, nil
}
