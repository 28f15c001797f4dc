package main

func main() {
	if questions := faultQuestions(); questions != "" {
		runFaults(questions)
		return
	}
	runCases("genai-go"+age, "google.golang.org/genai", genaiCases)
	runCases("openai-go"+age, "github.com/openai/openai-go/v3", append(openaiCases, openaiTokenCount...))
	runCases("anthropic-go"+age, "github.com/anthropics/anthropic-sdk-go", anthropicCases)
}
