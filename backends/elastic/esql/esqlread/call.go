package esqlread

import (
	"net/netip"
	"strings"

	"github.com/sigma-compiler/sigmac/backends/readback"
	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// functions are the functions of the reference up to version 9.3, and their
// other names. Case does not matter.
var functions = wordSet(`
abs absent absent_over_time acos acosh asin asinh atan atan2 atanh avg avg_over_time bit_length bucket byte_length case categorize cbrt
ceil chunk cidr_match clamp clamp_max clamp_min coalesce concat contains copy_sign cos cosh count count_distinct count_distinct_over_time
count_over_time date_diff date_extract date_format date_parse date_trunc day_name decay delta deriv e ends_with exp first
first_over_time floor from_base64 greatest hash hypot idelta increase ip_prefix irate knn kql last last_over_time least left length
locate log log10 ltrim match match_phrase max max_over_time md5 median median_absolute_deviation min min_over_time month_name
multi_match mv_append mv_avg mv_concat mv_contains mv_count mv_dedupe mv_difference mv_first mv_intersection mv_intersects mv_last mv_max
mv_median mv_median_absolute_deviation mv_min mv_percentile mv_pseries_weighted_sum mv_slice mv_sort mv_sum mv_union mv_zip
network_direction now percentile percentile_over_time pi pow present present_over_time qstr rate repeat replace reverse right round
round_to rtrim sample scalb score sha1 sha256 signum sin sinh space split sqrt st_buffer st_centroid_agg st_contains st_disjoint
st_distance st_envelope st_extent_agg st_geohash st_geohash_to_long st_geohash_to_string st_geohex st_geohex_to_long st_geohex_to_string
st_geotile st_geotile_to_long st_geotile_to_string st_intersects st_npoints st_simplify st_within st_x st_xmax st_xmin st_y st_ymax
st_ymin starts_with std_dev stddev_over_time substring sum sum_over_time tan tanh tau tbucket term text_embedding to_aggregate_metric_double
to_base64 to_bool to_boolean to_cartesianpoint to_cartesianshape to_date_nanos to_date_range to_dateperiod to_datetime to_datenanos to_dbl
to_degrees to_dense_vector to_double to_dt to_geohash to_geohex to_geopoint to_geoshape to_geotile to_gauge to_int to_integer to_ip
to_long to_lower to_radians to_str to_string to_text to_timeduration to_ul to_ulong to_unsigned_long to_upper to_ver to_version top
topsnippets trange trim url_decode url_encode url_encode_component v_cosine v_dot_product v_hamming v_l1_norm v_l2_norm values variance
variance_over_time weighted_avg`)

func wordSet(list string) map[string]bool {
	out := make(map[string]bool)
	for _, word := range strings.Fields(list) {
		out[word] = true
	}
	return out
}

// call returns what a function gives.
func (b *builder) call(g *callGrammar) (operand, error) {
	name, off := strings.ToLower(g.Name.Value), g.Name.Pos.Offset
	if !functions[name] {
		return operand{}, refuse(off, "there is no function %s", name)
	}
	args := make([]operand, len(g.Args))
	for i, arg := range g.Args {
		var err error
		if args[i], err = b.or(arg); err != nil {
			return operand{}, err
		}
	}
	if n, ok := arity[name]; ok && (len(args) < n[0] || len(args) > n[1]) {
		return operand{}, refuse(off, "%s takes another number of arguments than %d", name, len(args))
	}
	var x readback.Expr
	var err error
	switch name {
	case "to_lower", "to_upper", "to_string", "to_str", "to_ip", "to_double", "to_dbl", "to_datetime", "to_dt", "concat", "mv_concat", "date_extract":
		return b.convert(name, off, args)
	case "locate":
		return operand{off: off, kind: isPlace, args: args}, nil
	case "coalesce":
		x, err = b.coalesce(off, args)
	case "cidr_match":
		x, err = b.cidrMatch(args)
	case "starts_with":
		x, err = b.affix(ir.Prefix, args[0], args[1])
	case "ends_with":
		x, err = b.affix(ir.Suffix, args[0], args[1])
	case "contains":
		x, err = b.affix(ir.Substring, args[0], args[1])
	default:
		return operand{off: off, kind: isOther}, nil
	}
	return operand{off: off, expr: x}, err
}

// arity is how many arguments the functions that are read take.
var arity = map[string][2]int{
	"to_lower": {1, 1}, "to_upper": {1, 1}, "to_string": {1, 1}, "to_str": {1, 1}, "to_ip": {1, 1}, "to_double": {1, 1}, "to_dbl": {1, 1},
	"to_datetime": {1, 1}, "to_dt": {1, 1}, "concat": {2, 1 << 30}, "mv_concat": {2, 2}, "date_extract": {2, 2}, "locate": {2, 2},
	"coalesce": {1, 1 << 30}, "cidr_match": {2, 1 << 30}, "starts_with": {2, 2}, "ends_with": {2, 2}, "contains": {2, 2},
}

// affix returns that a text begins or ends with another, or has it inside.
func (b *builder) affix(shape ir.Shape, v, w operand) (readback.Expr, error) {
	if err := texts(v); err != nil {
		return nil, err
	}
	switch w.kind {
	case isColumn:
		return b.columnsTest(v, w, shape)
	case isText:
		return b.pattern(v, readback.Affix(shape, w.text, true).Pattern, w.off)
	case isNull:
		return readback.Const(readback.Unknown), nil
	case isOther:
		return nil, foreign(w.off, "a comparison with what a function gives is not read")
	}
	return nil, refuse(w.off, "what is asked here is of type string")
}

// cidrMatch returns that an address lies in one of the networks.
func (b *builder) cidrMatch(args []operand) (readback.Expr, error) {
	if args[0].kind == isOther {
		return nil, foreign(args[0].off, "cidr_match of what a function gives is not read")
	}
	tests := make([]ir.Test, len(args)-1)
	for i, v := range args[1:] {
		if v.kind == isColumn || v.kind == isOther {
			return nil, foreign(v.off, "a network that is no constant is not read")
		}
		if v.kind != isText {
			return nil, refuse(v.off, "the networks of cidr_match are strings")
		}
		prefix, err := netip.ParsePrefix(v.text)
		if err != nil {
			return nil, refuse(v.off, "%q is no network", v.text)
		}
		tests[i] = &ir.CIDR{Prefix: prefix.Masked()}
	}
	return b.networks(args[0], tests)
}

// coalesce returns the first of the conditions that is not null. It is read
// where the second one is a constant.
func (b *builder) coalesce(off int, args []operand) (readback.Expr, error) {
	if args[0].kind == isColumn || args[0].kind == isOther || len(args) != 2 || args[1].kind != isCondition || !args[1].fixed {
		return nil, foreign(off, "coalesce is only read of a condition and true or false")
	}
	x, err := b.boolean(args[0])
	if err != nil {
		return nil, err
	}
	if args[1].expr == readback.Const(readback.No) {
		return &readback.Known{X: x}, nil
	}
	return &readback.Not{X: &readback.Known{X: &readback.Not{X: x}}}, nil
}
