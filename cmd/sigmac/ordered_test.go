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

// An item may have many results, which wait for each other: those of all items
// come in order, and few are made before they are taken.
func TestOrderedSeqEmitsSeveral(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var made, taken atomic.Int64
		type result struct{ item, n int }
		want := result{0, 0}
		err := orderedSeq(func(yield func(int) bool) {
			for i := range 20 {
				if !yield(i) {
					return
				}
			}
		}, 3, 4, func(item int, emit func(result)) {
			for n := range item + 1 {
				made.Add(1)
				emit(result{item, n})
			}
		}, func(r result) error {
			time.Sleep(time.Second)
			if most := made.Load() - taken.Load(); most > 3*2+4 {
				t.Errorf("%d results wait", most)
			}
			taken.Add(1)
			if r != want {
				t.Fatalf("%v comes where %v should", r, want)
			}
			if want.n++; want.n > want.item {
				want = result{want.item + 1, 0}
			}
			return nil
		})
		if err != nil || want != (result{20, 0}) {
			t.Errorf("error %v, next would be %v", err, want)
		}
	})
}

// After an error nobody is left behind, also of those who wanted to hand on
// more.
func TestOrderedSeqStops(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		stop := errors.New("stop")
		err := orderedSeq(func(yield func(int) bool) {
			for i := 0; yield(i); i++ { // as long as somebody asks
			}
		}, 3, 4, func(_ int, emit func(int)) {
			for n := range 100 {
				emit(n)
			}
		}, func(n int) error {
			if n == 50 {
				return stop
			}
			return nil
		})
		if !errors.Is(err, stop) {
			t.Errorf("error %v", err)
		}
	})
}
