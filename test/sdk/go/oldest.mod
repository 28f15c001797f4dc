module retake/sdk

go 1.26.0

require (
	github.com/anthropics/anthropic-sdk-go v1.84.0
	github.com/openai/openai-go/v3 v3.30.0
	google.golang.org/genai v1.51.0
)
