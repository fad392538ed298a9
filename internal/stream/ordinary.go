package stream

import (
	"strconv"
	"strings"
	"time"
)

// The channels and providers of the events that are made here.
const (
	sysmonChannel      = "Microsoft-Windows-Sysmon/Operational"
	sysmonProvider     = "Microsoft-Windows-Sysmon"
	securityChannel    = "Security"
	securityProvider   = "Microsoft-Windows-Security-Auditing"
	powershellChannel  = "Microsoft-Windows-PowerShell/Operational"
	powershellProvider = "Microsoft-Windows-PowerShell"
)

// kinds are the ordinary events, with how many of a hundred they are. Sensors
// send mostly registry values, files and libraries; processes are more here
// than they are elsewhere, since most rules are about them.
var kinds = []struct {
	share int
	make  func(*Generator, *machine) (channel string, id int)
}{
	{20, (*Generator).process},
	{19, (*Generator).file},
	{23, (*Generator).registryValue},
	{13, (*Generator).imageLoad},
	{9, (*Generator).connection},
	{6, (*Generator).query},
	{3, (*Generator).access},
	{1, (*Generator).pipe},
	{2, (*Generator).end},
	{2, (*Generator).auditLogon},
	{1, (*Generator).auditProcess},
	{1, (*Generator).script},
}

// ordinary makes an event that no one needs to look at.
func (g *Generator) ordinary(m *machine) (channel string, id int) {
	n := g.r.IntN(100)
	for _, k := range kinds {
		if n -= k.share; n < 0 {
			return k.make(g, m)
		}
	}
	panic("stream: the shares of the kinds are not a hundred")
}

// sysmon begins an event of Sysmon: what its System part says that a rule or
// a reader might ask for.
func (g *Generator) sysmon(m *machine, id int) {
	g.header(m, sysmonChannel, sysmonProvider, id, id, 4, m.sensor)
	g.add("RuleName", "-")
}

func (g *Generator) header(m *machine, channel, provider string, id, task, level, writer int) {
	m.records[channel]++
	g.add("Provider_Name", provider)
	g.number("EventID", id)
	g.number("Version", 2+id%4)
	g.number("Level", level)
	g.number("Task", task)
	g.number("Opcode", 0)
	g.add("TimeCreated_SystemTime", g.xml())
	g.number("EventRecordID", m.sensor*37+m.records[channel])
	g.number("Execution_ProcessID", writer)
	g.number("Execution_ThreadID", writer+4*g.r.IntN(12))
	g.add("Channel", channel, "Computer", m.name)
}

// launch starts a process as a row of the catalogue says.
func (g *Generator) launch(m *machine) (started, parent *process) {
	r := g.pick(&g.catalog.commands)
	parent = g.find(m, job{r.parent, r.parentAccount()})
	return g.start(m, job{r.program, r.account}, r.text[0]), parent
}

func (g *Generator) process(m *machine) (string, int) {
	if len(g.familiar) > 0 && g.r.IntN(6) == 0 {
		return g.likeAttack(m, g.familiar[g.r.IntN(len(g.familiar))])
	}
	p, parent := g.launch(m)
	g.processFields(m, p, parent)
	return sysmonChannel, 1
}

func (g *Generator) processFields(m *machine, p, parent *process) {
	g.sysmon(m, 1)
	g.add("UtcTime", g.utc(), "ProcessGuid", p.guid)
	g.number("ProcessId", p.id)
	g.resources(m, p.program, "Image", p.image)
	g.add("CommandLine", p.line, "CurrentDirectory", g.directory(p), "User", p.account.name, "LogonGuid", p.account.guid, "LogonId", p.account.logon)
	g.number("TerminalSessionId", p.account.session)
	g.add("IntegrityLevel", p.account.integrity, "Hashes", g.hash(m, p.program), "ParentProcessGuid", parent.guid)
	g.number("ParentProcessId", parent.id)
	g.add("ParentImage", parent.image, "ParentCommandLine", parent.line, "ParentUser", parent.account.name)
}

// resources adds what a file says of itself.
func (g *Generator) resources(m *machine, p *program, field, path string) {
	product := p.publisher
	g.add(field, path, "FileVersion", m.version(g, product), "Description", g.plain(p.description), "Product", product.product,
		"Company", product.company, "OriginalFileName", original(p, path))
}

func (g *Generator) plain(text string) string { return g.expand(text, nil) }

func original(p *program, path string) string {
	if p.publisher.product == "-" {
		return "-"
	}
	return base(path)
}

