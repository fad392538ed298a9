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
	}, workers, 8*workers, func(i int, emit func(T)) { emit(work(i)) }, take)
}

// orderedSeq runs work on the items of a sequence in several goroutines and
// hands what it emits to take, in the order of the items. At most waiting items
// wait, beside those at work, and of each item one result: so memory is bounded
// however many items there are and whatever becomes of one. It stops at the
// first error of take, and returns it when all goroutines have ended.
func orderedSeq[S, T any](items iter.Seq[S], workers, waiting int, work func(s S, emit func(T)), take func(T) error) error {
	type item struct {
		s       S
		results chan T
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
			if !send(queue, it, stop) || !send(todo, it, stop) {
				return
			}
		}
	})
	for range workers {
		group.Go(func() {
			for it := range todo {
				work(it.s, func(t T) { send(it.results, t, stop) })
				close(it.results)
			}
		})
	}
	defer group.Wait()
	for it := range queue {
		for t := range it.results {
			if err := take(t); err != nil {
				close(stop)
				return err
			}
		}
	}
	return nil
}

// send reports whether it could send before it was told to stop.
func send[T any](c chan<- T, x T, stop <-chan struct{}) bool {
	select {
	case c <- x:
		return true
	case <-stop:
		return false
	}
}
