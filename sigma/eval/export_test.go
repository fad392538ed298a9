package eval

import "github.com/sigma-compiler/sigmac/sigma/ir"

// Test returns the test that a change is about.
func (c *Change) Test() ir.Test { return c.test }

// Test returns the test that a step is about, nil where it is no test.
func (s *Step) Test() ir.Test { return s.test }

// Suggest returns texts that should pass a test.
func Suggest(t ir.Test, base string) []string { return suggest(t, base) }
