package pipeline

import (
	"embed"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/sigma-compiler/sigmac/sigma"
)

// files holds the pipelines that come with the project.
//
//go:embed builtin/*.yml
var files embed.FS

// A builtin is a pipeline that is read when it is first asked for.
type builtin struct {
	name    string // the file's name without .yml
	aliases []string
	parts   []string // the pipelines that run before the file's own steps
	then    string   // a further file, whose steps come behind those of the first
	once    sync.Once
	p       *Pipeline
	err     error
}

// builtins are the pipelines that come with the project, by the names that
// pySigma's users type, sorted.
var builtins = [...]builtin{
	{name: "azure_monitor", aliases: []string{"azure_monitor_pipeline"}, then: "sentinel_tables"},
	{name: "cisco_asa"},
	{name: "crowdstrike"},
	{name: "ecs", parts: []string{"ecs_windows", "ecs_linux", "ecs_macos_esf", "ecs_network", "ecs_zeek_beats", "ecs_suricata", "ecs_kubernetes", "ecs_cloud"}},
	{name: "ecs_cloud"},
	{name: "ecs_kubernetes"},
	{name: "ecs_linux"},
	{name: "ecs_macos_esf", aliases: []string{"ecs_macos"}},
	{name: "ecs_network"},
	{name: "ecs_suricata"},
	{name: "ecs_windows"},
	{name: "ecs_zeek_beats"},
	{name: "ecs_zeek_corelight"},
	{name: "fortigate"},
	{name: "microsoft_xdr", aliases: []string{"microsoft_365_defender", "microsoft_defender", "microsoft_xdr_pipeline"}},
	{name: "netflow"},
	{name: "paloalto_panos", aliases: []string{"panos"}},
	{name: "pfirewall"},
	{name: "security_5156"},
	{name: "sentinel_asim", aliases: []string{"sentinel_asim_pipeline"}, then: "sentinel_tables"},
	{name: "splunk_cim", aliases: []string{"splunk_cim_data_model"}},
	{name: "splunk_stream"},
	{name: "splunk_sysmon_acceleration", aliases: []string{"splunk_windows_sysmon_acceleration_keywords"}},
	{name: "splunk_windows"},
	{name: "suricata"},
	{name: "sysmon"},
	{name: "windows-audit"},
	{name: "windows-logsources"},
	{name: "zeek"},
}

// Info describes a pipeline that comes with the project.
type Info struct {
	Name     string
	Aliases  []string
	Doc      string   // one line
	Priority int      // chains are ordered by it, the lowest first
	Targets  []string // the backends it is for; nil: all
}

// Builtins describes the pipelines that come with the project, sorted by
// name.
func Builtins() []Info {
	var out []Info
	for i := range builtins {
		b := &builtins[i]
		if p, err := b.load(); err == nil {
			out = append(out, Info{b.name, slices.Clone(b.aliases), p.Doc, p.Priority, slices.Clone(p.backends)})
		}
	}
	return out
}

// Builtin returns the pipeline of that name or alias.
func Builtin(name string) (*Pipeline, bool) {
	for i := range builtins {
		if b := &builtins[i]; b.name == name || slices.Contains(b.aliases, name) {
			p, err := b.load()
			return p, err == nil
		}
	}
	return nil, false
}

// load reads the pipeline's files, once.
func (b *builtin) load() (*Pipeline, error) {
	b.once.Do(func() {
		if b.p, b.err = b.read(b.name); b.err != nil {
			return
		}
		switch {
		case b.parts != nil:
			b.err = b.chain()
		case b.then != "":
			var more *Pipeline
			if more, b.err = b.read(b.then); b.err == nil {
				b.p.list.steps = append(b.p.list.steps, more.list.steps...)
				b.p.tracks = b.p.tracks || more.tracks
			}
		}
		if b.err != nil {
			b.p = nil
		}
	})
	return b.p, b.err
}

// read reads one file of the pipeline, whose steps name the pipeline.
func (b *builtin) read(file string) (*Pipeline, error) {
	name := "builtin/" + file + ".yml"
	data, err := files.ReadFile(name)
	if err != nil {
		return nil, err
	}
	p, err := (Options{}).parse(name, data, b.name)
	if err != nil {
		return nil, err
	}
	p.spec = b.name
	return p, nil
}

