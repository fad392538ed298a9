package main

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sigma-compiler/sigmac/backends"
	"github.com/sigma-compiler/sigmac/backends/emit"
	"github.com/sigma-compiler/sigmac/sigma/pipeline"
)

// completeTargets tells the shells what can stand behind the flags.
func completeTargets(cmd *cobra.Command, f *targetFlags) {
	complete := func(flag string, directive cobra.ShellCompDirective, words func(word string) []string) {
		// It can only fail for flags that do not exist, or twice for one.
		_ = cmd.RegisterFlagCompletionFunc(flag, func(_ *cobra.Command, _ []string, word string) ([]string, cobra.ShellCompDirective) {
			return words(word), directive
		})
	}
	complete("target", cobra.ShellCompDirectiveNoFileComp|cobra.ShellCompDirectiveNoSpace, targetNames)
	completePipelines(cmd)
	complete("format", cobra.ShellCompDirectiveNoFileComp, func(string) []string {
		return f.words(func(b *emit.Backend) (words []string) {
			for _, x := range b.Formats {
				words = append(words, x.Name+"\t"+x.Doc)
			}
			return words
		})
	})
	complete("option", cobra.ShellCompDirectiveNoFileComp|cobra.ShellCompDirectiveNoSpace, func(string) []string {
		return f.words(settingWords)
	})
}

// completePipelines tells the shells what can stand behind -p.
func completePipelines(cmd *cobra.Command) {
	_ = cmd.RegisterFlagCompletionFunc("pipeline", func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		var words []string
		for _, p := range pipeline.Builtins() {
			words = append(words, p.Name+"\t"+p.Doc)
		}
		return words, cobra.ShellCompDirectiveDefault
	})
}

// settingWords returns key=value for each value of each setting, key= where
// any value will do.
func settingWords(b *emit.Backend) (words []string) {
	settings := slices.Clone(b.Settings)
	for _, f := range b.Formats {
		if f.Content != nil {
			settings = append(settings, f.Content.Settings...)
		}
	}
	for _, s := range settings {
		if s.Values == nil {
			words = append(words, s.Name+"=\t"+s.Doc)
		}
		for _, v := range s.Values {
			words = append(words, s.Name+"="+v+"\t"+s.Doc)
		}
	}
	return words
}

// words returns what the targets on the command line have. With several, each
// word has its target before it.
func (f *targetFlags) words(of func(*emit.Backend) []string) []string {
	bs, err := findBackends(f.targets)
	if err != nil || len(bs) == 0 {
		bs = backends.All()
	}
	var words []string
	for _, b := range bs {
		for _, w := range of(b) {
			if len(bs) > 1 {
				w = b.Name + "." + w
			}
			if !slices.Contains(words, w) {
				words = append(words, w)
			}
		}
	}
	return words
}

// targetNames returns the targets, behind the part of the word that names
// others already.
func targetNames(word string) []string {
	before := word[:strings.LastIndexByte(word, ',')+1]
	var words []string
	for _, b := range backends.All() {
		words = append(words, before+b.Name+"\t"+b.Doc)
	}
	return words
}
