package main

import (
	"context"
	"errors"

	"google.golang.org/genai"
)

func genaiClient(address string) *genai.Client {
	return must1(genai.NewClient(context.Background(), &genai.ClientConfig{
		APIKey:      "placeholder",
		Backend:     genai.BackendGeminiAPI,
		HTTPOptions: genai.HTTPOptions{BaseURL: address},
	}))
}

type genaiConfig = genai.GenerateContentConfig

func withGenaiSettings(config genaiConfig) *genaiConfig {
	if config.Temperature == nil {
		config.Temperature = genai.Ptr[float32](0)
	}
	config.MaxOutputTokens = int32(asked.MaxTokens)
	return &config
}

func tryGenai(address string, contents []*genai.Content, config genaiConfig) (*genai.GenerateContentResponse, error) {
	return genaiClient(address).Models.GenerateContent(
		context.Background(), asked.Gemini, contents, withGenaiSettings(config))
}

func askGenai(address string, contents []*genai.Content, config genaiConfig) *genai.GenerateContentResponse {
	return must1(tryGenai(address, contents, config))
}

func readGenai(ctx context.Context, address, question string, onText func(string)) (*genai.GenerateContentResponse, error) {
	var last *genai.GenerateContentResponse
	pieces := genaiClient(address).Models.GenerateContentStream(
		ctx, asked.Gemini, genai.Text(question), withGenaiSettings(genaiConfig{}))
	for piece, err := range pieces {
		if err != nil {
			return last, err
		}
		if text := piece.Text(); text != "" {
			onText(text)
		}
		last = piece
	}
	return last, nil
}

func genaiUser(parts ...*genai.Part) *genai.Content {
	return genai.NewContentFromParts(parts, genai.RoleUser)
}

func seeGenaiFile(address string, file attached, mimeType string) seen {
	user := genaiUser(genai.NewPartFromBytes(file.bytes(), mimeType), genai.NewPartFromText(file.Question))
	return seen{"text": askGenai(address, []*genai.Content{user}, genaiConfig{}).Text()}
}

func seeGenaiError(err error) seen {
	return seeError(err, func(err error) (string, int) {
		var raised genai.APIError
		if errors.As(err, &raised) {
			return "genai.APIError", raised.Code
		}
		return "", 0
	})
}

