// Package splunkread reads Splunk's Search Processing Language (SPL): the
// search clause and the commands search, where, regex, rex and eval behind it,
// each of which keeps some events or computes fields for those that follow.
// from and tstats may begin one about a dataset of a data model, whose events
// are those that have its tags and whose fields have names of their own. table,
// fields, rename and convert may end a query; they choose and write columns,
// not events.
//
// There is no engine to compare with. What is written here follows from
// Splunk's documents, named in comments: SR is the Search Reference and SM the
// Search Manual (9.4 and 10.0), SPEC the .conf and .spec files that Splunk
// Enterprise ships, in particular searchbnf.conf with its grammar. Where they
// contradict each other or say nothing, a [Reading] chooses, and a query is
// only safe if it means the same in every one of them ([Readings]). What can
// have no meaning without a guess is an error with Foreign set.
//
// # What is compared
//
// The search clause compares the values of fields. Splunk looks in the index
// first: "f=v" becomes "v AND f=v" over the words of the raw event
// (INDEXED_VALUE, fields.conf.spec), so that a value which does not stand there
// literally is not found in the first clause though the field shows it:
// calculated fields, values that JSON or XML escape, parts of a word. That is
// not modelled; nor are the limits of field extraction, and that extraction
// drops empty values.
//
// The raw event, _raw, is not there when events are matched in process. A
// keyword, and a test of _raw, is one of the values of the event, each by
// itself. A text that spans several values, a name of a field, and ^ and $ at
// the ends of the raw event are not modelled.
//
// Where a field has several values, a test passes where one of them does and
// its negation where none does. Splunk documents neither for where and regex.
// f!=v is the opposite of f=v for an event that has the field, f>v of several
// values compares all of them as numbers or all as texts.
//
// Letters are compared without regard to case by Unicode simple folding, also
// behind lower() and upper(); Splunk does not say which letters it folds. The
// long s, the Kelvin sign and the final sigma are the characters where folding
// and lower() differ. An extracted value is text: two fields are compared as
// texts, never as numbers.
package splunkread
