package main

import (
	"compress/gzip"
	"io"
	"net/url"
	"regexp"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/sigma-compiler/sigmac/internal/jsontext"
)

// What GitHub accepts of a SARIF file; it refuses one with more
// (docs.github.com, "SARIF support for code scanning").
const (
	maxResults   = 25_000   // of a run
	maxSARIFSize = 10 << 20 // bytes, compressed by gzip
)

// The parts of SARIF 2.1.0 that reports have. The libraries for it write every
// list of a result that could be there, two dozen each, as null.
type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool        sarifTool         `json:"tool"`
		Automation  sarifID           `json:"automationDetails"` // GitHub's category: reports of check and test do not replace each other
		ColumnKind  string            `json:"columnKind"`
		Invocations []sarifInvocation `json:"invocations"`
		Results     []sarifResult     `json:"results"`
	}
	sarifID struct {
		ID string `json:"id"`
	}
	sarifText struct {
		Text string `json:"text"`
	}
	sarifTool struct {
		Driver sarifDriver `json:"driver"`
	}
	sarifDriver struct {
		Name            string      `json:"name"`
		Version         string      `json:"version"`
		SemanticVersion string      `json:"semanticVersion,omitempty"`
		InformationURI  string      `json:"informationUri"`
		Rules           []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID                   string       `json:"id"`
		Name                 string       `json:"name"`
		ShortDescription     sarifText    `json:"shortDescription"`
		FullDescription      sarifText    `json:"fullDescription"`
		Help                 sarifHelp    `json:"help"`
		DefaultConfiguration sarifDefault `json:"defaultConfiguration"`
		Properties           sarifAbout   `json:"properties"`
	}
	sarifHelp struct {
		Text     string `json:"text"`
		Markdown string `json:"markdown"`
	}
	sarifDefault struct {
		Level string `json:"level"`
	}
	sarifAbout struct {
		Tags     []string `json:"tags"`
		Severity string   `json:"problem.severity"`
	}
	sarifInvocation struct {
		Successful    bool                `json:"executionSuccessful"`
		Notifications []sarifNotification `json:"toolExecutionNotifications,omitempty"`
	}
	sarifNotification struct {
		Level   string    `json:"level"`
		Message sarifText `json:"message"`
	}
	sarifResult struct {
		RuleID        string             `json:"ruleId"`
		RuleIndex     int                `json:"ruleIndex"`
		Level         string             `json:"level"`
		Message       sarifText          `json:"message"`
		Locations     []sarifLocation    `json:"locations,omitempty"`
		Fingerprints  map[string]string  `json:"partialFingerprints"`
		BaselineState string             `json:"baselineState,omitempty"`
		Suppressions  []sarifSuppression `json:"suppressions,omitempty"`
	}
	sarifLocation struct {
		Physical sarifPhysical `json:"physicalLocation"`
	}
	sarifPhysical struct {
		Artifact sarifArtifact `json:"artifactLocation"`
		Region   *sarifRegion  `json:"region,omitempty"`
	}
	sarifArtifact struct {
		URI string `json:"uri"`
	}
	sarifRegion struct {
		StartLine   int `json:"startLine"`
		StartColumn int `json:"startColumn,omitempty"`
		EndLine     int `json:"endLine,omitempty"`
		EndColumn   int `json:"endColumn,omitempty"`
	}
	sarifSuppression struct {
		Kind          string `json:"kind"`
		Status        string `json:"status"`
		Justification string `json:"justification"`
	}
)

// sarif returns the report as SARIF, and how many results GitHub would not take
// and are left out: those that are known first, then notes and warnings.
func (r *reporting) sarif() ([]byte, int) {
	list := slices.Clone(r.issues)
	rank := func(is *issue) int {
		switch {
		case is.known:
			return 3
		case is.kind == kindError:
			return 0
		case is.kind == kindWarning:
			return 1
		}
		return 2
	}
	slices.SortStableFunc(list, func(a, b *issue) int { return rank(a) - rank(b) })
	all := len(list) + r.more
	list = list[:min(len(list), maxResults)]
	for {
		text := r.sarifOf(list, all-len(list))
		if len(text) <= maxSARIFSize || zippedSize(text) <= maxSARIFSize {
			return text, all - len(list)
		}
		list = list[:len(list)/2]
	}
}

