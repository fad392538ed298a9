// Command scoreboard measures how much of SigmaHQ's rules the compiler gets
// right, and pySigma beside it by the same measures, and writes
// docs/scoreboard.md:
//
//	go run ./internal/scoreboard -shared ../shared -o docs/scoreboard.md
//
// Four things are counted for each target:
//
//   - converted: the rules that become queries;
//   - accepted: those whose queries the parser of the language accepts
//     (internal/engines; for SPL, which has no parser outside Splunk, our reader);
//   - regression: the rules with recorded events whose queries find exactly the
//     events, of all that are recorded, that the rule matches: with the queries
//     read back (backends/verify), and run on an engine;
//   - synthesised: the rules whose queries, read back, say of every event that
//     sigma/synth makes of the rule what the rule says.
//
// pySigma's queries are those that were recorded of it, one file a conversion.
// What cannot be measured, such as with an engine that is not installed, is said
// to be so. Nothing on the board depends on the machine but the dates and the
// versions.
package main
