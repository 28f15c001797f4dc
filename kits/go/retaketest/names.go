package retaketest

import (
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"strings"
)

const longestName = 80

var (
	plainPath  = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]*(?:/[A-Za-z0-9][A-Za-z0-9_-]*)*$`)
	deviceName = regexp.MustCompile(`^(?i:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:[._]|$)`)
	others     = regexp.MustCompile(`[^A-Za-z0-9.-]+`)
	beginning  = regexp.MustCompile(`^[^A-Za-z0-9]+`)
)

// cassetteNameOf returns the name of the cassette of a test file, by its path in the module: internal/chat/chat_test.go becomes
// internal.chat.chat_test. Every path has a name of its own, which is a file name on every system: where the path has other characters, is
// long, or is a device of Windows, the name ends with a digest of it.
func cassetteNameOf(path string) string {
	if plain, isGo := strings.CutSuffix(path, ".go"); isGo && plainPath.MatchString(plain) {
		name := strings.ReplaceAll(plain, "/", ".")
		if len(name) <= longestName && !deviceName.MatchString(name) && !strings.HasSuffix("."+name, ".cassette") {
			return name
		}
	}
	digest := sha256.Sum256([]byte(path))
	readable := others.ReplaceAllString(path, "-")
	readable = beginning.ReplaceAllString(readable[max(0, len(readable)-longestName):], "")
	if readable == "" {
		readable = "test"
	}
	name := readable + "_" + hex.EncodeToString(digest[:])[:12]
	if deviceName.MatchString(name) {
		return "test-" + name
	}
	return name
}
