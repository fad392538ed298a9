package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/sigma-compiler/sigmac/sigma"
)

// The bounds of what is read of a repository.
const (
	gitPatience   = 2 * time.Minute // for one run of git
	maxGitListing = 64 << 20        // bytes of the list of files
	maxGitRules   = 1 << 30         // bytes of all rule files of a revision
)

// gitSides returns the sides that --git names. What it names is looked up first,
// and git is given hashes from then on.
func gitSides(spec string, args []string) (old, new *side, err error) {
	paths, err := gitPaths(args)
	if err != nil {
		return nil, nil, err
	}
	a, b, dots := cutRevisions(spec)
	from, err := gitCommit(a)
	if err != nil {
		return nil, nil, err
	}
	if dots == "" {
		new = worktreeSide(paths)
	} else {
		to, err := gitCommit(b)
		if err != nil {
			return nil, nil, err
		}
		if dots == "..." {
			if from, err = gitMergeBase(from, to, spec); err != nil {
				return nil, nil, err
			}
		}
		if new, err = gitSide("", to, paths); err != nil {
			return nil, nil, err
		}
	}
	if old, err = gitSide(a+":", from, paths); err != nil {
		return nil, nil, err
	}
	if len(old.files)+len(new.files) == 0 {
		return nil, nil, usage("rule files are *.yml and *.yaml", "there are no rule files in %s, then or now", strings.Join(paths, " "))
	}
	return old, new, nil
}

// cutRevisions takes A..B and A...B apart. What is left out is HEAD, as for git.
func cutRevisions(spec string) (a, b, dots string) {
	for _, dots = range []string{"...", ".."} {
		if a, b, ok := strings.Cut(spec, dots); ok {
			return orHead(a), orHead(b), dots
		}
	}
	return spec, "", ""
}

func orHead(rev string) string {
	if rev == "" {
		return "HEAD"
	}
	return rev
}

// gitPaths returns the paths as git lists them: relative to the working
// directory, with slashes.
func gitPaths(args []string) ([]string, error) {
	if len(args) == 0 {
		return []string{"."}, nil
	}
	wd, err := os.Getwd()
	if err != nil {
		return nil, gitFailure("", "the working directory is not known: %v", err)
	}
	var out []string
	for _, arg := range args {
		if arg == "" || arg == dash {
			return nil, usage("name files or folders of the repository", "%q has no revisions", arg)
		}
		if filepath.IsAbs(arg) {
			rel, err := filepath.Rel(wd, arg)
			if err != nil {
				return nil, usage("write a path relative to the working directory", "%q is not below it: %v", arg, err)
			}
			arg = rel
		}
		out = append(out, path.Clean(filepath.ToSlash(arg)))
	}
	return out, nil
}

// worktreeSide returns the files as they are now. A path that is not there has
// none.
func worktreeSide(paths []string) *side {
	s := &side{set: true}
	for _, arg := range paths {
		if _, err := os.Stat(filepath.FromSlash(arg)); err == nil {
			s.walk(filepath.FromSlash(arg), filepath.Clean)
		}
	}
	for i := range s.files {
		s.files[i].path = filepath.Clean(s.files[i].path)
	}
	return s
}

// gitSide returns the files of a commit.
func gitSide(prefix, commit string, paths []string) (*side, error) {
	s := &side{set: true}
	for _, arg := range paths {
		listing, err := runGit(nil, maxGitListing, "ls-tree", "-r", "-z", "-l", commit, "--", arg)
		if err != nil {
			return nil, failGit(err)
		}
		for entry := range strings.SplitSeq(string(listing), "\x00") {
			s.addBlob(prefix, arg, entry)
		}
	}
	s.sort()
	return s, s.readBlobs()
}

// addBlob adds a file of a listing, if it is one that sigma.Files would find
// below the path: links and other repositories are left out.
func (s *side) addBlob(prefix, arg, entry string) {
	head, name, ok := strings.Cut(entry, "\t")
	f := strings.Fields(head) // mode, type, hash, size
	if !ok || len(f) != 4 || f[1] != "blob" || f[0] != "100644" && f[0] != "100755" || !gitRuleFile(arg, name) {
		return
	}
	file := sideFile{rel: path.Clean(name), path: prefix + name, blob: f[2]}
	if size, err := strconv.ParseInt(f[3], 10, 64); err != nil || size > sigma.MaxFileSize {
		file.err = &sigma.Error{Pos: sigma.Pos{File: &sigma.File{Name: file.path}}, Code: sigma.Limit, Msg: fmt.Sprintf("the file is larger than %d MiB", sigma.MaxFileSize>>20)}
	}
	s.files = append(s.files, file)
}

// gitRuleFile reports whether a listed name is what sigma.Files finds for the
// path.
func gitRuleFile(arg, name string) bool {
	if path.Clean(name) == arg {
		return true
	}
	below := path.Clean(name)
	if arg != "." {
		below = strings.TrimPrefix(below, arg+"/")
	}
	for part := range strings.SplitSeq(below, "/") {
		if strings.HasPrefix(part, ".") && part != ".." {
			return false
		}
	}
	return sigma.IsRuleFile(name)
}

