package schema_test

import (
	"fmt"
	"log"

	"github.com/sigma-compiler/sigmac/sigma/schema"
)

func ExampleBuiltin() {
	xdr, err := schema.Builtin("xdr")
	if err != nil {
		log.Fatal(err)
	}
	table, _ := xdr.Table("DeviceNetworkEvents")
	column, found := table.Column("RemotePort")
	fmt.Println(column.Type, found)
	// Output:
	// integer true
}

// What an index says of its fields decides their types.
func ExampleRead() {
	mapping := `{"logs": {"mappings": {"properties": {"process": {"properties": {
		"name": {"type": "text", "fields": {"keyword": {"type": "keyword", "ignore_above": 256}}},
		"pid":  {"type": "long"}}}}}}}`
	index, err := schema.Read("", "mapping.json", []byte(mapping))
	if err != nil {
		log.Fatal(err)
	}
	table, _ := index.Table("")
	for _, name := range []string{"process.name", "process.pid", "process.nmae"} {
		column, found := table.Column(name)
		fmt.Println(name, column.Type, column.Whole, found)
	}
	// Output:
	// process.name text process.name.keyword true
	// process.pid integer  true
	// process.nmae unknown  false
}
