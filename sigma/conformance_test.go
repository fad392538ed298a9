package sigma_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/sigma-compiler/sigmac/internal/shared"
)

// TestConformance reads the conformance list and fails where an item on
// documents, attributes, log sources, detections, values, wildcards,
// modifiers, placeholders, keywords, conditions, correlations or filters has no test that names it: a
// row of a table, or a subtest, whose name begins with the item's number.
func TestConformance(t *testing.T) {
	text, err := os.ReadFile(shared.Path(t, "reference", "conformance.md"))
	if err != nil {
		t.Fatal(err)
	}
	tested := testedItems(t)
	var missing []string
	items := regexp.MustCompile(`(?m)^- ([ABLSVWMPKNCG]\d+|X3|X4) (.*)$`).FindAllStringSubmatch(string(text), -1)
	for _, item := range items {
		if !tested[item[1]] {
			missing = append(missing, item[1]+" "+item[2])
		}
	}
	if len(items) < 185 {
		t.Errorf("the list has only %d items", len(items))
	}
	if len(missing) > 0 {
		t.Errorf("%d of %d items have no test that names them:\n%s", len(missing), len(items), strings.Join(missing, "\n"))
	}
}

// itemNames matches a name that begins with one or more items.
var itemNames = regexp.MustCompile(`^((?:[A-Z]\d+[ ,:]*)+)([a-z(].*)?$`)

// testedItems returns the items that the tests of the rules and of the oracle
// name, and those of all languages together.
func testedItems(t *testing.T) map[string]bool {
	t.Helper()
	tested := map[string]bool{}
	for _, root := range []string{".", filepath.Join("..", "internal", "oracle"), filepath.Join("..", "backends", "items_test.go"), filepath.Join("..", "backends", "correlation_test.go")} {
		err := filepath.WalkDir(root, func(path string, _ fs.DirEntry, err error) error {
			if err == nil && strings.HasSuffix(path, "_test.go") {
				err = noteItems(path, tested)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return tested
}

// noteItems notes the items that a file of tests names.
func noteItems(path string, tested map[string]bool) error {
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	note := func(list []ast.Expr) {
		if len(list) == 0 {
			return
		}
		first := list[0]
		if kv, ok := first.(*ast.KeyValueExpr); ok {
			first = kv.Key
		}
		lit, ok := first.(*ast.BasicLit)
		if !ok || lit.Kind != token.STRING {
			return
		}
		name, _ := strconv.Unquote(lit.Value)
		if m := itemNames.FindStringSubmatch(name); m != nil {
			for _, item := range strings.FieldsFunc(m[1], func(r rune) bool { return strings.ContainsRune(" ,:", r) }) {
				tested[item] = true
			}
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CompositeLit: // a row of a table
			note(n.Elts)
		case *ast.CallExpr:
			if f, ok := n.Fun.(*ast.SelectorExpr); ok && f.Sel.Name == "Run" {
				note(n.Args)
			}
			if f, ok := n.Fun.(*ast.Ident); ok && f.Name == "run" {
				note(n.Args)
			}
		}
		return true
	})
	return nil
}
