import {spokenText} from '../../../chat/answer-parts.js';
import type {JsonObject} from '../../../chat/json.js';
import {writeJson} from '../../../chat/json-text.js';
import {foldChunks} from '../../../chat/reply.js';
import type {QuestionEndpoint} from '../../dialect.js';
import {answerTo} from '../../kit/answer-to.js';
import {jsonHeaders} from '../response-headers.js';
import {compactedContent} from './compaction.js';
import {decodeCompaction, type Surroundings} from './decode-request.js';
import {listedItems} from './listed-items.js';
import {encodeUsage} from './response-object.js';

/**
 * `POST /v1/responses/compact`: the model summarizes the conversation, and the answer has the messages of the user and the summary. What
 * a provider compacts is encrypted, so its answers have no meaning here.
 */
export function compactEndpoint(surroundings: () => Surroundings & {wereUsed(): boolean}): QuestionEndpoint {
  return {
    kind: 'question',
    method: 'POST',
    decodeRequest(wire) {
      const around = surroundings();
      const {request, modelName, items} = decodeCompaction(wire, around);
      return {
        request,
        modelName,
        dependsOnState: around.wereUsed(),
        answer: answerTo('chat', {
          delivery: 'unary',
          headers: jsonHeaders,
          async encode(chunks, {id, createdAt}) {
            const {candidates, usage} = await foldChunks(chunks);
            const [candidate] = candidates;
            const summary = compactedContent(candidate ? spokenText(candidate) : '');
            const compaction = {id: `cmp_${id}`, type: 'compaction', encrypted_content: summary};
            const output = [...listedItems(items.filter(isUserMessage), `resp_${id}`), compaction];
            return writeJson({
              id: `resp_${id}`,
              object: 'response.compaction',
              created_at: createdAt,
              output,
              usage: encodeUsage(usage ?? {inputTokens: 0, outputTokens: 0}),
            });
          },
        }),
      };
    },
  };
}

function isUserMessage({type = 'message', role}: JsonObject): boolean {
  return type === 'message' && role === 'user';
}
