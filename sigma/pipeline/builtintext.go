package pipeline

import (
	"io/fs"
	"slices"
)

// BuiltinText returns the texts that a pipeline that comes with the project is
// made of, for programs that keep what they made with it: its files, those of
// the pipelines that run before it, and the tables of facts that all may take
// names from. The second result is false where there is none of that name.
func BuiltinText(name string) ([]byte, bool) {
	for i := range builtins {
		b := &builtins[i]
		if b.name != name && !slices.Contains(b.aliases, name) {
			continue
		}
		paths, err := fs.Glob(factFiles, "builtin/facts/*.csv")
		if err != nil {
			return nil, false
		}
		var text []byte
		for _, path := range paths {
			data, err := factFiles.ReadFile(path)
			if err != nil {
				return nil, false
			}
			text = append(text, data...)
		}
		for _, part := range b.parts {
			more, _ := builtinFile(part)
			text = append(text, more...)
		}
		own, err := builtinFile(b.name)
		if err == nil && b.then != "" {
			var more []byte
			more, err = builtinFile(b.then)
			own = append(own, more...)
		}
		return append(text, own...), err == nil
	}
	return nil, false
}

func builtinFile(name string) ([]byte, error) { return files.ReadFile("builtin/" + name + ".yml") }
