package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/sigma-compiler/sigmac/backends"
	"github.com/sigma-compiler/sigmac/backends/emit"
	"github.com/sigma-compiler/sigmac/internal/jsontext"
	"github.com/sigma-compiler/sigmac/sigma"
	"github.com/sigma-compiler/sigmac/sigma/ir"
	"github.com/sigma-compiler/sigmac/sigma/pipeline"
	"github.com/sigma-compiler/sigmac/sigma/sigmago"
	"github.com/sigma-compiler/sigmac/sigma/synth"
)

// A row is one thing of a list: its columns, and the object of --json.
type row struct {
	columns []string
	object  any
}

// A listing is one list that the command can print. Some are about targets,
// and can be narrowed to those named.
type listing struct {
	name, doc string
	rows      func(targets []*emit.Backend) []row
	targeted  bool
}

// listings are the lists, in the order of the help.
func listings() []listing {
	return []listing{
		{"targets", "languages to convert to, with their aliases", listTargets, true},
		{"formats", "what queries can be wrapped in, by target", listFormats, true},
		{"settings", "what -O can set, by target", listSettings, true},
		{"methods", "how correlations can be written, by target", listMethods, true},
		{"pipelines", "processing pipelines that come with the program", listPipelines, false},
		{"configs", "configurations of the legacy sigmac, with what -p takes their names for", listConfigs, false},
		{"modifiers", "value modifiers of rules", listModifiers, false},
		{"transformations", "steps, postprocessing items and finalizers that pipelines can have", listTransformations, false},
		{"conditions", "conditions that steps of pipelines can have", listConditions, false},
		{"traits", "what events of synth can have that not every store can hold", listTraits, false},
	}
}

