package main

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"math/rand"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sigma-compiler/sigmac/internal/filler"
	"github.com/sigma-compiler/sigmac/internal/shared"
	"github.com/sigma-compiler/sigmac/internal/stream"
)

// corpusSubjects returns the rules of SigmaHQ's folders rules*, and how many
// sigmac refuses.
func corpusSubjects(t *testing.T) (list []*subject, refused int) {
	t.Helper()
	dirs, err := filepath.Glob(filepath.Join(corpus(t), "rules*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, dir := range dirs {
		err := filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
			if err != nil || !strings.HasSuffix(path, ".yml") {
				return err
			}
			text, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			if s := newSubject(text); s != nil {
				list = append(list, s)
			} else {
				refused++
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return list, refused
}

func corpus(tb testing.TB) string {
	tb.Helper()
	// The module of the repository is two folders up.
	if path, err := findRules(); err == nil {
		return path
	}
	return shared.Path(tb, "corpus", "sigmahq")
}

// corpusEvents returns recorded events, those of the stream, and changed ones.
func corpusEvents(t *testing.T) (list []*event) {
	t.Helper()
	attacks, err := stream.Load(filepath.Join(corpus(t), "regression_data"))
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewSource(3))
	for i, a := range attacks {
		list = append(list, newEvent(t, a.JSON()))
		if i%2 == 0 {
			other := attacks[r.Intn(len(attacks))]
			list = append(list, newEvent(t, changed(t, r, a.JSON(), other.JSON())))
		}
	}
	g := stream.New(attacks, 4)
	for range 60 {
		list = append(list, newEvent(t, g.Next().JSON))
	}
	return list
}

// changed changes two or three fields of an event a little: their case, their
// ends, their kind, or it takes the value that another event has there.
func changed(tb testing.TB, r *rand.Rand, text, other []byte) []byte {
	tb.Helper()
	ev, donor := newEvent(tb, text).plain, newEvent(tb, other).plain
	names := slices.Sorted(maps.Keys(map[string]any(ev)))
	for range 2 + r.Intn(2) {
		name := names[r.Intn(len(names))]
		s := fmt.Sprint(ev[name])
		switch r.Intn(9) {
		case 0:
			ev[name] = strings.ToUpper(s)
		case 1:
			ev[name] = strings.ToLower(s)
		case 2:
			ev[name] = s + " "
		case 3:
			ev[name] = s[:len(s)/2] + "\n" + s[len(s)/2:]
		case 4:
			ev[name] = nil
		case 5:
			ev[name] = ""
		case 6:
			delete(ev, name)
		case 7:
			ev[name] = []any{"x", s}
		default:
			if v, ok := donor[name]; ok {
				ev[name] = v
			}
		}
	}
	return marshal(tb, ev)
}

// madeFor makes an event from what a rule looks for.
func madeFor(r *rand.Rand, s *subject) []byte {
	text, err := json.Marshal(filler.Event(r, s.ours.Where[0]))
	if err != nil {
		panic(err) // the filler makes what JSON has
	}
	return text
}

func marshal(tb testing.TB, v any) []byte {
	tb.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		tb.Fatal(err)
	}
	return text
}
