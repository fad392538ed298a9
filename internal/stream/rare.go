package stream

import (
	"fmt"
	"strconv"
)

// The kinds that are few of a hundred.

func (g *Generator) access(m *machine) (string, int) {
	from := g.launchedLately(m)
	to := g.launchedLately(m)
	g.sysmon(m, 10)
	g.add("UtcTime", g.utc(), "SourceProcessGUID", from.guid)
	g.number("SourceProcessId", from.id)
	g.number("SourceThreadId", from.id+4*g.r.IntN(9))
	g.add("SourceImage", from.image, "TargetProcessGUID", to.guid)
	g.number("TargetProcessId", to.id)
	trace := `C:\WINDOWS\SYSTEM32\ntdll.dll+` + g.from(alphabets["hex"], 5)
	for range 2 + g.r.IntN(6) {
		trace += "|" + g.pick(&g.catalog.libraries).program.name + "+" + g.from(alphabets["hex"], 5)
	}
	g.add("TargetImage", to.image, "GrantedAccess", []string{"0x1000", "0x101000", "0x1400", "0x3000", "0x100000"}[g.r.IntN(5)], "CallTrace", trace,
		"SourceUser", from.account.name, "TargetUser", to.account.name)
	return sysmonChannel, 10
}

func (g *Generator) pipe(m *machine) (string, int) {
	p := g.launchedLately(m)
	id, what := 17, "CreatePipe"
	if g.r.IntN(2) == 0 {
		id, what = 18, "ConnectPipe"
	}
	g.sysmon(m, id)
	g.add("EventType", what, "UtcTime", g.utc(), "ProcessGuid", p.guid)
	g.number("ProcessId", p.id)
	pipes := []string{`\wkssvc`, `\srvsvc`, `\lsass`, `\chrome.` + strconv.Itoa(p.id) + "." + g.from("0123456789", 2) + "." + g.letters("n", 19),
		`\mojo.` + strconv.Itoa(p.id) + "." + g.letters("n", 5) + "." + g.letters("n", 20), `\crashpad_` + strconv.Itoa(p.id) + "_" + g.from(alphabets["UPPER"], 16)}
	g.add("PipeName", pipes[g.r.IntN(len(pipes))], "Image", p.image, "User", p.account.name)
	return sysmonChannel, id
}

func (g *Generator) end(m *machine) (string, int) {
	p := g.launchedLately(m)
	g.sysmon(m, 5)
	g.actor(p)
	g.add("User", p.account.name)
	return sysmonChannel, 5
}

func (g *Generator) auditLogon(m *machine) (string, int) {
	a := m.users[g.r.IntN(len(m.users))]
	host := g.machines[g.r.IntN(fleet)]
	g.header(m, securityChannel, securityProvider, 4624, 12544, 0, 600+m.sensor%400)
	g.add("SubjectUserSid", "S-1-0-0", "SubjectUserName", "-", "SubjectDomainName", "-", "SubjectLogonId", "0x0", "TargetUserSid", a.sid,
		"TargetUserName", a.home, "TargetDomainName", m.domain, "TargetLogonId", fmt.Sprintf("0x%x", g.r.IntN(1<<28)))
	g.number("LogonType", []int{3, 3, 3, 5, 2, 7}[g.r.IntN(6)])
	g.add("LogonProcessName", "Kerberos", "AuthenticationPackageName", "Kerberos", "WorkstationName", "-", "LogonGuid", g.guid(),
		"LmPackageName", "-", "ProcessName", "-", "IpAddress", host.ip)
	g.number("IpPort", 49152+g.r.IntN(16000))
	return securityChannel, 4624
}

func (g *Generator) auditProcess(m *machine) (string, int) {
	p, parent := g.launch(m)
	g.header(m, securityChannel, securityProvider, 4688, 13312, 0, 4)
	g.add("SubjectUserSid", p.account.sid, "SubjectUserName", p.account.home, "SubjectDomainName", m.domain, "SubjectLogonId", p.account.logon,
		"NewProcessId", fmt.Sprintf("0x%x", p.id), "NewProcessName", p.image, "TokenElevationType", "%%1936", "ProcessId", fmt.Sprintf("0x%x", parent.id),
		"CommandLine", p.line, "TargetUserSid", "S-1-0-0", "ParentProcessName", parent.image, "MandatoryLabel", "S-1-16-16384")
	return securityChannel, 4688
}

func (g *Generator) script(m *machine) (string, int) {
	a := m.users[g.r.IntN(len(m.users))]
	g.header(m, powershellChannel, powershellProvider, 4104, 2, 5, 4*(300+g.r.IntN(3000)))
	g.number("MessageNumber", 1)
	g.number("MessageTotal", 1)
	g.add("ScriptBlockText", g.expand(g.often(g.catalog.scripts), &scene{machine: m, account: a}), "ScriptBlockId", g.plain("{guid}"),
		"Path", g.plain(`C:\Scripts\{word}-{word}.ps1`))
	return powershellChannel, 4104
}