// readBlobs reads the contents of all files in one run of git, which is told
// their hashes.
func (s *side) readBlobs() error {
	var ask bytes.Buffer
	for i := range s.files {
		if s.files[i].err == nil {
			fmt.Fprintln(&ask, s.files[i].blob)
		}
	}
	if ask.Len() == 0 {
		return nil
	}
	text, err := runGit(&ask, maxGitRules, "cat-file", "--batch")
	if err != nil {
		return failGit(err)
	}
	r := bufio.NewReader(bytes.NewReader(text))
	for i := range s.files {
		f := &s.files[i]
		if f.err != nil {
			continue
		}
		data, err := readBlob(r)
		if err != nil {
			return gitFailure("", "git does not give the text of %s: %v", f.path, err)
		}
		f.file = &sigma.File{Name: f.path, Data: data}
	}
	return nil
}

// readBlob reads one answer of cat-file: a line with hash, type and size, and
// that many bytes.
func readBlob(r *bufio.Reader) ([]byte, error) {
	line, err := r.ReadString('\n')
	f := strings.Fields(line)
	if err != nil || len(f) != 3 || f[1] != "blob" {
		return nil, fmt.Errorf("its answer is %q", strings.TrimSpace(line))
	}
	size, err := strconv.Atoi(f[2])
	if err != nil || size < 0 || size > sigma.MaxFileSize {
		return nil, fmt.Errorf("its size is %q", f[2])
	}
	data := make([]byte, size)
	if _, err := io.ReadFull(r, data); err != nil {
		return nil, err
	}
	_, err = r.ReadByte() // the end of the line
	return data, err
}

// gitCommit returns the hash of the commit that a name means. No name of a
// revision begins with a dash, so that none is taken for an option.
func gitCommit(rev string) (string, error) {
	if strings.HasPrefix(rev, "-") || strings.ContainsAny(rev, "\x00\n") {
		return "", usage("write a branch, a tag or a hash", "%q is no revision", rev)
	}
	out, err := runGit(nil, 1<<10, "rev-parse", "--verify", "--quiet", rev+"^{commit}")
	if err != nil {
		if told := (gitError{}); errors.As(err, &told) && told.text == "" {
			return "", gitFailure("a shallow clone has few revisions: fetch it first", "git knows no revision %q here", rev)
		}
		return "", failGit(err)
	}
	return gitHash(out)
}

// gitMergeBase returns the commit where the second one began to differ from the
// first.
func gitMergeBase(a, b, spec string) (string, error) {
	out, err := runGit(nil, 1<<10, "merge-base", a, b)
	if err != nil {
		return "", gitFailure("a shallow clone may lack it: fetch all of the history (fetch-depth: 0)", "git knows no revision that both of %q come from", spec)
	}
	return gitHash(out)
}

// gitHash returns the hash that git printed.
func gitHash(out []byte) (string, error) {
	hash := strings.TrimSpace(string(out))
	if len(hash) < 40 || strings.Trim(hash, "0123456789abcdef") != "" {
		return "", gitFailure("", "git answers %q where a hash is expected", hash)
	}
	return hash, nil
}

// runGit runs git, without a shell, and returns what it prints, up to a limit.
// What it runs reads objects only: no hooks, no filters, no network.
func runGit(in io.Reader, limit int, args ...string) ([]byte, error) {
	program, err := exec.LookPath("git")
	if err != nil {
		return nil, gitFailure("install git, or compare two folders", "git cannot be run: %v", err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), gitPatience)
	defer cancel()
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Env = append(os.Environ(), "GIT_OPTIONAL_LOCKS=0", "GIT_NO_LAZY_FETCH=1", "GIT_TERMINAL_PROMPT=0", "GIT_LITERAL_PATHSPECS=1", "LC_ALL=C")
	cmd.Stdin = in
	out, complaints := &bounded{max: limit}, &bounded{max: maxReported}
	cmd.Stdout, cmd.Stderr = out, complaints
	err = cmd.Run()
	switch {
	case ctx.Err() != nil:
		return nil, gitFailure("", "git %s takes longer than %v", args[0], gitPatience)
	case err != nil:
		return nil, gitError{args[0], strings.TrimSpace(string(complaints.text)), err}
	case out.over:
		return nil, gitFailure("name the folders with the rules", "git %s prints more than %d bytes", args[0], limit)
	}
	return out.text, nil
}

// A gitError is why git ended, with what it said.
type gitError struct {
	command, text string
	err           error
}

func (e gitError) Error() string { return fmt.Sprintf("git %s: %v: %s", e.command, e.err, e.text) }

// failGit returns the failure that git ended with an error.
func failGit(err error) error {
	if told := (gitError{}); errors.As(err, &told) {
		return gitFailure("", "%v", told)
	}
	return err
}

// gitFailure returns the failure that revisions cannot be read.
func gitFailure(hint, format string, args ...any) error {
	return &failure{exitConfig, &sigma.Error{Code: sigma.Unreadable, Msg: fmt.Sprintf(format, args...), Hint: hint}}
}
