package main

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/sigma-compiler/sigmac/internal/stream"
)

// makeEvents makes a stream of events from those that SigmaHQ recorded.
func makeEvents(dir string, n int, seed int64) ([]stream.Event, error) {
	attacks, err := stream.Load(dir)
	if err != nil {
		return nil, err
	}
	g := stream.New(attacks, seed)
	events := make([]stream.Event, n)
	for i := range events {
		events[i] = g.Next()
	}
	return events, nil
}

func meanSize(events []stream.Event) int {
	size := 0
	for i := range events {
		size += len(events[i].JSON)
	}
	return size / len(events)
}

// decode reads an event as most programs do.
func decode(text []byte) map[string]any {
	var m map[string]any
	if err := json.Unmarshal(text, &m); err != nil {
		panic(err) // the generator writes JSON
	}
	return m
}

// decodeText reads an event into strings, numbers with their digits.
func decodeText(text []byte) map[string]string {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var m map[string]any
	if err := d.Decode(&m); err != nil {
		panic(err) // the generator writes JSON
	}
	out := make(map[string]string, len(m))
	for k, v := range m {
		if s, ok := v.(string); ok {
			out[k] = s
		} else {
			out[k] = fmt.Sprint(v)
		}
	}
	return out
}
