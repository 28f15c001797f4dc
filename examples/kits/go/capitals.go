package capitals

import (
	"context"

	"github.com/openai/openai-go/v3"
)

// Of returns the capital of a country; nothing if the model cannot be reached.
func Of(client openai.Client, country string) string {
	completion, err := client.Chat.Completions.New(context.Background(), openai.ChatCompletionNewParams{
		Model:       openai.ChatModelGPT4oMini,
		Messages:    []openai.ChatCompletionMessageParamUnion{openai.UserMessage("What is the capital of " + country + "?")},
		Temperature: openai.Float(0),
	})
	if err != nil {
		return ""
	}
	return completion.Choices[0].Message.Content
}
