package retaketest

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// place is where the tests are.
type place struct {
	// The folder of go.mod.
	root string
	// The folder of the package, in which go test runs its tests.
	directory string
	// Its path in the module, as go test takes it: ./internal/chat.
	packagePath string
}

// Before any test changes the working directory.
var packagePlace = findPlace()

func findPlace() place {
	directory, err := os.Getwd()
	if err != nil {
		directory = "."
	}
	root := directory
	for folder := directory; ; folder = filepath.Dir(folder) {
		if _, err := os.Stat(filepath.Join(folder, "go.mod")); err == nil {
			root = folder
			break
		}
		if filepath.Dir(folder) == folder {
			break
		}
	}
	packagePath := "."
	if path, err := filepath.Rel(root, directory); err == nil && path != "." {
		packagePath = "./" + filepath.ToSlash(path)
	}
	return place{root, directory, packagePath}
}

// installedScript returns the command line of the npm package in node_modules, in the folder of the package or above it, as Node finds it.
func (place place) installedScript() (string, bool) {
	for folder := place.directory; ; folder = filepath.Dir(folder) {
		script := filepath.Join(folder, "node_modules", "retake", "dist", "bin", "retake.js")
		if _, err := os.Stat(script); err == nil {
			return script, true
		}
		if filepath.Dir(folder) == folder {
			return "", false
		}
	}
}

func (place place) cassettes() string {
	folder := os.Getenv("RETAKE_CASSETTE")
	if folder == "" {
		folder = "cassettes"
	}
	if filepath.IsAbs(folder) || strings.Contains(folder, "://") {
		return folder
	}
	return filepath.Join(place.root, folder)
}

// pathOf returns the path of a test file in the module. The compiler may have left out the folders, so only the name of the file counts.
func (place place) pathOf(file string) string {
	return strings.TrimPrefix(place.packagePath+"/"+filepath.Base(file), "./")
}

// recordCommand returns what records the answers of a test, or of all tests of the package.
func (place place) recordCommand(test string) string {
	command := "RETAKE_MODE=auto go test " + place.packagePath
	if test != "" {
		command += " -run '^" + test + "$'"
	}
	return command
}

// testFile returns the file of the running test: the outermost one on the stack, because helpers may be in other files.
func testFile() (string, error) {
	var callers [64]uintptr
	frames := runtime.CallersFrames(callers[:runtime.Callers(1, callers[:])])
	file := ""
	for {
		frame, more := frames.Next()
		if strings.HasSuffix(frame.File, "_test.go") {
			file = frame.File
		}
		if !more {
			break
		}
	}
	if file == "" {
		return "", errors.New("retake: the test file is not known here. Call retaketest.Start in the goroutine of the test, or name a cassette with retaketest.Cassette")
	}
	return file, nil
}
