package correlate

import (
	"container/heap"
	"math"
	"time"
)

// pending are the records that wait until none can come that lies before them,
// the earliest first.
type pending struct {
	inOrder []*record // each not before the one in front of it
	start   int       // of inOrder
	heap    recordHeap
	latest  int64 // time of any record so far
	any     bool
	done    int64 // everything before this time was correlated
	started bool
}

// tooLate reports whether a record of that time has missed its turn.
func (p *pending) tooLate(t int64, lateness time.Duration) bool {
	return p.started && t < p.done || p.any && t < p.watermark(lateness)
}

// watermark is the time before which no record is taken any more.
func (p *pending) watermark(lateness time.Duration) int64 {
	if !p.any || p.latest < math.MinInt64+int64(lateness) {
		return math.MinInt64
	}
	return p.latest - int64(lateness)
}

// add takes a record.
func (p *pending) add(r *record) {
	if !p.any || r.time > p.latest {
		p.latest, p.any = r.time, true
	}
	if n := len(p.inOrder); n == p.start || p.inOrder[n-1].time <= r.time {
		p.inOrder = append(p.inOrder, r)
		return
	}
	heap.Push(&p.heap, r)
}

func (p *pending) len() int { return len(p.inOrder) - p.start + len(p.heap) }

// ready returns about how many records can be correlated: all where too many
// wait.
func (p *pending) ready(o Options) int {
	n := p.len()
	if n < batchSize || n > o.MaxPending {
		return n
	}
	if o.Lateness == 0 {
		return n
	}
	// A batch is ready where the record in its place is old enough.
	if i := p.start + batchSize; i <= len(p.inOrder) && p.inOrder[i-1].time < p.watermark(o.Lateness) {
		return batchSize
	}
	if len(p.heap) >= batchSize && p.heap[0].time < p.watermark(o.Lateness) {
		return batchSize
	}
	return 0
}

// take returns the records before a time, in the order of their times and ids.
func (p *pending) take(before int64, all bool, to []*record) []*record {
	for {
		r := p.first()
		if r == nil || !all && r.time >= before {
			break
		}
		p.pop(r)
		to = append(to, r)
	}
	if p.start > len(p.inOrder)/2 {
		n := copy(p.inOrder, p.inOrder[p.start:])
		clear(p.inOrder[n:])
		p.inOrder, p.start = p.inOrder[:n], 0
	}
	return to
}

// first returns the earliest record, or nil.
func (p *pending) first() *record {
	var r *record
	if p.start < len(p.inOrder) {
		r = p.inOrder[p.start]
	}
	if len(p.heap) > 0 && (r == nil || p.heap[0].time < r.time) {
		r = p.heap[0]
	}
	return r
}

// pop removes the record that first returned.
func (p *pending) pop(r *record) {
	if p.start < len(p.inOrder) && p.inOrder[p.start] == r {
		p.inOrder[p.start] = nil
		p.start++
		return
	}
	heap.Pop(&p.heap)
}

// recordHeap is a heap by time.
type recordHeap []*record

func (h recordHeap) Len() int           { return len(h) }
func (h recordHeap) Less(i, j int) bool { return h[i].time < h[j].time }
func (h recordHeap) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }

// Push adds a record.
func (h *recordHeap) Push(x any) { *h = append(*h, x.(*record)) }

// Pop removes the last record.
func (h *recordHeap) Pop() any {
	old := *h
	r := old[len(old)-1]
	old[len(old)-1] = nil
	*h = old[:len(old)-1]
	return r
}

// force takes about n more records, the earliest, and all of the same time as
// the last of them.
func (p *pending) force(n int, to []*record) []*record {
	var last int64
	for i := 0; ; i++ {
		r := p.first()
		if r == nil || i >= n && r.time > last {
			return to
		}
		last = r.time
		p.pop(r)
		to = append(to, r)
	}
}

// finish notes up to where everything was correlated, now that the batch is.
func (p *pending) finish(batch []*record, before int64, all bool) {
	done := before
	for _, r := range batch {
		done = max(done, r.time+1)
	}
	if all && p.any {
		done = max(done, p.latest+1)
	}
	if len(batch) > 0 && (!p.started || done > p.done) {
		p.done, p.started = done, true
	}
}
