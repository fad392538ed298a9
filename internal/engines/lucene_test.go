package engines

import "testing"

// luceneBoth are queries whose answers do not depend on case.
var luceneBoth = []known{
	{`Port:443`, "1", "query string syntax: field names"},
	{`Port:>=444`, "3 12", "query string syntax: ranges"},
	{`Port:[80 TO 443]`, "1 2", "query string syntax: ranges, square brackets are inclusive"},
	{`Port:{80 TO 444}`, "1", "query string syntax: ranges, curly brackets are exclusive"},
	{`EventID:\-7`, "12", "query string syntax: reserved characters"},
	{`Ratio:>0.5`, "2 12", "query string syntax: ranges"},
	{`Big:9007199254740993`, "12", "numeric types: a long is a whole number of 64 bits"},
	{`Signed:true`, "1", "boolean field type"},
	{`Ip:"10.0.0.0/8"`, "1", "IP field type: querying CIDR notation"},
	{`Ip:"fe80::/10"`, "3", "IP field type: querying CIDR notation, IPv6"},
	{`_exists_:Image`, "1 2 4 6 7 8 9 10 11 12", "exists query: an empty string is a value, null is none"},
	{`NOT _exists_:Image`, "3 5", "exists query"},
	{`NOT Port:443`, "2 3 4 5 6 7 8 9 10 11 12", "boolean query: must_not excludes what matches"},
	{`Never:x OR (NOT Never:x)`, "1 2 3 4 5 6 7 8 9 10 11 12", "boolean query"},
	{`Tags:b`, "1", "arrays: a field matches where one of its values does"},
	{`CommandLine:x\*y\?z`, "6", "query string syntax: reserved characters"},
	{`CommandLine:"x*y?z"`, "6", "query string syntax: no wildcards in quotes"},
	{`CommandLine:x*z`, "6 7", "query string syntax: wildcards"},
	{`CommandLine:x?y?z`, "6 7", "query string syntax: wildcards"},
	{`CommandLine:*\ one*`, "8", "query string syntax: a space is escaped"},
	{`CommandLine:/line.*two/`, "8", "regexp syntax: the dot matches any character, the expression the whole value"},
	{`CommandLine:/one/`, "", "regexp syntax: an expression matches the whole value"},
	{`CommandLine:"say \"hi\" to a\\b"`, "9", "query string syntax: reserved characters"},
	{`CommandLine:*日本`, "10", "query string syntax: wildcards"},
	{`CommandLine:/\{a:b\} \(c\).*/`, "11", "regexp syntax: reserved characters"},
	{`CommandLine:(*one* OR *image)`, "4 5 8", "query string syntax: field grouping"},
	{`Image:(`, "refused: Failed to parse", "query string syntax"},
	{`CommandLine:/(unclosed/`, "refused: ", "regexp syntax"},
}

func testLucene(t *testing.T) {
	testKnown(t, "opensearch", append([]known{
		{`Image:*\\cmd.exe`, "1", "keyword: strings are indexed as they are"},
		{`Image:"C:\\Windows\\System32\\cmd.exe"`, "1", "keyword: strings are indexed as they are"},
		{`Image:/.*\\[cC][mM][dD]\.[eE][xX][eE]/`, "1 2", "regexp syntax: character classes"},
		{`CommandLine:*äöü*`, "", "keyword: strings are indexed as they are"},
	}, luceneBoth...))
}

func testLuceneFolded(t *testing.T) {
	testKnown(t, "opensearch-folded", append([]known{
		{`Image:*\\cmd.exe`, "1 2", "normalizer: applied before indexing and to the terms of queries"},
		{`Image:*\\CMD.exe`, "1 2", "normalizer: wildcards are normalised too"},
		{`Image:"c:\\windows\\system32\\CMD.exe"`, "1 2", "normalizer"},
		{`CommandLine:*äöü*`, "10", "lowercase token filter: all letters of Unicode"},
	}, luceneBoth...))
}

func testKibana(t *testing.T) {
	testKnown(t, "kibana-kql", []known{
		{`Image: "C:\\Windows\\System32\\cmd.exe"`, "1", "KQL: keyword fields match exactly, with case"},
		{`Image: *\\cmd.exe`, "1", "KQL: wildcards"},
		{`Port: 443`, "1", "KQL: filter for documents that match a value"},
		{`Port >= 444`, "3 12", "KQL: ranges"},
		{`Port > 80 and Port < 444`, "1", "KQL: ranges"},
		{`EventID: "-7"`, "12", "KQL: values in quotes"},
		{`Signed: true`, "1", "KQL"},
		{`Ip: "10.0.0.0/8"`, "1", "IP field type: querying CIDR notation"},
		{`Image: *`, "1 2 4 6 7 8 9 10 11 12", "KQL: filter for documents where a field exists"},
		{`not Image: *`, "3 5", "KQL: negating a query"},
		{`not Port: 443`, "2 3 4 5 6 7 8 9 10 11 12", "KQL: negating a query"},
		{`Port: (443 or 80) and not Signed: true`, "2", "KQL: combining, and binds tighter than or"},
		{`Tags: b`, "1", "arrays"},
		{`CommandLine: x\*y?z`, "6", "KQL: only * is a wildcard, escaped by a backslash"},
		{`CommandLine: x*z`, "6 7", "KQL: wildcards"},
		{`CommandLine: line one*two`, "8", "KQL 8: a wildcard query on keyword fields, spaces included"},
		{`CommandLine: "say \"hi\" to a\\b"`, "9", "KQL: escapes in quotes"},
		{`CommandLine: \{a\:b\} \(c\) [d] \<e\>*`, "11", "KQL: special characters, braces since 7.6"},
		{`CommandLine: *\u65e5*`, "10", "KQL: escapes"},
		{`CommandLine: "x*y?z"`, "6", "KQL: no wildcards in quotes"},
		{`Image: 007 or Port: 80`, "2", "KQL 8: unquoted digits are text"},
		{`Image: (`, "refused: Expected", "KQL grammar"},
		{`Image: a\-b`, "refused: Expected", "KQL grammar: a backslash escapes special characters only"},
		{`Port: 44*`, "refused: ", "wildcards are for keyword and text fields"},
	})
}

func testKibanaFolded(t *testing.T) {
	testKnown(t, "kibana-kql-folded", []known{
		{`Image: "c:\\windows\\system32\\CMD.exe"`, "1 2", "normalizer: applied before indexing and to the terms of queries"},
		{`Image: *\\cmd.exe`, "1 2", "normalizer: wildcards are normalised too"},
		{`CommandLine: LINE one*TWO`, "8", "normalizer"},
		{`Tags: B and Port > 80`, "1", "normalizer"},
	})
}
