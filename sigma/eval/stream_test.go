package eval_test

import (
	"encoding/json"
	"fmt"
	"math/rand"
	"strings"
)

// A generator makes events as Sysmon and Windows' own audit write them, flat,
// from a seed: process creations, network connections, registry, file and
// image load events of a few machines on which the same programs run again
// and again, so that about 70 % of the values stood in the same field before.
type generator struct {
	r       *rand.Rand
	seconds int
	record  int
}

func newGenerator(seed int64) *generator { return &generator{r: rand.New(rand.NewSource(seed))} }

// event returns one event as JSON.
func (g *generator) event() []byte {
	g.seconds++
	g.record++
	kinds := []func() []string{g.process, g.process, g.process, g.network, g.registry, g.registry, g.file, g.file, g.imageLoad, g.imageLoad}
	return g.write(kinds[g.r.Intn(len(kinds))]())
}

func (g *generator) write(fields []string) []byte {
	var b strings.Builder
	b.WriteByte('{')
	for i := 0; i < len(fields); i += 2 {
		if i > 0 {
			b.WriteByte(',')
		}
		name, value := fields[i], fields[i+1]
		text, _ := json.Marshal(value)
		if number, ok := strings.CutPrefix(value, "#"); ok {
			text = []byte(number)
		}
		fmt.Fprintf(&b, "%q:%s", name, text)
	}
	b.WriteByte('}')
	return []byte(b.String())
}

func (g *generator) pick(list []string) string { return list[g.r.Intn(len(list))] }

// often picks an entry, the first ones more often.
func (g *generator) often(list []string) string {
	n := float64(len(list))
	return list[int(n*g.r.Float64()*g.r.Float64())]
}

func (g *generator) guid() string {
	return fmt.Sprintf("{%08X-%04X-%04X-%04X-%012X}", g.r.Uint32(), g.r.Intn(1<<16), g.r.Intn(1<<16), g.r.Intn(1<<16), g.r.Int63n(1<<48))
}

// knownGUID is one of a few processes that live long.
func (g *generator) knownGUID() string {
	n := g.r.Intn(60)
	return fmt.Sprintf("{0197231E-%04X-6928-A50B-%012X}", n*37, n*977)
}

func (g *generator) time() string {
	return fmt.Sprintf("2025-11-27 %02d:%02d:%02d.%03d", g.seconds/3600%24, g.seconds/60%60, g.seconds%60, g.r.Intn(1000))
}

func (g *generator) hex(n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = "0123456789ABCDEF"[g.r.Intn(16)]
	}
	return string(b)
}

func (g *generator) system(id int) []string {
	return []string{
		"Channel", "Microsoft-Windows-Sysmon/Operational", "Provider_Name", "Microsoft-Windows-Sysmon", "EventID", fmt.Sprint("#", id),
		"Computer", g.often(computers), "EventRecordID", fmt.Sprint("#", 500000+g.record), "Level", "#4", "Task", fmt.Sprint("#", id),
		"Opcode", "#0", "Version", "#5", "Keywords", "0x8000000000000000", "UserID", "S-1-5-18",
		"UtcTime", g.time(), "RuleName", "-",
	}
}

func (g *generator) process() []string {
	p, parent := g.often(programs), g.often(programs)
	line := p
	if g.r.Intn(3) > 0 {
		line = `"` + p + `" ` + g.often(arguments)
		if g.r.Intn(2) == 0 {
			line += fmt.Sprintf(" --id=%d", g.r.Intn(1<<20))
		}
	}
	name := p[strings.LastIndexByte(p, '\\')+1:]
	return append(g.system(1),
		"ProcessGuid", g.guid(), "ProcessId", fmt.Sprint("#", g.r.Intn(3000)*4), "Image", p, "FileVersion", g.often(versions),
		"Description", "Host Process for "+name, "Product", "Microsoft® Windows® Operating System", "Company", "Microsoft Corporation",
		"OriginalFileName", strings.ToUpper(name), "CommandLine", line, "CurrentDirectory", g.often(folders),
		"User", g.often(users), "LogonId", "0x3e7", "IntegrityLevel", g.often([]string{"System", "Medium", "High"}),
		"Hashes", hashes(p), "ParentImage", parent, "ParentCommandLine", parent+" "+g.often(arguments))
}

