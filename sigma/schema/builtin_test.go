package schema

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestNames(t *testing.T) {
	want := []string{"asim", "cim", "ecs", "ecs_logs", "ecs_windows", "ecs_windows_defend", "ecs_windows_integration", "sentinel", "xdr"}
	if got := Names(); !slices.Equal(got, want) {
		t.Errorf("Names() = %v, want %v", got, want)
	}
	if _, err := Builtin("xdrr"); err == nil || !strings.Contains(err.Error(), "there are asim, cim,") {
		t.Errorf("an unknown schema gives %v, which should name the known ones", err)
	}
}

// TestBuiltinTypes names the columns whose type decides about a query.
func TestBuiltinTypes(t *testing.T) {
	tests := []struct {
		schema, table, column string
		want                  Type
	}{
		{"xdr", "DeviceNetworkEvents", "RemotePort", Int}, // Q20
		{"xdr", "DeviceNetworkEvents", "LocalPort", Int},
		{"xdr", "DeviceNetworkEvents", "RemoteIP", Keyword}, // strings to the ip functions (K8)
		{"xdr", "DeviceNetworkEvents", "ActionType", Keyword},
		{"xdr", "DeviceNetworkEvents", "AdditionalFields", Keyword},
		{"xdr", "DeviceProcessEvents", "FolderPath", Keyword},
		{"xdr", "DeviceProcessEvents", "ProcessId", Int},
		{"xdr", "DeviceProcessEvents", "LogonId", Int},
		{"xdr", "DeviceProcessEvents", "Timestamp", Time},
		{"xdr", "DeviceProcessEvents", "IsInitiatingProcessRemoteSession", Bool},
		{"xdr", "DeviceEvents", "InitiatingProcessVersionInfoInternalFileName", Keyword},
		{"xdr", "DeviceRegistryEvents", "RegistryValueData", Keyword},
		{"xdr", "DeviceRegistryEvents", "PreviousRegistryValueName", Keyword},
		{"xdr", "DeviceInfo", "OSPlatform", Keyword},
		{"xdr", "CloudAppEvents", "RawEventData", Dynamic},
		{"xdr", "EntraIdSignInEvents", "ErrorCode", Int},
		{"xdr", "EmailEvents", "RecipientEmailAddress", Keyword},
		{"xdr", "IdentityLogonEvents", "DestinationPort", Int},
		{"asim", "_Im_NetworkSession", "DstPortNumber", Int},
		{"asim", "_Im_NetworkSession", "NetworkDirection", Keyword},
		{"asim", "_Im_NetworkSession", "SrcIpAddr", Keyword},
		{"asim", "_Im_ProcessCreate", "TargetProcessId", Keyword},
		{"asim", "_Im_ProcessCreate", "TargetProcessCommandLine", Keyword},
		{"asim", "_Im_ProcessTerminate", "TargetProcessName", Keyword},
		{"asim", "_Im_RegistryEvent", "RegistryValueData", Keyword},
		{"asim", "_Im_Dns", "DnsQuery", Keyword},
		{"asim", "_Im_WebSession", "Url", Keyword},
		{"asim", "_Im_FileEvent", "TargetFilePath", Keyword},
		{"asim", "_Im_Authentication", "TargetUsername", Keyword},
		{"asim", "_Im_AuditEvent", "Operation", Keyword},
		{"sentinel", "SecurityEvent", "EventID", Int},
		{"sentinel", "SecurityEvent", "LogonType", Int},
		{"sentinel", "SecurityEvent", "AccessMask", Keyword},
		{"sentinel", "Event", "EventData", Keyword},
		{"sentinel", "WindowsEvent", "EventData", Dynamic},
		{"sentinel", "SigninLogs", "ResultType", Keyword},
		{"sentinel", "SigninLogs", "DeviceDetail", Dynamic},
		{"sentinel", "AuditLogs", "TargetResources", Dynamic},
		{"sentinel", "AzureActivity", "OperationNameValue", Keyword},
		{"sentinel", "OfficeActivity", "Operation", Keyword},
		{"sentinel", "AWSCloudTrail", "EventName", Keyword},
		{"sentinel", "CommonSecurityLog", "DestinationPort", Int},
		{"sentinel", "Syslog", "SyslogMessage", Keyword},
		{"sentinel", "DnsEvents", "Name", Keyword},
		{"sentinel", "W3CIISLog", "csUriQuery", Keyword},
		{"sentinel", "GitHubAuditData", "Action", Keyword},
		{"cim", "Endpoint.Processes", "process", Keyword},
		{"cim", "Network_Traffic.All_Traffic", "dest_port", Int},
		{"cim", "Network_Traffic.All_Traffic", "src_port", Keyword}, // so it is in the app
		{"cim", "Web.Web", "status", Keyword},
		{"cim", "Endpoint.Registry", "source", Keyword},
		{"ecs", "", "destination.port", Int},
		{"ecs", "", "source.ip", IP},
		{"ecs", "", "process.command_line", Wildcard},
		{"ecs", "", "process.command_line.text", Text},
		{"ecs", "", "process.executable", Keyword},
		{"ecs", "", "message", Text},
		{"ecs", "", "@timestamp", Time},
		{"ecs", "", "process.pid", Int},
		{"ecs", "", "event.code", Keyword},
		{"ecs", "", "dll.code_signature.trusted", Bool},
		{"ecs_windows", "", "destination.port", Int},
		{"ecs_windows", "", "winlog.channel", Keyword},
		{"ecs_windows", "", "winlog.event_data.Anything", Keyword},
		{"ecs_windows", "", "winlog.user_data.Anything", Keyword},
		{"ecs_windows", "", "powershell.file.script_block_text", Text},
		{"ecs_logs", "zeek", "zeek.dns.rejected", Bool},
		{"ecs_logs", "zeek", "source.ip", IP},
		{"ecs_logs", "linux", "auditd.log.a1", Keyword},
		{"ecs_logs", "kubernetes", "kubernetes.audit.responseStatus.code", Int},
		{"ecs_windows_defend", "", "process.command_line.caseless", Caseless},
		{"ecs_windows_integration", "", "process.name.caseless", Caseless},
	}
	for _, test := range tests {
		c, ok := table(t, test.schema, test.table).Column(test.column)
		if !ok || c.Type != test.want {
			t.Errorf("%s %s.%s: %v, %v, want %v", test.schema, test.table, test.column, c.Type, ok, test.want)
		}
	}
}