func (g *Generator) directory(p *process) string {
	if p.account.session == 0 {
		return `C:\WINDOWS\system32\`
	}
	switch g.r.IntN(4) {
	case 0:
		return `C:\Users\` + p.account.home + `\`
	case 1:
		return strings.TrimSuffix(p.image, base(p.image))
	case 2:
		return `C:\Users\` + p.account.home + `\src\` + g.often(g.catalog.words) + `\`
	}
	return `C:\WINDOWS\system32\`
}

// actor adds who did what the event is about.
func (g *Generator) actor(p *process) {
	g.add("UtcTime", g.utc(), "ProcessGuid", p.guid)
	g.number("ProcessId", p.id)
	g.add("Image", p.image)
}

// doer returns a process that does what a row says, and the row's texts.
func (g *Generator) doer(m *machine, c *choice) (*process, []string) {
	r := g.pick(c)
	p := g.find(m, job{r.program, r.account})
	s := &scene{machine: m, account: p.account, program: p.program, image: p.image}
	out := make([]string, len(r.text))
	for i, text := range r.text {
		out[i] = g.expand(text, s)
	}
	return p, out
}

func (g *Generator) file(m *machine) (string, int) {
	p, text := g.doer(m, &g.catalog.files)
	g.sysmon(m, 11)
	g.actor(p)
	created := g.utc()
	if g.r.IntN(4) == 0 {
		created = g.now.Add(-time.Duration(g.r.IntN(1e6)) * time.Second).Format("2006-01-02 15:04:05.000")
	}
	g.add("TargetFilename", text[0], "CreationUtcTime", created, "User", p.account.name)
	return sysmonChannel, 11
}

func (g *Generator) registryValue(m *machine) (string, int) {
	p, text := g.doer(m, &g.catalog.registry)
	id := 12
	if text[0] == "SetValue" {
		id = 13
	}
	g.sysmon(m, id)
	g.add("EventType", text[0])
	g.actor(p)
	g.add("TargetObject", text[1])
	if id == 13 {
		g.add("Details", text[2])
	}
	g.add("User", p.account.name)
	return sysmonChannel, id
}

func (g *Generator) imageLoad(m *machine) (string, int) {
	p := g.launchedLately(m)
	lib := g.pick(&g.catalog.libraries).program
	path := m.image(g, lib, p.account)
	g.sysmon(m, 7)
	g.actor(p)
	g.resources(m, lib, "ImageLoaded", path)
	signer, status := "Microsoft Windows", "Valid"
	if lib.publisher.company != "Microsoft Corporation" {
		signer = lib.publisher.company
	}
	if signer == "-" {
		status = "Unavailable"
	}
	g.add("Hashes", g.hash(m, lib), "Signed", strconv.FormatBool(signer != "-"), "Signature", signer, "SignatureStatus", status, "User", p.account.name)
	return sysmonChannel, 7
}

// launchedLately returns a process, as often as not a new one.
func (g *Generator) launchedLately(m *machine) *process {
	if g.r.IntN(2) == 0 {
		p, _ := g.launch(m)
		return p
	}
	r := g.pick(&g.catalog.commands)
	return g.find(m, job{r.program, r.account})
}

func (g *Generator) connection(m *machine) (string, int) {
	p, text := g.doer(m, &g.catalog.network)
	protocol, outgoing, to, port := text[0], text[1], text[2], text[3]
	there, host := g.inside(), "-"
	switch to {
	case "world":
		host = g.often(g.catalog.hosts)
		there = g.outside(host)
	case "dc":
		dc := g.machines[g.r.IntN(3)]
		there, host = dc.ip, dc.name
	}
	number, _ := strconv.Atoi(port)
	g.sysmon(m, 3)
	g.actor(p)
	g.add("User", p.account.name, "Protocol", protocol, "Initiated", outgoing)
	ours := 49152 + g.r.IntN(16000)
	if outgoing == "true" {
		g.ends(m.ip, m.name, ours, there, host, number)
	} else {
		g.ends(there, host, ours, m.ip, m.name, number)
	}
	return sysmonChannel, 3
}

// ends adds the two ends of a connection.
func (g *Generator) ends(from, fromName string, fromPort int, to, toName string, toPort int) {
	names := map[int]string{443: "https", 80: "http", 53: "domain", 88: "kerberos", 389: "ldap", 445: "microsoft-ds", 135: "epmap", 3389: "ms-wbt-server", 22: "ssh", 1433: "ms-sql-s"}
	name := names[toPort]
	if name == "" {
		name = "-"
	}
	g.add("SourceIsIpv6", "false", "SourceIp", from, "SourceHostname", fromName)
	g.number("SourcePort", fromPort)
	g.add("SourcePortName", "-", "DestinationIsIpv6", "false", "DestinationIp", to, "DestinationHostname", toName)
	g.number("DestinationPort", toPort)
	g.add("DestinationPortName", name)
}

func (g *Generator) query(m *machine) (string, int) {
	r := g.pick(&g.catalog.network)
	p := g.find(m, job{r.program, r.account})
	host := g.often(g.catalog.hosts)
	if g.r.IntN(2) == 0 {
		host = g.from(alphabets["lower"], 4+g.r.IntN(9)) + "." + host
	}
	answer := "::ffff:" + g.outside(host) + ";"
	if g.r.IntN(3) > 0 {
		answer = "type:  5 " + g.often(g.catalog.words) + "-" + g.from(alphabets["lower"], 6) + ".edge.example.net;" + answer
	}
	status := "0"
	if g.r.IntN(12) == 0 {
		status, answer = "9003", "-"
	}
	g.sysmon(m, 22)
	g.add("UtcTime", g.utc(), "ProcessGuid", p.guid)
	g.number("ProcessId", p.id)
	g.add("QueryName", host, "QueryStatus", status, "QueryResults", answer, "Image", p.image, "User", p.account.name)
	return sysmonChannel, 22
}
