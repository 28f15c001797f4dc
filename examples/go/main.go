// Six ways to ask Gemini through google.golang.org/genai. Only the base URL is not Google's.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strings"

	"google.golang.org/genai"
)

const model = "gemini-2.5-flash"

var ctx = context.Background()

func main() {
	baseURL := os.Getenv("RETAKE_URL")
	if baseURL == "" {
		baseURL = "http://localhost:8090"
	}
	client := must(genai.NewClient(ctx, &genai.ClientConfig{
		APIKey:      "any",
		Backend:     genai.BackendGeminiAPI,
		HTTPOptions: genai.HTTPOptions{BaseURL: baseURL},
	}))
	ask := func(contents []*genai.Content, config genai.GenerateContentConfig) *genai.GenerateContentResponse {
		return must(client.Models.GenerateContent(ctx, model, contents, withSettings(config)))
	}

	text := ask(genai.Text("What is the capital of France?"), genai.GenerateContentConfig{})
	fmt.Println("Text:", strings.TrimSpace(text.Text()))

	streamed := strings.Builder{}
	question := genai.Text("What is the capital of Italy?")
	for piece, err := range client.Models.GenerateContentStream(ctx, model, question, withSettings(genai.GenerateContentConfig{})) {
		streamed.WriteString(must(piece, err).Text())
	}
	fmt.Println("Stream:", strings.TrimSpace(streamed.String()))

	structured := ask(genai.Text("Tell me the capital of Germany as JSON."), genai.GenerateContentConfig{
		ResponseMIMEType:   "application/json",
		ResponseJsonSchema: object("capital", "country"),
	})
	var germany struct{ Capital string }
	must(0, json.Unmarshal([]byte(structured.Text()), &germany))
	fmt.Println("Structured output:", germany.Capital)

	tools := ask(genai.Text("How warm is it in Oslo?"), genai.GenerateContentConfig{
		Tools: []*genai.Tool{{FunctionDeclarations: []*genai.FunctionDeclaration{{
			Name:                 "get_temperature",
			Description:          "Tells the temperature of a city.",
			ParametersJsonSchema: object("city"),
		}}}},
		ToolConfig: &genai.ToolConfig{FunctionCallingConfig: &genai.FunctionCallingConfig{Mode: genai.FunctionCallingConfigModeAny}},
	})
	call := tools.FunctionCalls()[0]
	fmt.Println("Tools:", call.Name, string(must(json.Marshal(call.Args))))

	order := must(os.ReadFile(filepath.Join("..", "order.pdf")))
	about := ask([]*genai.Content{genai.NewContentFromParts([]*genai.Part{
		genai.NewPartFromBytes(order, "application/pdf"),
		genai.NewPartFromText("What is the number of this order?"),
	}, genai.RoleUser)}, genai.GenerateContentConfig{})
	if about.Text() != "" {
		fmt.Println("PDF: answered")
	}

	texts := []*genai.Content{
		genai.NewContentFromText("A cat sleeps.", genai.RoleUser),
		genai.NewContentFromText("It rains in Oslo.", genai.RoleUser),
	}
	reply := must(client.Models.EmbedContent(ctx, "gemini-embedding-001", texts, nil))
	fmt.Println("Embeddings:", len(reply.Embeddings[0].Values), "and", len(reply.Embeddings[1].Values), "numbers")
}

func withSettings(config genai.GenerateContentConfig) *genai.GenerateContentConfig {
	config.Temperature = genai.Ptr[float32](0)
	config.MaxOutputTokens = 30
	return &config
}

// The schema of an object of texts.
func object(names ...string) map[string]any {
	properties := map[string]any{}
	for _, name := range names {
		properties[name] = map[string]any{"type": "string"}
	}
	return map[string]any{"type": "object", "properties": properties, "required": names}
}

func must[value any](result value, err error) value {
	if err != nil {
		log.Fatal(err)
	}
	return result
}
