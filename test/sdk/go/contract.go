// A program of the contract tests: sends the requests of asked.json, and prints one line of JSON for each case.
package main

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
)

type wording struct {
	Gemini          string   `json:"gemini"`
	Openai          string   `json:"openai"`
	Anthropic       string   `json:"anthropic"`
	GeminiEmbedding string   `json:"geminiEmbedding"`
	OpenaiEmbedding string   `json:"openaiEmbedding"`
	MaxTokens       int64    `json:"maxTokens"`
	Unary           string   `json:"unary"`
	Stream          string   `json:"stream"`
	MultiTurn       []string `json:"multi-turn"`
	System          struct{ Instruction, Question string }
	Structured      struct {
		Question, Name string
		Schema         map[string]any
	} `json:"structured output"`
	Tool struct {
		Question, Name, Description string
		Parameters, Result          map[string]any
	} `json:"tool loop"`
	Image      attached
	Pdf        attached `json:"PDF"`
	Candidates string
	Logprobs   struct {
		Question string
		Top      int64
	}
	TokenCount  string `json:"token count"`
	Embeddings  []string
	ErrorShapes string `json:"error shapes"`
	Miss        string `json:"a miss"`
	Failure     string
	Broken      string `json:"failure in mid-stream"`
	Abort       string `json:"abort in mid-stream"`
}

type attached struct{ Question, File string }

var asked = readAsked()

func readAsked() (read wording) {
	must(json.Unmarshal(must1(os.ReadFile(os.Getenv("RETAKE_ASKED"))), &read))
	return read
}

func (file attached) path() string {
	return filepath.Join(filepath.Dir(os.Getenv("RETAKE_ASKED")), file.File)
}
func (file attached) bytes() []byte  { return must1(os.ReadFile(file.path())) }
func (file attached) base64() string { return base64.StdEncoding.EncodeToString(file.bytes()) }

// The results that an application sees.
type seen map[string]any

type testCase struct {
	name string
	see  func(address string) seen
}

func runCases(sdk, module string, cases []testCase) {
	for _, one := range cases {
		line := map[string]any{"sdk": sdk, "version": versionOf(module), "case": one.name}
		runCase(line, one, addressOf(sdk, one.name))
		fmt.Println(string(must1(json.Marshal(line))))
	}
}

func runCase(line map[string]any, one testCase, address string) {
	defer func() {
		if failure := recover(); failure != nil {
			line["status"] = "failed"
			line["detail"] = fmt.Sprintf("%v\n%s", failure, debug.Stack())
		}
	}()
	line["seen"] = one.see(address)
	line["status"] = "passed"
}

// Cases whose requests are counted have separate URLs.
func addressOf(sdk, name string) string {
	own := "/@" + strings.ReplaceAll(name, " ", "-") + "." + sdk
	if name == "a miss" {
		return os.Getenv("RETAKE_PLAYED_URL") + own
	}
	if strings.Contains(name, "failure") || strings.Contains(name, "abort") {
		return os.Getenv("RETAKE_SCRIPTED_URL") + own
	}
	return os.Getenv("RETAKE_PLAYED_URL") + "/@sdk"
}

func versionOf(module string) string {
	information, _ := debug.ReadBuildInfo()
	for _, dependency := range information.Deps {
		if dependency.Path == module {
			return strings.TrimPrefix(dependency.Version, "v")
		}
	}
	return "unknown"
}

// The details of an SDK error that an application can read.
func seeError(err error, statusOf func(error) (string, int)) seen {
	if err == nil {
		panic("Expected an error, but an answer came")
	}
	name, status := statusOf(err)
	if name == "" {
		for errors.Unwrap(err) != nil {
			err = errors.Unwrap(err)
		}
		return seen{"raised": fmt.Sprintf("%T", err), "status": nil}
	}
	return seen{"raised": name, "status": status}
}

// Embeddings in a form that is the same in all languages, which print numbers differently.
func seeVectors[number float32 | float64](vectors [][]number) seen {
	dimensions := []int{}
	beginnings := [][]int{}
	for _, vector := range vectors {
		dimensions = append(dimensions, len(vector))
		beginning := []int{}
		for _, value := range vector[:3] {
			beginning = append(beginning, int(math.Round(float64(value)*10_000)))
		}
		beginnings = append(beginnings, beginning)
	}
	return seen{"dimensions": dimensions, "beginnings": beginnings}
}

func asJson(text string) (value seen) {
	must(json.Unmarshal([]byte(text), &value))
	return value
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func must1[value any](result value, err error) value {
	must(err)
	return result
}
