import {RetakeError} from '../../../errors.js';
import type {RawRequest} from '../../dialect.js';
import {readForm} from '../../kit/read-form.js';
import {invalidType, outOfRange, unknownParameter} from '../invalid-value.js';
import {Integer} from '../numbers.js';
import type {Upload} from './file-store.js';

const purposes = ['fine-tune', 'assistants', 'batch', 'user_data', 'vision', 'evals'];
const known = new Set(['file', 'purpose', 'expires_after[anchor]', 'expires_after[seconds]']);

/** The file of an upload and its fields. @throws RetakeError `invalid_request` in the real API's words */
export async function decodeUpload({headers, bytes}: RawRequest): Promise<Upload> {
  const {fields, files} = await readForm(headers, bytes);
  for (const name of [...fields.keys(), ...files.keys()]) if (!known.has(name)) throw unknownParameter(name);
  const file = files.get('file');
  const purpose = fields.get('purpose');
  if (!file) throw new RetakeError('invalid_request', "'file' is a required property");
  if (purpose === undefined) throw new RetakeError('invalid_request', "'purpose' is a required property");
  if (!purposes.includes(purpose)) {
    const list = purposes.map(name => `'${name}'`).join(', ');
    throw new RetakeError('invalid_request', `'${purpose}' is not one of [${list}] - 'purpose'`);
  }
  return {
    ...file,
    purpose,
    expiresIn: decodeExpiry(fields.get('expires_after[anchor]'), fields.get('expires_after[seconds]')),
  };
}

const oneHour = 3600;
const thirtyDays = 30 * 24 * oneHour;

function decodeExpiry(anchor: string | undefined, seconds: string | undefined): number | undefined {
  if (anchor === undefined && seconds === undefined) return undefined;
  if (anchor !== 'created_at') {
    throw new RetakeError(
      'invalid_request',
      `Invalid value: '${anchor}'. Supported values are: 'created_at'.`,
      {
        field: 'expires_after.anchor',
        reason: 'invalid_value',
      },
    );
  }
  const field = 'expires_after.seconds';
  if (seconds === undefined || !/^\d{1,9}$/.test(seconds))
    throw invalidType(field, Integer(oneHour), seconds);
  const value = Number(seconds);
  if (value < oneHour) throw outOfRange(field, value, {kind: 'integer', side: 'below', bound: oneHour});
  if (value > thirtyDays) throw outOfRange(field, value, {kind: 'integer', side: 'above', bound: thirtyDays});
  return value;
}
