package attack

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/sigma-compiler/sigmac/sigma"
)

// meta returns the attributes of a rule with tags.
func meta(t testing.TB, tags ...string) *sigma.Meta {
	t.Helper()
	text := "title: T\nlogsource:\n    product: p\ndetection:\n    a:\n        f: v\n    condition: a\ntags:\n"
	for _, tag := range tags {
		text += "    - " + tag + "\n"
	}
	rule, err := sigma.ParseRule("rule.yml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return &rule.Meta
}

func TestLookup(t *testing.T) {
	for _, id := range []string{"T1571", "t1571"} {
		if q := Lookup(id); q == nil || q.Name != "Non-Standard Port" || shortNames(q.Tactics) != "command-and-control" || q.Parent != nil {
			t.Errorf("Lookup(%q) = %+v", id, q)
		}
	}
	rdp := Lookup("t1021.001")
	if rdp == nil || rdp.Name != "Remote Desktop Protocol" || rdp.Parent != Lookup("T1021") {
		t.Fatalf("T1021.001 is %+v", rdp)
	}
	if got, want := rdp.URL(), "https://attack.mitre.org/techniques/T1021/001/"; got != want {
		t.Errorf("its URL is %s, not %s", got, want)
	}
	for _, id := range []string{"", "T", "T0001", "T1571.001", "TA0011", "1571", "Non-Standard Port"} {
		if q := Lookup(id); q != nil {
			t.Errorf("Lookup(%q) = %v", id, q)
		}
	}
}

func TestFind(t *testing.T) {
	for _, name := range []string{"command-and-control", "command_and_control", "Command and Control", "TA0011", "ta0011", "COMMAND-AND-CONTROL"} {
		if got := Find(name); got == nil || got.ID != "TA0011" || got.URL() != "https://attack.mitre.org/tactics/TA0011/" {
			t.Errorf("Find(%q) = %v", name, got)
		}
	}
	if got := Find("TA0005"); got != stealth {
		t.Errorf("TA0005 is %v, which is not of version 19", got)
	}
	if got := Find("defense_evasion"); got != defenseEvasion || got.Name != "Defense Evasion" {
		t.Errorf("defense_evasion is %v", got)
	}
	for _, name := range []string{"", "TA0000", "t1571", "c2"} {
		if got := Find(name); got != nil {
			t.Errorf("Find(%q) = %v", name, got)
		}
	}
}

// TestOf has rules' tags, what they mean, what a pack files where, and what is
// wrong with them.
func TestOf(t *testing.T) {
	tests := []struct {
		name, tags, want, threat, problems string
	}{
		{"one technique under one tactic", "attack.command-and-control attack.t1571",
			"T1571 | command-and-control", "command-and-control{T1571}", ""},
		{"a technique under its own tactic, whatever else is tagged", "attack.persistence attack.t1571 attack.command-and-control",
			"T1571 | persistence command-and-control", "persistence{} command-and-control{T1571}", ""},
		{"a technique none of whose tactics is tagged", "attack.persistence attack.t1571",
			"T1571 | persistence", "persistence{} command-and-control{T1571}",
			"10:7: no tactic of T1571 (Non-Standard Port) is tagged (it stands under command-and-control)"},
		{"no tactic is tagged", "attack.t1053.005",
			"T1053.005 |", "execution{T1053.005} persistence{T1053.005} privilege-escalation{T1053.005}", ""},
		{"one of several tactics is tagged", "attack.t1053.005 attack.persistence",
			"T1053.005 | persistence", "persistence{T1053.005}", ""},
		{"two techniques, each where it belongs, in the order of the matrix", "attack.t1571 attack.t1059.001 attack.command-and-control attack.execution",
			"T1571 T1059.001 | command-and-control execution", "execution{T1059.001} command-and-control{T1571}", ""},
		{"underscores of the first version", "attack.command_and_control attack.t1571",
			"T1571 | command-and-control", "command-and-control{T1571}",
			"9:7: the tactic has underscores (write attack.command-and-control)"},
		{"a tactic by its identifier", "attack.ta0011 attack.t1571",
			"T1571 | command-and-control", "command-and-control{T1571}", ""},
		{"Defense Evasion is Stealth", "attack.defense-evasion attack.t1027",
			"T1027 | defense-evasion", "stealth{T1027}", ""},
		{"Defense Evasion is Defense Impairment, and the technique was replaced", "attack.defense-evasion attack.t1562.001",
			"T1685 | defense-evasion", "defense-impairment{T1685}",
			"10:7: T1562.001 (Disable or Modify Tools) was revoked (write attack.t1685, Disable or Modify Tools)"},
		{"Stealth is not Defense Impairment", "attack.stealth attack.t1685",
			"T1685 | stealth", "stealth{} defense-impairment{T1685}",
			"10:7: no tactic of T1685 (Disable or Modify Tools) is tagged (it stands under defense-impairment)"},
		{"a tactic of version 18 that the technique has no longer", "attack.defense-evasion attack.t1548",
			"T1548 | defense-evasion", "privilege-escalation{T1548} defense-evasion{}", ""},
		{"replaced and what replaced it", "attack.t1086 attack.t1059.001 attack.execution",
			"T1059.001 | execution", "execution{T1059.001}",
			"9:7: T1086 (PowerShell) was revoked (write attack.t1059.001, PowerShell)"},
		{"replaced by one of another tactic", "attack.exfiltration attack.t1002",
			"T1560 | exfiltration", "collection{T1560} exfiltration{}",
			"10:7: T1002 (Data Compressed) was revoked (write attack.t1560, Archive Collected Data)"},
		{"deprecated, with the tactics it had", "attack.stealth attack.t1064",
			"T1064 | stealth", "defense-evasion{T1064}",
			"10:7: T1064 (Scripting) is deprecated (nothing replaced it)"},
		{"both versions' names of a tactic", "attack.defense-evasion attack.stealth",
			"| defense-evasion stealth", "stealth{}", ""},
		{"no such technique", "attack.t9999 attack.t1571.001",
			"|", "", "9:7: Enterprise ATT&CK 19 has no technique T9999; " +
				"10:7: Enterprise ATT&CK 19 has no technique T1571.001 (T1571 (Non-Standard Port) has no such sub-technique)"},
		{"no such tactic", "attack.comand-and-control attack.xyz",
			"|", "", "9:7: ATT&CK 19 has no tactic comand-and-control (did you mean attack.command-and-control?); " +
				"10:7: ATT&CK 19 has no tactic xyz (a tag is of a tactic or a technique, such as attack.command-and-control and attack.t1571)"},
		{"of any length", "attack.t" + strings.Repeat("1", 1000),
			"|", "", "9:7: Enterprise ATT&CK 19 has no technique T" + strings.Repeat("1", 59) + "..."},
		{"other objects and other namespaces", "attack.g0016 attack.s0002 attack.ds0015 attack.m1036 cve.2021-44228 t1571.attack detection.emerging-threats",
			"|", "", ""},
		{"no tags", "", "|", "", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := Of(meta(t, strings.Fields(test.tags)...))
			if dump := dumpTags(got); dump != test.want {
				t.Errorf("the tags are %q, want %q", dump, test.want)
			}
			if threat := dumpThreat(got); threat != test.threat {
				t.Errorf("the threat is %q, want %q", threat, test.threat)
			}
			if problems := dumpProblems(got); problems != test.problems {
				t.Errorf("the problems are\n%s, want\n%s", problems, test.problems)
			}
		})
	}
}

