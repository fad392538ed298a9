package ir

import (
	"encoding/base64"
	"encoding/binary"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/sigma-compiler/sigmac/sigma"
)

// encode returns the application of an encoding modifier: the bytes of each
// value are replaced (M21 to M26). Wildcards cannot be encoded; the choices of
// windash are encoded each.
func encode(f func(string) []string) func(*itemBuilder, sigma.Modifier) {
	return func(ib *itemBuilder, m sigma.Modifier) {
		if !ib.strings(m) {
			return
		}
		ib.coded = true
		for i := range ib.values {
			if !ib.encodeValue(&ib.values[i], m, f) {
				return
			}
		}
	}
}

// The bounds of what is encoded: each encoding makes a value longer, and
// windash and base64offset make several of one.
const (
	maxEncoded       = 1 << 20 // bytes of a value, with all that became of it
	maxEncodedDashes = 125     // choices of windash
)

// encodeValue encodes one value, or rejects the item.
func (ib *itemBuilder) encodeValue(v *value, m sigma.Modifier, f func(string) []string) bool {
	var encoded []Pattern
	size := 0
	for _, p := range v.patterns {
		choices, ok := p.ExpandDashes(maxEncodedDashes)
		if !ok {
			ib.reject(v.src.Pos, sigma.Limit, "write the values out", "%q cannot encode so many choices of dashes", m.Name)
			return false
		}
		for _, q := range choices {
			shape, text := q.Shape()
			if shape != Exact {
				ib.cannotEncode(v, q, m)
				return false
			}
			if size += len(text); size > maxEncoded {
				ib.reject(v.src.Pos, sigma.Limit, "", "%q encodes values of up to %d bytes, and this is longer", m.Name, maxEncoded)
				return false
			}
			texts := f(text)
			for _, e := range texts {
				encoded = append(encoded, Plain(e))
			}
			if len(texts) == 2 { // of the three of base64offset
				b := &sigma.Error{Pos: v.src.Pos, Code: sigma.MatchesLess, Hint: "give two bytes or more",
					Msg: "at one of the three offsets no character of the Base64 text depends on the value alone: it is not found there"}
				ib.warnings = append(ib.warnings, b)
			}
		}
	}
	if len(encoded) == 0 {
		ib.reject(v.src.Pos, sigma.BadModifier, "it takes two bytes or more", "%q leaves nothing of a value that is so short", m.Name)
		return false
	}
	v.patterns = encoded
	return true
}

// cannotEncode rejects a value with a wildcard or a placeholder.
func (ib *itemBuilder) cannotEncode(v *value, p Pattern, m sigma.Modifier) {
	what, hint := "a wildcard", `\* is a plain star`
	switch {
	case p.Has(Placeholder):
		what, hint = "a placeholder, whose value a pipeline gives later", "let the pipeline give encoded values"
	case ib.affix:
		hint = "write it before contains, startswith and endswith"
	}
	ib.reject(v.src.Pos, sigma.BadModifier, hint, "%q cannot encode %s", m.Name, what)
}

func base64Encoding(s string) []string {
	return []string{base64.StdEncoding.EncodeToString([]byte(s))}
}

// base64Offsets returns the Base64 text of s behind zero, one and two other
// bytes, without the characters that depend on what stands before and behind:
// the first 0, 2 and 3, and the last none, 3 and 2 by the length in bytes
// (M22).
func base64Offsets(s string) []string {
	starts, ends := [3]int{0, 2, 3}, [3]int{0, 3, 2}
	var out []string
	for i := range 3 {
		coded := base64.StdEncoding.EncodeToString(append(make([]byte, i), s...))
		if from, to := starts[i], len(coded)-ends[(len(s)+i)%3]; from < to {
			out = append(out, coded[from:to])
		}
	}
	return out
}

func utf16le(s string) []string { return []string{utf16Bytes(s, binary.LittleEndian)} }
func utf16be(s string) []string { return []string{utf16Bytes(s, binary.BigEndian)} }

// utf16bom is UTF-16 with the byte order mark FF FE, little endian (M25).
func utf16bom(s string) []string { return []string{"\xff\xfe" + utf16Bytes(s, binary.LittleEndian)} }

// utf16Bytes returns the bytes of s in UTF-16 (M23, M24, M27).
func utf16Bytes(s string, order binary.AppendByteOrder) string {
	var out []byte
	for _, unit := range utf16.Encode([]rune(s)) {
		out = order.AppendUint16(out, unit)
	}
	return string(out)
}

// applyWindash replaces each dash that begins a parameter by a Dash: one that
// no word character stands before and a word character stands behind (M12,
// M13).
func (ib *itemBuilder) applyWindash(m sigma.Modifier) {
	if !ib.strings(m) {
		return
	}
	ib.dashes = true
	for i := range ib.values {
		for j, p := range ib.values[i].patterns {
			ib.values[i].patterns[j] = p.windash()
		}
	}
}

func (p Pattern) windash() Pattern {
	out := make(Pattern, 0, len(p))
	for _, e := range p {
		if e.Kind != Literal {
			out = append(out, e)
			continue
		}
		done := 0
		for k := range len(e.Text) {
			if c := e.Text[k]; c != '-' && c != '/' {
				continue
			}
			before, _ := utf8.DecodeLastRuneInString(e.Text[:k])
			behind, _ := utf8.DecodeRuneInString(e.Text[k+1:])
			if k > 0 && wordRune(before) || k+1 == len(e.Text) || !wordRune(behind) {
				continue
			}
			out = append(out, Element{Kind: Literal, Text: e.Text[done:k]}, Element{Kind: Dash})
			done = k + 1
		}
		out = append(out, Element{Kind: Literal, Text: e.Text[done:]})
	}
	return out.normalize()
}

func wordRune(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) }

// ExpandDashes returns the patterns that p stands for, one for each choice of
// its dashes, or false where they are more than most.
func (p Pattern) ExpandDashes(most int) ([]Pattern, bool) {
	out := []Pattern{nil}
	for _, e := range p {
		choices := []Element{e}
		if e.Kind == Dash {
			choices = choices[:0]
			for _, d := range Dashes {
				choices = append(choices, Element{Kind: Literal, Text: string(d)})
			}
		}
		if len(out)*len(choices) > most {
			return nil, false
		}
		next := make([]Pattern, 0, len(out)*len(choices))
		for _, head := range out {
			for _, c := range choices {
				next = append(next, append(head[:len(head):len(head)], c))
			}
		}
		out = next
	}
	for i, q := range out {
		out[i] = q.normalize()
	}
	return out, true
}
