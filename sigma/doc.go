// Package sigma reads and writes Sigma rules: detection rules, correlation
// rules and filters, as the Sigma specification 2.1 defines them.
//
// # Contract
//
// Parse, ParseFile, Load and LoadFS accept any bytes. They never panic, never
// read beyond the limits of this package (MaxFileSize and the constants beside
// it), and end within a second for each file. They report everything that is
// wrong with a file at once, as an ErrorList whose errors have a place, a Code
// and, where there is one, a hint at what would be right. What is right is
// returned even where something else is wrong.
//
// What is returned is the rule as written: searches, fields, modifiers and
// values in the order of the file, each with its place. Nothing is dropped:
// top-level keys that the specification does not name are kept, numbers keep
// their digits, and strings are those that YAML means, before any escape or
// wildcard of Sigma is looked at. What a rule means is the business of package
// ir: whether a modifier exists, what a wildcard is, and which searches a
// quantifier combines. Only what can be said without that is checked here:
// types and values of attributes, the structure of searches, the grammar of
// conditions, and that conditions name searches that exist.
//
// Warnings are of the same type as errors. They say what another tool may not
// read, what is an old spelling, and what has no effect.
//
// The documents must not be changed while another goroutine reads them. A
// File's text must not be changed at all: places refer to it.
//
// Comments cite the numbered requirements of the project's conformance list:
// letters for sections of the specification (A documents, B attributes, L log
// source, S detections, V values, M modifiers, N conditions, C correlations, G
// filters), such as N8 for what a search may be called.
//
// # The path of a rule
//
// A rule goes through the packages in one direction, and each imports only
// those before it:
//
//		bytes ──sigma.Parse──▶ *sigma.Rule ──ir.Build──▶ *ir.Rule ──pipeline──▶ *ir.Rule ──backend──▶ query ──format──▶ files
//		YAML                   as written                as meant                in the target's       in the target's
//		                                                                        names and values      language
//
//	  - sigma: what a rule file says. YAML with places, conditions as trees,
//	    every attribute typed.
//	  - sigma/ir: what a rule means. Modifiers are applied and gone: what is left
//	    are tests of fields (text with wildcards, regular expressions, networks,
//	    numbers ...) under and, or and not. The result is immutable; rewriting
//	    it copies what changes.
//	  - sigma/attack: the techniques and tactics of ATT&CK, and what tags say of
//	    them.
//	  - sigma/schema: which tables and columns a target has, and their types.
//	  - sigma/pipeline: what a target calls things. Fields, values and log
//	    sources are renamed, conditions added, rules refused.
//	  - sigma/pipeline/lint: what is wrong with pipelines that parse.
//	  - sigma/eval: whether an event matches, in process, for thousands of rules
//	    at once.
//	  - sigma/eval/correlate: correlations over the stream of what it finds.
//	  - sigma/synth: events that a rule matches and events that it just misses,
//	    to find out whether a query says the same.
//	  - sigma/compare: how what one rule matches relates to what another does.
//	  - backends/emit: what languages share. A dialect is a table of operators
//	    and lexical rules whose blanks are errors; the printer decides about
//	    parentheses, lists and fallbacks. A format with Content makes of a query
//	    what people deploy: an entry with id, title, level and schedule.
//	  - backends/...: the languages and their formats, a folder each.
//	  - backends: the list of all backends, and the whole path in one call.
//	  - pack: folders and archives of what a rule set becomes for each target.
//	  - cmd/sigmac: the command.
//
// Three rules hold everywhere. What a query may not do is match other events
// than the rule means: where a language cannot say it, the answer is an error
// with the code Unsupported and a place. Every failure is an *Error. And no
// package keeps state: no registries, no globals that change.
package sigma
