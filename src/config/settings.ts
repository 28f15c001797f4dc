import {type Static, Type} from '@sinclair/typebox';
import {EngineTuning} from '../upstream/local/engine/engine-tuning.js';
import {attachmentSettings} from './settings/attachments.js';
import {installationSettings, modelSettings} from './settings/local-model.js';
import {outputSettings} from './settings/output.js';
import {recordingSettings} from './settings/recording.js';
import {serverSettings} from './settings/server.js';
import {keySettings, upstreamSettings} from './settings/upstream.js';

/** The names of llama.cpp's own flags. */
export const engineVariables: Readonly<Record<keyof EngineTuning, string>> = {
  contextSize: 'LK_CTX_SIZE',
  threads: 'LK_THREADS',
  threadsBatch: 'LK_THREADS_BATCH',
  batchSize: 'LK_BATCH_SIZE',
  ubatchSize: 'LK_UBATCH_SIZE',
  gpuLayers: 'LK_GPU_LAYERS',
  parallel: 'LK_PARALLEL',
  flashAttention: 'LK_FLASH_ATTN',
  continuousBatching: 'LK_CONT_BATCHING',
  lockMemory: 'LK_MLOCK',
};

const askingSettings = {...modelSettings, ...upstreamSettings, ...installationSettings, ...keySettings};

/** The headings of the settings in the help. */
export const settingGroups = {
  Server: serverSettings,
  'Recording and replay': recordingSettings,
  Attachments: attachmentSettings,
  'Model and upstream': askingSettings,
  'Engine tuning': {engine: EngineTuning},
  Output: outputSettings,
} as const;

/** Every setting of retake. Flags, variables, the file, its published schema and the help are derived from this and nothing else. */
export const Settings = Type.Object(
  {
    ...serverSettings,
    ...recordingSettings,
    ...attachmentSettings,
    ...askingSettings,
    engine: EngineTuning,
    ...outputSettings,
  },
  {additionalProperties: false},
);
export type Settings = Static<typeof Settings>;
