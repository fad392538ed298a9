package kusto

import (
	"slices"
	"strings"

	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/attack"
)

// tacticName returns a tactic as the APIs of Sentinel and Graph spell it: its name
// without blanks. They have the tactics of ATT&CK up to version 18 (AttackTactic of
// Microsoft.SecurityInsights 2025-09-01), and Stealth and Defense Impairment are
// what version 19 made of Defense Evasion.
func tacticName(t *attack.Tactic) string {
	switch t.ShortName {
	case "stealth", "defense-impairment":
		return "DefenseEvasion"
	case "command-and-control":
		return "CommandAndControl"
	}
	return strings.ReplaceAll(t.Name, " ", "")
}

// A tactic is a tactic with what is filed under it.
type tactic struct {
	name       string
	techniques []*attack.Technique
}

// tactics returns the tactics of a rule with its techniques, each under those that
// it really has.
func tactics(m *sigma.Meta) []tactic {
	var out []tactic
	for _, g := range attack.Of(m).Threat() {
		name := tacticName(g.Tactic)
		i := slices.IndexFunc(out, func(t tactic) bool { return t.name == name })
		if i < 0 {
			i = len(out)
			out = append(out, tactic{name: name})
		}
		for _, t := range g.Techniques {
			if !slices.Contains(out[i].techniques, t) {
				out[i].techniques = append(out[i].techniques, t)
			}
		}
	}
	return out
}

// split returns the identifiers of techniques: those that are no sub-techniques or
// have some, and the sub-techniques.
func split(list []*attack.Technique) (techniques, sub []string) {
	for _, t := range list {
		if t.Parent != nil {
			sub = append(sub, t.ID)
			t = t.Parent
		}
		if !slices.Contains(techniques, t.ID) {
			techniques = append(techniques, t.ID)
		}
	}
	return techniques, sub
}
