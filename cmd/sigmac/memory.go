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

// evalLimit is the memory limit of eval in bytes: rules that are ready to run
// are large, and a collector that works against them would take all the time.
const evalLimit = 1 << 30

// tuneEval sets the limit of eval, unless the user did.
func tuneEval(lookup func(string) (string, bool), limit func(int64) int64) {
	if _, ok := lookup("GOMEMLIMIT"); !ok {
		limit(evalLimit)
	}
}