func newList(a *app) *cobra.Command {
	var asJSON bool
	var names []string
	long := "list prints what there is, one a line, the name first.\n\n"
	for _, l := range listings() {
		names = append(names, l.name)
		long += fmt.Sprintf("  %-16s %s\n", l.name, l.doc)
	}
	cmd := &cobra.Command{
		Use:     "list " + strings.Join(names, "|") + " [target]...",
		Short:   "List targets, pipelines, modifiers and more",
		Long:    long,
		Example: "  sigmac list targets\n  sigmac list formats splunk\n  sigmac list pipelines --json",
		RunE: func(_ *cobra.Command, args []string) error {
			rows, err := find(names, args)
			if err != nil {
				return err
			}
			if asJSON {
				return printObjects(a.out, rows)
			}
			return printColumns(a.out, rows)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print an object a line")
	cmd.ValidArgsFunction = func(_ *cobra.Command, args []string, word string) ([]string, cobra.ShellCompDirective) {
		if len(args) == 0 {
			return names, cobra.ShellCompDirectiveNoFileComp
		}
		return targetNames(word), cobra.ShellCompDirectiveNoFileComp
	}
	return cmd
}

// find returns the rows of the list that the arguments name.
func find(names, args []string) ([]row, error) {
	if len(args) == 0 {
		return nil, usage("there are "+list(names), "which list?")
	}
	all := listings()
	i := slices.Index(names, args[0])
	if i < 0 {
		hint := "there are " + list(names)
		if near := sigma.Nearest(args[0], names); near != "" {
			hint = "did you mean " + near + "?"
		}
		return nil, usage(hint, "there is no list %q", args[0])
	}
	if len(args) > 1 && !all[i].targeted {
		return nil, usage("", "%s are the same for all targets; %q is one word too many", args[0], args[1])
	}
	targets, err := findBackends(args[1:])
	if err != nil {
		return nil, err
	}
	if len(targets) == 0 {
		targets = backends.All()
	}
	return all[i].rows(targets), nil
}

// printColumns prints the rows as columns that spaces align.
func printColumns(w io.Writer, rows []row) error {
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, r := range rows {
		columns := slices.Clone(r.columns)
		for i, c := range columns {
			if c == "" {
				columns[i] = "-" // an empty column would shift those behind it
			}
		}
		fmt.Fprintln(tw, strings.Join(columns, "\t"))
	}
	return tw.Flush()
}

// printObjects prints an object a line.
func printObjects(w io.Writer, rows []row) error {
	enc := jsontext.NewEncoder(w)
	for _, r := range rows {
		if err := enc.Encode(r.object); err != nil {
			return err
		}
	}
	return nil
}

func listTargets(bs []*emit.Backend) []row {
	var rows []row
	for _, b := range bs {
		rows = append(rows, row{[]string{b.Name, strings.Join(b.Aliases, ","), b.Doc}, struct {
			Name    string   `json:"name"`
			Aliases []string `json:"aliases"`
			Doc     string   `json:"doc"`
		}{b.Name, some(b.Aliases), b.Doc}})
	}
	return rows
}

func listFormats(bs []*emit.Backend) []row {
	var rows []row
	for _, b := range bs {
		for i, f := range b.Formats {
			rows = append(rows, row{[]string{f.Name, b.Name, strings.Join(f.Aliases, ","), f.Doc}, struct {
				Name    string   `json:"name"`
				Target  string   `json:"target"`
				Aliases []string `json:"aliases"`
				Default bool     `json:"default"`
				Content bool     `json:"content"` // what people deploy, and sigmac pack builds
				Doc     string   `json:"doc"`
			}{f.Name, b.Name, some(f.Aliases), i == 0, f.Content != nil, f.Doc}})
		}
	}
	return rows
}

func listMethods(bs []*emit.Backend) []row {
	var rows []row
	for _, b := range bs {
		for i, m := range b.Methods {
			rows = append(rows, row{[]string{m.Name, b.Name, m.Doc}, struct {
				Name    string `json:"name"`
				Target  string `json:"target"`
				Default bool   `json:"default"`
				Doc     string `json:"doc"`
			}{m.Name, b.Name, i == 0, m.Doc}})
		}
	}
	return rows
}

func listSettings(bs []*emit.Backend) []row {
	var rows []row
	for _, b := range bs {
		for i := range b.Settings {
			rows = append(rows, settingRow(b, nil, &b.Settings[i]))
		}
		for i := range b.Formats {
			f := &b.Formats[i]
			if f.Content == nil {
				continue
			}
			for k := range f.Content.Settings {
				rows = append(rows, settingRow(b, f, &f.Content.Settings[k]))
			}
		}
	}
	return rows
}

// settingRow returns the row of a setting of a target, or of a format of it.
func settingRow(b *emit.Backend, f *emit.Format, s *emit.Setting) row {
	name, target, format := s.Name, b.Name, ""
	if f != nil {
		target, format = b.Name+" -f "+f.Name, f.Name
	}
	if s.Open {
		name += "NAME"
	}
	return row{[]string{name, target, s.Default, strings.Join(s.Values, ","), s.Doc}, struct {
		Name    string   `json:"name"`
		Target  string   `json:"target"`
		Format  string   `json:"format"` // empty: of all formats
		Default string   `json:"default"`
		Values  []string `json:"values"` // empty: any
		Doc     string   `json:"doc"`
	}{name, b.Name, format, s.Default, some(s.Values), s.Doc}}
}

func listPipelines([]*emit.Backend) []row {
	var rows []row
	for _, p := range pipeline.Builtins() {
		rows = append(rows, row{[]string{p.Name, strings.Join(p.Aliases, ","), strings.Join(p.Targets, ","), p.Doc}, struct {
			Name     string   `json:"name"`
			Aliases  []string `json:"aliases"`
			Targets  []string `json:"targets"` // empty: all
			Priority int      `json:"priority"`
			Doc      string   `json:"doc"`
		}{p.Name, some(p.Aliases), some(p.Targets), p.Priority, p.Doc}})
	}
	return rows
}

func listConfigs([]*emit.Backend) []row {
	var rows []row
	for _, n := range sigmago.LegacyNames() {
		pipelines := n.Pipelines
		if pipelines != nil && n.Generic != "" {
			pipelines = append([]string{n.Generic}, pipelines...)
		}
		note := n.Note
		if n.Foreign {
			note = "for a target that this program does not have"
		}
		rows = append(rows, row{[]string{n.Name, strings.Join(pipelines, ","), note}, struct {
			Name      string   `json:"name"`
			Pipelines []string `json:"pipelines"` // empty: the name is an error
			Note      string   `json:"note"`
		}{n.Name, some(pipelines), note}})
	}
	return rows
}

func listModifiers([]*emit.Backend) []row {
	var rows []row
	for _, m := range ir.Modifiers() {
		rows = append(rows, row{[]string{m.Name, strings.Join(m.Aliases, ","), m.Doc}, struct {
			Name    string   `json:"name"`
			Aliases []string `json:"aliases"`
			Doc     string   `json:"doc"`
		}{m.Name, some(m.Aliases), m.Doc}})
	}
	return rows
}

func listTransformations([]*emit.Backend) []row { return listFeatures(true) }

func listConditions([]*emit.Backend) []row { return listFeatures(false) }

// listFeatures lists the conditions, or all other features.
func listFeatures(transformations bool) []row {
	var rows []row
	for _, f := range pipeline.Features() {
		if strings.HasSuffix(f.Kind, "condition") == transformations {
			continue
		}
		note := f.Kind
		switch {
		case !f.Supported:
			note = "only in pySigma"
		case f.Extension:
			note = "extension"
		case f.Kind == "transformation":
			note = ""
		}
		rows = append(rows, row{[]string{f.Name, note, f.Doc}, struct {
			Name      string `json:"name"`
			Kind      string `json:"kind"`
			Extension bool   `json:"extension"`
			Supported bool   `json:"supported"`
			Doc       string `json:"doc"`
		}{f.Name, f.Kind, f.Extension, f.Supported, f.Doc}})
	}
	return rows
}

func listTraits([]*emit.Backend) (rows []row) {
	for _, d := range synth.Traits() {
		rows = append(rows, row{[]string{d.Name, d.Doc}, struct {
			Name string `json:"name"`
			Doc  string `json:"doc"`
		}{d.Name, d.Doc}})
	}
	return rows
}

// some returns the list, never nil, so that JSON has a list.
func some(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}
