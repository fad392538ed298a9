package stream

import (
	"fmt"
	"strings"
	"time"
)

// The fleet: so many machines, the first of them servers.
const (
	fleet   = 150
	servers = 30
)

// A machine is what one sensor runs on.
type machine struct {
	name, domain string
	build        string // of Windows
	ip, prefix   string // of its GUIDs
	sensor       int    // the process that writes its events
	records      map[string]int
	system       map[string]*account
	users        []*account
	versions     map[*publisher]string
	images       map[string]string // by the path in the catalogue
	hashes       map[string]string // by image
	running      map[job][]*process
	started      int
}

// An account is whom a process runs as, in one session.
type account struct {
	name, home, sid string
	logon, guid     string
	session         int
	integrity       string
}

// A job is a program that runs for an account.
type job struct {
	program *program
	account string // as the catalogue names it
}

// A process runs, or ran.
type process struct {
	program *program
	image   string
	line    string
	guid    string
	id      int
	account *account
}

// builds are those of Windows 10, 11 and Server that the fleet has, with the
// updates of some months.
var builds = []string{"10.0.17763.7919", "10.0.17763.8027", "10.0.19041.5794", "10.0.19041.6332", "10.0.19041.6456", "10.0.20348.4171",
	"10.0.20348.4294", "10.0.22621.5909", "10.0.22621.6060", "10.0.26100.6584", "10.0.26100.6901", "10.0.26100.7019", "10.0.26100.7171"}

var familyNames = []string{"alvarez", "bauer", "chen", "diaz", "eriksen", "fischer", "gupta", "hansen", "ito", "jensen", "kim", "lopez", "meyer",
	"novak", "okafor", "peters", "quinn", "rossi", "schmidt", "tanaka", "ueda", "vogel", "weber", "xu", "yilmaz", "zeman"}

func (g *Generator) newMachine(n int) *machine {
	m := &machine{domain: "CORP", build: builds[g.r.IntN(len(builds))], prefix: g.from(alphabets["HEX"], 8), sensor: 4 * (500 + g.r.IntN(1000)),
		records: map[string]int{}, versions: map[*publisher]string{}, images: map[string]string{}, hashes: map[string]string{},
		running: map[job][]*process{}}
	m.ip = fmt.Sprintf("10.%d.%d.%d", 20+n/40, n%8, 10+g.r.IntN(200))
	switch {
	case n < 3:
		m.name = fmt.Sprintf("DC%02d.corp.example", n+1)
	case n < servers:
		m.name = fmt.Sprintf("SRV-%s%02d.corp.example", strings.ToUpper(g.catalog.words[g.r.IntN(len(g.catalog.words))]), n)
	default:
		m.name = []string{"DESKTOP-", "LAPTOP-", "WS-"}[g.r.IntN(3)] + g.from(alphabets["UPPER"], 7)
	}
	host, _, _ := strings.Cut(m.name, ".")
	m.system = map[string]*account{
		"system":  {name: `NT AUTHORITY\SYSTEM`, home: "Default", sid: "S-1-5-18", logon: "0x3e7", integrity: "System"},
		"service": {name: `NT AUTHORITY\LOCAL SERVICE`, home: "LocalService", sid: "S-1-5-19", logon: "0x3e5", integrity: "System"},
		"network": {name: `NT AUTHORITY\NETWORK SERVICE`, home: "NetworkService", sid: "S-1-5-20", logon: "0x3e4", integrity: "System"},
	}
	for _, a := range m.system {
		a.guid = m.prefix + "-0000-0000-" + a.logon[2:] + "0-000000000000"
	}
	for range 1 + g.r.IntN(2) {
		name := g.from("abcdefghijklmnopqrstuvwy", 1) + "." + familyNames[g.r.IntN(len(familyNames))]
		m.users = append(m.users, g.logon(m, name, host))
	}
	return m
}

