package main

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"strings"

	"github.com/anthropics/anthropic-sdk-go"
	"github.com/anthropics/anthropic-sdk-go/option"
)

func anthropicClient(address string) anthropic.Client {
	return anthropic.NewClient(option.WithAPIKey("placeholder"), option.WithBaseURL(address))
}

type (
	messageParams = anthropic.MessageNewParams
	messageBlock  = anthropic.ContentBlockParamUnion
)

// Sends a field that the types no longer have.
func withTemperature(temperature float64) option.RequestOption {
	return option.WithJSONSet("temperature", temperature)
}

func withAnthropicSettings(params messageParams) messageParams {
	params.Model = asked.Anthropic
	params.MaxTokens = asked.MaxTokens
	return params
}

func tryAnthropic(address string, params messageParams, temperature float64) (*anthropic.Message, error) {
	client := anthropicClient(address)
	return client.Messages.New(context.Background(), withAnthropicSettings(params), withTemperature(temperature))
}

func askAnthropic(address string, params messageParams) *anthropic.Message {
	return must1(tryAnthropic(address, params, 0))
}

func anthropicQuestion(blocks ...messageBlock) messageParams {
	return messageParams{Messages: []anthropic.MessageParam{anthropic.NewUserMessage(blocks...)}}
}

func textOfMessage(message *anthropic.Message) string {
	text := strings.Builder{}
	for _, block := range message.Content {
		text.WriteString(block.Text)
	}
	return text.String()
}

func readAnthropic(ctx context.Context, address, question string, onText func(string)) (message anthropic.Message, err error) {
	client := anthropicClient(address)
	params := withAnthropicSettings(anthropicQuestion(anthropic.NewTextBlock(question)))
	pieces := client.Messages.NewStreaming(ctx, params, withTemperature(0))
	defer pieces.Close()
	for pieces.Next() {
		event := pieces.Current()
		must(message.Accumulate(event))
		if event.Type == "content_block_delta" && event.Delta.Text != "" {
			onText(event.Delta.Text)
		}
	}
	return message, pieces.Err()
}

func seeAnthropicBlock(address string, block messageBlock, question string) seen {
	params := anthropicQuestion(block, anthropic.NewTextBlock(question))
	return seen{"text": textOfMessage(askAnthropic(address, params))}
}

func seeAnthropicError(err error) seen {
	return seeError(err, func(err error) (string, int) {
		var raised *anthropic.Error
		if errors.As(err, &raised) {
			return "anthropic.Error", raised.StatusCode
		}
		return "", 0
	})
}

