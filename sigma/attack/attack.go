// Package attack knows the techniques and tactics of MITRE ATT&CK (Enterprise)
// and reads the tags of rules that name them.
//
// The table is of version 19, together with what version 18 said differently:
// rules in the wild use both. Version 19 replaced the tactic Defense Evasion by
// Stealth and Defense Impairment; here a tag of the former stands for whichever
// of the two a technique has. Identifiers that were revoked or deprecated since
// ATT&CK has had numbers are known with what replaced them.
//
// The table is part of the program and nothing is fetched. techniques.csv has
// names, identifiers and their relations only, no descriptions, and is read when
// it is first asked for. All values are shared and must not be changed.
//
// © 2025 The MITRE Corporation. This work is reproduced and distributed with the
// permission of The MITRE Corporation. ATT&CK is a registered trademark of The
// MITRE Corporation; its terms of use are at
// https://attack.mitre.org/resources/legal-and-branding/terms-of-use/.
package attack

import (
	"slices"
	"strings"
)

// Version is the version of ATT&CK that the table is of.
const Version = "19"

// A Tactic is why an adversary does something: a column of the matrix.
type Tactic struct {
	ID        string // TA0011
	ShortName string // command-and-control
	Name      string // Command and Control
}

// URL returns the address of the tactic's page.
func (t *Tactic) URL() string { return "https://attack.mitre.org/tactics/" + t.ID + "/" }

// A Technique is how an adversary does something; a sub-technique is one, too.
type Technique struct {
	ID         string     // T1571 or T1021.001
	Name       string     // of a sub-technique without its parent's
	Tactics    []*Tactic  // under which it stands, in the order of the matrix; in version 18 where it is not in 19
	Parent     *Technique // of a sub-technique, nil otherwise
	ReplacedBy *Technique // what it is now; nil where it is current, or that is not known
	Revoked    bool       // it has another identifier now
	Deprecated bool       // it was given up

	v18 []*Tactic // under which version 18 had it, where that differs
}

// URL returns the address of the technique's page.
func (t *Technique) URL() string {
	return "https://attack.mitre.org/techniques/" + strings.ReplaceAll(t.ID, ".", "/") + "/"
}

// Current reports whether the technique is one of the version, neither revoked
// nor deprecated.
func (t *Technique) Current() bool { return !t.Revoked && !t.Deprecated }

// Lookup returns the technique with that identifier, in upper or lower case, or
// nil where there is none.
func Lookup(id string) *Technique { return table().byID[strings.ToUpper(id)] }

// Techniques returns all techniques, those revoked and deprecated too, sorted by
// identifier.
func Techniques() []*Technique { return slices.Clone(table().techniques) }

// Tactics returns the tactics of the version in the order of the matrix.
func Tactics() []*Tactic {
	return slices.DeleteFunc(allTactics(), func(t *Tactic) bool { return t == defenseEvasion })
}

// Find returns the tactic with that identifier, short name or name, or nil where
// there is none. Case does not matter; blanks and the underscores of Sigma's first
// version stand for hyphens. Version 18's Defense Evasion is found by its names;
// its identifier TA0005 is that of Stealth now.
func Find(tactic string) *Tactic {
	name := strings.Map(shortRune, tactic)
	for i := range matrix {
		if t := &matrix[i]; t.ShortName == name || strings.EqualFold(t.ID, tactic) {
			return t
		}
	}
	return nil
}

// shortRune makes a short name of a name: it is that in lower case with hyphens.
func shortRune(r rune) rune {
	switch {
	case r == '_' || r == ' ':
		return '-'
	case 'A' <= r && r <= 'Z':
		return r + 'a' - 'A'
	}
	return r
}
