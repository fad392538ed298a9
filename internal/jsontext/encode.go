package jsontext

import (
	"bytes"
	"encoding/json"
	"io"
)

// NewEncoder returns an encoder of encoding/json that leaves <, > and & as they
// are: what is written is for programs and people, not for pages of HTML.
func NewEncoder(w io.Writer) *json.Encoder {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	return e
}

// Marshal returns a value as JSON on one line, as NewEncoder writes it.
func Marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	err := NewEncoder(&b).Encode(v)
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), err
}

// MarshalIndent returns a value as JSON over several lines, each with a line break
// at its end, and as NewEncoder writes it.
func MarshalIndent(v any, indent string) ([]byte, error) {
	var b bytes.Buffer
	e := NewEncoder(&b)
	e.SetIndent("", indent)
	err := e.Encode(v)
	return b.Bytes(), err
}
