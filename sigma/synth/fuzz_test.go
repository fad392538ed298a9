package synth_test

import (
	"errors"
	"reflect"
	"testing"

	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/synth"
)

// FuzzEvents makes events of whatever rules come: each must be what the plain
// walk says, and the same each time.
func FuzzEvents(f *testing.F) {
	_, archives := cases(f)
	for i, ar := range archives {
		f.Add(ar.Files[0].Data, uint64(i))
	}
	f.Fuzz(func(t *testing.T, text []byte, seed uint64) {
		source, err := sigma.ParseRule("rule.yml", text)
		if err != nil {
			t.Skip()
		}
		rule, err := ir.Build(source)
		if err != nil {
			t.Skip()
		}
		o := synth.Options{Seed: seed, Max: int(seed % 64)}
		set, err := synth.Events(rule, o)
		if err != nil {
			var list sigma.ErrorList
			if !errors.As(err, &list) || len(list) == 0 {
				t.Errorf("an error without a place: %v", err)
			}
			return
		}
		check(t, set)
		if again := events(t, rule, o); !reflect.DeepEqual(set.Events, again.Events) {
			t.Error("the same rule gives other events")
		}
	})
}
