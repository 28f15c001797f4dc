/**
 * Whether this is where Google speaks OpenAI's API: `/v1beta/openai` of the Developer API, `/endpoints/openapi` of Vertex AI
 * (https://ai.google.dev/gemini-api/docs/openai).
 */
export function isGoogleOpenaiPath(path: string): boolean {
  return /\/v1(?:beta|alpha)\/openai(?:\/|$)|\/endpoints\/openapi\//.test(path);
}
