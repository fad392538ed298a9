package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sigma-compiler/sigmac/internal/jsontext"
	"github.com/sigma-compiler/sigmac/sigma/pipeline"
)

func newPipelineShow(a *app) *cobra.Command {
	var asJSON bool
	var f pipelineFlags
	cmd := &cobra.Command{
		Use:   "show [flags] name|file|folder...",
		Short: "Print the steps of pipelines in the order in which they run",
		Long: `show prints what the steps of pipelines are: those of several pipelines in the
order in which they run, by priority; steps in a step below it; each with its
number, type, id and place, its conditions in words and its parameters. Where a
step takes names from a table of facts, its entries are those of the table.

With --json each pipeline is an object on a line, with its steps in it.`,
		Example: `  sigmac pipeline show ecs_windows
  sigmac pipeline show sysmon mine.yml
  sigmac pipeline show --json microsoft_xdr | jq '.steps[].id'`,
		Args: namedPipelines,
		RunE: func(_ *cobra.Command, args []string) error {
			f.pipelines = args
			chain, err := f.chain()
			if err != nil {
				return err
			}
			out := bufio.NewWriter(a.out)
			for i, p := range chain.Parts() {
				if asJSON {
					err = shownJSON(out, p)
				} else {
					if i > 0 {
						fmt.Fprintln(out)
					}
					showText(out, p)
				}
				if err != nil {
					return outputFailure(err)
				}
			}
			if err := out.Flush(); err != nil {
				return outputFailure(err)
			}
			return nil
		},
	}
	f.addExternal(cmd)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print an object a line")
	cmd.ValidArgsFunction = pipelineWords
	return cmd
}

// showText prints a pipeline for people.
func showText(w io.Writer, p *pipeline.Pipeline) {
	fmt.Fprintf(w, "%s, priority %d", printable(p.Name), p.Priority)
	if targets := p.Targets(); targets != nil {
		fmt.Fprintf(w, ", for %s", printable(strings.Join(targets, ", ")))
	}
	fmt.Fprintf(w, ", %s", printable(p.Pos().Name()))
	fmt.Fprintln(w)
	if p.Doc != "" {
		fmt.Fprintf(w, "  %s\n", printable(p.Doc))
	}
	for _, v := range p.Variables() {
		fmt.Fprintf(w, "  variable %s: %s\n", printable(v.Name), oneLine(v.Value.String()))
	}
	showSteps(w, "", p.Steps())
	showSteps(w, "postprocessing", p.Postprocessing())
	showSteps(w, "finalizers", p.Finalizers())
}

// showSteps prints a list of steps.
func showSteps(w io.Writer, title string, steps []pipeline.Step) {
	if title != "" && len(steps) > 0 {
		fmt.Fprintf(w, "%s:\n", title)
	}
	for i := range steps {
		showStep(w, &steps[i], fmt.Sprint(i+1), "")
	}
}

// showStep prints a step and those in it.
func showStep(w io.Writer, s *pipeline.Step, number, indent string) {
	line := number + " " + s.Type
	if s.ID != "" {
		line += " " + s.ID
	}
	fmt.Fprintf(w, "%s%s  %s:%d:%d\n", indent, printable(line), printable(s.Pos.Name()), s.Pos.Line, s.Pos.Col)
	for _, words := range s.Words() {
		fmt.Fprintf(w, "%s    if %s\n", indent, oneLine(words))
	}
	for _, p := range s.Params {
		if len(s.Entries) == 0 || p.Name != "mapping" {
			fmt.Fprintf(w, "%s    %s: %s\n", indent, printable(p.Name), oneLine(p.Value.String()))
		}
	}
	for _, e := range s.Entries {
		key := e.Key
		if key == "" {
			key = "(keywords)"
		}
		fmt.Fprintf(w, "%s    %s → %s", indent, oneLine(key), oneLine(strings.Join(e.To, ", ")))
		if e.Service != "" {
			fmt.Fprintf(w, ", service %s", oneLine(e.Service))
		}
		fmt.Fprintf(w, "  %s:%d\n", printable(e.Pos.Name()), e.Pos.Line)
	}
	for i := range s.Steps {
		showStep(w, &s.Steps[i], fmt.Sprintf("%s.%d", number, i+1), indent+"  ")
	}
}

// oneLine returns a text that keeps to its line.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' {
			return ' '
		}
		return r
	}, printable(s))
}

