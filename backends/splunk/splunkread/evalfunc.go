package splunkread

import "strings"

// functions are the names of [eval-function] in SPEC, searchbnf.conf, with
// those of SR, "Evaluation functions", that it leaves out.
var functions = func() map[string]bool {
	out := make(map[string]bool)
	for _, name := range strings.Fields(`abs avg case ceiling ceil cidrmatch coalesce commands exact exp false floor if ifnull
		in ipmask isarray isbool isdouble isint ismv isnotnull isnull isnum isobject isstr len like ln log lookup lower match max
		md5 min mvappend mvcount mvdedup mvindex mvfilter mvfind mvjoin mvmap mvrange mvreverse mvsort mvzip now null nullif pi
		pow printf random relative_time replace round searchmatch sha1 sha256 sha512 sigfig spath split sqrt strftime strptime
		substr sum time toarray tobool todouble toint tomv toobject tostring trim ltrim rtrim true typeof upper urldecode
		validate tonumber acos acosh asin asinh atan atan2 atanh cos cosh hypot sin sinh tan tanh json_array_to_mv
		mv_to_json_array json_append json_delete json_extend json_extract_exact json_set_exact json_object json_array
		json_entries json_extract json_has_key json_has_key_exact json_keys json_set json_valid json bit_and bit_or bit_xor
		bit_not bit_shift_left bit_shift_right`) {
		out[name] = true
	}
	return out
}()

// arity is how many arguments the functions take that are read here, at least
// and at most; -1 is any number (SR, "Evaluation functions").
var arity = map[string][2]int{
	"cidrmatch": {2, 2}, "coalesce": {1, -1}, "false": {0, 0}, "if": {3, 3}, "ifnull": {1, -1}, "in": {2, -1}, "isnotnull": {1, 1},
	"isnull": {1, 1}, "len": {1, 1}, "like": {2, 2}, "lower": {1, 1}, "match": {2, 2}, "mvcount": {1, 1}, "null": {0, 0},
	"searchmatch": {1, 1}, "split": {2, 2}, "strftime": {2, 2}, "substr": {2, 3}, "tonumber": {1, 2}, "true": {0, 0}, "upper": {1, 1},
}

// checkCall refuses functions that there are not and wrong numbers of
// arguments: "The syntax of the eval expression is checked before running the
// search, and an exception is thrown for an invalid expression" (SR, where).
func checkCall(n *node) error {
	if !functions[n.text] {
		return refused(n.off, "there is no function %s()", n.text)
	}
	want, ok := arity[n.text]
	if ok && (len(n.args) < want[0] || want[1] >= 0 && len(n.args) > want[1]) {
		return refused(n.off, "%s() takes another number of arguments than %d", n.text, len(n.args))
	}
	return nil
}
