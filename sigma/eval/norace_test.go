//go:build !race

package eval_test

// hostileSize is how many bytes or elements hostile events have, about: so many
// that a time that grows with their square is minutes.
const hostileSize = 100_000