// TestCaselessTwins holds section 24 of the Elastic semantics: only a declared
// profile has twins, and integrations have none of the command line.
func TestCaselessTwins(t *testing.T) {
	tests := []struct{ schema, field, want string }{
		{"ecs", "process.executable", ""},
		{"ecs_windows", "process.executable", ""},
		{"ecs_windows_integration", "process.executable", "process.executable.caseless"},
		{"ecs_windows_integration", "process.command_line", ""},
		{"ecs_windows_integration", "process.parent.executable", ""},
		{"ecs_windows_defend", "process.command_line", "process.command_line.caseless"},
		{"ecs_windows_defend", "file.path", "file.path.caseless"},
		{"ecs_windows_defend", "user.name", ""},
	}
	for _, test := range tests {
		c, ok := table(t, test.schema, "").Column(test.field)
		if !ok || c.Caseless != test.want {
			t.Errorf("%s: the twin of %s is %q, want %q", test.schema, test.field, c.Caseless, test.want)
		}
	}
}

func TestBuiltinLacks(t *testing.T) {
	tests := []struct{ schema, table, column string }{
		{"xdr", "DeviceProcessEvents", "CurrentDirectory"},
		{"xdr", "DeviceProcessEvents", "filename"}, // Kusto's names are case-sensitive
		{"sentinel", "SecurityEvent", "DestinationPort"},
		{"ecs", "", "winlog.channel"},
		{"ecs_windows", "", "winlog.event_data."},
		{"ecs_logs", "zeek", "zeek.dns.Z"}, // Elastic's pipeline removes it
		{"ecs_logs", "aws", "zeek.dns.query"},
	}
	for _, test := range tests {
		if _, ok := table(t, test.schema, test.table).Column(test.column); ok {
			t.Errorf("%s %s has a column %q, want none", test.schema, test.table, test.column)
		}
	}
}

func TestBuiltinArrays(t *testing.T) {
	for field, want := range map[string]bool{"process.args": true, "tags": true, "process.name": false} {
		if c, _ := table(t, "ecs", "").Column(field); c.Array != want {
			t.Errorf("%s: Array is %v, want %v", field, c.Array, want)
		}
	}
}

// TestBuiltinsAreSeparate shows that a profile changes nothing in the schema
// that it includes, whichever is read first.
func TestBuiltinsAreSeparate(t *testing.T) {
	if _, err := Builtin("ecs_windows_defend"); err != nil {
		t.Fatal(err)
	}
	if _, ok := table(t, "ecs", "").Column("process.name.caseless"); ok {
		t.Error("reading ecs_windows_defend added a column to ecs")
	}
}

func TestDataIsSmall(t *testing.T) {
	size := 0
	for _, name := range Names() {
		text, err := data.ReadFile("data/" + name + ".txt")
		if err != nil {
			t.Fatal(err)
		}
		size += len(text)
	}
	if size > 300_000 {
		t.Errorf("the data files have %d bytes together, want 300,000 at most", size)
	}
}