var anthropicCases = []testCase{
	{"unary", func(address string) seen {
		message := askAnthropic(address, anthropicQuestion(anthropic.NewTextBlock(asked.Unary)))
		usage := message.Usage
		return seen{"text": textOfMessage(message), "inputTokens": usage.InputTokens, "outputTokens": usage.OutputTokens}
	}},
	{"stream", func(address string) seen {
		pieces := []string{}
		message := must1(readAnthropic(context.Background(), address, asked.Stream, func(text string) { pieces = append(pieces, text) }))
		return seen{"pieces": pieces, "outputTokens": message.Usage.OutputTokens}
	}},
	{"system", func(address string) seen {
		params := anthropicQuestion(anthropic.NewTextBlock(asked.System.Question))
		params.System = []anthropic.TextBlockParam{{Text: asked.System.Instruction}}
		return seen{"text": textOfMessage(askAnthropic(address, params))}
	}},
	{"multi-turn", func(address string) seen {
		params := messageParams{Messages: []anthropic.MessageParam{
			anthropic.NewUserMessage(anthropic.NewTextBlock(asked.MultiTurn[0])),
			anthropic.NewAssistantMessage(anthropic.NewTextBlock(asked.MultiTurn[1])),
			anthropic.NewUserMessage(anthropic.NewTextBlock(asked.MultiTurn[2])),
		}}
		return seen{"text": textOfMessage(askAnthropic(address, params))}
	}},
	{"structured output", func(address string) seen {
		params := anthropicQuestion(anthropic.NewTextBlock(asked.Structured.Question))
		params.OutputConfig.Format = anthropic.JSONOutputFormatParam{Schema: asked.Structured.Schema}
		return asJson(textOfMessage(askAnthropic(address, params)))
	}},
	{"tool loop", func(address string) seen {
		params := anthropicQuestion(anthropic.NewTextBlock(asked.Tool.Question))
		schema := anthropic.ToolInputSchemaParam{}
		must(json.Unmarshal(must1(json.Marshal(asked.Tool.Parameters)), &schema))
		params.Tools = []anthropic.ToolUnionParam{{OfTool: &anthropic.ToolParam{
			Name:        asked.Tool.Name,
			Description: anthropic.String(asked.Tool.Description),
			InputSchema: schema,
		}}}
		forced := params
		forced.ToolChoice = anthropic.ToolChoiceUnionParam{OfAny: &anthropic.ToolChoiceAnyParam{}}
		message := askAnthropic(address, forced)
		call := message.Content[len(message.Content)-1].AsToolUse()
		result := string(must1(json.Marshal(asked.Tool.Result)))
		told := anthropic.NewUserMessage(anthropic.NewToolResultBlock(call.ID, result, false))
		params.Messages = append(params.Messages, message.ToParam(), told)
		answer := askAnthropic(address, params)
		return seen{"name": call.Name, "arguments": asJson(string(call.Input)), "text": textOfMessage(answer)}
	}},
	{"image", func(address string) seen {
		return seeAnthropicBlock(address, anthropic.NewImageBlockBase64("image/png", asked.Image.base64()), asked.Image.Question)
	}},
	{"PDF", func(address string) seen {
		block := anthropic.NewDocumentBlock(anthropic.Base64PDFSourceParam{Data: asked.Pdf.base64()})
		return seeAnthropicBlock(address, block, asked.Pdf.Question)
	}},
	{"token count", func(address string) seen {
		client := anthropicClient(address)
		counted := must1(client.Messages.CountTokens(context.Background(), anthropic.MessageCountTokensParams{
			Model:    asked.Anthropic,
			Messages: anthropicQuestion(anthropic.NewTextBlock(asked.TokenCount)).Messages,
		}))
		return seen{"tokens": counted.InputTokens}
	}},
	{"models", func(address string) seen {
		client := anthropicClient(address)
		pages := client.Models.ListAutoPaging(context.Background(), anthropic.ModelListParams{})
		listed := pages.Next()
		must(pages.Err())
		found := must1(client.Models.Get(context.Background(), asked.Anthropic, anthropic.ModelGetParams{}))
		return seen{"listed": listed, "found": found.ID == asked.Anthropic}
	}},
	{"upload", func(address string) seen {
		client := anthropicClient(address)
		opened := must1(os.Open(asked.Pdf.path()))
		defer opened.Close()
		file := must1(client.Files.Upload(context.Background(), anthropic.FileUploadParams{File: opened}))
		block := anthropic.NewDocumentBlock(anthropic.FileDocumentSourceParam{FileID: file.ID})
		what := seeAnthropicBlock(address, block, asked.Pdf.Question)
		must1(client.Files.Delete(context.Background(), file.ID, anthropic.FileDeleteParams{}))
		return what
	}},
	{"error shapes", func(address string) seen {
		_, err := tryAnthropic(address, anthropicQuestion(anthropic.NewTextBlock(asked.ErrorShapes)), 9)
		return seeAnthropicError(err)
	}},
	{"a miss", func(address string) seen {
		_, err := tryAnthropic(address, anthropicQuestion(anthropic.NewTextBlock(asked.Miss)), 0)
		return seeAnthropicError(err)
	}},
	{"failure", func(address string) seen {
		_, err := tryAnthropic(address, anthropicQuestion(anthropic.NewTextBlock(asked.Failure)), 0)
		return seeAnthropicError(err)
	}},
	{"failure in mid-stream", func(address string) seen {
		text := ""
		_, err := readAnthropic(context.Background(), address, asked.Broken, func(piece string) { text += piece })
		what := seeAnthropicError(err)
		what["text"] = text
		return what
	}},
	{"abort in mid-stream", func(address string) seen {
		ctx, abort := context.WithCancel(context.Background())
		text := ""
		_, err := readAnthropic(ctx, address, asked.Abort, func(piece string) {
			text += piece
			abort()
		})
		if err != nil && ctx.Err() == nil {
			panic(err)
		}
		return seen{"text": text}
	}},
}
