// Package pysigma compares what sigmac makes of SigmaHQ's rules with what
// pySigma made of them with pipelines of the same names: not their texts, but
// which events they find. Each difference falls in a class that a rule of code
// decides, and is explained by classes only where undoing what they tell of
// makes both agree: conditions that choose the log source are taken for true,
// a field of another name is read as sigmac's, and of a test that only one of
// both has nothing is assumed. A difference that no class explains is a
// mistake of one of both that is not known yet.
//
// Testdata has the sums of each run: rules that mean different things are counted in
// each class that it takes to explain the difference; behind a class is the first
// rule that is in it. "field: a for b" is pySigma's name before sigmac's, and "log
// source" what pipelines add to a rule to choose events. Classes of items name the
// field as the rule has it: "null or empty", "regular expression", "network",
// "wildcard" and "dash" where a test of that sort differs, else "value".
//
// What pySigma made comes from the reference material beside the repository
// and, with splunk_cim, from what testdata/record.py writes.
package pysigma
