package pipeline

import (
	"bytes"
	"testing"
)

func TestBuiltinText(t *testing.T) {
	for _, b := range Builtins() {
		text, ok := BuiltinText(b.Name)
		own, err := builtinFile(b.Name)
		if !ok || err != nil || !bytes.Contains(text, own) {
			t.Errorf("%s: %v, its file is not among %d bytes", b.Name, err, len(text))
		}
		for _, alias := range b.Aliases {
			if other, ok := BuiltinText(alias); !ok || !bytes.Equal(other, text) {
				t.Errorf("%s differs from %s", alias, b.Name)
			}
		}
	}
	parts, _ := BuiltinText("ecs")
	if windows, _ := builtinFile("ecs_windows"); !bytes.Contains(parts, windows) {
		t.Error("ecs lacks its part ecs_windows")
	}
	if _, ok := BuiltinText("none"); ok {
		t.Error("there is a text of none")
	}
}
