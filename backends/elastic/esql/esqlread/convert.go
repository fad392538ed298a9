package esqlread

import (
	"strings"

	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// convert returns what a function makes of a column. The type of the argument
// is checked: to_lower takes strings only.
func (b *builder) convert(name string, off int, args []operand) (operand, error) {
	v := args[0]
	if v.kind == isOther && name != "concat" && name != "date_extract" {
		return operand{off: off, kind: isOther}, nil
	}
	switch name {
	case "to_lower", "to_upper":
		return b.changeCase(name, off, v)
	case "to_ip":
		if v.kind == isText {
			return operand{off: v.off, kind: isAddress, text: v.text}, nil
		}
		return b.castColumn(v, asAddress, text|address, off)
	case "to_double", "to_dbl":
		return b.castColumn(v, asNumber, text|number|boolean|date, off)
	case "to_datetime", "to_dt":
		return b.castColumn(v, asDate, text|number|date, off)
	case "mv_concat":
		return b.join(off, args)
	case "concat":
		return b.concat(off, args)
	case "date_extract":
		return b.extract(off, args)
	}
	return b.castColumn(v, asText, anything, off)
}

// castColumn returns a column as another type. One that has the type already
// stays as it is.
func (b *builder) castColumn(v operand, to cast, from types, off int) (operand, error) {
	if v.kind != isColumn || v.cast != asIs || v.lower || v.upper || v.joined {
		return operand{off: off, kind: isOther}, nil
	}
	if err := v.column.use(from, v.off); err != nil {
		return operand{}, err
	}
	target := map[cast]types{asText: text, asNumber: number, asAddress: address, asDate: date}[to]
	if v.column.types != target {
		v.cast = to
	}
	v.off = off
	return v, nil
}

// changeCase returns a text in small letters or in capitals.
func (b *builder) changeCase(name string, off int, v operand) (operand, error) {
	if v.kind == isText || v.kind == isNull {
		return operand{off: off, kind: isOther}, nil
	}
	if err := texts(v); err != nil {
		return operand{}, err
	}
	v.off = off
	v.lower, v.upper = name == "to_lower", name == "to_upper"
	return v, nil
}

// join returns the values of a column with a separator between. Only the line
// break is read, between further ones that concat adds.
func (b *builder) join(off int, args []operand) (operand, error) {
	v := args[0]
	if err := texts(v); err != nil {
		return operand{}, err
	}
	if v.lower || v.upper || v.joined || args[1].kind != isText || args[1].text != separator {
		return operand{off: off, kind: isOther}, nil
	}
	return operand{off: off, kind: isOther, column: v.column, cast: v.cast, joined: true}, nil
}

// separator is what values must be joined with to be told apart again.
const separator = "\n\t\r"

// concat returns joined texts: concat(s, mv_concat(f, s), s) with the separator
// for s.
func (b *builder) concat(off int, args []operand) (operand, error) {
	isBreak := func(v operand) bool { return v.kind == isText && v.text == separator }
	if len(args) == 3 && isBreak(args[0]) && isBreak(args[2]) && args[1].joined && args[1].kind == isOther {
		v := args[1]
		v.off, v.kind = off, isColumn
		return v, nil
	}
	for _, v := range args {
		if v.kind == isColumn {
			if err := texts(v); err != nil {
				return operand{}, err
			}
		}
	}
	return operand{off: off, kind: isOther}, nil
}

// parts are the fields of a date that are read.
var parts = map[string]ir.Part{
	"minute_of_hour": ir.Minute, "hour_of_day": ir.Hour, "day_of_month": ir.Day, "month_of_year": ir.Month, "year": ir.Year,
}

// chronoFields are the others that there are (java.time.temporal.ChronoField).
var chronoFields = wordSet(`aligned_day_of_week_in_month aligned_day_of_week_in_year aligned_week_of_month aligned_week_of_year ampm_of_day
clock_hour_of_ampm clock_hour_of_day day_of_week day_of_year epoch_day era hour_of_ampm instant_seconds micro_of_day micro_of_second
milli_of_day milli_of_second minute_of_day nano_of_day nano_of_second offset_seconds proleptic_month second_of_day second_of_minute
year_of_era`)

// extract returns a part of a date.
func (b *builder) extract(off int, args []operand) (operand, error) {
	name, v := args[0], args[1]
	if name.kind != isText || v.kind != isColumn || v.lower || v.upper || v.joined {
		return operand{off: off, kind: isOther}, nil
	}
	field := strings.ToLower(name.text)
	part, ok := parts[field]
	switch {
	case !ok && !chronoFields[field]:
		return operand{}, refuse(name.off, "a date has no part %q", name.text)
	case !ok:
		return operand{off: off, kind: isOther}, nil
	case v.cast == asIs:
		if err := v.column.use(date, v.off); err != nil {
			return operand{}, err
		}
	case v.cast != asDate:
		return operand{}, refuse(v.off, "what is asked here is of type date")
	}
	v.off, v.kind, v.part = off, isPart, part
	return v, nil
}