// logon makes the session of a user.
func (g *Generator) logon(m *machine, name, host string) *account {
	domain := m.domain
	if g.r.IntN(6) == 0 {
		domain = host
	}
	id := g.r.IntN(1 << 24)
	return &account{name: domain + `\` + name, home: name, logon: fmt.Sprintf("0x%x", id), session: 1 + g.r.IntN(2), integrity: "Medium",
		sid:  fmt.Sprintf("S-1-5-21-%d-%d-%d-%d", 1_000_000_000+g.r.IntN(3_000_000_000), 1_000_000_000+g.r.IntN(3_000_000_000), g.r.IntN(1_000_000_000), 1000+g.r.IntN(5000)),
		guid: fmt.Sprintf("%s-%04X-6928-%04X-%012X", m.prefix, g.r.IntN(1<<16), id&0xffff, id>>16)}
}

// account returns the one that a row of the catalogue names.
func (m *machine) account(g *Generator, name string) *account {
	if a := m.system[name]; a != nil {
		return a
	}
	a := m.users[g.r.IntN(len(m.users))]
	if name == "elevated" {
		b := *a
		b.integrity = "High"
		return &b
	}
	return a
}

// version is what a machine has of what a publisher made.
func (m *machine) version(g *Generator, p *publisher) string {
	v := m.versions[p]
	if v == "" {
		v = strings.ReplaceAll(p.versions[g.r.IntN(len(p.versions))], "{build}", m.build)
		m.versions[p] = v
	}
	return v
}

// image is where a program lies on a machine.
func (m *machine) image(g *Generator, p *program, a *account) string {
	if !strings.Contains(p.path, "{") {
		return p.path
	}
	key := p.path + a.home
	image := m.images[key]
	if image == "" {
		image = g.expand(p.path, &scene{machine: m, account: a, program: p})
		m.images[key] = image
	}
	return image
}

// hash is that of a file: the same wherever the same version lies.
func (g *Generator) hash(m *machine, p *program) string {
	key := p.path + m.version(g, p.publisher)
	h := g.hashes[key]
	if h == "" {
		hex := alphabets["HEX"]
		h = "MD5=" + g.from(hex, 32) + ",SHA256=" + g.from(hex, 64) + ",IMPHASH=" + g.from(hex, 32)
		g.hashes[key] = h
	}
	return h
}

// start makes a process that runs from now on.
func (g *Generator) start(m *machine, j job, line string) *process {
	p, a := j.program, m.account(g, j.account)
	m.started += 1 + g.r.IntN(3)
	when := g.now.Unix()
	x := &process{program: p, account: a, image: m.image(g, p, a), id: 4 * (200 + g.r.IntN(6000)),
		guid: fmt.Sprintf("%s-%04X-%04X-%04X-%012X", m.prefix, when&0xffff, when>>16, m.started&0xffff, m.sensor<<8)}
	x.line = g.expand(line, &scene{machine: m, account: a, program: p, image: x.image})
	list := m.running[j]
	if len(list) == alive {
		list = list[:copy(list, list[1:])]
	}
	m.running[j] = append(list, x)
	return x
}

// alive is how many processes of one job run on a machine at most.
const alive = 16

// find returns a process that runs on the machine, as a rule one that has run
// for a while.
func (g *Generator) find(m *machine, j job) *process {
	if list := m.running[j]; len(list) > 0 && (len(list) == alive || g.r.IntN(4) > 0) {
		return list[g.r.IntN(len(list))]
	}
	later := g.now
	g.now = g.now.Add(-time.Duration(1+g.r.IntN(30_000)) * time.Second)
	line := "{exe}"
	if lines := g.catalog.lines[j.program]; len(lines) > 0 {
		line = lines[g.r.IntN(len(lines))]
	}
	x := g.start(m, j, line)
	g.now = later
	return x
}

// inside is the address of some machine of the fleet.
func (g *Generator) inside() string { return g.machines[g.r.IntN(fleet)].ip }

// outside is an address of a host: one of few.
func (g *Generator) outside(host string) string {
	list := g.addresses[host]
	if len(list) < 12 && (len(list) == 0 || g.r.IntN(3) == 0) {
		list = append(list, fmt.Sprintf("%d.%d.%d.%d", 13+g.r.IntN(190), g.r.IntN(256), g.r.IntN(256), 1+g.r.IntN(254)))
		g.addresses[host] = list
	}
	return list[g.r.IntN(len(list))]
}
