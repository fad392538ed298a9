// Package ir says what a Sigma rule means: one boolean expression over tests
// of fields, in which no modifier, no condition syntax and no escape is left.
//
// [Build] makes it from a rule as written. It is where every modifier, every
// wildcard and every encoding of the specification gets its meaning, once, for
// all languages and for the evaluator. Numbers stay decimal text (no float64),
// the values of one item stay together (AnyOf, AllOf), and every test knows
// the place in the file it came from.
//
// Everything in this package is immutable after Build: [Rewrite] and
// [RewriteTest] make new expressions that share what did not change, so one
// rule can be compiled for all targets at once.
//
// Letter-number items in comments (W4, M22, N10) are those of the project's
// conformance list of the Sigma specification 2.1.0: W wildcards, V values, M
// modifiers, P placeholders, K keywords, N conditions.
package ir
