package engines

import "testing"

func TestKustoService(t *testing.T) {
	testChecked(t, "kusto-service", []known{
		{`Events | where Image =~ "x" and Port in (80, 443) and Signed == true`, "", "string and numerical operators"},
		{"Events\n| extend P = iff(Signed, Port, EventID)\n| where P > 5", "", "extend operator"},
		{`Events | where ['Image'] endswith @"\cmd.exe" or * contains "x"`, "", "entity names, where operator"},
		{`Events | where not(coalesce(ipv4_is_in_any_range(Image, "10.0.0.0/8"), false))`, "", "ipv4_is_in_any_range()"},
		{`Events | where Port =~ "443"`, "KS106", "string operators: =~ compares strings"},
		{`Events | where Nothing == 1`, "KS142", "unknown column"},
		{`Elsewhere | where Port == 1`, "KS204", "unknown table"},
		{`Events | where Image == "C:\Windows"`, "KS", "string literals: unknown escape"},
		{`Events | where`, "KS006", "where operator"},
		{`Events | where Port contains "4"`, "KS106", "string operators: contains is for strings"},
		{`Events | where Port in~ ("a")`, "KS107", "in~ operator: of strings"},
	})
}

// kustoBoth are queries on which both engines that run Kusto agree with it.
var kustoBoth = []known{
	{`Events | where Image =~ @"c:\windows\system32\CMD.exe"`, "1 2", "string operators: =~"},
	{`Events | where Image == @"C:\Windows\System32\cmd.exe"`, "1", "string operators: =="},
	{`Events | where Image endswith @"\cmd.exe"`, "1 2", "string operators: endswith"},
	{`Events | where Image endswith_cs @"\cmd.exe"`, "1", "string operators: endswith_cs"},
	{`Events | where Image startswith "STA"`, "6", "string operators: startswith"},
	{`Events | where CommandLine contains "Y?"`, "6", "string operators: contains, no wildcards"},
	{`Events | where CommandLine contains_cs "whoami"`, "1 3", "string operators: contains_cs"},
	{`Events | where not(CommandLine contains "whoami") and isnotempty(CommandLine)`, "4 5 6 7 8 9 10 11", "string operators; strings are never null"},
	{`Events | where CommandLine !contains "whoami"`, "4 5 6 7 8 9 10 11 12", "string operators; strings are never null"},
	{`Events | where isempty(Image)`, "3 4 5", "isempty(): an absent string is empty"},
	{`Events | where Image in~ ("STAR", "plain")`, "6 7", "in~ operator"},
	{`Events | where Image in ("STAR", "plain")`, "7", "in operator"},
	{`Events | where CommandLine matches regex @"(?i)line.one"`, "8", "RE2: a search"},
	{`Events | where CommandLine matches regex "one.line"`, "", "RE2: the dot does not match a line break"},
	{`Events | where CommandLine matches regex "(?s)one.line"`, "8", "RE2: flag s"},
	{`Events | where CommandLine matches regex @"^\{a:b\}"`, "11", "RE2"},
	{`Events | where CommandLine == "say \"hi\" to a\\b"`, "9", "string literals: escapes"},
	{`Events | where CommandLine == @"say ""hi"" to a\b"`, "9", "string literals: verbatim"},
	{`Events | where CommandLine endswith "日本"`, "10", "string literals"},
	{`Events | where CommandLine endswith "\u65e5\u672C" and CommandLine !contains "\\u65e5"`, "10", "string literals: Unicode escapes"},
	{`Events | where Port in (80, 443)`, "1 2", "in operator"},
	{`Events | where Port >= 444`, "3 12", "numerical operators"},
	{`Events | where Port between (80 .. 443)`, "1 2", "between operator"},
	{`Events | where EventID == -7 and Ratio == 2`, "12", "numerical operators"},
	{`Events | where Signed == true`, "1", "bool"},
	{`Events | where isnull(Port)`, "4 5 6 7 8 9 10 11", "isnull()"},
	{`Events | where not(coalesce(Port > 443, false))`, "1 2 4 5 6 7 8 9 10 11", "coalesce()"},
	{`Events | where coalesce(ipv4_is_in_any_range(Ip, "10.0.0.0/8", "127.0.0.0/8"), false) or coalesce(ipv6_is_in_range(Ip, "fe80::/10"), false)`, "1 3", "ipv4_is_in_any_range(), ipv6_is_in_range()"},
	{`Events | where not(coalesce(ipv4_is_in_range(Ip, "10.0.0.0/8"), false)) and isnotempty(Ip)`, "2 3", "ipv4_is_in_range(): null where it is no such address"},
	{`Events | where * contains "6553" or * == "star"`, "6 12", "where operator: * is every column"},
	{`Events | where ['Image'] == "lines" and Never == ""`, "8", "entity names"},
	{"Events\n| extend P = iff(Signed == true, Port, EventID)\n| where P == 443 or P == 4624", "1 2", "extend operator, iff()"},
	{`Events | where Nothing == 1`, "refused: ", "unknown column"},
	{`Events | where Image ==`, "refused: ", "grammar"},
}

func TestDuckDB(t *testing.T) {
	testKnown(t, "duckdb-kql", append([]known{
		{`Events | where not(Port == 443)`, "2 3 4 5 6 7 8 9 10 11 12", "null values: null == 443 is false"},
		{`Events | where Port != 443`, "2 3 4 5 6 7 8 9 10 11 12", "null values: null != 443 is true"},
		{`Events | where not(Port > 443)`, "1 2", "null values: not(null) is null"},
		{`Events | where Port =~ "443"`, "refused: ", "string operators: =~ compares strings"},
		{`Events | where not(ipv4_is_in_range(Ip, "10.0.0.0/8"))`, "2", "ipv4_is_in_range(): null where it is no such address"},
	}, kustoBoth...))
}

func TestChDB(t *testing.T) {
	testKnown(t, "chdb", append([]known{
		// Not as Kusto has it: see the driver.
		{`Events | where not(Port == 443)`, "2 3 12", "a null in ClickHouse"},
	}, kustoBoth...))
}
