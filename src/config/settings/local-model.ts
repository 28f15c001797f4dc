import {Type} from '@sinclair/typebox';
import {given} from '../places.js';
import {httpAddress} from './http-address.js';

const digest = '64 hexadecimal digits';

/** The model that retake runs itself. */
export const modelSettings = {
  model: Type.Optional(
    Type.String({
      minLength: 1,
      description: 'Local model: a catalogue name or a .gguf file (default: gemma3-4b)',
      ...given({placeholder: 'name|path', path: 'when-it-looks-like-one'}),
    }),
  ),
  mmproj: Type.Optional(
    Type.String({
      minLength: 1,
      description: 'Image projector of a custom model: a .gguf file',
      ...given({placeholder: 'path', path: 'always'}),
    }),
  ),
  modelUrl: Type.Optional(
    Type.String({
      pattern: '^https?://',
      description: 'URL of the .gguf file of a custom model',
      ...given({placeholder: 'url', expected: httpAddress, variables: ['MODEL_URL']}),
    }),
  ),
  modelSha256: Type.Optional(
    Type.String({
      pattern: '^[0-9a-fA-F]{64}$',
      description: 'SHA-256 digest of the custom model',
      ...given({placeholder: 'digest', expected: digest, variables: ['MODEL_SHA256']}),
    }),
  ),
  mmprojUrl: Type.Optional(
    Type.String({
      pattern: '^https?://',
      description: 'URL of the .gguf file of its image projector',
      ...given({placeholder: 'url', expected: httpAddress, variables: ['MMPROJ_URL']}),
    }),
  ),
  mmprojSha256: Type.Optional(
    Type.String({
      pattern: '^[0-9a-fA-F]{64}$',
      description: 'SHA-256 digest of the image projector',
      ...given({placeholder: 'digest', expected: digest, variables: ['MMPROJ_SHA256']}),
    }),
  ),
};

/** Its engine, and where both are installed. */
export const installationSettings = {
  llamaServer: Type.Optional(
    Type.String({
      minLength: 1,
      description: 'Path of llama-server (default: from PATH, else installed by retake)',
      ...given({placeholder: 'path', variables: ['LLAMA_SERVER_BIN'], path: 'always'}),
    }),
  ),
  python: Type.Optional(
    Type.String({
      minLength: 1,
      description: 'Python that installs the engine (default: python3 on PATH)',
      ...given({placeholder: 'command', path: 'when-it-looks-like-one'}),
    }),
  ),
  cacheDir: Type.Optional(
    Type.String({
      minLength: 1,
      description: "Folder for engines and models (default: the user's cache folder)",
      ...given({placeholder: 'path', path: 'always'}),
    }),
  ),
};
