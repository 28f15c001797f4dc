/** A model of the list. The figures are those of Google's models, not of the local one that answers to their names. */
export type ListedModel = {
  readonly name: string;
  readonly displayName: string;
  readonly description: string;
  readonly inputTokenLimit: number;
  readonly outputTokenLimit: number;
  readonly embeds: boolean;
};

/** Names that applications look for, with the limits that Google states for them. */
export const knownModels: readonly ListedModel[] = [
  generating('gemini-3.8-flash', 'Gemini 3.8 Flash', 1_048_576, 65_536),
  generating('gemini-3.7-flash', 'Gemini 3.7 Flash', 1_048_576, 65_536),
  generating('gemini-3.6-flash', 'Gemini 3.6 Flash', 1_048_576, 65_536),
  generating('gemini-3.5-flash', 'Gemini 3.5 Flash', 1_048_576, 65_536),
  generating('gemini-3.5-flash-lite', 'Gemini 3.5 Flash-Lite', 1_048_576, 65_536),
  generating('gemini-3.1-pro-preview', 'Gemini 3.1 Pro Preview', 1_048_576, 65_536),
  generating('gemini-3.1-flash-lite', 'Gemini 3.1 Flash-Lite', 1_048_576, 65_536),
  generating('gemini-3-pro-preview', 'Gemini 3 Pro Preview', 1_048_576, 65_536),
  generating('gemini-3-flash-preview', 'Gemini 3 Flash Preview', 1_048_576, 65_536),
  generating('gemini-2.5-pro', 'Gemini 2.5 Pro', 1_048_576, 65_536),
  generating('gemini-2.5-flash', 'Gemini 2.5 Flash', 1_048_576, 65_536),
  generating('gemini-2.5-flash-lite', 'Gemini 2.5 Flash-Lite', 1_048_576, 65_536),
  generating('gemini-2.0-flash', 'Gemini 2.0 Flash', 1_048_576, 8_192),
  generating('gemini-2.0-flash-lite', 'Gemini 2.0 Flash-Lite', 1_048_576, 8_192),
  generating('gemini-pro-latest', 'Gemini Pro Latest', 1_048_576, 65_536),
  generating('gemini-flash-latest', 'Gemini Flash Latest', 1_048_576, 65_536),
  generating('gemini-flash-lite-latest', 'Gemini Flash-Lite Latest', 1_048_576, 65_536),
  generating('gemma-4-31b-it', 'Gemma 4 31B', 262_144, 32_768),
  generating('gemma-4-26b-a4b-it', 'Gemma 4 26B A4B', 262_144, 32_768),
  generating('gemma-3-27b-it', 'Gemma 3 27B', 131_072, 8_192),
  embedding('gemini-embedding-2', 'Gemini Embedding 2', 8_192),
  embedding('gemini-embedding-001', 'Gemini Embedding 001', 2_048),
  embedding('text-embedding-004', 'Text Embedding 004', 2_048),
];

/** The local model, by its own name or an unlisted one, with the smallest context of the Gemma 3 models. */
export function localModel(name: string): ListedModel {
  return {
    ...generating(name, name, 32_768, 8_192),
    description: 'The local model that retake asks when it has no recording',
    embeds: /embed/i.test(name),
  };
}

function generating(
  name: string,
  displayName: string,
  inputTokenLimit: number,
  outputTokenLimit: number,
): ListedModel {
  const description = `Answered by the local model that retake asks, under the name ${displayName}`;
  return {name, displayName, description, inputTokenLimit, outputTokenLimit, embeds: false};
}

function embedding(name: string, displayName: string, inputTokenLimit: number): ListedModel {
  return {...generating(name, displayName, inputTokenLimit, 1), embeds: true};
}
