package engines

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
)

// A component is something that .ci/engines installs: a folder with the name
// of the component, made from some files of this package.
type component struct {
	name    string
	program string   // that runs it
	specs   []string // the files that say what is installed, in the order of .ci/engines
}

// The components.
var (
	openSearch   = component{"opensearch", "java", []string{"opensearch/pom.xml", "opensearch/jars.sha256", "opensearch/Node.java"}}
	kibana       = component{"kibana", "node", []string{"kibana/package.json", "kibana/package-lock.json"}}
	kustoService = component{"kusto", "node", []string{"kusto/package.json", "kusto/package-lock.json"}}
	eqlPackage   = component{"eql", "python3", []string{"python/eql.txt"}}
	esqlPackage  = component{"esql", "python3", []string{"python/esql.txt"}}
	duckDB       = component{"duckdb", "python3", []string{"python/duckdb.txt"}}
	chDB         = component{"chdb", "python3", []string{"python/chdb.txt"}}
)

// source returns the folder of this package, where its drivers lie.
func source() string {
	_, file, _, ok := runtime.Caller(0)
	if !ok {
		return "."
	}
	return filepath.Dir(file)
}

// root returns the folder that components are installed into.
func root() string {
	if dir := os.Getenv("SIGMAC_ENGINES"); dir != "" {
		return dir
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return filepath.Join(os.TempDir(), "sigmac-engines")
	}
	return filepath.Join(home, ".cache", "sigmac-engines")
}

// path returns the path of something in the component's folder.
func (c component) path(elem ...string) string {
	return filepath.Join(append([]string{root(), c.name}, elem...)...)
}

// missing says what is to be installed before the component can run; nothing
// where it can.
func (c component) missing() string {
	if _, err := exec.LookPath(c.program); err != nil {
		return fmt.Sprintf("the program %s is not installed", c.program)
	}
	stamp, err := os.ReadFile(c.path("stamp"))
	if err != nil {
		return fmt.Sprintf("%s is not installed in %s; .ci/engines does it", c.name, root())
	}
	want, err := c.stamp()
	if err != nil {
		return err.Error()
	}
	if string(bytes.TrimSpace(stamp)) != want {
		return fmt.Sprintf("what is installed as %s in %s is not what %s says; .ci/engines replaces it", c.name, root(), c.specs[0])
	}
	return ""
}

// stamp returns the hash of the files that say what is installed.
func (c component) stamp() (string, error) {
	hash := sha256.New()
	for _, name := range c.specs {
		text, err := os.ReadFile(filepath.Join(source(), name))
		if err != nil {
			return "", err
		}
		hash.Write(text)
	}
	return hex.EncodeToString(hash.Sum(nil)), nil
}
