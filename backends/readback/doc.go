// Package readback says what a query means in the language that it is written
// in. Each language has a reader, in a folder beside its backend, that parses
// a query and returns a tree of this package: the tests of single fields in
// the terms of package ir, and above them the logic of the language, which
// mostly has three values. [Meaning] turns the tree into an expression of two
// values that package eval runs, so that a query and the rule it came from can
// be compared on the same events.
//
// A reader knows its language from the vendor's manual and shares nothing with
// the backend that writes it: neither tables of escapes nor of operators. What
// it does not know is an *Error, never a guess.
package readback
