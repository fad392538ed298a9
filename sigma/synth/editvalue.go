package synth

import (
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/sigma-compiler/sigmac/sigma/ir"
)

// compare adds edits for a comparison with a number.
func (ed *editor) compare(t *ir.Compare) {
	n, ok := ir.ParseNumber(ed.value.text)
	if !ok || ed.value.kind == absent || ed.value.kind == list {
		return
	}
	num := func(first bool, what string, m ir.Number) {
		v := textValue(string(m))
		if ed.field.kind == number {
			v.kind = number
		}
		ed.add(first, what, v, 0)
	}
	num(t.Op != ir.Eq, "with the bound itself", t.Number)
	num(true, "with one more", plus(n, "1"))
	num(true, "with one less", plus(n, "-1"))
	if t.Op != ir.Eq {
		num(true, "one above the bound", plus(t.Number, "1"))
		num(true, "one below the bound", plus(t.Number, "-1"))
	}
	num(false, "with a fraction more", plus(n, "0.5"))
	num(false, "with a fraction less", plus(n, "-0.5"))
	num(false, "ten times as much", times(n, 10))
	num(false, "with the other sign", times(n, -1))
	num(false, "with a digit before it", ir.Number("1"+strings.TrimPrefix(string(n), "-")))
	if ed.field.kind == number {
		ed.add(false, "as a text", textValue(string(n)), 0)
		ed.add(false, "as a text with a letter behind it", textValue(string(n)+"a"), 0)
		ed.add(false, "as a text with a zero before it", textValue("0"+string(n)), 0)
		ed.add(false, "as a text with a space behind it", textValue(string(n)+" "), 0)
		if n.IsInt() {
			ed.edits = append(ed.edits, edit{kind: ed.field.name + "/.0", what: "with a fraction of nothing", first: true, once: true,
				event: ed.d.event.with(ed.slot, value{kind: number, text: string(n) + ".0"})})
		}
	} else {
		ed.add(false, "as a number", value{kind: number, text: string(n)}, 0)
		ed.add(false, "with a letter behind it", textValue(string(n)+"a"), 0)
		ed.add(false, "with a zero before it", textValue("0"+string(n)), NumberAsText)
	}
}

// boolean adds edits for a truth value.
func (ed *editor) boolean(t *ir.Bool) {
	right, wrong := strconv.FormatBool(t.Value), strconv.FormatBool(!t.Value)
	ed.set(true, "with the other truth value", wrong, 0)
	ed.add(false, "as a text", textValue(right), 0)
	ed.add(false, "as a text in capitals", textValue(strings.ToUpper(right)), OtherCase)
	ed.add(false, "as a truth value", value{kind: boolean, text: right}, 0)
	ed.add(false, "as the other text", textValue(wrong), 0)
	ed.add(false, "as 1 or 0", value{kind: number, text: map[bool]string{true: "1", false: "0"}[t.Value]}, 0)
	ed.add(false, "as yes or no", textValue(map[bool]string{true: "yes", false: "no"}[t.Value]), 0)
}

// network adds edits for a network: its edges, and the addresses beyond.
func (ed *editor) network(t *ir.CIDR) {
	put := func(what string, a netip.Addr) {
		if a.IsValid() {
			ed.set(true, what, a.String(), 0)
		}
	}
	first, last := t.Prefix.Addr(), lastOf(t.Prefix)
	put("the address before the network", first.Prev())
	put("the address behind the network", last.Next())
	put("the last address of the network", last)
	put("the first address of the network", first)
	if n := t.Prefix.Bits(); n > 0 { // in the network that is a bit larger
		b := first.AsSlice()
		b[(n-1)/8] ^= 0x80 >> ((n - 1) % 8)
		a, _ := netip.AddrFromSlice(b)
		put("an address that differs in the last bit of the network", a)
	}
	s := ed.value.text
	if a, err := netip.ParseAddr(s); err == nil && a.Is4() {
		ed.set(false, "as an address of IPv6", "::ffff:"+s, 0)
		ed.set(false, "with a zero before a number", strings.Replace(s, ".", ".0", 1), 0)
		ed.set(false, "without the last number", s[:strings.LastIndexByte(s, '.')], 0)
	} else if err == nil {
		ed.set(false, "in capitals", strings.ToUpper(s), 0)
		ed.set(false, "written out", a.StringExpanded(), 0)
		ed.set(false, "with a zone", s+"%eth0", 0)
	}
	ed.set(false, "the network itself", t.Prefix.String(), 0)
	ed.set(false, "with a port", s+":80", 0)
	ed.set(false, "no address", ed.field.word, 0)
}

// neighbours adds the addresses before and behind the one that is there.
func (ed *editor) neighbours() {
	a, err := netip.ParseAddr(ed.value.text)
	if err != nil {
		return
	}
	if next := a.Next(); next.IsValid() {
		ed.set(true, "with the next address", next.String(), 0)
	}
	if prev := a.Prev(); prev.IsValid() {
		ed.set(true, "with the address before it", prev.String(), 0)
	}
}

