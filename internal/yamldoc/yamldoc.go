// Package yamldoc reads files of one YAML document that anybody may have
// written.
package yamldoc

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// An Error says why a text is not one YAML document.
type Error struct {
	Line, Col int // from 1; what the library says of no place is at the begin
	Msg       string
	Second    bool // there is a second document, at that place
}

// Read returns the document of a text, whose only child is its root; nil where
// there is none. A panic of the YAML library is an error like its others.
func Read(text []byte) (doc *yaml.Node, wrong *Error) {
	defer func() {
		if v := recover(); v != nil {
			doc, wrong = nil, &Error{Line: 1, Col: 1, Msg: fmt.Sprint(v)}
		}
	}()
	d := yaml.NewDecoder(bytes.NewReader(text))
	var first, more yaml.Node
	switch err := d.Decode(&first); {
	case errors.Is(err, io.EOF):
		return nil, nil
	case err != nil:
		return nil, errorOf(err)
	}
	switch err := d.Decode(&more); {
	case err == nil:
		return nil, &Error{Line: more.Line, Col: more.Column, Msg: "the file holds more than one YAML document", Second: true}
	case !errors.Is(err, io.EOF):
		return nil, errorOf(err)
	}
	if len(first.Content) != 1 {
		return nil, nil
	}
	return &first, nil
}

// inLine finds the line in the messages of the YAML library.
var inLine = regexp.MustCompile(`^yaml: line (\d+): `)

func errorOf(err error) *Error {
	e := &Error{Line: 1, Col: 1, Msg: err.Error()}
	if m := inLine.FindStringSubmatch(e.Msg); m != nil {
		if n, err := strconv.Atoi(m[1]); err == nil && n > 0 {
			e.Line = n
		}
		e.Msg = e.Msg[len(m[0]):]
	}
	e.Msg = strings.TrimPrefix(e.Msg, "yaml: ")
	return e
}
