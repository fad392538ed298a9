package attack

import "slices"

// A Group is a tactic with the techniques that are filed under it.
type Group struct {
	Tactic     *Tactic
	Techniques []*Technique
}

// Threat returns the techniques under the tactics that a pack files them under,
// in the order of the matrix: those tagged under which a technique really stands,
// and all under which it stands where none of them is tagged. Never is a technique
// filed under a tactic that is not its own only because the rule has both tags. A
// tagged tactic that no technique goes under stays, with none, but for one version's
// name of a tactic beside the other's.
func (t Tags) Threat() []Group {
	var groups []Group
	for _, tactic := range allTactics() {
		g := Group{Tactic: tactic}
		for _, technique := range t.Techniques {
			if slices.Contains(t.filed(technique), tactic) {
				g.Techniques = append(g.Techniques, technique)
			}
		}
		if g.Techniques != nil || slices.Contains(t.Tactics, tactic) && !t.stoodFor(tactic) {
			groups = append(groups, g)
		}
	}
	return groups
}

// filed returns the tactics that a technique is filed under.
func (t Tags) filed(technique *Technique) []*Tactic {
	var filed []*Tactic
	for _, real := range technique.Tactics {
		if slices.ContainsFunc(t.Tactics, func(tagged *Tactic) bool { return meets(tagged, real) }) {
			filed = append(filed, real)
		}
	}
	if filed == nil {
		return technique.Tactics
	}
	return filed
}

// stoodFor reports whether a tagged tactic says no more than the groups do
// without it: a technique is filed under the other version's name for it.
func (t Tags) stoodFor(tactic *Tactic) bool {
	for _, technique := range t.Techniques {
		if slices.ContainsFunc(t.filed(technique), func(real *Tactic) bool { return meets(tactic, real) }) {
			return true
		}
	}
	return tactic == defenseEvasion && (slices.Contains(t.Tactics, stealth) || slices.Contains(t.Tactics, defenseImpairment))
}
