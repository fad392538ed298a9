package esql

import "github.com/sigma-compiler/sigmac/backends/emit"

func correlation(c *emit.Correlating) string { return "" }
