package sigmago

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sigma-compiler/sigmac/sigma"
)

// families are the targets of today for those of the legacy sigmac. Names of
// fields do not depend on the language that asks for them, so a configuration
// for one of Elastic's languages is for all of them.
var families = map[string][]string{
	"splunk": {"splunk", "splunkxml", "splunkdm", "corelight_splunk"},
	"elasticsearch": {
		"es-qs", "es-dsl", "es-rule", "es-eql", "es-rule-eql", "es-qs-lr", "elastalert", "elastalert-dsl", "ee-outliers",
		"kibana", "kibana-ndjson", "xpack-watcher", "opensearch-monitor",
		"corelight_es-qs", "corelight_elasticsearch-rule", "corelight_kibana", "corelight_xpack-watcher",
		"elasticsearch", "opensearch", "lucene", "kql", "eql", "esql",
	},
	"kusto": {"ala", "ala-rule", "sentinel-rule", "mdatp", "kusto"},
}

// today returns the targets that a list of legacy ones stands for. Those that
// have no successor here keep their names.
func today(legacy []key) []string {
	var out []string
	for _, k := range legacy {
		name := k.name
		for family, names := range families {
			if slices.Contains(names, k.name) {
				name = family
			}
		}
		if !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}

// targets returns the targets that all of the configurations are for, nil for
// every target.
func (b *builder) targets(configs []*Config) []string {
	var out []string
	for _, c := range configs {
		if c.targets == nil {
			continue
		}
		of := today(c.targets)
		if out == nil {
			out = of
			continue
		}
		common := slices.DeleteFunc(slices.Clone(out), func(t string) bool { return !slices.Contains(of, t) })
		if len(common) == 0 {
			at := sigma.Pos{File: c.file, Line: 1, Col: 1}
			if len(c.targets) > 0 {
				at.Line, at.Col = c.targets[0].at.Line, c.targets[0].at.Column
			}
			b.errs = append(b.errs, &sigma.Error{
				Pos: at, Code: sigma.BadPipeline, Hint: "configurations of a chain are for the same target",
				Msg: fmt.Sprintf("the configuration is for %s, and those before it are for %s", strings.Join(of, ", "), strings.Join(out, ", ")),
			})
			return nil
		}
		out = common
	}
	return out
}
