package stream

import (
	"embed"
	"fmt"
	"strconv"
	"strings"
	"sync"
)

//go:embed catalog
var catalogFiles embed.FS

// A publisher makes programs: what the resources of their files say.
type publisher struct {
	product, company string
	versions         []string
}

// A program is a file that runs, or a library.
type program struct {
	path, name  string // with placeholders; the last part of the path
	publisher   *publisher
	description string
}

// A row is something that a program does, as a line of the catalogue says.
type row struct {
	program *program
	account string   // system, service, network, user or elevated
	parent  *program // of a process that starts
	text    []string // what is particular to the kind of event
}

// parentAccount is whom the parent of a process runs as: the system starts
// services, and what runs for a user starts the rest.
func (r *row) parentAccount() string {
	switch r.parent.name {
	case "services.exe", "winlogon.exe", "svchost.exe":
		return "system"
	}
	if r.account == "elevated" {
		return "user"
	}
	return r.account
}

// A choice is rows with weights.
type choice struct {
	rows  []row
	sums  []int // of the weights up to and with each row
	total int
}

// A catalog is all that ordinary events are made of.
type catalog struct {
	paths     []string // of programs, those without placeholders
	byName    map[string]*program
	commands  choice                // text: command line
	lines     map[*program][]string // the command lines of a program
	files     choice                // text: path
	registry  choice                // text: event type, key, details
	libraries choice                // program: the library
	network   choice                // text: protocol, outgoing, to, port
	words     []string
	hosts     []string
	services  []string
	apps      []string
	scripts   []string
}

// theCatalog reads the catalogue once. What is wrong with it is a mistake in
// this package, and panics.
var theCatalog = sync.OnceValue(func() *catalog {
	c := &catalog{byName: map[string]*program{}, lines: map[*program][]string{}}
	publishers := map[string]*publisher{}
	for _, f := range lines("publishers", 4) {
		publishers[f[0]] = &publisher{product: f[1], company: f[2], versions: strings.Split(f[3], "; ")}
	}
	for _, f := range lines("programs", 3) {
		c.add(&program{path: f[0], publisher: publishers[f[1]], description: f[2]})
	}
	c.add(&program{path: "System", publisher: publishers["none"], description: "-"})
	for _, f := range lines("commands", 5) {
		p := c.program(f[2])
		c.commands.add(f[0], row{parent: c.program(f[1]), program: p, account: f[3], text: f[4:]})
		c.lines[p] = append(c.lines[p], f[4])
	}
	for _, f := range lines("files", 4) {
		c.files.add(f[0], row{program: c.program(f[1]), account: f[2], text: f[3:]})
	}
	for _, f := range lines("registry", 6) {
		c.registry.add(f[0], row{program: c.program(f[1]), account: f[2], text: f[3:]})
	}
	for _, f := range lines("libraries", 4) {
		c.libraries.add(f[0], row{program: &program{path: f[2], name: base(f[2]), publisher: publishers[f[1]], description: f[3]}})
	}
	for _, f := range lines("network", 7) {
		c.network.add(f[0], row{program: c.program(f[1]), account: f[2], text: f[3:]})
	}
	c.words, c.hosts, c.services, c.apps = words("words"), words("hosts"), words("services"), words("apps")
	c.scripts = strings.Split(strings.TrimSpace(read("scripts")), "\n")
	return c
})

func (c *catalog) add(p *program) {
	p.name = base(p.path)
	if p.publisher == nil {
		panic("stream: no publisher of " + p.path)
	}
	if strings.HasPrefix(p.path, `C:\`) && !strings.Contains(p.path, "{") {
		c.paths = append(c.paths, p.path)
	}
	c.byName[p.name] = p
}

func (c *catalog) program(name string) *program {
	p := c.byName[name]
	if p == nil {
		panic("stream: the catalogue has no program " + name)
	}
	return p
}

func (c *choice) add(weight string, r row) {
	n, err := strconv.Atoi(weight)
	if err != nil || n <= 0 {
		panic("stream: no weight: " + weight)
	}
	c.total += n
	c.rows = append(c.rows, r)
	c.sums = append(c.sums, c.total)
}

func read(name string) string {
	data, err := catalogFiles.ReadFile("catalog/" + name + ".txt")
	if err != nil {
		panic(err)
	}
	return string(data)
}

func words(name string) []string { return strings.Fields(read(name)) }

// lines returns the lines of a list, each with the same number of columns.
func lines(name string, columns int) (out [][]string) {
	for line := range strings.Lines(read(name)) {
		if line = strings.TrimSpace(line); line == "" || line[0] == '#' {
			continue
		}
		f := strings.Split(line, " | ")
		if len(f) != columns {
			panic(fmt.Sprintf("stream: %s has %d columns instead of %d: %s", name, len(f), columns, line))
		}
		out = append(out, f)
	}
	return out
}

// base is the last part of a Windows path.
func base(path string) string { return path[strings.LastIndexByte(path, '\\')+1:] }
