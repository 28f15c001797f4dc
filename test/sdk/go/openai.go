package main

import (
	"context"
	"encoding/json"
	"errors"
	"os"

	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/option"
)

func openaiClient(address string) openai.Client {
	return openai.NewClient(option.WithAPIKey("placeholder"), option.WithBaseURL(address+"/v1"))
}

type (
	chatParams  = openai.ChatCompletionNewParams
	chatMessage = openai.ChatCompletionMessageParamUnion
)

func withOpenaiSettings(params chatParams) chatParams {
	params.Model = asked.Openai
	if !params.Temperature.Valid() {
		params.Temperature = openai.Float(0)
	}
	params.MaxCompletionTokens = openai.Int(asked.MaxTokens)
	return params
}

func tryOpenai(address string, params chatParams) (*openai.ChatCompletion, error) {
	client := openaiClient(address)
	return client.Chat.Completions.New(context.Background(), withOpenaiSettings(params))
}

func askOpenai(address string, params chatParams) openai.ChatCompletionMessage {
	return must1(tryOpenai(address, params)).Choices[0].Message
}

func openaiQuestion(question string) chatParams {
	return chatParams{Messages: []chatMessage{openai.UserMessage(question)}}
}

func readOpenai(ctx context.Context, address, question string, onText func(string)) (last openai.ChatCompletionChunk, err error) {
	client := openaiClient(address)
	params := withOpenaiSettings(openaiQuestion(question))
	params.StreamOptions = openai.ChatCompletionStreamOptionsParam{IncludeUsage: openai.Bool(true)}
	pieces := client.Chat.Completions.NewStreaming(ctx, params)
	defer pieces.Close()
	for pieces.Next() {
		last = pieces.Current()
		if len(last.Choices) > 0 && last.Choices[0].Delta.Content != "" {
			onText(last.Choices[0].Delta.Content)
		}
	}
	return last, pieces.Err()
}

func seeOpenaiPart(address string, part openai.ChatCompletionContentPartUnionParam, question string) seen {
	parts := []openai.ChatCompletionContentPartUnionParam{part, openai.TextContentPart(question)}
	return seen{"text": askOpenai(address, chatParams{Messages: []chatMessage{openai.UserMessage(parts)}}).Content}
}

func seeOpenaiError(err error) seen {
	return seeError(err, func(err error) (string, int) {
		var raised *openai.Error
		if errors.As(err, &raised) {
			return "openai.Error", raised.StatusCode
		}
		return "", 0
	})
}

