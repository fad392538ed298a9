// Package compare says how what one rule matches relates to what another does,
// such as a rule before and after a change:
//
//	result := compare.Rules(before, after, compare.Options{})
//	fmt.Println(result.Relation) // broader
//	fmt.Println(string(result.OnlyNew.JSON)) // an event that only the rule after the change matches
//
// # What is proven
//
// Both rules become formulas over the same tests: lists, selections and their
// names, the order of parts and the spelling of a test are gone. Whether one
// formula implies the other is decided by trying, with what is known of each
// two tests of a field: that a text with one ending has the shorter ending, too,
// that an address in a network is in the larger one, that a number below five is
// below ten, that a field with a value is neither absent nor null. A field may
// have several values, so that no two tests of values exclude each other (S14).
// The work is bounded, and what is known of regular expressions is little: that
// nothing was proven says nothing.
//
// # What is shown
//
// A difference is shown by an event: package synth looks for one that the one
// rule matches and not the other, and package eval, which the command runs, says
// so of it. Where neither is found and equality is not proven, the answer is
// [Alike]: no difference was found.
//
// Of 4,000 random edits of SigmaHQ's rules (a value more or less, a star more, case
// that counts, a negation, and for or ...) one is called narrower of which an
// event shows the opposite; of none is anything said to be proven that an event
// refutes (go test ./sigma/compare -run TestEdits -v -args -edits 4000). Each rule
// of SigmaHQ is proven the same as itself in any order.
//
// Of correlations, and of log sources, there are no events to try. What changed
// of them is compared part by part, and in which direction it goes is reasoned
// from what the parts mean.
package compare
