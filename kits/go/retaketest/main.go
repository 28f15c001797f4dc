package retaketest

import (
	"flag"
	"fmt"
	"os"
	"testing"
)

// Main runs the tests of a package, for its TestMain. It sets the variables that SDKs read before the first test: so clients that are
// created once, without a base URL, are counted in the test that is running, if it does not run in parallel with others. It prints the
// recorded answers that no test requested, if all tests of their file ran and passed.
//
//	func TestMain(m *testing.M) { retaketest.Main(m) }
func Main(m *testing.M) {
	os.Exit(runTests(m))
}

func runTests(m *testing.M) int {
	flag.Parse()
	run, err := sharedRun()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	for name, value := range replaced(run.whole.Environment) {
		os.Setenv(name, value)
	}
	code := m.Run()
	failure, notices, err := run.finish(code == 0 && !leavesOutTests())
	for _, notice := range notices {
		fmt.Fprintf(os.Stderr, "\n%s\n", notice)
	}
	if err != nil {
		failure = err.Error()
	}
	if failure == "" {
		return code
	}
	fmt.Fprintf(os.Stderr, "\n%s\n", failure)
	return max(code, 1)
}

func leavesOutTests() bool {
	for _, name := range []string{"test.run", "test.skip", "test.list"} {
		if chosen := flag.Lookup(name); chosen != nil && chosen.Value.String() != "" {
			return true
		}
	}
	return testing.Short()
}
