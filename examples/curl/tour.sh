#!/usr/bin/env bash
# Six ways to ask OpenAI's API with curl. Only the base URL is not OpenAI's.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
base="${RETAKE_URL:-http://localhost:8090}/v1"

ask() {
  curl --silent --show-error --fail-with-body "$base/$1" --header 'content-type: application/json' --data-binary @-
}
field() {
  python3 -c "import json, sys; answer = json.load(sys.stdin); print($1)"
}
chat='"model": "gpt-4o", "temperature": 0, "max_completion_tokens": 30'

echo -n 'Text: '
ask chat/completions <<< "{$chat, \"messages\": [{\"role\": \"user\", \"content\": \"What is the capital of France?\"}]}" |
  field 'answer["choices"][0]["message"]["content"].strip()'

echo -n 'Stream: '
ask chat/completions <<< "{$chat, \"stream\": true, \"messages\": [{\"role\": \"user\", \"content\": \"What is the capital of Italy?\"}]}" |
  sed -n 's/^data: {/{/p' |
  python3 -c 'import json, sys; print("".join(json.loads(line)["choices"][0]["delta"].get("content") or "" for line in sys.stdin).strip())'

schema='{"type": "object", "properties": {"capital": {"type": "string"}, "country": {"type": "string"}}, "required": ["capital", "country"]}'
echo -n 'Structured output: '
ask chat/completions << JSON | field 'json.loads(answer["choices"][0]["message"]["content"])["capital"]'
{$chat, "messages": [{"role": "user", "content": "Tell me the capital of Germany as JSON."}],
 "response_format": {"type": "json_schema", "json_schema": {"name": "answer", "schema": $schema}}}
JSON

parameters='{"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}'
echo -n 'Tools: '
ask chat/completions << JSON | field '"{name} {arguments}".format(**answer["choices"][0]["message"]["tool_calls"][0]["function"])'
{$chat, "messages": [{"role": "user", "content": "How warm is it in Oslo?"}], "tool_choice": "required",
 "tools": [{"type": "function", "function": {"name": "get_temperature",
   "description": "Tells the temperature of a city.", "parameters": $parameters}}]}
JSON

echo -n 'PDF: '
ask chat/completions << JSON | field '"answered" if answer["choices"][0]["message"]["content"] else "no answer"'
{$chat, "messages": [{"role": "user", "content": [
  {"type": "file", "file": {"filename": "order.pdf", "file_data": "data:application/pdf;base64,$(base64 < ../order.pdf | tr -d '\n')"}},
  {"type": "text", "text": "What is the number of this order?"}]}]}
JSON

echo -n 'Embeddings: '
ask embeddings <<< '{"model": "text-embedding-3-small", "input": ["A cat sleeps.", "It rains in Oslo."]}' |
  field '" and ".join(str(len(told["embedding"])) for told in answer["data"]) + " numbers"'