var genaiCases = []testCase{
	{"unary", func(address string) seen {
		reply := askGenai(address, genai.Text(asked.Unary), genaiConfig{})
		usage := reply.UsageMetadata
		return seen{"text": reply.Text(), "inputTokens": usage.PromptTokenCount, "outputTokens": usage.CandidatesTokenCount}
	}},
	{"stream", func(address string) seen {
		pieces := []string{}
		last := must1(readGenai(context.Background(), address, asked.Stream, func(text string) { pieces = append(pieces, text) }))
		return seen{"pieces": pieces, "outputTokens": last.UsageMetadata.CandidatesTokenCount}
	}},
	{"system", func(address string) seen {
		instruction := genaiUser(genai.NewPartFromText(asked.System.Instruction))
		reply := askGenai(address, genai.Text(asked.System.Question), genaiConfig{SystemInstruction: instruction})
		return seen{"text": reply.Text()}
	}},
	{"multi-turn", func(address string) seen {
		contents := []*genai.Content{
			genai.NewContentFromText(asked.MultiTurn[0], genai.RoleUser),
			genai.NewContentFromText(asked.MultiTurn[1], genai.RoleModel),
			genai.NewContentFromText(asked.MultiTurn[2], genai.RoleUser),
		}
		return seen{"text": askGenai(address, contents, genaiConfig{}).Text()}
	}},
	{"structured output", func(address string) seen {
		config := genaiConfig{ResponseMIMEType: "application/json", ResponseJsonSchema: asked.Structured.Schema}
		return asJson(askGenai(address, genai.Text(asked.Structured.Question), config).Text())
	}},
	{"tool loop", func(address string) seen {
		tools := []*genai.Tool{{FunctionDeclarations: []*genai.FunctionDeclaration{{
			Name:                 asked.Tool.Name,
			Description:          asked.Tool.Description,
			ParametersJsonSchema: asked.Tool.Parameters,
		}}}}
		forced := &genai.ToolConfig{FunctionCallingConfig: &genai.FunctionCallingConfig{Mode: genai.FunctionCallingConfigModeAny}}
		user := genaiUser(genai.NewPartFromText(asked.Tool.Question))
		reply := askGenai(address, []*genai.Content{user}, genaiConfig{Tools: tools, ToolConfig: forced})
		call := reply.FunctionCalls()[0]
		told := genaiUser(&genai.Part{FunctionResponse: &genai.FunctionResponse{
			ID: call.ID, Name: call.Name, Response: asked.Tool.Result,
		}})
		contents := []*genai.Content{user, reply.Candidates[0].Content, told}
		answer := askGenai(address, contents, genaiConfig{Tools: tools})
		return seen{"name": call.Name, "arguments": call.Args, "text": answer.Text()}
	}},
	{"image", func(address string) seen { return seeGenaiFile(address, asked.Image, "image/png") }},
	{"PDF", func(address string) seen { return seeGenaiFile(address, asked.Pdf, "application/pdf") }},
	{"candidates", func(address string) seen {
		texts := []string{}
		for _, candidate := range askGenai(address, genai.Text(asked.Candidates), genaiConfig{CandidateCount: 2}).Candidates {
			texts = append(texts, candidate.Content.Parts[0].Text)
		}
		return seen{"texts": texts}
	}},
	{"logprobs", func(address string) seen {
		config := genaiConfig{ResponseLogprobs: true, Logprobs: genai.Ptr(int32(asked.Logprobs.Top))}
		result := askGenai(address, genai.Text(asked.Logprobs.Question), config).Candidates[0].LogprobsResult
		tokens := []string{}
		alternatives := []int{}
		for _, chosen := range result.ChosenCandidates {
			tokens = append(tokens, chosen.Token)
		}
		for _, top := range result.TopCandidates {
			alternatives = append(alternatives, len(top.Candidates))
		}
		return seen{"tokens": tokens, "alternatives": alternatives}
	}},
	{"token count", func(address string) seen {
		counted := must1(genaiClient(address).Models.CountTokens(
			context.Background(), asked.Gemini, genai.Text(asked.TokenCount), nil))
		return seen{"tokens": counted.TotalTokens}
	}},
	{"embeddings", func(address string) seen {
		contents := []*genai.Content{}
		for _, text := range asked.Embeddings {
			contents = append(contents, genai.NewContentFromText(text, genai.RoleUser))
		}
		reply := must1(genaiClient(address).Models.EmbedContent(
			context.Background(), asked.GeminiEmbedding, contents, nil))
		vectors := [][]float32{}
		for _, embedding := range reply.Embeddings {
			vectors = append(vectors, embedding.Values)
		}
		return seeVectors(vectors)
	}},
	{"models", func(address string) seen {
		client := genaiClient(address)
		listed := false
		for _, err := range client.Models.All(context.Background()) {
			must(err)
			listed = true
		}
		found := must1(client.Models.Get(context.Background(), asked.Gemini, nil))
		return seen{"listed": listed, "found": found.Name == "models/"+asked.Gemini}
	}},
	{"upload", func(address string) seen {
		client := genaiClient(address)
		file := must1(client.Files.UploadFromPath(context.Background(), asked.Pdf.path(),
			&genai.UploadFileConfig{MIMEType: "application/pdf"}))
		user := genaiUser(genai.NewPartFromURI(file.URI, file.MIMEType), genai.NewPartFromText(asked.Pdf.Question))
		reply := askGenai(address, []*genai.Content{user}, genaiConfig{})
		must1(client.Files.Delete(context.Background(), file.Name, nil))
		return seen{"text": reply.Text()}
	}},
	{"error shapes", func(address string) seen {
		_, err := tryGenai(address, genai.Text(asked.ErrorShapes), genaiConfig{Temperature: genai.Ptr[float32](9)})
		return seeGenaiError(err)
	}},
	{"a miss", func(address string) seen {
		_, err := tryGenai(address, genai.Text(asked.Miss), genaiConfig{})
		return seeGenaiError(err)
	}},
	{"failure", func(address string) seen {
		_, err := tryGenai(address, genai.Text(asked.Failure), genaiConfig{})
		return seeGenaiError(err)
	}},
	{"failure in mid-stream", func(address string) seen {
		text := ""
		_, err := readGenai(context.Background(), address, asked.Broken, func(piece string) { text += piece })
		what := seeGenaiError(err)
		what["text"] = text
		return what
	}},
	{"abort in mid-stream", func(address string) seen {
		ctx, abort := context.WithCancel(context.Background())
		text := ""
		_, err := readGenai(ctx, address, asked.Abort, func(piece string) {
			text += piece
			abort()
		})
		if err != nil && ctx.Err() == nil {
			panic(err)
		}
		return seen{"text": text}
	}},
}
