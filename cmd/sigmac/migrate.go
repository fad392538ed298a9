package main

import (
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// Two older command lines are understood. The legacy sigmac had no commands:
//
//	sigmac -t splunk -c splunk-windows -r rules/
//
// and sigma-cli's convert writes the output folder as -od.

// migrate returns the arguments in the spelling of this program.
func migrate(root *cobra.Command, args []string) []string {
	args = slices.Clone(args)
	if legacy(root, args) {
		convert, _, _ := root.Find([]string{"convert"})
		legacyFlags(convert)
		args = append([]string{"convert"}, args...)
	}
	if len(args) == 0 || args[0] != "convert" {
		return args
	}
	for i, arg := range args {
		if arg == "--" {
			break
		}
		if arg == "-od" {
			args[i] = "--output-dir"
		}
	}
	return args
}

// legacy reports whether the arguments are those of the legacy sigmac: they
// begin with a flag, and none of them is a command.
func legacy(root *cobra.Command, args []string) bool {
	if len(args) == 0 || len(args[0]) < 2 || args[0][0] != '-' {
		return false
	}
	switch args[0] {
	case "-h", "--help", "-v", "--version", "--":
		return false
	}
	return !slices.ContainsFunc(root.Commands(), func(c *cobra.Command) bool {
		return slices.Contains(args, c.Name())
	})
}

// legacyFlags adds the flags that only the legacy sigmac had.
func legacyFlags(convert *cobra.Command) {
	f := convert.Flags()
	f.VarP(legacyConfig{f}, "config", "c", "a configuration: a `name` or a file")
	f.BoolP("recurse", "r", true, "folders are always read with the folders in them")
}

// legacyConfig is the flag -c: a -p, which takes the legacy sigmac's
// configurations by their names and as files.
type legacyConfig struct{ flags *pflag.FlagSet }

func (c legacyConfig) Set(name string) error { return c.flags.Set("pipeline", name) }
func (legacyConfig) String() string          { return "" }
func (legacyConfig) Type() string            { return "name" }

// isRulePath reports whether a word looks like a path to rules rather than
// like a command.
func isRulePath(word string) bool {
	return strings.ContainsAny(word, `/\`) || filepath.Ext(word) == ".yml" || filepath.Ext(word) == ".yaml"
}
