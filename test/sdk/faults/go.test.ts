import {faultTests} from './fault-tests.js';

faultTests('go', ['openai-go', 'anthropic-sdk-go', 'genai']);
