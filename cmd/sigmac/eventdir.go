package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// eventEndings are how the names of files of events end that are looked for
// in folders; .gz or .zst may follow.
var eventEndings = []string{".json", ".jsonl", ".ndjson", ".log", ".csv", ".tsv", ".evtx"}

func isEventName(name string) bool {
	name = strings.ToLower(name)
	for _, packed := range []string{".gz", ".zst"} {
		name = strings.TrimSuffix(name, packed)
	}
	return slices.Contains(eventEndings, filepath.Ext(name))
}

// walkEvents returns the files of events in a folder and those below it, in
// the order of their names, with what of it cannot be read, and how many
// other files there are. What is hidden and links to folders are left out.
func walkEvents(folder string) (files []*eventFile, others int) {
	start := folder + string(filepath.Separator) // so that a link is followed
	_ = filepath.WalkDir(start, func(path string, entry fs.DirEntry, err error) error {
		hidden := strings.HasPrefix(filepath.Base(path), ".")
		switch {
		case err != nil:
			files = append(files, &eventFile{path: path, err: err})
			return nil
		case path == start:
			return nil
		case entry.IsDir() && hidden:
			return fs.SkipDir
		case entry.IsDir() || hidden:
			return nil
		}
		info, err := os.Stat(path) // of what a link leads to
		switch {
		case err != nil:
			files = append(files, &eventFile{path: path, err: err})
		case info.IsDir():
		case isEventName(path):
			files = append(files, newEventFile(path, info))
		default:
			others++
		}
		return nil
	})
	return files, others
}