// The objects of --json. The keys and their types are a promise to programs.
type (
	shownPipeline struct {
		Name     string      `json:"name"`
		File     string      `json:"file"`
		Doc      string      `json:"doc"`
		Priority int         `json:"priority"`
		Targets  []string    `json:"targets"` // empty: all
		Vars     shownParams `json:"vars"`
		Steps    []shownStep `json:"steps"`

		Postprocessing []shownStep `json:"postprocessing"`
		Finalizers     []shownStep `json:"finalizers"`
	}
	shownStep struct {
		Number     string          `json:"number"`
		Type       string          `json:"type"`
		ID         string          `json:"id"`
		File       string          `json:"file"`
		Line       int             `json:"line"`
		Column     int             `json:"column"`
		Conditions []string        `json:"conditions"` // in words
		Rule       *shownCondition `json:"rule_condition,omitempty"`
		Item       *shownCondition `json:"detection_item_condition,omitempty"`
		Field      *shownCondition `json:"field_name_condition,omitempty"`
		Params     shownParams     `json:"parameters"`
		Entries    []shownEntry    `json:"entries,omitempty"`
		Steps      []shownStep     `json:"steps,omitempty"`
	}
	shownCondition struct {
		Op         string            `json:"op,omitempty"` // and, or, not
		Conditions []*shownCondition `json:"conditions,omitempty"`
		Type       string            `json:"type,omitempty"`
		Params     shownParams       `json:"parameters,omitempty"`
	}
	shownEntry struct {
		Key     string   `json:"key"`
		To      []string `json:"to"`
		Service string   `json:"service,omitempty"`
		File    string   `json:"file"`
		Line    int      `json:"line"`
		Column  int      `json:"column"`
	}
	shownParams []pipeline.Param
)

// shownJSON prints a pipeline for programs.
func shownJSON(w io.Writer, p *pipeline.Pipeline) error {
	out := shownPipeline{Name: p.Name, File: p.Pos().Name(), Doc: p.Doc, Priority: p.Priority, Targets: some(p.Targets()), Vars: p.Variables(), Steps: shownSteps(p.Steps(), "")}
	out.Postprocessing, out.Finalizers = shownSteps(p.Postprocessing(), ""), shownSteps(p.Finalizers(), "")
	return jsontext.NewEncoder(w).Encode(out)
}

func shownSteps(steps []pipeline.Step, before string) []shownStep {
	out := make([]shownStep, len(steps))
	for i := range steps {
		s := &steps[i]
		number := fmt.Sprintf("%s%d", before, i+1)
		out[i] = shownStep{
			Number: number, Type: s.Type, ID: s.ID, File: s.Pos.Name(), Line: s.Pos.Line, Column: s.Pos.Col,
			Conditions: some(s.Words()), Rule: shownCond(s.Rule), Item: shownCond(s.Item), Field: shownCond(s.Field),
			Params: s.Params, Steps: shownSteps(s.Steps, number+"."),
		}
		for _, e := range s.Entries {
			out[i].Entries = append(out[i].Entries, shownEntry{e.Key, some(e.To), e.Service, e.Pos.Name(), e.Pos.Line, e.Pos.Col})
		}
	}
	return out
}

func shownCond(c *pipeline.Condition) *shownCondition {
	if c == nil {
		return nil
	}
	out := &shownCondition{Op: c.Op, Type: c.Type, Params: c.Params}
	for _, p := range c.Parts {
		out.Conditions = append(out.Conditions, shownCond(p))
	}
	return out
}

// MarshalJSON writes parameters as an object in the order of the file.
func (ps shownParams) MarshalJSON() ([]byte, error) {
	b := []byte{'{'}
	for i, p := range ps {
		if i > 0 {
			b = append(b, ',')
		}
		key, err := json.Marshal(p.Name)
		if err != nil {
			return nil, err
		}
		value, err := valueJSON(p.Value)
		if err != nil {
			return nil, err
		}
		b = append(append(append(b, key...), ':'), value...)
	}
	return append(b, '}'), nil
}

// valueJSON writes a value of YAML as one of JSON.
func valueJSON(v pipeline.Value) ([]byte, error) {
	switch {
	case v.Kind == pipeline.Map:
		return shownParams(v.Map).MarshalJSON()
	case v.Kind == pipeline.List:
		list := make([]json.RawMessage, len(v.List))
		for i, u := range v.List {
			var err error
			if list[i], err = valueJSON(u); err != nil {
				return nil, err
			}
		}
		return json.Marshal(list)
	case v.Tag == "!!null":
		return []byte("null"), nil
	case (v.Tag == "!!int" || v.Tag == "!!float" || v.Tag == "!!bool") && json.Valid([]byte(v.Text)):
		return []byte(v.Text), nil // digits as they are written
	}
	return json.Marshal(v.Text)
}
