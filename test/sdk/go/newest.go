//go:build !oldest

package main

import (
	"context"

	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/responses"
)

const age = ""

var openaiTokenCount = []testCase{{"token count", func(address string) seen {
	input := responses.InputTokenCountParamsInputUnion{OfString: openai.String(asked.TokenCount)}
	client := openaiClient(address)
	counted := must1(client.Responses.InputTokens.Count(
		context.Background(),
		responses.InputTokenCountParams{Model: openai.String(asked.Openai), Input: input},
	))
	return seen{"tokens": counted.InputTokens}
}}}
