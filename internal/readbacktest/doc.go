// Package readbacktest is what the tests of the readers share: SigmaHQ's rules
// and the queries that pySigma makes of them, events made from a rule, and the
// comparison of what a rule and its query find among them.
package readbacktest
