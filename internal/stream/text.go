package stream

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// A scene is where a text of the catalogue is used: whose names stand in it.
type scene struct {
	machine *machine
	account *account
	program *program // whose version is meant
	image   string   // the path of the program that runs
}

// expand fills the placeholders of a text: names in braces, some with a
// length after a colon. Any other brace is plain.
func (g *Generator) expand(text string, s *scene) string {
	if strings.IndexByte(text, '{') < 0 {
		return text
	}
	return placeholder.ReplaceAllStringFunc(text, func(p string) string { return g.fill(p[1:len(p)-1], s) })
}

var placeholder = regexp.MustCompile(`\{[A-Za-z]+(:[0-9]+)?\}`)

// The letters that placeholders with a length are made of.
var alphabets = map[string]string{
	"hex":   "0123456789abcdef",
	"HEX":   "0123456789ABCDEF",
	"lower": "abcdefghijklmnopqrstuvwxyz0123456789",
	"UPPER": "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789",
	"upper": "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
	"base":  "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
}

// fill returns what stands for a placeholder.
func (g *Generator) fill(name string, s *scene) string {
	if kind, length, ok := strings.Cut(name, ":"); ok {
		n, err := strconv.Atoi(length)
		if err != nil {
			panic("stream: no length: " + name)
		}
		return g.letters(kind, n)
	}
	switch name {
	case "user":
		return s.account.home
	case "sid":
		return s.account.sid
	case "HOST":
		return s.machine.name
	case "build":
		return s.machine.build
	case "ver":
		return s.machine.version(g, s.program.publisher)
	case "exe":
		return s.image
	}
	return g.pickFor(name)
}

// letters returns n letters of a kind.
func (g *Generator) letters(kind string, n int) string {
	switch kind {
	case "n":
		return string(rune('1'+g.r.IntN(9))) + g.from("0123456789", n-1)
	case "hexn":
		return "0x" + g.from(alphabets["hex"], n)
	}
	alphabet := alphabets[kind]
	if alphabet == "" {
		panic("stream: no such letters: " + kind)
	}
	return g.from(alphabet, n)
}

func (g *Generator) from(alphabet string, n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = alphabet[g.r.IntN(len(alphabet))]
	}
	return string(b)
}

// pickFor returns one of the values that a name stands for.
func (g *Generator) pickFor(name string) string {
	c := g.catalog
	switch name {
	case "word":
		return g.often(c.words)
	case "doc":
		return g.document()
	case "host":
		return g.often(c.hosts)
	case "service":
		return g.often(c.services)
	case "app":
		return g.often(c.apps)
	case "server":
		return g.machines[g.r.IntN(servers)].name
	case "console":
		return []string{"services", "compmgmt", "taskschd", "devmgmt", "appwiz", "ncpa", "timedate"}[g.r.IntN(7)]
	case "drive":
		return g.from("GHKMPSX", 1)
	case "ip":
		return g.inside()
	case "guid":
		return strings.ToLower(g.guid())
	case "GUID":
		return g.guid()
	case "PROGRAM":
		return strings.ToUpper(base(g.often(c.paths)))
	case "programpath":
		return strings.TrimPrefix(g.often(c.paths), `C:\`)
	}
	panic("stream: no such placeholder: " + name)
}

// document is a name that somebody gave a file.
func (g *Generator) document() string {
	a, b := g.often(g.catalog.words), g.often(g.catalog.words)
	switch g.r.IntN(5) {
	case 0:
		return a + "_" + b
	case 1:
		return strings.ToUpper(a[:1]) + a[1:] + " " + b + " " + strconv.Itoa(2021+g.r.IntN(5))
	case 2:
		return a + "-" + b + "-v" + strconv.Itoa(1+g.r.IntN(12))
	case 3:
		return strings.ToUpper(a[:1]) + a[1:] + " " + b + " (" + strconv.Itoa(1+g.r.IntN(4)) + ")"
	}
	return a + " " + strconv.Itoa(1000+g.r.IntN(9000))
}

// guid returns a number as Windows writes it, without braces.
func (g *Generator) guid() string {
	return fmt.Sprintf("%08X-%04X-4%03X-%04X-%012X", g.r.Uint32(), g.r.IntN(1<<16), g.r.IntN(1<<12), 0x8000|g.r.IntN(1<<14), g.r.Int64N(1<<48))
}

// often picks an entry, the first ones more often.
func (g *Generator) often(list []string) string {
	u := g.r.Float64()
	return list[int(float64(len(list))*u*u)]
}

func (g *Generator) pick(c *choice) *row {
	n := g.r.IntN(c.total)
	low, high := 0, len(c.sums)-1
	for low < high {
		if mid := (low + high) / 2; c.sums[mid] > n {
			high = mid
		} else {
			low = mid + 1
		}
	}
	return &c.rows[low]
}
