package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"

	"golang.org/x/term"

	"github.com/sigma-compiler/sigmac/sigma"
)

// The exit codes.
const (
	exitRules  = 1 // some rules failed
	exitUsage  = 2 // the command line is wrong
	exitConfig = 3 // a pipeline or the configuration is wrong
)

// An app is what a command talks to: the three streams, and which of them are
// terminals.
type app struct {
	in                    io.Reader
	out, err              io.Writer
	inTerm, outTerm, term bool // term: standard error is a terminal
	color                 bool // standard error may be coloured
}

// newApp returns the streams of the process.
func newApp() *app {
	is := func(f *os.File) bool { return term.IsTerminal(int(f.Fd())) }
	a := &app{in: os.Stdin, out: os.Stdout, err: os.Stderr}
	if os.Getenv("GITHUB_ACTIONS") == "true" {
		a.err = inertWriter{os.Stderr} // the runner reads commands from there, too
	}
	a.inTerm, a.outTerm, a.term = is(os.Stdin), is(os.Stdout), is(os.Stderr)
	// A console of Windows has to be asked for colours.
	a.color = a.term && runtime.GOOS != "windows" && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
	return a
}

// A failure ends the command with an exit code. Where err is nil, what went
// wrong has been printed already.
type failure struct {
	code int
	err  error
}

func (f *failure) Error() string {
	if f.err == nil {
		return "some rules failed"
	}
	return f.err.Error()
}

func (f *failure) Unwrap() error { return f.err }

// usage returns the failure of a wrong command line.
func usage(hint, format string, args ...any) error {
	return &failure{exitUsage, &sigma.Error{Code: sigma.BadSetting, Msg: fmt.Sprintf(format, args...), Hint: hint}}
}

// run executes the command line and returns the exit code.
func (a *app) run(args []string) int {
	root := newRoot(a)
	root.SetArgs(migrate(root, args))
	err := root.Execute()
	if err == nil {
		return 0
	}
	f := &failure{exitUsage, err} // what cobra itself finds wrong
	errors.As(err, &f)
	if f.err != nil {
		a.complain(f.err)
	}
	return f.code
}

// complain prints why the command ends. Errors with a place are printed with
// their snippet.
func (a *app) complain(err error) {
	var text []byte
	p := reporter{color: a.color}
	for _, e := range sigma.Errors(err) {
		text = p.add(text, kindError, "", e)
	}
	a.err.Write(text)
}

// note prints a line about the command as a whole.
func (a *app) note(format string, args ...any) {
	fmt.Fprintf(a.err, "sigmac: "+format+"\n", args...)
}
