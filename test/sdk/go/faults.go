package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/anthropics/anthropic-sdk-go"
	anthropicoption "github.com/anthropics/anthropic-sdk-go/option"
	"github.com/openai/openai-go/v3"
	openaioption "github.com/openai/openai-go/v3/option"
	"google.golang.org/genai"
)

// A question through one SDK. The address gives each of its requests a fault.
type faultyQuestion struct {
	Sdk     string  `json:"sdk"`
	Case    string  `json:"case"`
	Url     string  `json:"url"`
	Streams bool    `json:"streams"`
	Timeout float64 `json:"timeout"`
}

func (asked faultyQuestion) timeout() time.Duration {
	return time.Duration(asked.Timeout * float64(time.Second))
}

type faultyAnswer struct{ text, finish string }

const faultyText = "Count to four."

// Asks every question of RETAKE_FAULTS, and prints what the application got.
func runFaults(questions string) {
	var all []faultyQuestion
	must(json.Unmarshal([]byte(questions), &all))
	modules := map[string]string{
		"openai-go":        "github.com/openai/openai-go/v3",
		"anthropic-sdk-go": "github.com/anthropics/anthropic-sdk-go",
		"genai":            "google.golang.org/genai",
	}
	for _, asked := range all {
		answer, err := askFaulty(asked)
		outcome := seen{"text": answer.text, "finish": answer.finish}
		if err != nil {
			outcome = seeFaultyError(err)
		}
		name := asked.Sdk + " " + versionOf(modules[asked.Sdk])
		fmt.Println(string(must1(json.Marshal(seen{"sdk": name, "case": asked.Case, "outcome": outcome}))))
	}
}

func askFaulty(asked faultyQuestion) (faultyAnswer, error) {
	switch asked.Sdk {
	case "openai-go":
		return askFaultyOpenai(asked)
	case "anthropic-sdk-go":
		return askFaultyAnthropic(asked)
	default:
		return askFaultyGenai(asked)
	}
}

func seeFaultyError(err error) seen {
	return seeError(err, func(err error) (string, int) {
		var ofOpenai *openai.Error
		var ofAnthropic *anthropic.Error
		var ofGenai genai.APIError
		switch {
		case errors.As(err, &ofOpenai):
			return "openai.Error", ofOpenai.StatusCode
		case errors.As(err, &ofAnthropic):
			return "anthropic.Error", ofAnthropic.StatusCode
		case errors.As(err, &ofGenai):
			return "genai.APIError", ofGenai.Code
		}
		return "", 0
	})
}

func askFaultyOpenai(asked faultyQuestion) (faultyAnswer, error) {
	options := []openaioption.RequestOption{
		openaioption.WithAPIKey("placeholder"), openaioption.WithBaseURL(asked.Url + "/v1"),
	}
	if asked.Timeout > 0 {
		options = append(options, openaioption.WithRequestTimeout(asked.timeout()))
	}
	client := openai.NewClient(options...)
	params := openai.ChatCompletionNewParams{
		Model:    "gpt-4o",
		Messages: []openai.ChatCompletionMessageParamUnion{openai.UserMessage(faultyText)},
	}
	if !asked.Streams {
		completion, err := client.Chat.Completions.New(context.Background(), params)
		if err != nil {
			return faultyAnswer{}, err
		}
		choice := completion.Choices[0]
		return faultyAnswer{choice.Message.Content, choice.FinishReason}, nil
	}
	answer := faultyAnswer{}
	pieces := client.Chat.Completions.NewStreaming(context.Background(), params)
	defer pieces.Close()
	for pieces.Next() {
		choice := pieces.Current().Choices[0]
		answer.text += choice.Delta.Content
		if choice.FinishReason != "" {
			answer.finish = choice.FinishReason
		}
	}
	return answer, pieces.Err()
}

func askFaultyAnthropic(asked faultyQuestion) (faultyAnswer, error) {
	options := []anthropicoption.RequestOption{
		anthropicoption.WithAPIKey("placeholder"), anthropicoption.WithBaseURL(asked.Url),
	}
	if asked.Timeout > 0 {
		options = append(options, anthropicoption.WithRequestTimeout(asked.timeout()))
	}
	client := anthropic.NewClient(options...)
	params := anthropic.MessageNewParams{
		Model:     "claude",
		MaxTokens: 100,
		Messages:  []anthropic.MessageParam{anthropic.NewUserMessage(anthropic.NewTextBlock(faultyText))},
	}
	if !asked.Streams {
		message, err := client.Messages.New(context.Background(), params)
		if err != nil {
			return faultyAnswer{}, err
		}
		return faultyAnswer{textOfMessage(message), string(message.StopReason)}, nil
	}
	message := anthropic.Message{}
	pieces := client.Messages.NewStreaming(context.Background(), params)
	defer pieces.Close()
	for pieces.Next() {
		if err := message.Accumulate(pieces.Current()); err != nil {
			return faultyAnswer{}, err
		}
	}
	return faultyAnswer{textOfMessage(&message), string(message.StopReason)}, pieces.Err()
}

func askFaultyGenai(asked faultyQuestion) (faultyAnswer, error) {
	options := genai.HTTPOptions{BaseURL: asked.Url}
	if asked.Timeout > 0 {
		options.Timeout = genai.Ptr(asked.timeout())
	}
	client := must1(genai.NewClient(context.Background(), &genai.ClientConfig{
		APIKey: "placeholder", Backend: genai.BackendGeminiAPI, HTTPOptions: options,
	}))
	model, contents := "gemini-2.5-flash", genai.Text(faultyText)
	if !asked.Streams {
		reply, err := client.Models.GenerateContent(context.Background(), model, contents, nil)
		if err != nil {
			return faultyAnswer{}, err
		}
		return faultyAnswer{reply.Text(), string(reply.Candidates[0].FinishReason)}, nil
	}
	answer := faultyAnswer{}
	for piece, err := range client.Models.GenerateContentStream(context.Background(), model, contents, nil) {
		if err != nil {
			return answer, err
		}
		answer.text += piece.Text()
		if reason := piece.Candidates[0].FinishReason; reason != "" {
			answer.finish = string(reason)
		}
	}
	return answer, nil
}

// The questions of the tests of faults, if the program runs for them.
func faultQuestions() string { return os.Getenv("RETAKE_FAULTS") }