// chain puts the parts of the pipeline before it.
func (b *builtin) chain() error {
	own := b.p
	var ps []*Pipeline
	for _, name := range b.parts {
		p, ok := Builtin(name)
		if !ok {
			return fmt.Errorf("the part %q cannot be read", name)
		}
		ps = append(ps, p)
	}
	b.p = Chain(append(ps, own)...)
	b.p.Name, b.p.Doc, b.p.backends = own.Name, own.Doc, own.backends
	return nil
}

// Resolve returns the pipeline that a user names, with the zero Options.
func Resolve(spec string) (*Pipeline, error) { return Options{}.Resolve(spec) }

// ResolveAll returns the pipelines that a user names as one, as Chain puts them
// together; nil for none. The error is that of the first that cannot be had.
func ResolveAll(specs ...string) (*Pipeline, error) {
	ps := make([]*Pipeline, len(specs))
	for i, spec := range specs {
		p, err := Resolve(spec)
		if err != nil {
			return nil, err
		}
		ps[i] = p
	}
	return Chain(ps...), nil
}

// Resolve returns the pipeline that a user names: one that comes with the
// project, a file, or a folder (as pySigma has it, also written folder/*), of
// which all files *.yml and *.yaml are chained. The error is an ErrorList.
func (o Options) Resolve(spec string) (*Pipeline, error) {
	if p, ok := Builtin(spec); ok {
		return p, nil
	}
	path := spec
	if strings.HasSuffix(spec, "/*") {
		path = strings.TrimRight(spec, "/*")
	}
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, sigma.ErrorList{{
			Code: sigma.BadPipeline,
			Msg:  fmt.Sprintf("there is no pipeline %q, nor a file or folder of that name", spec),
			Hint: near(spec, builtinNames(), "the pipelines are "+strings.Join(builtinNames(), ", ")),
		}}
	case info.IsDir():
		return o.folder(path)
	}
	return o.file(path)
}

func builtinNames() []string {
	var out []string
	for i := range builtins {
		out = append(append(out, builtins[i].name), builtins[i].aliases...)
	}
	return out
}

// file reads the pipeline of a file.
func (o Options) file(path string) (*Pipeline, error) {
	info, err := os.Stat(path)
	if err == nil && info.Size() > maxBytes {
		return nil, sigma.ErrorList{{Pos: sigma.Pos{File: &sigma.File{Name: path}}, Code: sigma.Limit, Msg: fmt.Sprintf("the file has more than %d bytes", maxBytes)}}
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, sigma.ErrorList{{Pos: sigma.Pos{File: &sigma.File{Name: path}}, Code: sigma.Unreadable, Msg: err.Error()}}
	}
	if o.Files == nil {
		o.Files = folder(filepath.Dir(path))
	}
	return o.Parse(path, data)
}

// folder chains the pipelines of a folder and the folders in it.
func (o Options) folder(dir string) (*Pipeline, error) {
	var paths []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if ext := filepath.Ext(path); err == nil && !d.IsDir() && (ext == ".yml" || ext == ".yaml") {
			paths = append(paths, path)
		}
		return err
	})
	if err != nil {
		return nil, sigma.ErrorList{{Pos: sigma.Pos{File: &sigma.File{Name: dir}}, Code: sigma.Unreadable, Msg: err.Error()}}
	}
	if len(paths) == 0 {
		return nil, sigma.ErrorList{{Pos: sigma.Pos{File: &sigma.File{Name: dir}}, Code: sigma.BadPipeline, Msg: "the folder has no pipeline", Hint: "pipelines are files *.yml"}}
	}
	var ps []*Pipeline
	var errs sigma.ErrorList
	for _, path := range paths {
		p, err := o.file(path)
		errs = append(errs, sigma.Errors(err)...)
		ps = append(ps, p)
	}
	if len(errs) > 0 {
		return nil, errs
	}
	return Chain(ps...), nil
}
