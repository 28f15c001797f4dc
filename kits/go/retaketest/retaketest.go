package retaketest

import (
	"maps"
	"os"
	"strings"
	"testing"
)

// Session is the session of one test.
type Session struct {
	// Base URLs, as the SDKs of each API take them. Requests to them count in this test.
	Gemini, OpenAI, Anthropic string
	// Environment has the variables that make unchanged SDKs use this test, for programs that it starts.
	Environment map[string]string
	Cassette    string
	Mode        string

	t  testing.TB
	id string
}

// Option changes the session of a test.
type Option func(*newSession)

// Cassette names the cassette, instead of the one of the test file.
func Cassette(name string) Option {
	return func(session *newSession) { session.Cassette = name }
}

// Faults are what goes wrong with the requests of the test: names of faults, or rules as in retake.config.json.
func Faults(faults ...any) Option {
	return func(session *newSession) { session.Faults = append(session.Faults, faults...) }
}

// Start gives a test a session, which ends with the test. A test or subtest that runs in parallel needs one of its own.
func Start(t testing.TB, options ...Option) *Session {
	t.Helper()
	run, err := sharedRun()
	if err != nil {
		t.Fatal(err)
	}
	wanted := newSession{Name: t.Name()}
	for _, option := range options {
		option(&wanted)
	}
	session, err := run.begin(t, wanted)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		t.Helper()
		if explanation := run.end(session); explanation != "" {
			t.Error(explanation)
		}
	})
	return session
}

// Setenv sets the variables that SDKs read, such as OPENAI_BASE_URL, until the test ends. As [testing.T.Setenv] does, it panics in parallel
// tests. API keys that are set stay.
func (session *Session) Setenv() {
	for name, value := range replaced(session.Environment) {
		session.t.Setenv(name, value)
	}
}

// replaced leaves out the placeholders for API keys that are set: a provider that is recorded asks for them.
func replaced(environment map[string]string) map[string]string {
	variables := maps.Clone(environment)
	maps.DeleteFunc(variables, func(name, _ string) bool {
		return strings.HasSuffix(name, "_KEY") && os.Getenv(name) != ""
	})
	return variables
}
