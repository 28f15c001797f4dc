// Package retaketest records and replays the Gemini, OpenAI and Anthropic APIs in tests.
//
//	func TestCapital(t *testing.T) {
//		retake := retaketest.Start(t)
//		client := openai.NewClient(option.WithBaseURL(retake.OpenAI))
//		// …
//	}
//
// Each test file has a cassette in the folder cassettes of the module, and each test has a session. A test fails if one of its requests has
// no recording, even if the tested code ignores the error. RETAKE_MODE=auto go test ./... records.
//
// The program retake is the one that RETAKE_BIN names, or that of the npm package in node_modules, or retake on PATH, or npx fetches it from npm.
package retaketest
