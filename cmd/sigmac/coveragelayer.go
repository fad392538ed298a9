package main

import (
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sigma-compiler/sigmac/internal/jsontext"
	"github.com/sigma-compiler/sigmac/sigma/attack"
)

// layerFlags are the flags that say how a layer looks. The names, letters and
// defaults are sigma-cli's.
type layerFlags struct {
	name               string
	minColor, maxColor string
	minScore           int
	maxScore           int // 0: the highest there is
}

func (f *layerFlags) add(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&f.name, "name", "Sigma coverage", "`name` of the layer")
	flags.StringVarP(&f.maxColor, "max-color", "c", "#ff0000", "`colour` of the highest score in a layer")
	flags.StringVarP(&f.minColor, "min-color", "C", "#ffffff00", "`colour` of the lowest score in a layer")
	flags.IntVarP(&f.maxScore, "max-score", "m", 0, "`score` that has the colour of the highest in a layer, and all above it; 0: the highest there is")
	flags.IntVarP(&f.minScore, "min-score", "M", 0, "`score` that has the colour of the lowest in a layer, and all below it")
	for _, name := range []string{"name", "max-color", "min-color", "max-score", "min-score"} {
		_ = cmd.RegisterFlagCompletionFunc(name, cobra.NoFileCompletions)
	}
}

// color matches the colours of the Navigator.
var color = regexp.MustCompile(`^#[0-9A-Fa-f]{6}([0-9A-Fa-f]{2})?$`)

// check refuses what the Navigator would.
func (f *layerFlags) check() error {
	for _, c := range []string{f.minColor, f.maxColor} {
		if !color.MatchString(c) {
			return usage("write #ff0000, or #ff000080 for one that is half transparent", "%q is no colour", c)
		}
	}
	if f.maxScore != 0 && f.maxScore <= f.minScore {
		return usage("", "--max-score %d is not above --min-score %d", f.maxScore, f.minScore)
	}
	return nil
}

// The versions that a layer names. Version 4.5 of the format needs a Navigator of
// 4.9.0 at least; its documentation has this one.
const (
	layerVersion     = "4.5"
	navigatorVersion = "5.1.0"
)

// The colours of techniques of which no rule can fire, and of those without.
const (
	deadColor = "#8da0cb"
	gapColor  = "#d9d9d9"
)

// A layer is a layer of the ATT&CK Navigator, as far as it is written here
// (layerformat 4.5). Techniques name no tactic, so that each shows under all
// that it has.
type layer struct {
	Name        string           `json:"name"`
	Versions    layerVersions    `json:"versions"`
	Domain      string           `json:"domain"`
	Description string           `json:"description"`
	Layout      layerLayout      `json:"layout"`
	Techniques  []layerTechnique `json:"techniques"`
	Gradient    layerGradient    `json:"gradient"`
	Legend      []layerLegend    `json:"legendItems"`
	Metadata    []layerMetadata  `json:"metadata"`
}

type layerVersions struct {
	Attack    string `json:"attack"`
	Navigator string `json:"navigator"`
	Layer     string `json:"layer"`
}

type layerLayout struct {
	Layout   string `json:"layout"`
	ShowID   bool   `json:"showID"`
	ShowName bool   `json:"showName"`
	Expanded string `json:"expandedSubtechniques"`
}

type layerTechnique struct {
	ID       string          `json:"techniqueID"`
	Score    *int            `json:"score,omitempty"`
	Color    string          `json:"color,omitempty"` // in place of the score's
	Comment  string          `json:"comment,omitempty"`
	Metadata []layerMetadata `json:"metadata,omitempty"`
}

type layerGradient struct {
	Colors []string `json:"colors"`
	Min    int      `json:"minValue"`
	Max    int      `json:"maxValue"`
}

type layerLegend struct {
	Label string `json:"label"`
	Color string `json:"color"`
}

