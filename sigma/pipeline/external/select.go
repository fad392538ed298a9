package external

import (
	"context"
	"errors"
	"fmt"
	"runtime/metrics"
	"time"

	"github.com/itchyny/gojq"

	"github.com/sigma-compiler/sigmac/sigma/pipeline"
)

// What a jq expression may be and do at most.
const (
	maxExpression = 4 << 10
	maxSelected   = 100000
	maxTime       = 10 * time.Second
	maxMemory     = 512 << 20 // that the program may grow by meanwhile
)

// Select compiles a jq expression. Expressions neither see the environment nor
// read modules or further input; one that takes too much time or memory is
// ended.
func Select(expression string) (pipeline.Selection, error) {
	return selection(expression, maxTime, maxMemory)
}

// selection is Select with other bounds.
func selection(expression string, longest time.Duration, memory uint64) (pipeline.Selection, error) {
	if len(expression) > maxExpression {
		return nil, fmt.Errorf("it has more than %d bytes", maxExpression)
	}
	query, err := gojq.Parse(expression)
	if err != nil {
		return nil, err
	}
	code, err := gojq.Compile(query)
	if err != nil {
		return nil, err
	}
	return func(data any) ([]any, error) {
		ctx, cancel := context.WithTimeout(context.Background(), longest)
		defer cancel()
		go watch(ctx, cancel, memory)
		var out []any
		for iter := code.RunWithContext(ctx, data); ; {
			v, ok := iter.Next()
			if !ok {
				return out, nil
			}
			if err, failed := v.(error); failed {
				if ctx.Err() != nil {
					return nil, errors.New("the jq expression takes too much time or memory")
				}
				return nil, fmt.Errorf("the jq expression fails: %w", err)
			}
			if out = append(out, v); len(out) > maxSelected {
				return nil, fmt.Errorf("the jq expression selects more than %d values", maxSelected)
			}
		}
	}, nil
}

// watch cancels what makes the program grow by more memory than that.
func watch(ctx context.Context, cancel func(), memory uint64) {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	heap := func() uint64 {
		metrics.Read(sample)
		return sample[0].Value.Uint64()
	}
	most := heap() + memory
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if heap() > most {
				cancel()
				return
			}
		}
	}
}
