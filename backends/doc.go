// Package backends compiles Sigma rules to queries: it lists the languages
// ([All]) and is the path that a rule takes to one of them ([Compiler]).
package backends
