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
