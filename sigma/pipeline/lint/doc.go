// Package lint finds what is wrong with pipelines that parse: steps that no
// rule can reach, mappings of fields that an earlier step has renamed already,
// state that nobody reads, ids and variables that do not exist; and, with
// rules at hand, what of a pipeline they use and what they miss in it.
//
// What is said of conditions is proved, not guessed. The log sources that
// rules can have at a step are followed exactly: through the conditions, the
// steps that change the log source and those that refuse rules. Conditions on
// anything else count as such that may hold or not, unless they contradict
// themselves. So what is reported as out of reach is; there may be more.
package lint
