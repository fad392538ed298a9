package main

import (
	"github.com/spf13/cobra"

	"github.com/sigma-compiler/sigmac/sigma/pipeline"
	"github.com/sigma-compiler/sigmac/sigma/pipeline/external"
	"github.com/sigma-compiler/sigmac/sigma/pipeline/jinja"
)

// pipelineFlags are the flags that say which pipelines there are, and what
// they may do.
type pipelineFlags struct {
	pipelines []string
	external  bool
}

func (f *pipelineFlags) add(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringArrayVarP(&f.pipelines, "pipeline", "p", nil, "processing pipeline: a `name`, a file or a folder; may be repeated")
	flags.BoolVar(&f.external, "allow-external-sources", false, "let pipelines fill placeholders from any file, from servers and from commands")
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
