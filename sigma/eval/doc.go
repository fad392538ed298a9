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
// (S14). An object in an array counts as if it stood there alone, a name that
// stands twice has both values, and null is no value, in an array either. An
// object as a value has no text: its field exists (M7) and is not null (V6).
// Keywords look at every value at any depth, not at names (K5).
//
// Where a name can be found in several ways, the flat one counts, then the one
// whose first part is the shortest: for a.b.c the field a.b.c, then b.c in a,
// then c in b in a, then c in a.b. What is found in one way hides the others
// in the whole event, also where it is null.
//
// Windows events are read under the names that rules use, in whatever shape
// they come: flat; nested as Event.System and Event.EventData, with or without
// the object Event, with attributes under #attributes or beside, with a list
// of named Data elements; as Winlogbeat writes them below winlog. Spaces in
// names are left out, and an attribute is named after its element:
// Provider_Name (X3). A Data element without a name, or with several, is a
// value of the field Data. A name as it stands goes before these, and System
// before EventData.
//
// Texts are compared by Unicode simple folding (V2), numbers as exact decimals
// (V9). What is not UTF-8 in a value is U+FFFD; names are compared as they
// stand.
//
// # Matches
//
// A [FieldReader] gives the fields that a rule tests as they stand in the
// event; [Explain] says why a rule matches or does not. Regular expressions run
// in linear time; those that cannot do so need [Options.Regexp], and where such
// an engine gives up, [Match.Err] says that the rule is not decided.
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
// few needles that remain; those of two and three bytes have filters of their
// own. What it finds is a bit at once, where a test sets one and needs no
// further check. Wildcards, and expressions with literals in them,
// go through the same filter; an expression itself is run only when all else
// in its rule holds.
//
// A [Session] remembers the last values of each field with what they did: 70 %
// of the values of real events come again. It is a ring of eight megabytes at most, so
// that no stream can make it grow; its hash has a random seed. It is asked for
// all values of an event together, for each answer lies somewhere else, far from
// the processor: so the waits for them coincide.
//
// # What was measured
//
// On one core of an AMD EPYC, others of whose cores were busy, with 2,900 rules
// and the events of internal/stream, of 917 bytes of JSON, in nanoseconds an
// event (BenchmarkMatchJSON and its neighbours; the rows of rules are of
// examples/bench -curve):
//
//	reading the JSON                          900 to 1,000
//	all, from JSON to matches               4,200 to 5,200
//	the same, log source derived            3,500 to 4,400
//	registry value, source known            2,500 to 3,500
//	image load, source known                2,400 to 2,700
//	process creation, source known          5,600 to 6,800
//	100 rules                               3,000
//	3,000 rules                             5,300
//	30,000 rules                            6,800
//
// By turns with readers of JSON over the same events (BenchmarkYardstick of
// examples/bench, the best time of each turn), all is 0.26 to 0.28 of what
// encoding/json needs to decode an event and 4.9 times what fastjson needs, with
// the log source derived 0.21 to 0.22 of it and 3.9 to 4.0 times. There the
// same 20,000 events come again, and more of their values are remembered than
// in a stream that goes on: of 150,000 events that had not come before, a
// thousand took 4,500 and 3,980 an event at best.
//
// Compile takes 0.3 s and the engine holds 11 MB. Process creations are a
// fifth of the events; half of the rules are about them. With the log source
// derived, a third of the time goes into values that did not come before, a
// quarter into reading the JSON, an eighth into waiting for the memory's
// answers. Rejected, or replaced, the older ones as measured with events whose
// values repeated more often, which took 3,700 in all:
//
//   - one automaton a field, as a table of byte classes that folds case as it
//     goes. Prototypes needed 1.6 µs an event and 99 MB, with needles cut to
//     their rarest four to six bytes 1.4 µs and 8 to 15 MB: each byte waits for
//     the state that the one before it led to. The filter has no state; with
//     the comparisons it is 0.5 µs of the above;
//   - a memory of 2 MB in separate tables for values, bytes and answers: 0.4 µs
//     an event slower than one ring of records, for the second cache of a core
//     is smaller. A ring of 8 MB is 2 to 4 % quicker than one of 4 MB, and as quick as
//     one of 16 MB, since it has two places for each hash and writes a bit in
//     four bytes;
//   - remembering atoms instead of the words of bits that they set: 0.1 to 0.2 µs
//     slower, for the words of each atom lie elsewhere;
//   - asking the memory for one value after the other, first for the record that
//     the field used last: 3 to 10 % more an event, 11 % where the log source is
//     derived. To fetch what the places that pass the filter lead to in the same
//     way made no difference, nor did large pages;
//   - atoms as what the index finds, each with a list of words of bits: 4 to 6 %
//     more an event, for what one does lies in several places, far from each other;
//   - filters with two bits set for each gram: to ask them takes as long as what
//     they spare;
//   - remembering short values that only keywords look at, or folding them:
//     looking through them as they stand is 0.3 µs quicker;
//   - running regular expressions as soon as their literal is found: a tenth of
//     the time went there, though most of their rules fail for other reasons;
//   - a reader of JSON with one method for each token: 0.95 µs instead of 0.73. To
//     compare the names expected by their outermost eight bytes then took it to
//     0.62.
package eval
