import {faultTests} from './fault-tests.js';

faultTests('python', ['openai', 'anthropic', 'google-genai']);
