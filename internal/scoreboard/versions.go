package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"runtime/debug"
	"strings"
	"time"
)

// versions are what the board says it was made with.
type versions struct {
	date, sigmac, golang, pySigma, corpus string
}

// notStated is a version that nothing tells.
const notStated = "not stated"

// The README of the shared material says what was recorded, and of what.
var (
	pySigmaVersion = regexp.MustCompile(`recorded from pySigma ([0-9.]+ \([^)]*\))`)
	corpusVersion  = regexp.MustCompile(`\(commit ([0-9a-f]+, [0-9-]+)`)
)

// readVersions finds out what there is.
func readVersions(shared string, now time.Time) versions {
	readme, _ := os.ReadFile(filepath.Join(shared, "README.md")) // without it nothing is stated
	v := versions{date: now.UTC().Format(time.DateOnly), golang: runtime.Version(), sigmac: compilerVersion()}
	v.pySigma = stated(pySigmaVersion, readme)
	v.corpus = stated(corpusVersion, readme)
	return v
}

// stated returns what a text says after an expression.
func stated(re *regexp.Regexp, text []byte) string {
	if m := re.FindSubmatch(text); m != nil {
		return string(m[1])
	}
	return notStated
}

// compilerVersion returns the version of the module or, as it is not released,
// the commit that the current folder has.
func compilerVersion() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" && info.Main.Version != "(devel)" {
		return info.Main.Version
	}
	out, err := exec.Command("git", "log", "-1", "--format=commit %h of %cs").Output()
	if err != nil {
		return notStated
	}
	return strings.TrimSpace(string(out))
}
