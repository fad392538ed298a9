package pack

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// commits finds the commit that is checked out where files lie, without git. It
// remembers what it found for each folder.
type commits map[string]string

// of returns the commit of the repository that a folder is in, "" where it is
// in none or the repository says it in a way that is not known here.
func (c commits) of(dir string) string {
	if id, ok := c[dir]; ok {
		return id
	}
	id := ""
	if git := gitFolder(dir); git != "" {
		id = head(git)
	} else if up := filepath.Dir(dir); up != dir {
		id = c.of(up)
	}
	c[dir] = id
	return id
}

// gitFolder returns the folder .git, or the one that a file .git names: that
// of a submodule or a worktree.
func gitFolder(dir string) string {
	path := filepath.Join(dir, ".git")
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return ""
	case info.IsDir():
		return path
	}
	to, ok := strings.CutPrefix(readLine(path), "gitdir: ")
	if !ok {
		return ""
	}
	if !filepath.IsAbs(to) {
		to = filepath.Join(dir, to)
	}
	return to
}

// commitID matches the name of a commit.
var commitID = regexp.MustCompile(`^([0-9a-f]{40}|[0-9a-f]{64})$`)

// refName matches the name of a branch, which leads out of no folder.
var refName = regexp.MustCompile(`^refs/[^\x00-\x20~^:?*\[\\]+$`)

// head returns the commit that HEAD names.
func head(git string) string {
	line := readLine(filepath.Join(git, "HEAD"))
	ref, ok := strings.CutPrefix(line, "ref: ")
	if !ok {
		return ifCommit(line)
	}
	if !refName.MatchString(ref) || !filepath.IsLocal(filepath.FromSlash(ref)) {
		return ""
	}
	common := git
	if to := readLine(filepath.Join(git, "commondir")); to != "" {
		if common = to; !filepath.IsAbs(to) {
			common = filepath.Join(git, to)
		}
	}
	for _, dir := range []string{git, common} {
		if id := ifCommit(readLine(filepath.Join(dir, filepath.FromSlash(ref)))); id != "" {
			return id
		}
	}
	return packed(filepath.Join(common, "packed-refs"), ref)
}

func ifCommit(text string) string {
	if commitID.MatchString(text) {
		return text
	}
	return ""
}

// packed finds a branch in the file of those that have none of their own.
func packed(path, ref string) string {
	for line := range bytes.Lines(readSome(path, 64<<20)) {
		id, name, _ := strings.Cut(strings.TrimSpace(string(line)), " ")
		if name == ref {
			return ifCommit(id)
		}
	}
	return ""
}

// readLine returns the first line of a small file, "" where there is none.
func readLine(path string) string {
	line, _, _ := strings.Cut(string(readSome(path, 4096)), "\n")
	return strings.TrimSpace(line)
}

// readSome reads a file up to a limit; what cannot be read is empty.
func readSome(path string, most int64) []byte {
	f, err := os.Open(path)
	if err != nil {
		return nil
	}
	defer f.Close() //nolint:errcheck // it was only read
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		return nil
	}
	data, err := io.ReadAll(io.LimitReader(f, most))
	if err != nil {
		return nil
	}
	return data
}
