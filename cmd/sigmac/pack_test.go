package main

import (
	"os"
	"strings"

	"github.com/sigma-compiler/sigmac/backends/emit"
	"github.com/sigma-compiler/sigmac/backends/splunk"
)

// The scripts of pack have a format of their own, short enough to be read.
func init() {
	if os.Getenv("SIGMAC_TEST_FORMAT") == "" {
		return
	}
	splunk.Backend.Formats = append(splunk.Backend.Formats, emit.Format{Name: "tiny", Content: &emit.Content{
		Entry: func(_ *emit.Job, e *emit.Entry) string {
			return strings.Join([]string{e.Title, e.ID, string(e.Level), e.Schedule.Every.String(), e.Query}, "\n")
		},
		Ext: ".txt", Settings: emit.ContentSettings("1h", "0", "0"),
	}})
}
