package kustoread

import (
	"maps"
	"slices"
	"strings"

	"github.com/sigma-compiler/sigmac/sigma"
)

// A filter is what a parameter of a parser of ASIM asks for: a test of a
// normalized column by an operator. Without a column it asks for nothing.
type filter struct{ column, op string }

// parsers are the parameters of the parsers of ASIM whose filters the manual
// describes by one normalized column each (Azure/Azure-Sentinel, the pages
// normalization-schema-process-event, -network and -registry-event). The
// others look at several columns of the source.
var parsers = map[string]map[string]filter{
	"processcreate": {
		"starttime": {"TimeGenerated", ">="}, "endtime": {"TimeGenerated", "<="}, "pack": {}, "disabled": {},
		"commandline_has_any": {"TargetProcessCommandLine", "has_any"}, "commandline_has_all": {"TargetProcessCommandLine", "has_all"},
		"actingprocess_has_any": {"ActingProcessName", "has_any"}, "targetprocess_has_any": {"TargetProcessName", "has_any"},
		"parentprocess_has_any": {"ParentProcessName", "has_any"}, "eventtype": {"EventType", "=="},
	},
	"networksession": {
		"starttime": {"TimeGenerated", ">="}, "endtime": {"TimeGenerated", "<="}, "pack": {}, "disabled": {},
		"dstportnumber": {"DstPortNumber", "=="}, "dvcaction": {"DvcAction", "has_any"}, "eventresult": {"EventResult", "=="},
	},
	"registryevent": {
		"starttime": {"TimeGenerated", ">="}, "endtime": {"TimeGenerated", "<="}, "pack": {}, "disabled": {},
		"eventtype_in": {"EventType", "in"}, "registrykey_has_any": {"RegistryKey", "has_any"},
		"registryvalue_has_any": {"RegistryValue", "has_any"}, "registrydata_has_any": {"RegistryValueData", "has_any"},
	},
}

// others are parameters that are known and not read.
var others = " commandline_has_any_ip_prefix targetusername targetusername_has dvcipaddr_has_any_prefix dvcname_has_any" +
	" dvchostname_has_any hashes_has_any srcipaddr_has_any_prefix dstipaddr_has_any_prefix ipaddr_has_any_prefix" +
	" hostname_has_any actorusername_has_any "

// parserOf returns the schema of a parser's name: that of _Im_ProcessCreate,
// of imProcessCreate and of _ASim_ProcessCreate is processcreate.
func parserOf(name string) string {
	low := strings.ToLower(name)
	for _, prefix := range []string{"_im_", "_asim_", "asim", "im"} {
		if rest, ok := strings.CutPrefix(low, prefix); ok {
			if rest == "registry" {
				return "registryevent"
			}
			return rest
		}
	}
	return ""
}

// parameters reads the arguments of a table: the filters of a parser of ASIM.
func (q *query) parameters(row *branch, at int, g *argsGrammar) error {
	filters := parsers[parserOf(row.table)]
	if filters == nil {
		return unknown(at, "the arguments of %s are not read", row.table)
	}
	for _, item := range g.Items {
		if item.Name == nil {
			return unknown(item.Value.First.offset(), "arguments of %s without a name are not read", row.table)
		}
		name, at := item.Name.name, item.Name.at.Pos.Offset
		f, ok := filters[name]
		switch {
		case strings.Contains(others, " "+name+" "):
			return unknown(at, "the parameter %s is not read", name)
		case !ok:
			names := slices.Sorted(maps.Keys(filters))
			if near := sigma.Nearest(name, names); near != "" {
				return fail(at, "%s has no parameter %q; did you mean %s?", row.table, name, near)
			}
			return fail(at, "%s has no parameter %q; it has %s", row.table, name, strings.Join(names, ", "))
		}
		if err := q.filter(row, f, item); err != nil {
			return err
		}
	}
	return nil
}

// filter adds the condition of one parameter. What every event passes, such as
// '*', asks for nothing.
func (q *query) filter(row *branch, f filter, item *namedGrammar) error {
	value, err := q.value(row, item.Value)
	if err != nil || f.column == "" {
		return err
	}
	if lit, ok := inner(value).(*literal); ok && (isNull(lit.val) || lit.val == "*" || textOf(lit.val) == "[]") {
		return nil
	}
	at := item.Name.at.Pos.Offset
	x, err := q.scope.resolve(&q.builder, f.column, at, at+len(item.Name.name))
	if err != nil {
		return err
	}
	n := q.span(at, value.base().to, x, value)
	var cond expr = &binary{node: n, op: f.op, opAt: at, l: x, r: value}
	if listOps[f.op].op != "" {
		cond = &inList{node: n, op: f.op, opAt: at, x: x, items: []expr{value}}
	}
	q.exprs = append(q.exprs, cond)
	*row = row.with(cond)
	return nil
}