// dumpTags writes "T1571 | command-and-control".
func dumpTags(t Tags) string {
	var words []string
	for _, q := range t.Techniques {
		words = append(words, q.ID)
	}
	words = append(words, "|")
	for _, tactic := range t.Tactics {
		words = append(words, tactic.ShortName)
	}
	return strings.Join(words, " ")
}

// dumpThreat writes "execution{T1059 T1059.001} persistence{}".
func dumpThreat(t Tags) string {
	var words []string
	for _, g := range t.Threat() {
		var ids []string
		for _, q := range g.Techniques {
			ids = append(ids, q.ID)
		}
		words = append(words, g.Tactic.ShortName+"{"+strings.Join(ids, " ")+"}")
	}
	return strings.Join(words, " ")
}

func dumpProblems(t Tags) string {
	var lines []string
	for _, e := range t.Problems {
		lines = append(lines, strings.TrimPrefix(e.Error(), "rule.yml:"))
	}
	return strings.Join(lines, "; ")
}

// TestThreatIsTrue holds for each technique and each tactic tagged with it: it is
// filed, and only under tactics that it has.
func TestThreatIsTrue(t *testing.T) {
	for _, q := range Techniques() {
		for _, tactic := range allTactics() {
			tags := Of(meta(t, "attack."+strings.ToLower(q.ID), "attack."+tactic.ShortName))
			filed := false
			for _, g := range tags.Threat() {
				for _, f := range g.Techniques {
					filed = true
					if !slices.Contains(f.Tactics, g.Tactic) {
						t.Errorf("%s is filed under %s", f.ID, g.Tactic.Name)
					}
				}
			}
			if !filed {
				t.Errorf("%s with %s is filed nowhere", q.ID, tactic.ShortName)
			}
		}
	}
}

func ExampleOf() {
	rule, err := sigma.ParseRule("rule.yml", []byte(`
title: Connection to a non-standard port
logsource:
    category: network_connection
detection:
    port:
        DestinationPort: 4444
    condition: port
tags:
    - attack.persistence
    - attack.command-and-control
    - attack.t1571
`))
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, group := range Of(&rule.Meta).Threat() {
		fmt.Println(group.Tactic.Name, group.Techniques)
	}
	// Output:
	// Persistence []
	// Command and Control [T1571 (Non-Standard Port)]
}
