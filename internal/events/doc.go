// Package events reads streams of events in the forms in which people have
// them: JSON, one object a line, in lists or one behind the other; the event
// logs of Windows (EVTX); CSV with a header; texts as UTF-8 or UTF-16; and each
// of these compressed by gzip or zstd. The form is found out from the first
// bytes.
//
// A Reader only finds where events begin and end, and cuts the stream into
// Batches of whole ones; a Decoder reads the events of a batch. So the first
// keeps several of the second busy, each in a goroutine of its own. A batch
// has about 256 KiB, more only for an event that is longer; none may be longer
// than MaxRecord.
package events
