import * as genai from '@google/genai';
import * as genai1 from 'genai-1';
import {aiSdkCases} from './ai-sdk.mjs';
import {anthropicCases} from './anthropic.mjs';
import {runCases} from './contract.mjs';
import {genaiCases} from './genai.mjs';
import {langchainCases} from './langchain.mjs';
import {openaiCases} from './openai.mjs';

await runCases('genai', '@google/genai', genaiCases(genai));
await runCases('genai-1', 'genai-1', genaiCases(genai1));
await runCases('openai', 'openai', openaiCases);
await runCases('anthropic', '@anthropic-ai/sdk', anthropicCases);
await runCases('ai-sdk-google', '@ai-sdk/google', aiSdkCases('google'));
await runCases('ai-sdk-openai', '@ai-sdk/openai', aiSdkCases('openai'));
await runCases('ai-sdk-anthropic', '@ai-sdk/anthropic', aiSdkCases('anthropic'));
await runCases('langchain-google', '@langchain/google-genai', langchainCases('google'));
await runCases('langchain-openai', '@langchain/openai', langchainCases('openai'));
