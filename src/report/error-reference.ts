import type {ErrorCode} from '../errors.js';

/** Cause and remedy of each error code, as `docs/reference/errors.md` prints them. */
export const errorReference = {
  method_not_allowed: {
    cause:
      "The path is one of retake's own, such as `/_retake/v1/status` or `/metrics`, and has other methods.",
    remedy:
      'Use a method of the header `allow`. The OpenAPI document of the control API lists the operations.',
  },
  invalid_request: {
    cause:
      'The request is not one that its API accepts: invalid JSON, a missing or unknown field, or a value of the wrong type.',
    remedy: 'Correct the field that the message names. The real API refuses the request too.',
  },
  not_supported: {
    cause:
      'The API has this feature, but the local model does not: for example images as output, or a field that only a provider can honor.',
    remedy:
      'Leave the feature out, or record from the provider with `--upstream provider`. The compatibility pages list what is served.',
  },
  forbidden_host: {
    cause:
      'The `Host` or `Origin` header names a host that is not allowed. This keeps web pages in your browser from sending requests to retake.',
    remedy: 'Use `localhost`, or add the host with `--allowed-hosts` or the origin with `--cors-origins`.',
  },
  mode_not_allowed: {
    cause: 'The header `x-retake-mode` asks for a mode that needs a model, and the server only replays.',
    remedy: 'Remove the header, or start the server with `--allow-mode-override`.',
  },
  not_found: {
    cause: 'The path, the model, the file or the stored answer that the request names does not exist.',
    remedy:
      'Check the base URL: the SDK of OpenAI needs `/v1` at its end, the others do not. Stored files and answers end with the server.',
  },
  cassette_miss: {
    cause: 'The cassette has no recording of this request, and the mode is `replay`.',
    remedy:
      'Read which part differs from the nearest recording. If the change is meant, record again with `retake run --mode auto -- …`; if the part changes with each run, add the `ignore` rule that the message prints.',
  },
  no_cassette: {
    cause:
      'The cassette that the setting, the base URL (`/@name`) or the header `x-retake-cassette` names does not exist.',
    remedy: 'Correct the name; the message lists the cassettes that exist. Or record one.',
  },
  request_timeout: {
    cause: 'The client did not send its whole request in time.',
    remedy: 'Look for a proxy between client and retake, or send smaller attachments.',
  },
  request_too_large: {
    cause: 'The body of the request is larger than the limit, before or after decompression.',
    remedy: 'Send less, or raise `--body-limit`.',
  },
  unsupported_media_type: {
    cause: 'The content type of the body, or of an attachment, is one that the endpoint does not read.',
    remedy:
      'Send JSON, or the content type that the message names. The page on attachments lists those that retake reads.',
  },
  headers_too_large: {
    cause: 'The headers of the request are larger than 16 KiB.',
    remedy: 'Send fewer or shorter headers; often a cookie is the reason.',
  },
  client_closed: {
    cause:
      'The client closed its connection before its answer was complete. Only logs and verdicts show this code.',
    remedy:
      'Raise the timeout of the SDK if it gave up too early. While recording, retake finishes the answer all the same.',
  },
  internal: {
    cause: 'An error in retake.',
    remedy: 'Report it with the output of `retake doctor` and, from the log, the stack.',
  },
  cassette_invalid: {
    cause:
      'The cassette is damaged, is no cassette, was edited by another program, or was written by a newer version of retake.',
    remedy: 'Restore it with `git checkout`, or update retake. `retake verify` names the problem.',
  },
  cassette_write_failed: {
    cause:
      'The answer cannot be stored: the folder cannot be written, the disk is full, or another process holds the cassette.',
    remedy:
      'Do what the message says. What was recorded before stays in the session file beside the cassette.',
  },
  store_unavailable: {
    cause: 'The PostgreSQL database of the cassette cannot be reached.',
    remedy:
      'Wait: retake connects again by itself, and clients may repeat the request. `retake doctor` checks the connection.',
  },
  no_upstream: {
    cause:
      'Nothing can answer a request that is not recorded, because the server was started without a model.',
    remedy: 'Set `--model` or `--upstream`, or replay only.',
  },
  rasterizer_missing: {
    cause:
      'A PDF that is not in the cassette has to be rendered, and neither `pdftoppm` nor PDFium is installed.',
    remedy:
      'Run `npm install @embedpdf/pdfium`, or install poppler. A PDF that the cassette knows needs neither.',
  },
  upstream_rejected: {
    cause: 'The upstream refused the request. The message has its words.',
    remedy: 'Correct what it names. retake has sent only what the client asked for.',
  },
  context_length_exceeded: {
    cause: 'The prompt and the answer do not fit into the context of the model.',
    remedy: 'Raise `--context-size`, shorten the prompt, or choose a larger model.',
  },
  upstream_failed: {
    cause: 'The upstream failed, or its answer broke off or was not understood. The answer is not recorded.',
    remedy:
      'Repeat the request. If a part of the answer was not understood, the message shows it: please report it.',
  },
  upstream_busy: {
    cause: 'More requests are waiting for the upstream than `--upstream-concurrency` allows.',
    remedy: 'Send fewer requests at once, or raise the limit. SDKs repeat the request by themselves.',
  },
  upstream_unavailable: {
    cause: 'The upstream cannot be reached, is starting, or is over its rate limit.',
    remedy: 'Start it, or correct its address. `retake doctor` checks the connection.',
  },
  upstream_timeout: {
    cause: 'The upstream did not answer in time.',
    remedy: 'Choose a smaller model, or ask for a shorter answer with a token limit.',
  },
  upstream_unauthorized: {
    cause: 'The upstream does not accept the credential, or there is none.',
    remedy: 'Set the variable that the message names, or `LK_UPSTREAM_AUTH_HEADER` for a server of your own.',
  },
  invalid_setting: {
    cause: 'A flag, an environment variable or `retake.config.json` has a value that is not allowed.',
    remedy:
      'Correct the value; the message says what is expected. `retake serve --help-all` lists all settings.',
  },
  settings_differ: {
    cause: 'The cassette was recorded with other settings that shape matching, such as `ignore` or `pages`.',
    remedy: 'Run `retake rekey` to carry the recordings over, or take the setting back.',
  },
  port_in_use: {
    cause: 'Another program listens on the port.',
    remedy: 'Choose another one with `--port`; `--port 0` takes a free one.',
  },
  setup_failed: {
    cause:
      'The engine or the model could not be installed: no network, no space, no Python, or a file that is not the expected one.',
    remedy: 'Do what the message says, and run `retake setup` again: it continues where it stopped.',
  },
  git_failed: {
    cause: 'A command of git failed, or the folder is no repository.',
    remedy: 'The message has the words of git. Run the command in a clone that has the commits it names.',
  },
  github_forbidden: {
    cause: 'The token may not do this on GitHub.',
    remedy: 'Give the workflow the permission `pull-requests: write`, as on the page about GitHub Actions.',
  },
  github_failed: {
    cause: 'GitHub could not be reached, or refused the request.',
    remedy: 'Run the job again. The message has the answer of GitHub.',
  },
  engine_failed: {
    cause:
      'llama.cpp ended, or could not load the model: too little memory, a damaged file, or a processor that it does not support.',
    remedy: 'Choose a smaller model or a smaller `--context-size`. `retake doctor` checks engine and model.',
  },
  fault: {
    cause: 'A fault that was asked for, by header, session, rule or `--fault`.',
    remedy: 'Nothing: this is the test. Status and body are those of the API.',
  },
  token_limit_reached: {
    cause:
      'The request has no recording, and was not sent to its provider: the tokens of `--max-tokens-spent` are spent.',
    remedy:
      'Run the command again with `--mode auto`: what is recorded is replayed and spends no tokens, and each run counts from 0. Or raise the limit.',
  },
} as const satisfies Record<ErrorCode, {readonly cause: string; readonly remedy: string}>;
