package main

import (
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

func TestOrdered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // which also fails where a goroutine is left behind
		for _, workers := range []int{1, 3, 16} {
			var most, now atomic.Int64
			next := 0
			err := ordered(500, workers, func(i int) int {
				most.Store(max(most.Load(), now.Add(1)))
				time.Sleep(time.Duration(i*7919%13) * time.Millisecond)
				now.Add(-1)
				return i
			}, func(i int) error {
				if i != next {
					t.Fatalf("%d workers: %d comes where %d should", workers, i, next)
				}
				next++
				return nil
			})
			if err != nil || next != 500 {
				t.Errorf("%d workers: %d results, error %v", workers, next, err)
			}
			if n := int(most.Load()); n != workers {
				t.Errorf("%d workers: %d worked at once", workers, n)
			}
		}
	})
}

// The results that wait for an early one that takes long are few, and so are
// those that are made in vain after an error.
func TestOrderedIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		stop := errors.New("stop")
		var made atomic.Int64
		err := ordered(10_000, 4, func(i int) int {
			if i == 0 {
				time.Sleep(time.Hour)
			}
			made.Add(1)
			return i
		}, func(int) error { return stop })
		if !errors.Is(err, stop) {
			t.Errorf("error %v", err)
		}
		if n := made.Load(); n > 60 {
			t.Errorf("%d results were made", n)
		}
	})
}
