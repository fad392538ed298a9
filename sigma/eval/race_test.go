//go:build race

package eval_test

// hostileSize is how many bytes or elements hostile events have, about: less
// under the race detector, which makes all of it ten times slower.
const hostileSize = 10_000
