// Package eval says which rules an event matches. It runs any number of rules
// as package ir means them, in process, at a cost that hardly depends on how
// many they are:
//
//	engine, err := eval.Compile(rules, eval.Options{})
//	...
//	matches, err = engine.MatchJSON(line, matches[:0])
//
// # Events
//
// An [Event] is anything that can show its fields: [JSON], [Map], [Pairs] or a
// type of the program's own. A rule's field name is looked for as it stands,
// then as a path of nested names joined by dots. An array has several values;
// a test passes where one of them does, and its negation where none does
// (S14). An object in an array counts as if it stood there alone. Keywords
// look at every value at any depth, not at names (K5). A name that stands
// twice has both values.
//
// Windows events are read under the names that rules use, in whatever shape
// they come: flat; nested as Event.System and Event.EventData, with or without
// the object Event, with attributes under #attributes or beside, with a list
// of named Data elements; as Winlogbeat writes them below winlog. Spaces in
// names are left out, and an attribute is named after its element:
// Provider_Name (X3). A name as it stands goes before these, and System before
// EventData.
//
// Texts are compared by Unicode simple folding (V2), numbers as exact decimals
// (V9). What is not UTF-8 is U+FFFD. Of two fields that are both lists of more
// than a hundred values, fieldref with contains, startswith or endswith
// compares the first hundred.
//
// # How it works
//
// Every test of every rule becomes an atom; equal ones are one. A disjunction
// of atoms, over any fields, becomes a bit, and a rule a short program of
// jumps over bits. Each rule, or alternative of it, hangs on the bit that it
// cannot do without and that is set least often, as the lengths of its texts
// and their use in other rules and in filters let expect; a second such bit
// is its guard. With SigmaHQ's 2,900 rules for Windows an event sets about ten
// bits that lead to programs, and eight programs run.
//
// The index of a field answers all its tests in one pass over a value: a hash
// table for whole values and numbers; sorted texts, in buckets by their
// outermost eight bytes, for prefixes and suffixes; prefix lengths for
// networks; and for substrings a filter that asks at each place of the value
// whether any needle's rarest four bytes can stand there, and compares the
// few needles that remain. Wildcards, and expressions with literals in them,
// go through the same filter; an expression itself is run only when all else
// in its rule holds.
//
// A [Session] remembers the last values of each field with what they did: 70 %
// of the values of real events come again. It is a ring of half a megabyte, so
// that no stream can make it grow; its hash has a random seed.
//
// # What was measured
//
// On one core of an AMD EPYC that others used, too, with 2,900 rules and
// events of 900 bytes of JSON, in nanoseconds an event:
//
//	reading the JSON                          730
//	all, from JSON to matches               3,500
//	the same, log source derived            3,500
//	registry or image load, source known    1,900
//	process creation, source known          4,600
//	100 rules                               2,600
//	3,000 rules                             3,800
//	30,000 rules                            5,300
//
// Compile takes 0.16 s and the engine holds 14 MB. Rejected, or replaced:
//
//   - one automaton a field, as a table of byte classes that folds case as it
//     goes. Prototypes needed 1.6 µs an event and 99 MB, with needles cut to
//     their rarest four to six bytes 1.4 µs and 8 to 15 MB: each byte waits for
//     the state that the one before it led to. The filter has no state; with
//     the comparisons it is 0.5 µs of the above;
//   - a memory of 2 MB in separate tables for values, bytes and answers: 0.4 µs
//     an event slower than one ring of records, for the second cache of a core
//     is smaller. Rings from 256 KB to 2 MB are within the noise;
//   - remembering atoms instead of the words of bits that they set: 0.1 to 0.2 µs
//     slower, for the words of each atom lie elsewhere;
//   - remembering short values that only keywords look at, or folding them:
//     looking through them as they stand is 0.3 µs quicker;
//   - running regular expressions as soon as their literal is found: a tenth of
//     the time went there, though most of their rules fail for other reasons;
//   - a reader of JSON with one method for each token: 0.95 µs instead of 0.73.
package eval
