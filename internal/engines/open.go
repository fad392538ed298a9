package engines

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// ErrMissing says that something is to be installed before an engine can run.
var ErrMissing = errors.New("the engine is missing")

// Open starts the engine of that name, outside a test. The caller closes it.
// The error is ErrMissing, with what is missing, where its runtime is.
func Open(name string) (Engine, error) {
	i := slices.IndexFunc(entries(), func(e entry) bool { return e.name == name })
	if i < 0 {
		return nil, fmt.Errorf("there is no engine %q: there are %s", name, strings.Join(Names(), ", "))
	}
	e := entries()[i]
	for _, c := range e.needs {
		if why := c.missing(); why != "" {
			return nil, fmt.Errorf("%w: %s", ErrMissing, why)
		}
	}
	return e.start()
}
