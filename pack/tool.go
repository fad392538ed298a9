package pack

import (
	"crypto/sha256"
	"io"
	"os"
	"runtime/debug"
	"strings"
	"sync"
)

// A Tool is the program that builds packs, as manifests name it.
type Tool struct {
	Name    string `json:"name"`
	Version string `json:"version"`
	Commit  string `json:"commit,omitempty"` // that it was built from

	build digest // tells programs apart whose versions are the same
}

// ThisTool returns what is known of the running program. One that was not
// built of a commit as it is, as in development, is told from others by its
// file.
var ThisTool = sync.OnceValue(func() Tool {
	t := Tool{Name: "sigmac", Version: "(devel)"}
	changed := true
	if info, ok := debug.ReadBuildInfo(); ok {
		if info.Main.Version != "" {
			t.Version = info.Main.Version
		}
		for _, s := range info.Settings {
			switch s.Key {
			case "vcs.revision":
				t.Commit = s.Value
			case "vcs.modified":
				changed = s.Value == "true"
			}
		}
		changed = changed && !released(t.Version)
	}
	if changed {
		t.build = executable()
	}
	return t
})

// released reports whether a version names one text of the program.
func released(version string) bool {
	return strings.HasPrefix(version, "v") && !strings.HasSuffix(version, "+dirty")
}

// executable returns the digest of the file of the program.
func executable() (d digest) {
	path, err := os.Executable()
	if err != nil {
		return d
	}
	f, err := os.Open(path)
	if err != nil {
		return d
	}
	defer f.Close() //nolint:errcheck // it was only read
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return d
	}
	return done(h)
}
