// Package synth makes events from a rule: events that it matches, and events
// that it just misses, to try out whether something else, such as a query that
// the rule was compiled to, says the same:
//
//	set, err := synth.Events(rule, synth.Options{})
//	...
//	for _, e := range set.Events {
//		fmt.Printf("%t %s %s\n", e.Expect, e.Why, e.JSON)
//	}
//
// A wrong query is told from the right one only by an event of which the two
// say different things. So events are chosen for what they tell apart, not for
// looking real: a value is what the rule asks for between two letters that
// stand in none of its texts.
//
// # Which events are made
//
// For each single test of the rule there is an event in which the test
// decides: it passes, all that stands beside it in conjunctions is true, and
// all that stands beside it in disjunctions is false, so that the answer turns
// with it. Of a long list some values get such an event: the first, the last,
// each that is written in another way, and some that the seed chooses. The
// same events come with all texts in the other case, and with a line break or
// nothing where a star stands.
//
// Each of these events is then changed at the field of its test, in one thing
// at a time: a character cut off or put on at either end, two characters or
// none for a question mark, each of the dashes, a letter for a plain star,
// backslashes doubled; numbers one up and down, at the bound, as text, with a
// fraction; addresses at both edges of a network and beyond; one repetition
// too few or too many, the characters beside a class, something before an
// anchor; the neighbours of a part of a date; the other field absent, other in
// case, longer. The field is absent, null, empty, one of several values, or an
// empty list. Those edits that show most of what a test asks for are made for
// each test, the others in turn. Of long lists an event just misses all values
// at once.
//
// What an event is expected to do is what package eval says of it, whatever it
// was made for.
//
// # How it works
//
// All knowledge of what tests mean is in package eval. Every single test of
// the rule becomes a rule of its own in one engine, so that one run over an
// event says of each whether it passes: the judge. The search turns the
// condition into demands on single fields, one alternative after the other,
// and looks for a value that meets all demands on a field among candidates
// that are put together from them: beginnings and ends laid upon each other,
// what must be contained between, texts written along the syntax tree of a
// regular expression, numbers and addresses round those that are named. The
// judge decides. Where no event is found that a rule matches, the set says
// which demands could not be met together.
//
// # What was measured
//
// Of the 3,780 rules of SigmaHQ's folders rules*, the 3,756 that have no
// placeholder get 165,113 events, each rule one that it matches and five that
// it does not, in seven seconds of one core. Of the 19,347 single tests in
// rules with up to 20 of them, each passes in an event and fails in another.
// The plain tree walk of internal/oracle says the same of every event (FULL=1
// go test ./sigma/synth -v -run TestCorpus).
//
// Of 8,589 small mistakes put into 300 of these rules (a "not" dropped, a value
// of a list left out, a star too many, case told apart, a line break excluded,
// a network a bit shorter ...), 253 are such that no event is known to tell,
// not among thousands. Of the others the events tell 98.2 % (RULES=300 go test
// ./sigma/synth -v -run TestMutants); what they miss is in rules with dozens
// of values, not all of which get events of their own.
package synth
