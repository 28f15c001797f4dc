import {omitUndefined} from '../../chat/omit-undefined.js';
import type {AnswerDecoder, AnsweredQuestion} from '../kit/answer-decoder.js';
import {
  type CompletionDecoder,
  type CompletionExpectation,
  openCompletion,
} from '../kit/completion-chunks/decode-completion.js';
import {reportedFailure} from '../kit/provider-failure.js';

export type Expected = Pick<CompletionExpectation, 'candidates' | 'topLogprobs' | 'stops'>;

/** Reads chat and text completions of OpenAI, Azure and the providers that repeat their API. */
export function completionDecoder(expected: (question: AnsweredQuestion) => Expected): AnswerDecoder {
  const open = (question: AnsweredQuestion): CompletionDecoder =>
    openCompletion({
      ...expected(question),
      trustsEmpty: true,
      endsWithDone: true,
      answeredBy({model, system_fingerprint: fingerprint}) {
        return omitUndefined({
          model: typeof model === 'string' && model !== '' ? model.toWellFormed() : question.modelName,
          engine: typeof fingerprint === 'string' && fingerprint !== '' ? fingerprint : undefined,
        });
      },
      eventError: reportedFailure,
    });
  return {
    decodeBody(body, question) {
      const completion = open(question);
      return [...completion.pushBody(body), ...completion.end()];
    },
    openStream(question) {
      const completion = open(question);
      return {
        push: ({data}) => [...completion.push(data)],
        end: () => [...completion.end()],
      };
    },
  };
}
