package main

import (
	"slices"

	"github.com/spf13/cobra"

	"github.com/sigma-compiler/sigmac/sigma/pipeline"
	"github.com/sigma-compiler/sigmac/sigma/pipeline/external"
	"github.com/sigma-compiler/sigmac/sigma/pipeline/jinja"
	"github.com/sigma-compiler/sigmac/sigma/sigmago"
)

// pipelineFlags are the flags that say which pipelines there are, and what
// they may do.
type pipelineFlags struct {
	pipelines []string
	external  bool
}

func (f *pipelineFlags) add(cmd *cobra.Command) {
	cmd.Flags().StringArrayVarP(&f.pipelines, "pipeline", "p", nil, "processing pipeline: a `name`, a file or a folder; may be repeated")
	f.addExternal(cmd)
}

func (f *pipelineFlags) addExternal(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&f.external, "allow-external-sources", false, "let pipelines fill placeholders from any file, from servers and from commands")
}

// chain returns the pipelines in one.
func (f *pipelineFlags) chain() (*pipeline.Pipeline, error) {
	found, err := sigmago.Resolve(f.pipelines, f.pipelineOptions().Resolve)
	if err != nil {
		return nil, &failure{exitConfig, err}
	}
	var parts []*pipeline.Pipeline
	for _, p := range found {
		for _, part := range p.Parts() {
			if !slices.Contains(parts, part) {
				parts = append(parts, part)
			}
		}
	}
	return pipeline.Chain(parts...), nil
}

// pipelineOptions returns what pipelines may use. A pipeline may come from anywhere:
// without the flag it reads the files in its own folder and nothing else.
func (f *pipelineFlags) pipelineOptions() pipeline.Options {
	o := pipeline.Options{Select: external.Select, Templates: jinja.Compile}
	if f.external {
		o.AnyFile, o.HTTP, o.Command = true, external.HTTP, external.Command
	}
	return o
}
