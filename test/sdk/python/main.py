import anthropic_cases
import genai_cases
import openai_cases
from contract import run_cases

run_cases("google-genai", "google-genai", genai_cases.cases)
run_cases("openai-python", "openai", openai_cases.cases)
run_cases("anthropic-python", "anthropic", anthropic_cases.cases)
