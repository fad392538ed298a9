package main

// An expectation is what a rule must say of events.
type expectation struct {
	kind  expectKind
	count int
}

type expectKind uint8

const (
	expectAll   expectKind = iota // every event matches; of a correlation, there is an alert
	expectNone                    // no event matches; no alert
	expectCount                   // so many events match; so many alerts
	expectLeast                   // so many events match at least; so many alerts
)

// met reports whether so many of the events are as expected.
func (e expectation) met(matched, events int) bool {
	switch e.kind {
	case expectAll:
		return matched == events
	case expectNone:
		return matched == 0
	case expectCount:
		return matched == e.count
	}
	return matched >= e.count
}

// String returns the expectation for messages about a rule.
func (e expectation) String() string {
	switch e.kind {
	case expectAll:
		return "all are"
	case expectNone:
		return "none is"
	case expectCount:
		return count(e.count, "is", "are")
	}
	return "at least " + count(e.count, "is", "are")
}
