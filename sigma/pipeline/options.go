package pipeline

import (
	"context"
	"io/fs"
	"os"
)

// Options say what pipelines may use beyond their own text. What is nil or
// false is switched off: a pipeline that needs it is refused with a message
// that names it, or refuses the rules for which it would have needed it.
type Options struct {
	// Files is the folder that placeholders and templates are read from. Where it
	// is nil, Resolve takes the folder of the pipeline's file, out of which no
	// path and no link leads, and Parse has none.
	Files fs.FS

	// AnyFile lets placeholders name files anywhere: absolute paths, and paths
	// that Files does not have, which are those of the working directory then.
	AnyFile bool

	// HTTP answers the requests of http_placeholders. Package external has one.
	HTTP func(context.Context, Request) ([]byte, error)

	// Command runs the commands of command_placeholders. Package external has one.
	Command func(context.Context, Command) ([]byte, error)

	// Select compiles what json and yaml sources take values out with, a jq
	// expression. Package external has one.
	Select func(expression string) (Selection, error)

	// Templates compiles templates of Jinja2. Package jinja has one. An error that
	// is a TemplateError has its place in the template.
	Templates func(source string, autoescape bool) (Template, error)
}

// A Request is what http_placeholders asks of a server.
type Request struct {
	Method, URL   string
	Header        map[string]string
	Params        map[string]string // of the query
	Form          map[string]string // sent as a form
	JSON          []byte            // sent as JSON; nil for none
	MaxBytes      int64             // that an answer may have
	TimeoutSecond int               // for all of it
}

// A Command is what command_placeholders runs: Shell by the shell, or Args.
type Command struct {
	Shell         string
	Args          []string
	MaxBytes      int64 // that it may print
	TimeoutSecond int
}

// A Selection takes values out of data, which is as encoding/json has it. What
// it returns is text, numbers, booleans, or nil.
type Selection func(data any) ([]any, error)

// A Template is a template that was read. Render may be called by several
// goroutines at once. Its values are those of package pydata. It fails rather
// than making a text of more than most bytes, or taking much longer than such
// a text takes.
type Template interface {
	Render(values map[string]any, most int) (string, error)
}

// A TemplateError is a mistake in a template.
type TemplateError struct {
	Line, Col int // in the template, from 1; 0 where it is not known
	Msg       string
}

// Error returns the message.
func (e *TemplateError) Error() string { return e.Msg }

// folder is a folder of the file system that no path and no link leads out of.
// It is opened when something is read.
type folder string

// Open opens a file of the folder.
func (f folder) Open(name string) (fs.File, error) {
	if !fs.ValidPath(name) {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrInvalid}
	}
	return os.OpenInRoot(string(f), name)
}