// hashes returns the hashes of a file: the same each time.
func hashes(path string) string {
	g := newGenerator(int64(len(path))*131 + int64(path[len(path)-5]))
	return "SHA256=" + g.hex(64) + ",IMPHASH=" + g.hex(32)
}

func (g *generator) network() []string {
	return append(g.system(3),
		"ProcessGuid", g.knownGUID(), "ProcessId", fmt.Sprint("#", g.r.Intn(60)*4), "Image", g.often(programs), "User", g.often(users),
		"Protocol", "tcp", "Initiated", "true", "SourceIsIpv6", "false", "SourceIp", g.often(addresses), "SourceHostname", g.often(computers),
		"SourcePort", fmt.Sprint("#", 49152+g.r.Intn(16000)), "SourcePortName", "-", "DestinationIsIpv6", "false",
		"DestinationIp", fmt.Sprintf("%d.%d.%d.%d", 20+g.r.Intn(3), g.r.Intn(4), g.r.Intn(20), 1+g.r.Intn(250)),
		"DestinationHostname", g.often(hosts), "DestinationPort", "#443", "DestinationPortName", "https")
}

func (g *generator) registry() []string {
	return append(g.system(13),
		"EventType", "SetValue", "ProcessGuid", g.knownGUID(), "ProcessId", fmt.Sprint("#", g.r.Intn(60)*4), "Image", g.often(programs),
		"TargetObject", g.often(keys)+`\`+g.often([]string{"Start", "Version", "LastUpdate", "MRUListEx", "Enabled", "Data" + g.hex(4)}),
		"Details", g.often([]string{"DWORD (0x00000001)", "Binary Data", "DWORD (0x00000000)", "QWORD (0x01db6f2a-0x" + g.hex(8) + ")"}),
		"User", g.often(users), "ActivityID", g.guid(), "ProcessName", g.often(programs), "ThreadID", fmt.Sprint("#", g.r.Intn(8000)),
		"Execution_ProcessID", "#3544", "TimeCreated", g.time())
}

func (g *generator) file() []string {
	return append(g.system(11),
		"ProcessGuid", g.knownGUID(), "ProcessId", fmt.Sprint("#", g.r.Intn(60)*4), "Image", g.often(programs),
		"TargetFilename", g.often(folders)+g.pick([]string{"cache", "index", "session", "report"})+"_"+g.hex(6)+g.often([]string{".tmp", ".json", ".log", ".dat"}),
		"CreationUtcTime", g.time(), "User", g.often(users), "ActivityID", g.guid(), "ThreadID", fmt.Sprint("#", g.r.Intn(8000)),
		"Execution_ProcessID", "#3544", "TimeCreated", g.time(), "SourceName", "Microsoft-Windows-Sysmon")
}

func (g *generator) imageLoad() []string {
	l := g.often(libraries)
	return append(g.system(7),
		"ProcessGuid", g.knownGUID(), "ProcessId", fmt.Sprint("#", g.r.Intn(60)*4), "Image", g.often(programs), "ImageLoaded", l,
		"FileVersion", g.often(versions), "Description", "Library "+l[strings.LastIndexByte(l, '\\')+1:],
		"Product", "Microsoft® Windows® Operating System", "Company", "Microsoft Corporation", "OriginalFileName", l[strings.LastIndexByte(l, '\\')+1:],
		"Hashes", hashes(l), "Signed", "true", "Signature", "Microsoft Windows", "SignatureStatus", "Valid", "User", g.often(users))
}

var (
	computers = []string{"DESKTOP-7QK2P1A", "WS0042.corp.example", "DC01.corp.example", "SRV-FILE02.corp.example", "LAPTOP-9F3KD02"}
	users     = []string{`NT AUTHORITY\SYSTEM`, `CORP\alice`, `CORP\bob`, `NT AUTHORITY\LOCAL SERVICE`, `CORP\svc_backup`}
	addresses = []string{"10.0.4.17", "10.0.4.23", "10.0.8.2", "192.168.1.44", "fe80:0:0:0:1c2d:3e4f:5a6b:7c8d"}
	hosts     = []string{"-", "update.microsoft.com", "cdn.example.net", "login.live.com", "ocsp.digicert.com", "api.example.org"}
	versions  = []string{"10.0.19041.1 (WinBuild.160101.0800)", "10.0.26100.7019 (WinBuild.160101.0800)", "131.0.2903.86", "24.8.1"}
	programs  = []string{
		`C:\Windows\System32\svchost.exe`, `C:\Windows\explorer.exe`, `C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe`,
		`C:\Windows\System32\conhost.exe`, `C:\Windows\System32\RuntimeBroker.exe`, `C:\Program Files\Google\Chrome\Application\chrome.exe`,
		`C:\Windows\System32\services.exe`, `C:\Windows\System32\taskhostw.exe`, `C:\Windows\System32\wbem\WmiPrvSE.exe`,
		`C:\Program Files\Windows Defender\MsMpEng.exe`, `C:\Windows\System32\SearchIndexer.exe`, `C:\Windows\System32\cmd.exe`,
		`C:\Users\alice\AppData\Local\Microsoft\OneDrive\OneDrive.exe`, `C:\Windows\System32\backgroundTaskHost.exe`,
		`C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe`, `C:\Program Files\Microsoft Office\root\Office16\OUTLOOK.EXE`,
		`C:\Windows\System32\lsass.exe`, `C:\Windows\System32\rundll32.exe`, `C:\Windows\System32\sc.exe`, `C:\Windows\System32\net.exe`,
	}
	arguments = []string{
		"-k netsvcs -p -s Schedule", "--type=renderer --lang=en-US --device-scale-factor=1", "0xffffffff -ForceV1",
		"-k LocalServiceNetworkRestricted -p -s EventLog", "--type=utility --utility-sub-type=network.mojom.NetworkService",
		"/c echo done", "-Embedding", "/background", "-NoProfile -File C:\\Scripts\\inventory.ps1", "query state= all",
		"C:\\Windows\\System32\\shell32.dll,Control_RunDLL", "use", "-ServerName:App.AppXywbrabmsek0gm3tkwpr5kwzbs55tkqay.mca",
	}
	folders = []string{
		`C:\Windows\System32\`, `C:\Users\alice\AppData\Local\Temp\`, `C:\ProgramData\Microsoft\Windows\WER\ReportQueue\`,
		`C:\Users\bob\AppData\Local\Google\Chrome\User Data\Default\`, `C:\Windows\Prefetch\`, `C:\Program Files\Vendor\Agent\logs\`,
	}
	keys = []string{
		`HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Diagnostics\DiagTrack`, `HKLM\System\CurrentControlSet\Services\bam\State\UserSettings\S-1-5-18`,
		`HKU\S-1-5-21-1004336348-1177238915-682003330-1001\Software\Microsoft\Windows\CurrentVersion\Explorer\RecentDocs`,
		`HKLM\System\CurrentControlSet\Control\DeviceClasses`, `HKLM\SOFTWARE\Microsoft\SystemCertificates\AuthRoot\AutoUpdate`,
	}
	libraries = []string{
		`C:\Windows\System32\ntdll.dll`, `C:\Windows\System32\kernel32.dll`, `C:\Windows\System32\KernelBase.dll`, `C:\Windows\System32\user32.dll`,
		`C:\Windows\System32\combase.dll`, `C:\Windows\System32\amsi.dll`, `C:\Windows\System32\dbghelp.dll`, `C:\Windows\System32\clr.dll`,
		`C:\Program Files\Google\Chrome\Application\131.0\chrome.dll`, `C:\Windows\System32\wbem\wbemprox.dll`, `C:\Windows\System32\taskschd.dll`,
	}
)
