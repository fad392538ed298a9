package pack

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/sigma-compiler/sigmac/internal/jsontext"
	"github.com/sigma-compiler/sigmac/sigma"
)

// ManifestName is the name of the manifest in the folder of a pack.
const ManifestName = "manifest.json"

// manifestVersion changes when what manifests hold does.
const manifestVersion = 1

// A Manifest says what a pack is made of. docs/pack.md describes it.
type Manifest struct {
	Manifest    int                               `json:"manifest"` // 1
	Name        string                            `json:"name"`
	Title       string                            `json:"title"`
	Version     string                            `json:"version"`
	Target      string                            `json:"target"` // as sigmac.yml calls it
	Language    string                            `json:"language"`
	Format      string                            `json:"format"`
	Method      string                            `json:"method,omitempty"`
	Tool        Tool                              `json:"tool"`
	Settings    map[string]string                 `json:"settings,omitempty"`
	LevelValues map[sigma.Level]map[string]string `json:"levels,omitempty"`
	RuleValues  map[string]map[string]string      `json:"rules,omitempty"`
	Pipelines   []PipelineInfo                    `json:"pipelines"`
	Schemas     []FileInfo                        `json:"schemas,omitempty"`
	Filters     []FileInfo                        `json:"filters,omitempty"` // files with filters
	Lists       []PipelineInfo                    `json:"lists,omitempty"`
	Archive     *FileInfo                         `json:"archive,omitempty"`
	Files       []FileInfo                        `json:"files"` // of the archive, where there is one
	Entries     []EntryInfo                       `json:"entries"`
	Refused     []RefusedInfo                     `json:"refused"`
	LeftOut     []LeftOutInfo                     `json:"left_out"`
}

// A FileInfo is a file with what is in it.
type FileInfo struct {
	Path   string `json:"path"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

// A RuleInfo says which rule something is about.
type RuleInfo struct {
	Rule   string `json:"rule,omitempty"`  // its id, as written
	Title  string `json:"title,omitempty"` // as written
	File   string `json:"file"`            // relative to sigmac.yml
	Line   int    `json:"line,omitempty"`  // of the document
	Commit string `json:"commit,omitempty"`
}

// An EntryInfo is one query of a pack.
type EntryInfo struct {
	ID    string `json:"id"`   // of the entry
	Name  string `json:"name"` // the title of the entry
	Level string `json:"level"`
	RuleInfo
	Meaning  string   `json:"meaning"` // SHA-256 of what the rule means
	Words    string   `json:"words"`   // SHA-256 of the text of the rule
	Warnings []string `json:"warnings,omitempty"`
}

// A RefusedInfo is a rule that is wrong or that the target cannot say.
type RefusedInfo struct {
	RuleInfo
	Unsupported bool     `json:"unsupported"` // nothing is wrong with the rule
	Errors      []string `json:"errors"`
}

// A LeftOutInfo is a rule that was not wanted.
type LeftOutInfo struct {
	RuleInfo
	Why string `json:"why"`
}

// newManifest returns what is known before anything is compiled.
func (m *maker) newManifest(tool Tool, l *library) *Manifest {
	c := m.config
	out := &Manifest{
		Manifest: manifestVersion, Name: c.Name, Title: c.Title, Version: c.Version, Target: m.Name, Language: m.Language, Format: m.Format,
		Method: m.Method, Tool: tool, Settings: m.Settings, LevelValues: m.Overrides.Levels, RuleValues: m.Overrides.Rules,
		Pipelines: append([]PipelineInfo{}, m.pipelines...), Schemas: m.schemas,
		Files: []FileInfo{}, Entries: []EntryInfo{}, Refused: []RefusedInfo{}, LeftOut: []LeftOutInfo{},
	}
	for _, s := range l.sources {
		for _, u := range s.units {
			if _, ok := u.doc.(*sigma.Filter); ok {
				out.Filters = append(out.Filters, FileInfo{s.name, int64(len(s.file.Data)), s.sum.String()})
				break
			}
		}
	}
	for _, list := range c.Lists {
		out.Lists = append(out.Lists, PipelineInfo{list.Name, leaf(list.Values...).String()})
	}
	return out
}

// info returns which rule a document is.
func (u *unit) info() RuleInfo {
	m := u.doc.Metadata()
	return RuleInfo{m.ID, m.Title, u.of.name, m.Line, u.of.commit}
}

// info returns which rule a file that could not be read is about.
func (s *source) info() RuleInfo {
	m := s.meta()
	return RuleInfo{m.ID, m.Title, s.name, m.Line, s.commit}
}

// lines returns errors as a manifest has them.
func lines(list sigma.ErrorList) []string {
	var out []string
	for _, e := range list {
		out = append(out, strings.ToValidUTF8(fmt.Sprintf("%v [%s]", e, e.Code), "\uFFFD"))
	}
	return out
}

// encode writes the manifest.
func (m *Manifest) encode() ([]byte, error) {
	return jsontext.MarshalIndent(m, "  ")
}

// ParseManifest reads a manifest.
func ParseManifest(data []byte) (*Manifest, error) {
	var m Manifest
	if err := json.Unmarshal(data, &m); err != nil {
		return nil, err
	}
	if m.Manifest != manifestVersion {
		return nil, fmt.Errorf("the manifest is of version %d, not %d", m.Manifest, manifestVersion)
	}
	return &m, nil
}

// withoutCommits returns the manifest as it is whatever is checked out.
func (m *Manifest) withoutCommits() *Manifest {
	out := *m
	out.Entries, out.Refused, out.LeftOut = nil, nil, nil
	for _, e := range m.Entries {
		e.Commit = ""
		out.Entries = append(out.Entries, e)
	}
	for _, e := range m.Refused {
		e.Commit = ""
		out.Refused = append(out.Refused, e)
	}
	for _, e := range m.LeftOut {
		e.Commit = ""
		out.LeftOut = append(out.LeftOut, e)
	}
	return &out
}