// presence adds edits for null and exists: what may and what may not be there.
func (ed *editor) presence() {
	ed.add(true, "without the field", value{}, 0)
	ed.add(true, "with null", value{kind: null}, 0)
	for i, v := range ed.field.ordinary() {
		if i == 2 {
			break
		}
		ed.add(i == 0, "with a value", v, 0)
	}
	ed.add(true, "with an empty text", textValue(""), 0)
	ed.add(false, "with an empty list", value{kind: list}, 0)
	ed.add(false, "with a list of null", value{kind: list, list: []value{{kind: null}}}, 0)
	ed.add(false, `with the text "null"`, textValue("null"), 0)
	ed.add(false, "with a space", textValue(" "), 0)
}

// reference adds edits for the comparison with another field.
func (ed *editor) reference(t *ir.FieldRef) {
	other := ed.m.refSlot(t)
	v, w := ed.value, ed.d.event.values[other]
	both := func(first bool, what string, v, w value) {
		ed.edits = append(ed.edits, edit{kind: ed.form + "/" + what, what: what, first: first, event: ed.d.event.with(ed.slot, v).with(other, w)})
	}
	if v.kind == text {
		ed.add(true, "with more behind it", textValue(v.text+ed.field.word), 0)
		ed.add(true, "with more before it", textValue(ed.field.word+v.text), 0)
		ed.add(true, "in the other case", textValue(swapCase(v.text)), OtherCase)
		if r := []rune(v.text); len(r) > 1 {
			ed.add(false, "without its last character", textValue(string(r[:len(r)-1])), 0)
			ed.add(false, "without its first character", textValue(string(r[1:])), 0)
		}
	}
	if w.kind == text {
		both(false, "with more in "+t.Field, v, textValue(w.text+ed.field.word))
		both(false, "with a star as "+t.Field, v, textValue("*"))
		both(false, "with a dot as "+t.Field, v, textValue("."))
		both(false, "with "+t.Field+" empty", v, textValue(""))
		both(false, "with several values of "+t.Field, v, value{kind: list, list: []value{textValue(ed.field.word), w}})
	}
	both(true, "without the field "+t.Field, v, value{})
	both(true, "without both fields", value{}, value{})
	both(false, "with both null", value{kind: null}, value{kind: null})
	both(false, "with both empty", textValue(""), textValue(""))
	both(false, "with "+t.Field+" null", v, value{kind: null})
}

// time adds edits for a part of a date: its neighbours, and other spellings.
func (ed *editor) time(t *ir.TimePart) {
	at, err := time.Parse(time.RFC3339, ed.value.text)
	if err != nil {
		return
	}
	put := func(first bool, what string, at time.Time) { ed.set(first, what, at.Format(time.RFC3339), 0) }
	switch t.Part {
	case ir.Minute:
		put(true, "a minute later", at.Add(time.Minute))
		put(true, "a minute earlier", at.Add(-time.Minute))
	case ir.Hour:
		put(true, "an hour later", at.Add(time.Hour))
		put(true, "an hour earlier", at.Add(-time.Hour))
	case ir.Day:
		put(true, "a day later", at.AddDate(0, 0, 1))
		put(true, "a day earlier", at.AddDate(0, 0, -1))
	case ir.Week:
		put(true, "a week later", at.AddDate(0, 0, 7))
		put(true, "a week earlier", at.AddDate(0, 0, -7))
		put(false, "a day earlier", at.AddDate(0, 0, -1))
	case ir.Month:
		put(true, "a month later", at.AddDate(0, 1, 0))
		put(true, "a month earlier", at.AddDate(0, -1, 0))
	case ir.Year:
		put(true, "a year later", at.AddDate(1, 0, 0))
		put(true, "a year earlier", at.AddDate(-1, 0, 0))
	}
	n, err := strconv.Atoi(string(t.Number))
	if err == nil {
		ed.set(true, "with the bound itself", ed.withPart(at, t.Part, n), 0)
		ed.set(true, "one above the bound", ed.withPart(at, t.Part, n+1), 0)
		ed.set(true, "one below the bound", ed.withPart(at, t.Part, n-1), 0)
	}
	ed.set(false, "with a space for the T", at.Format("2006-01-02 15:04:05"), 0)
	ed.set(false, "the day alone", at.Format(time.DateOnly), 0)
	ed.set(false, "in a zone of its own", at.Format("2006-01-02T15:04:05")+"+05:30", 0)
	ed.set(false, "with fractions of a second", at.Format("2006-01-02T15:04:05")+".123Z", 0)
	ed.set(false, "as a number", strconv.FormatInt(at.Unix(), 10), 0)
	ed.set(false, "no date", "yesterday", 0)
}

// withPart returns the time with one part of it changed, as text.
func (ed *editor) withPart(at time.Time, part ir.Part, n int) string {
	year, month, day := at.Date()
	hour, minute := at.Hour(), at.Minute()
	switch part {
	case ir.Minute:
		minute = n
	case ir.Hour:
		hour = n
	case ir.Day:
		day = n
	case ir.Month:
		month = time.Month(n)
	case ir.Year:
		year = n
	case ir.Week:
		_, week := at.ISOWeek()
		day += 7 * (n - week)
	}
	if year < 1 || year > 9999 {
		return ed.value.text
	}
	return time.Date(year, month, day, hour, minute, at.Second(), 0, time.UTC).Format(time.RFC3339)
}
