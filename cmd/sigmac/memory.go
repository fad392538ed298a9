package main

// What the garbage collector is told. A conversion makes much garbage and
// keeps little, so that a heap several times the live data costs a few
// megabytes and saves most of the collector's work.
const (
	gcPercent   = 400
	memoryLimit = 100 << 20 // bytes; above it the collector works as hard as it must
)

// tuneMemory sets the collector, unless the user did with GOGC or GOMEMLIMIT.
func tuneMemory(lookup func(string) (string, bool), percent func(int) int, limit func(int64) int64) {
	if _, ok := lookup("GOGC"); !ok {
		percent(gcPercent)
	}
	if _, ok := lookup("GOMEMLIMIT"); !ok {
		limit(memoryLimit)
	}
}

// What eval tells it instead: rules that are ready to run are large, and a
// collector that works against them would take all the time; but they stay,
// and the events that pass by need little.
const (
	evalPercent = 100
	evalLimit   = 1 << 30 // bytes
)

// tuneEval sets the collector for eval, unless the user did.
func tuneEval(lookup func(string) (string, bool), percent func(int) int, limit func(int64) int64) {
	if _, ok := lookup("GOGC"); !ok {
		percent(evalPercent)
	}
	if _, ok := lookup("GOMEMLIMIT"); !ok {
		limit(evalLimit)
	}
}
