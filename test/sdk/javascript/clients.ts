import Anthropic from '@anthropic-ai/sdk';
import {GoogleGenAI} from '@google/genai';
import OpenAI from 'openai';

/** The official Gemini client, with the proxy as base URL and no other option. */
export function geminiClient(url: string): GoogleGenAI {
  return new GoogleGenAI({apiKey: 'placeholder', httpOptions: {baseUrl: url}});
}

/** The official OpenAI client, with the proxy as base URL and no other option. */
export function openaiClient(url: string): OpenAI {
  return new OpenAI({apiKey: 'placeholder', baseURL: `${url}/v1`});
}

/** The official Anthropic client, with the proxy as base URL and no other option. */
export function anthropicClient(url: string): Anthropic {
  return new Anthropic({apiKey: 'placeholder', baseURL: url});
}
