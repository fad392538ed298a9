package main

import (
	"iter"
	"sync"
)

// ordered runs work on n items in several goroutines and hands the results to
// take in the order of the items, as orderedSeq does.
func ordered[T any](n, workers int, work func(i int) T, take func(T) error) error {
	return orderedSeq(func(yield func(int) bool) {
		for i := range n {
			if !yield(i) {
				return
			}
		}
	}, workers, 8*workers, work, take)
}

// orderedSeq runs work on the items of a sequence in several goroutines and
// hands the results to take in the order of the items. At most waiting results
// wait, beside those at work, so that memory is bounded however many items
// there are. It stops at the first error of take, and returns it when all
// goroutines have ended.
func orderedSeq[S, T any](items iter.Seq[S], workers, waiting int, work func(S) T, take func(T) error) error {
	type item struct {
		s      S
		result chan T
	}
	todo := make(chan item)
	queue := make(chan item, waiting) // in order
	stop := make(chan struct{})
	var group sync.WaitGroup
	group.Go(func() {
		defer close(todo)
		defer close(queue)
		for s := range items {
			it := item{s, make(chan T, 1)}
			select {
			case queue <- it:
			case <-stop:
				return
			}
			select {
			case todo <- it:
			case <-stop:
				return
			}
		}
	})
	for range workers {
		group.Go(func() {
			for it := range todo {
				it.result <- work(it.s)
			}
		})
	}
	defer group.Wait()
	for it := range queue {
		if err := take(<-it.result); err != nil {
			close(stop)
			return err
		}
	}
	return nil
}
