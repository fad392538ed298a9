package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/sigma-compiler/sigmac/internal/shared"
	"github.com/sigma-compiler/sigmac/sigma"
)

// TestCodesAreDescribed: reports describe each code that package sigma has, and
// no other but those of tests.
func TestCodesAreDescribed(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(shared.Root(t), "sigma", "error.go"), nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	ast.Inspect(file, func(node ast.Node) bool {
		spec, ok := node.(*ast.ValueSpec)
		if !ok {
			return true
		}
		if name, ok := spec.Type.(*ast.Ident); !ok || name.Name != "Code" {
			return true
		}
		literal, _ := spec.Values[0].(*ast.BasicLit)
		code, err := strconv.Unquote(literal.Value)
		if err != nil {
			t.Fatal(err)
		}
		if n++; codeIndex(sigma.Code(code)) < 0 {
			t.Errorf("%s is not described", code)
		}
		return true
	})
	if n+3 != len(codeDocs) {
		t.Errorf("%d codes are described, and there are %d and 3 of tests", len(codeDocs), n)
	}
	for _, d := range codeDocs {
		if !strings.HasSuffix(d.what, ".") || d.help == "" {
			t.Errorf("%s: a sentence and help are wanted", d.code)
		}
	}
}