// TestBuiltinAgainstReference compares every column with the reference data.
func TestBuiltinAgainstReference(t *testing.T) {
	for _, row := range reference(t, "kusto-tables.csv") {
		s, err := Builtin(row["product"])
		if err != nil {
			t.Fatal(err)
		}
		tab, ok := s.Table(row["table"])
		if !ok {
			continue
		}
		want := kustoType(t, row["type"])
		column, _, _ := strings.Cut(row["column"], "`") // the footnote marks of the pages
		if c, ok := tab.Column(strings.TrimSpace(column)); !ok || c.Type != want {
			t.Errorf("%s %s.%s is %v, %v, want %v", row["product"], row["table"], row["column"], c.Type, ok, want)
		}
	}
	fields := reference(t, "ecs-fields.csv")
	for _, row := range fields {
		c, ok := table(t, "ecs", "").Column(row["field"])
		if want := elasticType(t, row["type"]); !ok || c.Type != want || c.Array != (row["normalize"] == "array") {
			t.Errorf("ecs %s is %+v, %v, want %v", row["field"], c, ok, want)
		}
	}
	texts := 0
	for _, c := range table(t, "ecs", "").Columns {
		if strings.HasSuffix(c.Name, ".text") && c.Type == Text {
			texts++
		}
	}
	if got := len(table(t, "ecs", "").Columns) - texts; got != len(fields) {
		t.Errorf("ecs has %d fields, the reference %d", got, len(fields))
	}
}

// TestCIM compares the datasets of CIM with the reference data.
func TestCIM(t *testing.T) {
	found := 0
	for _, row := range reference(t, "cim-fields.csv") {
		s, err := Builtin("cim")
		if err != nil {
			t.Fatal(err)
		}
		tab, ok := s.Table(row["data_model"] + "." + row["dataset"])
		if !ok || row["field"] == "" {
			continue
		}
		found++
		want := Column{Name: row["field"], Array: row["multivalue"] == "true"}
		want.Type = map[string]Type{"": Keyword, "string": Keyword, "number": Int, "boolean": Bool, "timestamp": Time}[row["type"]]
		if row["field"] == "_time" {
			want.Type = Time
		}
		if row["source"] == "calculated" && row["type"] == "string" {
			want.Filled = "unknown"
		}
		if c, ok := tab.Column(row["field"]); !ok || c != want {
			t.Errorf("%s.%s is %+v, %v, want %+v", tab.Name, row["field"], c, ok, want)
		}
	}
	columns := 0
	for _, tab := range mustBuiltin(t, "cim").Tables {
		columns += len(tab.Columns)
	}
	if found != columns {
		t.Errorf("%d columns of the schema are in the reference, %d are in the schema", found, columns)
	}
}

func mustBuiltin(t *testing.T, name string) *Schema {
	t.Helper()
	s, err := Builtin(name)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func kustoType(t *testing.T, name string) Type {
	t.Helper()
	want, ok := map[string]Type{"string": Keyword, "int": Int, "long": Int, "real": Float, "decimal": Float,
		"double": Float, "bool": Bool, "boolean": Bool, "datetime": Time, "guid": GUID, "dynamic": Dynamic}[strings.ToLower(name)]
	if !ok {
		t.Fatalf("unknown Kusto type %q", name)
	}
	return want
}

func elasticType(t *testing.T, name string) Type {
	t.Helper()
	want, ok := map[string]Type{"keyword": Keyword, "constant_keyword": Keyword, "wildcard": Wildcard,
		"match_only_text": Text, "long": Int, "integer": Int, "float": Float, "double": Float, "scaled_float": Float,
		"boolean": Bool, "ip": IP, "date": Time, "flattened": Dynamic, "nested": Dynamic, "object": Dynamic,
		"geo_point": Dynamic}[name]
	if !ok {
		t.Fatalf("unknown Elasticsearch type %q", name)
	}
	return want
}

// reference reads a table of the reference data, a map from heading to cell
// for each row.
func reference(t *testing.T, name string) []map[string]string {
	t.Helper()
	path := filepath.Join("..", "..", "..", "shared", "reference", "data", name)
	f, err := os.Open(path)
	if os.IsNotExist(err) {
		t.Skipf("%s is not here: the reference data lies beside the repository, in ../shared", name)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	records, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	rows := make([]map[string]string, 0, len(records))
	for _, record := range records[1:] {
		row := make(map[string]string, len(record))
		for i, cell := range record {
			row[records[0][i]] = cell
		}
		rows = append(rows, row)
	}
	return rows
}

func table(t *testing.T, schema, name string) *Table {
	t.Helper()
	s, err := Builtin(schema)
	if err != nil {
		t.Fatal(err)
	}
	tab, ok := s.Table(name)
	if !ok {
		t.Fatalf("schema %s has no table %q", schema, name)
	}
	return tab
}

func BenchmarkRead(b *testing.B) {
	b.ReportAllocs()
	for range b.N {
		s := builtin{name: "sentinel"}
		if s.read(); s.err != nil {
			b.Fatal(s.err)
		}
	}
}
