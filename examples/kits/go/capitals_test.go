package capitals

import (
	"strings"
	"testing"

	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/option"
	"retake.test/retaketest"
)

func TestMain(m *testing.M) { retaketest.Main(m) }

func newClient(t *testing.T) openai.Client {
	retake := retaketest.Start(t)
	return openai.NewClient(option.WithBaseURL(retake.OpenAI), option.WithAPIKey("unused"))
}

func TestTheCapitalOfFrance(t *testing.T) {
	t.Parallel()
	if answer := Of(newClient(t), "France"); !strings.Contains(answer, "France") {
		t.Error(answer)
	}
}

func TestTheCapitalOfItaly(t *testing.T) {
	t.Parallel()
	if answer := Of(newClient(t), "Italy"); !strings.Contains(answer, "Italy") {
		t.Error(answer)
	}
}
