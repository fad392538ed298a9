package engines

import "testing"

func testEQL(t *testing.T) {
	testKnown(t, "eql", []known{
		{`any where Image == "C:\\Windows\\System32\\cmd.exe"`, "1", "EQL syntax: == is case-sensitive"},
		{`any where Image : "c:\\windows\\system32\\CMD.exe"`, "1 2", "EQL syntax: the : operator ignores case"},
		{`any where Image : "*\\cmd.exe"`, "1 2", "EQL syntax: : with wildcards"},
		{`any where Image like "*\\cmd.exe"`, "1", "EQL syntax: like is case-sensitive"},
		{`any where Image like~ ("*\\cmd.exe", "sta?")`, "1 2 6", "EQL syntax: like~, ? is one character"},
		{`any where Image regex ".*\\\\cmd\\.exe"`, "1", "EQL syntax: regex is case-sensitive"},
		{`any where Image regex~ ".*\\\\cmd\\.exe"`, "1 2", "EQL syntax: regex~"},
		{`any where Image regex "cmd"`, "", "EQL syntax: Lucene's syntax, which matches the whole value"},
		{`any where CommandLine regex~ "line.*two"`, "8", "regexp syntax: the dot is any character"},
		{`any where Image in ("star", "PLAIN")`, "6", "EQL syntax: in is case-sensitive"},
		{`any where Image in~ ("star", "PLAIN")`, "6 7", "EQL syntax: in~"},
		{`any where CommandLine in~ ("X*Y?Z")`, "6", "EQL: wildcards are literal in lists"},
		{`any where EventID not in (1, 2, 3, 4624, -7)`, "6 7 8 9 10 11", "EQL syntax: not in; a missing field does not match in"},
		{`any where EventID == -7 and Ratio == 2.0`, "12", "EQL syntax: numbers"},
		{`any where Port >= 444`, "3 12", "EQL syntax: comparisons"},
		{`any where 444 <= Port`, "3 12", "EQL syntax: comparisons, either side"},
		{`any where Signed == true`, "1", "EQL syntax: booleans"},
		{`any where ?Image == null`, "3 5", "EQL syntax: missing values"},
		{`any where ?Image != null`, "1 2 4 6 7 8 9 10 11 12", "EQL syntax: missing values; an empty string is one"},
		{`any where not Port == 443`, "2 3 4 5 6 7 8 9 10 11 12", "querytranslator_tests.txt: not is must_not"},
		{`any where Port != 443`, "2 3 4 5 6 7 8 9 10 11 12", "querytranslator_tests.txt: != is must_not"},
		{`any where not (?Port != null and ?Port == 443) and Image : "*cmd.exe"`, "2", "EQL syntax"},
		{`any where not not Signed == true`, "1", "EQL syntax: logical operators"},
		{`any where cidrMatch(Ip, "10.0.0.0/8", "fe80::/10")`, "1 3", "EQL functions: cidrMatch"},
		{`any where Tags : "B"`, "1", "EQL: a list matches where one of its values does"},
		{`any where CommandLine : """say "hi" to a\b"""`, "9", "EQL syntax: raw strings"},
		{`any where CommandLine : "*\u{65e5}\u{672c}"`, "10", "EQL syntax: Unicode escapes"},
		{"any where `Image` : \"star\"", "6", "EQL syntax: escape a field name"},
		{`any where true`, "1 2 3 4 5 6 7 8 9 10 11 12", "EQL syntax"},
		{`any where CommandLine : "*äöü*"`, "", "term-level queries: case_insensitive folds ASCII only"},
		{`any where Image`, "refused: Expected boolean", "EQL syntax: a condition is a boolean"},
		{`any where Port : "443"`, "refused: string", "EQL syntax: : is for strings"},
		{`any where Image == "a\/b"`, "refused: Invalid syntax", "EQL syntax: unknown escape"},
		{`any where Image == CommandLine`, "refused: Comparisons against fields", "EQL limitations"},
		{`any where cidrMatch(Image, "10.0.0.0/8")`, "refused: type ip", "EQL functions: cidrMatch takes an ip"},
		{`any where Image = "a"`, "refused: ", "EQL syntax: = is no comparison"},
		{`any where stringContains(Image, "a")`, "refused: not run", "the driver runs what the compiler writes"},
		{`any where Image : ("a"`, "refused: Invalid syntax", "EQL grammar"},
	})
}

func TestESQL(t *testing.T) {
	testChecked(t, "esql-parser", []known{
		{`from * | where Image == "x" and to_lower(CommandLine) like "*\\\\cmd.exe"`, "", "ES|QL: WHERE"},
		{`from * metadata _id | where not coalesce(Port == 443, false) or Ip is null`, "", "ES|QL: COALESCE"},
		{`from * | where CommandLine rlike ".*[cC]md.*" or Port in (1, 2)`, "", "ES|QL: RLIKE, IN"},
		{`from * | where cidr_match(Ip, "10.0.0.0/8")`, "", "ES|QL: CIDR_MATCH"},
		{"from * | where `Image` is not null", "", "ES|QL: identifiers"},
		{`from * | where Port == "443"`, "Cannot compare types", "ES|QL equals: types must agree"},
		{`from * | where Image == 5`, "Cannot compare types", "ES|QL equals: types must agree"},
		{`from * | where to_lower(Port) == "x"`, "TO_LOWER", "ES|QL TO_LOWER: of strings only"},
		{`from * | where Nothing == "x"`, "Unknown field", "ES|QL: an unknown column is an error"},
		{`from * | where Image = "x"`, "=", "ES|QL: = is no comparison"},
		{`from * | where nosuch(Image)`, "nosuch", "ES|QL functions"},
		{`from * | where Image == "a\*b"`, "token", "ES|QL: unknown escapes"},
		{`from * | where Image like`, "no viable alternative", "ES|QL grammar"},
	})
}
