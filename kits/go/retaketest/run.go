package retaketest

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

// run is what the tests of a package share: a retake, and a session whose parts their sessions are.
type run struct {
	control *controlClient
	server  *server
	place   place
	whole   sessionAnswer

	mutex sync.Mutex
	open  map[string]*Session
	// The paths of the test files, with their own cassettes; false if some of their tests did not run to the end.
	files     map[string]bool
	told      map[string]bool
	toldCount int
}

var sharedRun = sync.OnceValues(openRun)

func openRun() (*run, error) {
	place := packagePlace
	address := os.Getenv("RETAKE_URL")
	var started *server
	if address == "" {
		mode := os.Getenv("RETAKE_MODE")
		if mode == "" {
			mode = "replay"
		}
		var err error
		if started, err = startServer(place.cassettes(), mode, place.root); err != nil {
			return nil, err
		}
		address = started.address
	}
	control := newControlClient(address)
	whole, err := control.createSession(newSession{Name: "go test " + place.packagePath})
	if err != nil {
		return nil, err
	}
	return &run{
		control: control,
		server:  started,
		place:   place,
		whole:   whole,
		open:    map[string]*Session{},
		files:   map[string]bool{},
		told:    map[string]bool{},
	}, nil
}

func (run *run) begin(t testing.TB, wanted newSession) (*Session, error) {
	run.mutex.Lock()
	defer run.mutex.Unlock()
	wanted.Parent = run.whole.ID
	outer := run.outerOf(t.Name())
	if outer != nil {
		wanted.Parent = outer.id
	}
	if wanted.Cassette == "" && outer == nil {
		file, err := testFile()
		if err != nil {
			return nil, err
		}
		path := run.place.pathOf(file)
		if _, isKnown := run.files[path]; !isKnown {
			run.files[path] = true
		}
		wanted.Cassette = cassetteNameOf(path)
	}
	if run.server != nil && wanted.Cassette != "" {
		// go test caches results until a file changes that the test has opened.
		_, _ = os.ReadFile(filepath.Join(run.place.cassettes(), wanted.Cassette+".cassette"))
	}
	answer, err := run.control.createSession(wanted)
	if err != nil {
		return nil, err
	}
	session := &Session{
		Gemini:      answer.URLs.Gemini,
		OpenAI:      answer.URLs.OpenAI,
		Anthropic:   answer.URLs.Anthropic,
		Environment: answer.Environment,
		Cassette:    answer.Cassette,
		Mode:        answer.Mode,
		t:           t,
		id:          answer.ID,
	}
	run.open[t.Name()] = session
	return session, nil
}

// outerOf returns the session of the running test that this one is a subtest of.
func (run *run) outerOf(name string) *Session {
	for {
		// A second session of a test is a part of the first.
		if session := run.open[name]; session != nil {
			return session
		}
		last := strings.LastIndexByte(name, '/')
		if last < 0 {
			return nil
		}
		name = name[:last]
	}
}

// end returns why the test fails, or nothing if each of its requests had a recording.
func (run *run) end(session *Session) string {
	run.mutex.Lock()
	defer run.mutex.Unlock()
	name := session.t.Name()
	if run.open[name] == session {
		delete(run.open, name)
	}
	outcome, err := run.control.endSession(session.id)
	if err != nil {
		return err.Error()
	}
	if run.outerOf(name) == nil {
		run.toldCount += outcome.Verdict.Missed
	}
	for _, miss := range outcome.Verdict.Misses {
		run.told[miss.Key] = true
	}
	if session.t.Skipped() || session.t.Failed() {
		for path := range run.files {
			if cassetteNameOf(path) == session.Cassette {
				run.files[path] = false
			}
		}
	}
	top, _, _ := strings.Cut(name, "/")
	return describeMisses("this test", outcome, run.place.recordCommand(top))
}

// finish ends the session of the package. The failure is what its requests outside of tests missed.
func (run *run) finish(isWhole bool) (failure string, notices []string, err error) {
	outcome, err := run.control.endSession(run.whole.ID)
	if err != nil {
		return "", nil, err
	}
	outcome.Verdict.Missed -= run.toldCount
	outcome.Verdict.Misses = slices.DeleteFunc(outcome.Verdict.Misses, func(miss miss) bool { return run.told[miss.Key] })
	failure = describeMisses("the tests of "+run.place.packagePath, outcome, run.place.recordCommand(""))
	if isWhole {
		verdict, err := run.control.verdict()
		if err != nil {
			return failure, nil, err
		}
		for path, ranWhole := range run.files {
			if ranWhole {
				notices = append(notices, describeUnused(verdict.Unused, cassetteNameOf(path), path)...)
			}
		}
		slices.Sort(notices)
	}
	if run.server != nil {
		err = run.server.close()
	}
	return failure, notices, err
}
