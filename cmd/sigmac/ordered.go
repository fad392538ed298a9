package main

import "sync"

// ordered runs work on n items in several goroutines and hands the results to
// take in the order of the items. Few results wait at a time, so that memory
// is bounded however many items there are. It stops at the first error of
// take, and returns it when all goroutines have ended.
func ordered[T any](n, workers int, work func(i int) T, take func(T) error) error {
	type item struct {
		i      int
		result chan T
	}
	todo := make(chan item)
	queue := make(chan item, 8*workers) // in order
	stop := make(chan struct{})
	var group sync.WaitGroup
	group.Go(func() {
		defer close(todo)
		defer close(queue)
		for i := range n {
			it := item{i, make(chan T, 1)}
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
				it.result <- work(it.i)
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
