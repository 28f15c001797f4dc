package retaketest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"time"
)

// What the kit uses of the control API: docs/control-api.md.

type newSession struct {
	Name     string `json:"name"`
	Cassette string `json:"cassette,omitempty"`
	Parent   string `json:"parent,omitempty"`
	Faults   []any  `json:"faults,omitempty"`
}

type sessionAnswer struct {
	ID       string `json:"id"`
	Cassette string `json:"cassette"`
	Mode     string `json:"mode"`
	URLs     struct {
		Gemini    string `json:"gemini"`
		OpenAI    string `json:"openai"`
		Anthropic string `json:"anthropic"`
	} `json:"urls"`
	Environment map[string]string `json:"environment"`
}

type outcome struct {
	Verdict  verdict `json:"verdict"`
	Failures []struct {
		Code    string `json:"code"`
		Message string `json:"message"`
	} `json:"failures"`
}

type verdict struct {
	Missed int          `json:"missed"`
	Misses []miss       `json:"misses"`
	Unused []unusedTake `json:"unused"`
}

type miss struct {
	Key     string `json:"key"`
	Message string `json:"message"`
}

type unusedTake struct {
	Cassette string `json:"cassette"`
	Key      string `json:"key"`
	Take     int    `json:"take"`
	Question string `json:"question"`
}

// controlClient is a client of the control API. Tests may replace the default client and transport, so it has its own.
type controlClient struct {
	address string
	client  *http.Client
}

func newControlClient(address string) *controlClient {
	return &controlClient{address, &http.Client{Transport: &http.Transport{}, Timeout: time.Minute}}
}

func (control *controlClient) createSession(session newSession) (answer sessionAnswer, err error) {
	// The end of a name says more than its beginning.
	if runes := []rune(session.Name); len(runes) > 500 {
		session.Name = string(runes[len(runes)-500:])
	}
	err = control.call("POST", "/sessions", session, &answer)
	return answer, err
}

func (control *controlClient) endSession(id string) (answer outcome, err error) {
	err = control.call("DELETE", "/sessions/"+id, nil, &answer)
	return answer, err
}

// verdict returns the outcome of all requests to the server.
func (control *controlClient) verdict() (answer verdict, err error) {
	err = control.call("GET", "/verdict", nil, &answer)
	return answer, err
}

func (control *controlClient) call(method, path string, body, answer any) error {
	var sent bytes.Buffer
	if body != nil {
		if err := json.NewEncoder(&sent).Encode(body); err != nil {
			return fmt.Errorf("retake: %w", err)
		}
	}
	request, err := http.NewRequest(method, control.address+"/_retake/v1"+path, &sent)
	if err != nil {
		return fmt.Errorf("retake: RETAKE_URL is not the address of a retake: %w", err)
	}
	request.Header.Set("content-type", "application/json")
	response, err := control.client.Do(request)
	if err != nil {
		return fmt.Errorf("retake at %s does not answer: %w", control.address, err)
	}
	defer response.Body.Close()
	if response.StatusCode < 400 {
		return json.NewDecoder(response.Body).Decode(answer)
	}
	var refused struct {
		Error struct {
			Message string `json:"message"`
			Hint    string `json:"hint"`
		} `json:"error"`
	}
	if err := json.NewDecoder(response.Body).Decode(&refused); err != nil || refused.Error.Message == "" {
		return fmt.Errorf("retake: %s %s at %s: status %d", method, path, control.address, response.StatusCode)
	}
	if refused.Error.Hint == "" {
		return fmt.Errorf("retake: %s", refused.Error.Message)
	}
	return fmt.Errorf("retake: %s. %s", refused.Error.Message, refused.Error.Hint)
}
