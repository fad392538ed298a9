package pack

import (
	"errors"

	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/pipeline"
)

// A Mode says what Build does with packs.
type Mode uint8

// The modes.
const (
	Write  Mode = iota // write what is not there
	DryRun             // only say what Write would do
	Check              // compare what is there, byte by byte, with what Write would make of nothing
)

// Options are choices of Build. The zero value writes all packs.
type Options struct {
	Mode    Mode
	Output  string   // the folder of the packs, in place of the one that the Config names
	Targets []string // only these; nil is all
	Force   bool     // compile and write all of it again
	Jobs    int      // how much to work on at once; 0 is the number of processors

	// Strict refuses to write anything where a rule is refused.
	Strict bool
	// SkipUnsupported takes rules that are only not supported by a target for no
	// failure.
	SkipUnsupported bool

	Commit string // the commit of the rules; "" asks the folder .git, "none" leaves it out
	Tool   Tool   // the zero Tool is ThisTool

	// Pipelines are what pipelines may use: Select and Templates of it. Nothing
	// asks servers or runs commands.
	Pipelines pipeline.Options

	// Report is told what there is to know, in order; it may be nil.
	Report func(Message)

	disk disk // nil is the system's
}

// A Message is an error or a warning about a rule. Its place is in a file as the
// system has it; in manifests such files are relative to that of the Config.
type Message struct {
	Target  string // "" where it is about all
	Error   *sigma.Error
	Warning bool
	Skipped bool // the rule is not supported, and Options say that this is no failure
}

// A Summary counts what became of the rules of a target.
type Summary struct {
	Entries     int
	Rules       int // with entries
	Refused     int // wrong
	Unsupported int // not sayable in the target
	LeftOut     int
	Warnings    int
	Files       int
	Bytes       int64
}

// Failed returns how many rules are failures.
func (s Summary) Failed(skipUnsupported bool) int {
	if skipUnsupported {
		return s.Refused
	}
	return s.Refused + s.Unsupported
}

// A Change is a file of a pack that is added, changed or removed.
type Change struct{ Kind, Path string }

// A Built is a pack that was built.
type Built struct {
	Summary
	Target   string
	Path     string // of its folder
	Compiled int    // rules that were compiled, not remembered
	Changes  []Change
}

// A ConfigError is what is wrong with a Config and what it names: the rules are
// not to blame.
type ConfigError struct{ sigma.ErrorList }

// Unwrap returns the list.
func (e *ConfigError) Unwrap() error { return e.ErrorList }

// ErrRefused says that rules were refused, and that Options.Strict forbids it.
var ErrRefused = errors.New("rules were refused, and nothing is written")
