package main

import (
	"runtime"
	"runtime/debug"
	"strings"
	"testing"
)

func TestDescribeBuild(t *testing.T) {
	tail := " " + runtime.Version() + " " + runtime.GOOS + "/" + runtime.GOARCH
	released := &debug.BuildInfo{Main: debug.Module{Version: "v1.2.3"}}
	changed := &debug.BuildInfo{Settings: []debug.BuildSetting{{Key: "vcs.revision", Value: "abc"}, {Key: "vcs.modified", Value: "true"}}}
	for _, c := range []struct {
		info *debug.BuildInfo
		want string
	}{
		{nil, "sigmac (devel)"},
		{released, "sigmac v1.2.3"},
		{changed, "sigmac (devel) abc+changes"},
	} {
		if got := strings.TrimSuffix(describeBuild(c.info), tail); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}
