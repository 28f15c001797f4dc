import {
  applicationId,
  cassetteSchema,
  factsVersion,
  pageSize,
  schemaVersion,
  wireVersion,
} from '../../dist/src/cassette/file/schema.js';

/** What each table and column is for. A table or column without a description stops the generator. */
const tables = {
  settings: {
    meaning: 'The settings that shape keys and document pages, with which the cassette was created.',
    columns: {name: 'name of the setting', value: 'its value as canonical JSON'},
  },
  interactions: {
    meaning: 'One row for each request.',
    columns: {
      id: 'the first bytes of the hash in the key, as a number: the order of rows does not depend on the order of recording',
      key: '`1:` and the SHA-256 of the request in canonical JSON',
      request: 'the request as it is compared, after redacting and ignoring ([Matching](../matching.md))',
    },
  },
  takes: {
    meaning: 'One row for each take, which is one recorded answer.',
    columns: {
      interaction: 'the `id` of the request',
      position: 'which answer it is, from 0',
      chunks:
        'the events of the answer as JSON, each with its time in milliseconds; with a provider, also the bytes of its response; or the error that was recorded',
      provenance: 'when it was recorded, which model was asked for, and which one answered',
      digest: 'SHA-256 over the key and both texts: `retake verify` finds edits with it',
    },
  },
  renders: {
    meaning: 'The pages of each PDF.',
    columns: {
      pdf: 'SHA-256 of the file',
      options: 'how its pages were rendered',
      digest: 'SHA-256 of the pages together',
      pages: 'the digests of the pages, and their texts if they are part of requests',
      renderer: 'the program that rendered them, and its version',
    },
  },
  refs: {
    meaning: 'The content behind each URL in a request.',
    columns: {
      url: 'SHA-256 of the URL',
      digest: 'the identity of the content in requests',
      shown: 'the URL without its query',
      sha256: 'SHA-256 of the bytes',
      mediaType: 'its type',
      text: 'the content of a text file',
    },
  },
  media: {
    meaning: 'Images and pages, for reviewers and for the setting `media: full`.',
    columns: {
      kind: 'a thumbnail, or the whole attachment',
      digest: 'the identity of the image in requests',
      mediaType: 'its type',
      width: 'width in pixels',
      height: 'height in pixels',
      bytes: 'the content',
      checksum: 'SHA-256 of the content',
    },
  },
};

/** The Markdown reference of the tables of a cassette, from the statements that create them. */
export function fileFormatPage() {
  const schema = cassetteSchema(schemaVersion).filter(({sql}) => sql?.startsWith('CREATE TABLE'));
  return [
    '# File format',
    'A cassette is a SQLite database. Any SQLite client can read it; retake is the only program that should write it, because the same recordings must give the same bytes.',
    '```sh\nsqlite3 cassettes/demo.cassette "SELECT key, request FROM interactions"\nretake export cassettes/demo.cassette     # the same as JSON Lines\n```',
    [
      '| part of the header | value |',
      '|---|---|',
      `| \`application_id\` | \`0x${applicationId.toString(16)}\` ("RETK") |`,
      `| \`user_version\` | 1; ${factsVersion} if the cassette has facts about attachments; ${wireVersion} if it has a provider's bytes, an error or a refusal |`,
      `| page size | ${pageSize} bytes |`,
    ].join('\n'),
    'A cassette has the oldest version that can hold its content. retake refuses a newer version than it knows, and tables, views, triggers or columns that are not listed here.',
    ...schema.flatMap(describeTable),
    '## Session files',
    'While a process records, its takes are in `.retake/*.session` beside the cassette. git ignores this folder. The takes are merged into the cassette about a second later, and the file is replaced atomically. After a crash, the next start of retake merges them.',
    'The text form is described on [Maintain cassettes](../maintenance.md#convert-to-text-export-import), and the tables of a shared store on [A shared store](../scale.md).',
    '',
  ].join('\n\n');
}

function describeTable({name, sql}) {
  const described = tables[name];
  if (!described) throw new Error(`Describe the table ${name} in scripts/reference`);
  const columns = [...sql.matchAll(/^\s{2}(\w+)\s+(TEXT|INTEGER|BLOB)\b([^,\n]*)/gm)];
  const rows = columns.map(([, column, type, constraint]) => {
    const meaning = described.columns[column];
    if (meaning === undefined) throw new Error(`Describe the column ${name}.${column} in scripts/reference`);
    return `| \`${column}\` | \`${type}\`${/NOT NULL|PRIMARY KEY/.test(constraint) ? '' : ', optional'} | ${meaning} |`;
  });
  const key = /PRIMARY KEY\(([^)]+)\)/.exec(sql)?.[1];
  return [
    `## ${name}`,
    key ? `${described.meaning} The primary key is \`${key}\`.` : described.meaning,
    ['| column | type | meaning |', '|---|---|---|', ...rows].join('\n'),
  ];
}
