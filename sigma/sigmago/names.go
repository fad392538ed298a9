package sigmago

import (
	_ "embed"
	"encoding/csv"
	"fmt"
	"os"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/pipeline"
)

//go:embed names.csv
var nameTable string

// A LegacyName is a configuration that came with the legacy sigmac.
type LegacyName struct {
	Name      string
	Pipelines []string // that are there for it; none where the name is an error
	Generic   string   // one that is taken too where nothing else makes generic log sources special
	Foreign   bool     // it is for a target that the program does not have
	Note      string   // what there is to know where there are none
}

// LegacyNames returns the configurations of the legacy sigmac that names are
// known of, in the order of the table.
func LegacyNames() []LegacyName { return slices.Clone(legacyNames()) }

var legacyNames = sync.OnceValue(func() []LegacyName {
	r := csv.NewReader(strings.NewReader(nameTable))
	r.Comment = '#'
	rows, err := r.ReadAll()
	if err != nil || len(rows) == 0 {
		return nil // the tests would say so
	}
	out := make([]LegacyName, 0, len(rows)-1)
	for _, row := range rows[1:] {
		n := LegacyName{Name: row[0], Note: row[2]}
		for _, p := range strings.Fields(row[1]) {
			g, generic := strings.CutPrefix(p, "?")
			switch {
			case p == "-":
				n.Foreign = true
			case generic:
				n.Generic = g
			default:
				n.Pipelines = append(n.Pipelines, p)
			}
		}
		for _, p := range n.Pipelines {
			if _, ok := pipeline.Builtin(p); !ok {
				n.Pipelines = nil
				break
			}
		}
		out = append(out, n)
	}
	return out
})

// legacyName returns the configuration that a user names, by its name or by
// the path of a file that is not there.
func legacyName(spec string) (LegacyName, bool) {
	if _, err := os.Stat(spec); err == nil {
		return LegacyName{}, false
	}
	name := path.Base(strings.ReplaceAll(spec, `\`, "/"))
	for _, ext := range []string{".yml", ".yaml"} {
		name = strings.TrimSuffix(name, ext)
	}
	all := legacyNames()
	i := slices.IndexFunc(all, func(n LegacyName) bool { return n.Name == name })
	if i < 0 {
		return LegacyName{}, false
	}
	return all[i], true
}

// missing is the error for a name without pipelines.
func (n LegacyName) missing() *sigma.Error {
	if n.Foreign {
		return &sigma.Error{Code: sigma.BadPipeline, Msg: fmt.Sprintf("the configuration %q of the legacy sigmac is for a target that this program does not have", n.Name)}
	}
	hint := "its file can be given, as -p path/" + n.Name + ".yml"
	if n.Note != "" {
		hint += "; " + n.Note
	}
	return &sigma.Error{Code: sigma.BadPipeline, Msg: fmt.Sprintf("there is no pipeline for the configuration %q of the legacy sigmac", n.Name), Hint: hint}
}
