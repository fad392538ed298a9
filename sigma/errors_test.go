package sigma_test

import (
	"testing"

	"github.com/sigma-compiler/sigmac/internal/errtest"
	"github.com/sigma-compiler/sigmac/sigma"
)

// TestErrors parses the files of wrong rules. Those for later stages have
// other names.
func TestErrors(t *testing.T) {
	errtest.Run(t, "../testdata/errors/parse-*.yml", "ERROR", func(f *sigma.File) sigma.ErrorList {
		_, _, errs := sigma.ParseFile(f)
		return errs
	})
}

// TestWarnings parses the same files, and those of rules that are right but
// for what the warnings say.
func TestWarnings(t *testing.T) {
	errtest.Run(t, "../testdata/errors/parse-*.yml", "WARNING", func(f *sigma.File) sigma.ErrorList {
		_, warnings, _ := sigma.ParseFile(f)
		return warnings
	})
}
