import * as genai from '@google/genai';
import * as genai1 from 'genai-1';
import {aiSdkCases} from './ai-sdk.mjs';
import {anthropicCases} from './anthropic.mjs';
import {runCases} from './contract.mjs';
import {genaiCases} from './genai.mjs';
import {langchainCases} from './langchain.mjs';
import {openaiCases} from './openai.mjs';

await Promise.all([
  runCases('genai', '@google/genai', genaiCases(genai)),
  runCases('genai-1', 'genai-1', genaiCases(genai1)),
  runCases('openai', 'openai', openaiCases),
  runCases('anthropic', '@anthropic-ai/sdk', anthropicCases),
  runCases('ai-sdk-google', '@ai-sdk/google', aiSdkCases('google')),
  runCases('ai-sdk-openai', '@ai-sdk/openai', aiSdkCases('openai')),
  runCases('ai-sdk-anthropic', '@ai-sdk/anthropic', aiSdkCases('anthropic')),
  runCases('langchain-google', '@langchain/google-genai', langchainCases('google')),
  runCases('langchain-openai', '@langchain/openai', langchainCases('openai')),
]);
