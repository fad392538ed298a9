package engines

import (
	"fmt"
	"os"
	"testing"
)

// Enable is the environment variable that makes the tests of this package run:
// with all engines they take many minutes.
const Enable = "SIGMAC_RUN_ENGINES"

func TestMain(m *testing.M) {
	if os.Getenv(Enable) == "" && os.Getenv(Required) == "" {
		fmt.Println("the engines are skipped: .ci/engines installs them, " + Enable + "=1 runs them")
		os.Exit(0)
	}
	os.Exit(m.Run())
}
