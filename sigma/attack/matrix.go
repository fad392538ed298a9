package attack

// matrix has the tactics in the order of the matrix. Version 18's Defense
// Evasion stands behind those that replaced it, of which one has its identifier.
var matrix = [...]Tactic{
	{"TA0043", "reconnaissance", "Reconnaissance"},
	{"TA0042", "resource-development", "Resource Development"},
	{"TA0001", "initial-access", "Initial Access"},
	{"TA0002", "execution", "Execution"},
	{"TA0003", "persistence", "Persistence"},
	{"TA0004", "privilege-escalation", "Privilege Escalation"},
	{"TA0005", "stealth", "Stealth"},
	{"TA0112", "defense-impairment", "Defense Impairment"},
	{"TA0005", "defense-evasion", "Defense Evasion"},
	{"TA0006", "credential-access", "Credential Access"},
	{"TA0007", "discovery", "Discovery"},
	{"TA0008", "lateral-movement", "Lateral Movement"},
	{"TA0009", "collection", "Collection"},
	{"TA0011", "command-and-control", "Command and Control"},
	{"TA0010", "exfiltration", "Exfiltration"},
	{"TA0040", "impact", "Impact"},
}

// What version 19 made of version 18's Defense Evasion.
var stealth, defenseImpairment, defenseEvasion = &matrix[6], &matrix[7], &matrix[8]

// allTactics returns the tactics of both versions in the order of the matrix.
func allTactics() []*Tactic {
	ts := make([]*Tactic, len(matrix))
	for i := range matrix {
		ts[i] = &matrix[i]
	}
	return ts
}

// meets reports whether one tactic, which was tagged, stands for another, under
// which a technique is: they are the same, or Defense Evasion and what replaced
// it.
func meets(tagged, real *Tactic) bool {
	switch {
	case tagged == real:
		return true
	case tagged == defenseEvasion:
		return real == stealth || real == defenseImpairment
	case real == defenseEvasion:
		return tagged == stealth || tagged == defenseImpairment
	}
	return false
}