var openaiCases = []testCase{
	{"unary", func(address string) seen {
		completion := must1(tryOpenai(address, openaiQuestion(asked.Unary)))
		usage := completion.Usage
		return seen{
			"text":         completion.Choices[0].Message.Content,
			"inputTokens":  usage.PromptTokens,
			"outputTokens": usage.CompletionTokens,
		}
	}},
	{"stream", func(address string) seen {
		pieces := []string{}
		last := must1(readOpenai(context.Background(), address, asked.Stream, func(text string) { pieces = append(pieces, text) }))
		return seen{"pieces": pieces, "outputTokens": last.Usage.CompletionTokens}
	}},
	{"system", func(address string) seen {
		messages := []chatMessage{openai.SystemMessage(asked.System.Instruction), openai.UserMessage(asked.System.Question)}
		return seen{"text": askOpenai(address, chatParams{Messages: messages}).Content}
	}},
	{"multi-turn", func(address string) seen {
		messages := []chatMessage{
			openai.UserMessage(asked.MultiTurn[0]),
			openai.AssistantMessage(asked.MultiTurn[1]),
			openai.UserMessage(asked.MultiTurn[2]),
		}
		return seen{"text": askOpenai(address, chatParams{Messages: messages}).Content}
	}},
	{"structured output", func(address string) seen {
		params := openaiQuestion(asked.Structured.Question)
		params.ResponseFormat.OfJSONSchema = &openai.ResponseFormatJSONSchemaParam{
			JSONSchema: openai.ResponseFormatJSONSchemaJSONSchemaParam{
				Name:   asked.Structured.Name,
				Strict: openai.Bool(true),
				Schema: asked.Structured.Schema,
			},
		}
		return asJson(askOpenai(address, params).Content)
	}},
	{"tool loop", func(address string) seen {
		params := openaiQuestion(asked.Tool.Question)
		params.Tools = []openai.ChatCompletionToolUnionParam{openai.ChatCompletionFunctionTool(openai.FunctionDefinitionParam{
			Name:        asked.Tool.Name,
			Description: openai.String(asked.Tool.Description),
			Parameters:  asked.Tool.Parameters,
		})}
		forced := params
		forced.ToolChoice.OfAuto = openai.String("required")
		message := askOpenai(address, forced)
		call := message.ToolCalls[0]
		result := string(must1(json.Marshal(asked.Tool.Result)))
		params.Messages = append(params.Messages, message.ToParam(), openai.ToolMessage(result, call.ID))
		answer := askOpenai(address, params)
		return seen{"name": call.Function.Name, "arguments": asJson(call.Function.Arguments), "text": answer.Content}
	}},
	{"image", func(address string) seen {
		url := "data:image/png;base64," + asked.Image.base64()
		part := openai.ImageContentPart(openai.ChatCompletionContentPartImageImageURLParam{URL: url})
		return seeOpenaiPart(address, part, asked.Image.Question)
	}},
	{"PDF", func(address string) seen {
		part := openai.FileContentPart(openai.ChatCompletionContentPartFileFileParam{
			Filename: openai.String("document.pdf"),
			FileData: openai.String("data:application/pdf;base64," + asked.Pdf.base64()),
		})
		return seeOpenaiPart(address, part, asked.Pdf.Question)
	}},
	{"candidates", func(address string) seen {
		params := openaiQuestion(asked.Candidates)
		params.N = openai.Int(2)
		texts := []string{}
		for _, choice := range must1(tryOpenai(address, params)).Choices {
			texts = append(texts, choice.Message.Content)
		}
		return seen{"texts": texts}
	}},
	{"logprobs", func(address string) seen {
		params := openaiQuestion(asked.Logprobs.Question)
		params.Logprobs = openai.Bool(true)
		params.TopLogprobs = openai.Int(asked.Logprobs.Top)
		tokens := []string{}
		alternatives := []int{}
		for _, told := range must1(tryOpenai(address, params)).Choices[0].Logprobs.Content {
			tokens = append(tokens, told.Token)
			alternatives = append(alternatives, len(told.TopLogprobs))
		}
		return seen{"tokens": tokens, "alternatives": alternatives}
	}},
	{"embeddings", func(address string) seen {
		client := openaiClient(address)
		reply := must1(client.Embeddings.New(context.Background(), openai.EmbeddingNewParams{
			Model: asked.OpenaiEmbedding,
			Input: openai.EmbeddingNewParamsInputUnion{OfArrayOfStrings: asked.Embeddings},
		}))
		vectors := [][]float64{}
		for _, told := range reply.Data {
			vectors = append(vectors, told.Embedding)
		}
		return seeVectors(vectors)
	}},
	{"models", func(address string) seen {
		client := openaiClient(address)
		pages := client.Models.ListAutoPaging(context.Background())
		listed := pages.Next()
		must(pages.Err())
		found := must1(client.Models.Get(context.Background(), asked.Openai))
		return seen{"listed": listed, "found": found.ID == asked.Openai}
	}},
	{"upload", func(address string) seen {
		client := openaiClient(address)
		opened := must1(os.Open(asked.Pdf.path()))
		defer opened.Close()
		file := must1(client.Files.New(context.Background(), openai.FileNewParams{
			File: opened, Purpose: openai.FilePurposeUserData,
		}))
		part := openai.FileContentPart(openai.ChatCompletionContentPartFileFileParam{FileID: openai.String(file.ID)})
		what := seeOpenaiPart(address, part, asked.Pdf.Question)
		must1(client.Files.Delete(context.Background(), file.ID))
		return what
	}},
	{"error shapes", func(address string) seen {
		params := openaiQuestion(asked.ErrorShapes)
		params.Temperature = openai.Float(9)
		_, err := tryOpenai(address, params)
		return seeOpenaiError(err)
	}},
	{"a miss", func(address string) seen {
		_, err := tryOpenai(address, openaiQuestion(asked.Miss))
		return seeOpenaiError(err)
	}},
	{"failure", func(address string) seen {
		_, err := tryOpenai(address, openaiQuestion(asked.Failure))
		return seeOpenaiError(err)
	}},
	{"failure in mid-stream", func(address string) seen {
		text := ""
		_, err := readOpenai(context.Background(), address, asked.Broken, func(piece string) { text += piece })
		what := seeOpenaiError(err)
		what["text"] = text
		return what
	}},
	{"abort in mid-stream", func(address string) seen {
		ctx, abort := context.WithCancel(context.Background())
		text := ""
		_, err := readOpenai(ctx, address, asked.Abort, func(piece string) {
			text += piece
			abort()
		})
		if err != nil && ctx.Err() == nil {
			panic(err)
		}
		return seen{"text": text}
	}},
}
