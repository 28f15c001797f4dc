package retaketest

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os/exec"
	"strings"
	"sync"
	"time"
)

const (
	// Without a model; npx may have to fetch the program.
	startLimit = 5 * time.Minute
	// A model may have to be fetched and loaded.
	readyLimit = 15 * time.Minute
	closeLimit = time.Minute
)

// server is a `retake serve` on a free port. It stops when the pipe to its standard input is closed, which the operating system does for a
// process that has ended.
type server struct {
	address string
	command *exec.Cmd
	stdin   io.Closer
	ended   chan struct{}
	errors  *tail
}

func startServer(cassettes, mode, directory string) (*server, error) {
	words, err := program()
	if err != nil {
		return nil, err
	}
	words = append(words, "serve", "--port", "0", "--log", "json", "--stop-on-stdin-end", "--mode", mode, "--cassette", cassettes)
	if mode == "replay" {
		words = append(words, "--allow-missing-cassettes")
	}
	command := exec.Command(words[0], words[1:]...)
	command.Dir = directory
	errors := &tail{}
	command.Stderr = errors
	stdin, err := command.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("retake could not be started: %w", err)
	}
	output, err := command.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("retake could not be started: %w", err)
	}
	if err := command.Start(); err != nil {
		return nil, fmt.Errorf("retake could not be started: %w", err)
	}
	server := &server{command: command, stdin: stdin, ended: make(chan struct{}), errors: errors}
	listening := make(chan string, 1)
	go server.follow(output, listening)
	if err := server.untilListening(listening); err != nil {
		return nil, err
	}
	if err := untilReady(server.address); err != nil {
		_ = server.close()
		return nil, err
	}
	return server, nil
}

// follow reads the output to its end, and sends the address of the first line, which is JSON.
func (server *server) follow(output io.Reader, listening chan<- string) {
	lines := bufio.NewReader(output)
	first, _ := lines.ReadBytes('\n')
	var line struct {
		Address string `json:"address"`
	}
	if json.Unmarshal(first, &line) == nil && line.Address != "" {
		listening <- line.Address
	}
	_, _ = io.Copy(io.Discard, lines)
	_ = server.command.Wait()
	close(server.ended)
}

func (server *server) untilListening(listening <-chan string) error {
	select {
	case server.address = <-listening:
		return nil
	case <-server.ended:
		return fmt.Errorf("retake could not be started: %s", server.errors.or(server.command.ProcessState.String()))
	case <-time.After(startLimit):
		_ = server.command.Process.Kill()
		return errors.New("retake could not be started: it did not start within 5 minutes")
	}
}

// close ends it, and returns when its recordings are saved.
func (server *server) close() error {
	_ = server.stdin.Close()
	select {
	case <-server.ended:
		return nil
	case <-time.After(closeLimit):
		_ = server.command.Process.Kill()
		return errors.New("retake did not end within a minute")
	}
}

// untilReady waits for the model in a mode that records: tests have timeouts.
func untilReady(address string) error {
	client := newControlClient(address).client
	for deadline := time.Now().Add(readyLimit); time.Now().Before(deadline); time.Sleep(100 * time.Millisecond) {
		response, err := client.Get(address + "/health")
		if err != nil {
			return fmt.Errorf("retake does not answer: %w", err)
		}
		var health struct {
			Upstream struct {
				Phase  string `json:"phase"`
				Detail string `json:"detail"`
			} `json:"upstream"`
		}
		err = json.NewDecoder(response.Body).Decode(&health)
		response.Body.Close()
		if response.StatusCode == http.StatusOK {
			return nil
		}
		if err == nil && health.Upstream.Phase == "failed" {
			return fmt.Errorf("retake: the model cannot answer: %s", health.Upstream.Detail)
		}
	}
	return errors.New("retake: the model was not ready within 15 minutes")
}

// tail keeps the end of what was written to it.
type tail struct {
	mutex sync.Mutex
	text  []byte
}

func (tail *tail) Write(data []byte) (int, error) {
	tail.mutex.Lock()
	defer tail.mutex.Unlock()
	tail.text = append(tail.text, data...)
	if excess := len(tail.text) - 10_000; excess > 0 {
		tail.text = append([]byte(nil), tail.text[excess:]...)
	}
	return len(data), nil
}

func (tail *tail) or(other string) string {
	tail.mutex.Lock()
	defer tail.mutex.Unlock()
	if text := strings.TrimSpace(string(tail.text)); text != "" {
		return text
	}
	return other
}