// sarifOf returns the report with these results, and that so many are left out.
func (r *reporting) sarifOf(list []*issue, left int) []byte {
	run := sarifRun{
		Tool: sarifTool{sarifDriver{
			Name: "sigmac", InformationURI: "https://github.com/sigma-compiler/sigmac", Rules: sarifRules(),
		}},
		Automation:  sarifID{"sigmac/" + r.command + "/"},
		ColumnKind:  "unicodeCodePoints", // sigma.Pos counts characters
		Invocations: []sarifInvocation{{Successful: true}},
		Results:     make([]sarifResult, len(list)),
	}
	info, _ := debug.ReadBuildInfo()
	run.Tool.Driver.Version, run.Tool.Driver.SemanticVersion = toolVersion(info)
	if left > 0 {
		run.Invocations[0].Notifications = []sarifNotification{{"warning", sarifText{count(left, "result is", "results are") + " left out, since GitHub does not take more"}}}
	}
	for i, is := range list {
		run.Results[i] = r.result(is)
	}
	text, _ := jsontext.MarshalIndent(sarifLog{"https://json.schemastore.org/sarif-2.1.0.json", "2.1.0", []sarifRun{run}}, " ") // texts and numbers always encode
	return text
}

// semantic is what SARIF calls a semantic version.
var semantic = regexp.MustCompile(`^v(\d+\.\d+\.\d+([-+][0-9A-Za-z.+-]+)?)$`)

// toolVersion returns the version of the program, and the same as a semantic
// version where it is one.
func toolVersion(info *debug.BuildInfo) (version, semver string) {
	version = "(devel)"
	if info != nil && info.Main.Version != "" {
		version = info.Main.Version
	}
	if m := semantic.FindStringSubmatch(version); m != nil {
		semver = m[1]
	}
	return version, semver
}

// sarifRules returns what is to be known of all codes.
func sarifRules() []sarifRule {
	list := make([]sarifRule, len(codeDocs))
	for i, d := range codeDocs {
		list[i] = sarifRule{
			ID: string(d.code), Name: pascal(string(d.code)),
			ShortDescription: sarifText{d.what}, FullDescription: sarifText{d.what + " " + strings.ReplaceAll(d.help, "`", "")},
			Help:                 sarifHelp{strings.ReplaceAll(d.help, "`", ""), "**" + d.what + "**\n\n" + d.help},
			DefaultConfiguration: sarifDefault{d.kind.name},
			Properties:           sarifAbout{[]string{"sigma"}, d.kind.name},
		}
	}
	return list
}

// pascal writes a-name as ANames are written in SARIF: BadYaml for bad-yaml.
func pascal(code string) string {
	var b strings.Builder
	for word := range strings.SplitSeq(code, "-") {
		b.WriteString(strings.ToUpper(word[:1]) + word[1:])
	}
	return b.String()
}

// result returns an issue as SARIF has it.
func (r *reporting) result(is *issue) sarifResult {
	out := sarifResult{
		RuleID: string(is.code), RuleIndex: codeIndex(is.code), Level: is.kind.name, Message: sarifText{noLinks(is.message())},
		Fingerprints: map[string]string{"sigmac/v1": is.print},
	}
	if is.kind == kindSkipped {
		out.Level = "note"
	}
	if is.lineHash != "" {
		out.Fingerprints["primaryLocationLineHash"] = is.lineHash
	}
	if is.file != "" {
		out.Locations = []sarifLocation{{sarifPhysical{sarifArtifact{fileURI(is.file)}, is.region()}}}
	}
	if r.baseline == nil {
		return out
	}
	out.BaselineState = "new"
	if is.known {
		out.BaselineState = "unchanged"
		out.Suppressions = []sarifSuppression{{"external", "accepted", "known in " + r.relative(r.baseline.path)}}
	}
	return out
}

// region returns the place of an issue, from its column to the end of the line,
// nil where no line is known.
func (is *issue) region() *sarifRegion {
	if is.line == 0 {
		return nil
	}
	g := &sarifRegion{StartLine: is.line, StartColumn: is.col}
	if is.end > 0 {
		g.EndLine, g.EndColumn = is.line, is.end
	}
	return g
}

// fileURI returns a relative path as a URI reference.
func fileURI(path string) string { return (&url.URL{Path: path}).String() }

// noLinks returns a text in which readers of SARIF see no link: texts of rules
// are quoted in messages, and "[a-z](x)" would be one.
func noLinks(text string) string { return strings.ReplaceAll(text, "](", "] (") }

// zippedSize returns how many bytes a text has when it is compressed.
func zippedSize(text []byte) int {
	var n countWriter
	z := gzip.NewWriter(&n)
	_, _ = z.Write(text) // a counter takes all
	_ = z.Close()
	return int(n)
}

// A countWriter counts what is written.
type countWriter int

func (n *countWriter) Write(b []byte) (int, error) {
	*n += countWriter(len(b))
	return len(b), nil
}

var _ io.Writer = new(countWriter)
