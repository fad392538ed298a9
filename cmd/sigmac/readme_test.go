package main

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sigma-compiler/sigmac/internal/shared"
)

var updateReadme = flag.Bool("readme", false, "write what the commands of the README print into it")

// TestReadme runs the commands that the README shows, "$ sigmac ..." in a block,
// and compares what they print with what follows there.
func TestReadme(t *testing.T) {
	root := shared.Root(t)
	readme := filepath.Join(root, "README.md")
	data, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	rule, err := os.ReadFile("testdata/readme/rule.yml")
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(t.TempDir())
	for _, folder := range []string{"testdata", "examples"} {
		if err := os.Symlink(filepath.Join(root, folder), folder); err != nil {
			t.Skipf("no symbolic links here: %v", err)
		}
	}
	if err := os.WriteFile("rule.yml", rule, 0o666); err != nil {
		t.Fatal(err)
	}
	text, shown := "", 0
	for i, block := range strings.Split(string(data), "```") {
		if i%2 == 1 && strings.HasPrefix(block, "\n$ sigmac ") {
			ran := rerun(t, block)
			if shown++; ran != block && !*updateReadme {
				t.Errorf("the README shows:\n%s\nsigmac prints (-readme writes it there):\n%s", block, ran)
			}
			block = ran
		}
		if i > 0 {
			text += "```"
		}
		text += block
	}
	if shown < 2 {
		t.Errorf("only %d blocks of commands were found", shown)
	}
	if *updateReadme {
		if err := os.WriteFile(readme, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// rerun returns a block with what its commands print now: warnings and errors
// first, as a terminal shows them. The summary of a conversion is left out.
func rerun(t *testing.T, block string) string {
	t.Helper()
	out := "\n"
	for line := range strings.Lines(block) {
		command, ok := strings.CutPrefix(strings.TrimSuffix(line, "\n"), "$ sigmac ")
		if !ok {
			continue
		}
		s := newSandbox("")
		s.run(append(strings.Fields(command), strings.Fields(quietly(command))...))
		out += line + s.stderr.String() + s.stdout.String()
	}
	return out
}

// quietly returns the flag that leaves out what the README does not show.
func quietly(command string) string {
	if strings.HasPrefix(command, "convert") {
		return "-q"
	}
	return ""
}
