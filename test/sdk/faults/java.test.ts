import {faultTests} from './fault-tests.js';

faultTests('java', ['openai-java', 'anthropic-java', 'google-genai']);
