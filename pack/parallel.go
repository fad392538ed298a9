package pack

import (
	"context"
	"sync"
	"sync/atomic"
)

// parallel calls work for each number below n, in several goroutines.
func parallel(n, jobs int, work func(i int)) {
	_ = parallelUntil(context.Background(), n, jobs, work) // nothing ends it
}

// parallelUntil is parallel, and stops where the context ends.
func parallelUntil(ctx context.Context, n, jobs int, work func(i int)) error {
	var next atomic.Int64
	var group sync.WaitGroup
	for range max(1, min(jobs, n)) {
		group.Go(func() {
			for ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= n {
					return
				}
				work(i)
			}
		})
	}
	group.Wait()
	return ctx.Err()
}
