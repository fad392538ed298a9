// Package correlate runs correlations over a stream of events: it is told
// which rules each event matches, keeps the events of each group for as long
// as their window is open, and tells when a condition holds.
//
// What a correlation means is said at [ir.Correlation]. It does not depend on
// the order in which events arrive, as long as none is later than
// [Options].Lateness: events wait until none can come that lies before them,
// and those of one point in time are looked at together. Events that are later
// than that are left out and counted. A state can be saved at any point and
// restored, with the same alerts as if there had been no break.
//
// # Memory
//
// A correlation keeps, for each group, 40 bytes and what its type needs, and
// for each event in an open window 32 bytes; the values of group-by fields are
// kept as keyed hashes of 128 bits (SipHash), which nobody who does not know
// the key can make collide. [Options] bound the groups and the events of each
// correlation: beyond them the oldest event goes first, which [Stats] counts,
// and for which a count may come out too small.
//
// # Cost
//
// An event costs the same whatever the window holds: counts, sums and the
// order of rules are kept up to date as events come and go. Percentiles keep
// the values of a group sorted.
package correlate
