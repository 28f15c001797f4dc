package retaketest

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// version is that of the npm package that belongs to this module.
const version = "0.1.0"

// program returns the words that start retake: what RETAKE_BIN names, the npm package in the project, retake on PATH, or npx, which fetches
// the package.
func program() ([]string, error) {
	if path := os.Getenv("RETAKE_BIN"); path != "" {
		if _, err := os.Stat(path); err != nil {
			return nil, fmt.Errorf("retake: RETAKE_BIN does not name a program: %w", err)
		}
		if extension := filepath.Ext(path); extension == ".js" || extension == ".mjs" {
			return []string{"node", path}, nil
		}
		return []string{path}, nil
	}
	if script, ok := packagePlace.installedScript(); ok {
		if node, err := exec.LookPath("node"); err == nil {
			return []string{node, script}, nil
		}
	}
	if path, err := exec.LookPath("retake"); err == nil {
		return []string{path}, nil
	}
	if path, err := exec.LookPath("npx"); err == nil {
		return []string{path, "--yes", "retake@" + version}, nil
	}
	return nil, errors.New("retake was not found: install it with `npm install --save-dev retake` in the folder of go.mod or with `pip install retake`, or set RETAKE_BIN to its path. With Node on PATH, npx would fetch it")
}