type layerMetadata struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// writeLayer writes the layer. What is no technique of the version is left out:
// a warning told of its tag, and no matrix has a place for it.
func writeLayer(w io.Writer, c *coverage) error {
	l := layer{
		Name: c.layer.name, Versions: layerVersions{attack.Version, navigatorVersion, layerVersion}, Domain: "enterprise-attack",
		Description: c.description(),
		Layout:      layerLayout{Layout: "side", ShowID: true, ShowName: true, Expanded: "annotated"},
		Techniques:  []layerTechnique{}, Gradient: c.gradient(), Legend: []layerLegend{},
		Metadata: []layerMetadata{{"score", c.score.doc}, {"rules", strconv.Itoa(c.rules)}},
	}
	dead, gap := false, false
	for _, t := range c.techniques {
		if !t.Current() {
			continue
		}
		q := c.layerTechnique(t)
		dead, gap = dead || q.Color == deadColor, gap || q.Color == gapColor
		l.Techniques = append(l.Techniques, q)
	}
	if dead {
		l.Legend = append(l.Legend, layerLegend{"rules, of which none can fire", deadColor})
	}
	if gap {
		l.Legend = append(l.Legend, layerLegend{"no rules", gapColor})
	}
	enc := jsontext.NewEncoder(w)
	enc.SetIndent("", "  ")
	return enc.Encode(l)
}

// description says what was counted, and where it was to fire.
func (c *coverage) description() string {
	text := "Sigma rules by technique; the score is the " + c.score.doc
	if len(c.targets) == 0 {
		return text + "."
	}
	text += ", for those that can fire"
	for i, t := range c.targets {
		text += [...]string{" in ", " or in "}[min(i, 1)] + t.name
		if len(t.pipelines) > 0 {
			text += " with " + list(t.pipelines)
		}
		if t.schema != "" {
			text += " on " + t.schema
		}
	}
	return text + "."
}

// gradient returns the colours of the scores. The highest must be above the
// lowest.
func (c *coverage) gradient() layerGradient {
	g := layerGradient{Colors: []string{c.layer.minColor, c.layer.maxColor}, Min: c.layer.minScore, Max: c.layer.maxScore}
	if g.Max == 0 {
		g.Max = g.Min + 1
		for _, t := range c.techniques {
			g.Max = max(g.Max, t.score)
		}
	}
	return g
}

// layerTechnique returns the entry of a technique: a title a line, the rules that
// cannot fire last, and numbers.
func (c *coverage) layerTechnique(t *covering) layerTechnique {
	q := layerTechnique{ID: t.ID}
	if len(t.rules) == 0 {
		q.Color = gapColor
		return q
	}
	q.Score = &t.score
	q.Metadata = append(q.Metadata, layerMetadata{"rules", strconv.Itoa(len(t.rules))})
	if len(c.targets) > 0 {
		q.Metadata = append(q.Metadata, layerMetadata{"can fire", t.firing()})
	}
	names := append(levelNames(), "no level")
	for i, n := range t.levels() {
		if n > 0 {
			q.Metadata = append(q.Metadata, layerMetadata{names[i], strconv.Itoa(n)})
		}
	}
	if t.works[cannot] == len(t.rules) {
		q.Color = deadColor
	}
	q.Comment = t.comment()
	return q
}

// firing says how many rules can fire.
func (t *covering) firing() string {
	text := strconv.Itoa(t.works[whole] + t.works[inPart])
	if n := t.works[inPart]; n > 0 {
		text += fmt.Sprintf(", %d of them in part", n)
	}
	return text
}

// comment returns the titles of the rules.
func (t *covering) comment() string {
	notes := [...]string{"", " (in part)", " (cannot fire)"}
	var lines []string
	for w := whole; w <= cannot; w++ {
		for _, r := range t.rules {
			if r.works == w {
				lines = append(lines, cell(r.Title, maxTitle*5)+notes[w])
			}
		}
	}
	return strings.Join(lines, "\n")
}
