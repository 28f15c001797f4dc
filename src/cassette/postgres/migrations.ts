import {RetakeError} from '../../errors.js';
import {invalidCassette} from '../rows/invalid-cassette.js';
import type {Query} from './driver.js';

/**
 * The tables, a version after another. A version that was released never changes. Texts that may contain U+0000, which PostgreSQL cannot
 * store in a text, are bytes.
 */
const migrations: readonly string[] = [
  `
CREATE TABLE retake.cassettes(
  id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name     text COLLATE "C" NOT NULL UNIQUE,
  -- Grows when the takes of a key or the facts about an attachment change.
  revision bigint NOT NULL DEFAULT 0
);
CREATE TABLE retake.settings(
  cassette bigint NOT NULL REFERENCES retake.cassettes ON DELETE CASCADE,
  name     text NOT NULL,
  value    text NOT NULL,
  PRIMARY KEY(cassette, name)
);
CREATE TABLE retake.interactions(
  cassette bigint NOT NULL REFERENCES retake.cassettes ON DELETE CASCADE,
  id       bigint NOT NULL,
  key      text NOT NULL,
  request  text NOT NULL,
  PRIMARY KEY(cassette, id)
);
CREATE TABLE retake.takes(
  cassette    bigint NOT NULL,
  interaction bigint NOT NULL,
  position    integer NOT NULL,
  chunks      text NOT NULL,
  provenance  text NOT NULL,
  digest      bytea NOT NULL,
  PRIMARY KEY(cassette, interaction, position),
  FOREIGN KEY(cassette, interaction) REFERENCES retake.interactions ON DELETE CASCADE
);
CREATE TABLE retake.renders(
  cassette bigint NOT NULL REFERENCES retake.cassettes ON DELETE CASCADE,
  pdf      text COLLATE "C" NOT NULL,
  options  text COLLATE "C" NOT NULL,
  digest   text COLLATE "C" NOT NULL,
  pages    text NOT NULL,
  renderer text NOT NULL,
  PRIMARY KEY(cassette, pdf, options, digest)
);
CREATE TABLE retake.refs(
  cassette    bigint NOT NULL REFERENCES retake.cassettes ON DELETE CASCADE,
  url         text COLLATE "C" NOT NULL,
  digest      text COLLATE "C" NOT NULL,
  shown       bytea NOT NULL,
  sha256      text NOT NULL,
  "mediaType" text NOT NULL,
  text        bytea,
  PRIMARY KEY(cassette, url, digest)
);
CREATE TABLE retake.media(
  cassette    bigint NOT NULL REFERENCES retake.cassettes ON DELETE CASCADE,
  kind        text COLLATE "C" NOT NULL,
  digest      text COLLATE "C" NOT NULL,
  "mediaType" text NOT NULL,
  width       integer,
  height      integer,
  bytes       bytea NOT NULL,
  checksum    text NOT NULL,
  PRIMARY KEY(cassette, kind, digest)
);
-- What a run that records again has replaced so far, as JSON.
CREATE TABLE retake.rerecordings(
  cassette    bigint NOT NULL REFERENCES retake.cassettes ON DELETE CASCADE,
  run         text NOT NULL,
  interaction bigint NOT NULL,
  touched     timestamptz NOT NULL,
  baseline    text NOT NULL,
  recorded    text NOT NULL,
  PRIMARY KEY(cassette, run, interaction)
);
-- Sessions that replicas share, by the digest of their names, and how often each asked a key.
CREATE TABLE retake.sessions(
  cassette bigint NOT NULL REFERENCES retake.cassettes ON DELETE CASCADE,
  session  text NOT NULL,
  touched  timestamptz NOT NULL,
  PRIMARY KEY(cassette, session)
);
CREATE TABLE retake.positions(
  cassette    bigint NOT NULL,
  session     text NOT NULL,
  interaction bigint NOT NULL,
  count       bigint NOT NULL,
  PRIMARY KEY(cassette, session, interaction),
  FOREIGN KEY(cassette, session) REFERENCES retake.sessions ON DELETE CASCADE
);
-- How often a session asked a key before. A session that was idle for an hour begins anew.
CREATE FUNCTION retake.next_position(asked_cassette bigint, asked_session text, asked_interaction bigint)
RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  last_touched timestamptz;
  position bigint;
BEGIN
  INSERT INTO retake.sessions VALUES (asked_cassette, asked_session, clock_timestamp()) ON CONFLICT DO NOTHING;
  SELECT s.touched INTO last_touched FROM retake.sessions s
    WHERE s.cassette = asked_cassette AND s.session = asked_session FOR UPDATE;
  IF last_touched < clock_timestamp() - interval '1 hour' THEN
    DELETE FROM retake.positions p WHERE p.cassette = asked_cassette AND p.session = asked_session;
  END IF;
  UPDATE retake.sessions s SET touched = clock_timestamp()
    WHERE s.cassette = asked_cassette AND s.session = asked_session;
  INSERT INTO retake.positions AS p VALUES (asked_cassette, asked_session, asked_interaction, 1)
    ON CONFLICT (cassette, session, interaction) DO UPDATE SET count = p.count + 1
    RETURNING p.count - 1 INTO position;
  RETURN position;
END $$;
`,
  `
-- The last day on which an interaction was replayed, or copied here.
CREATE TABLE retake.uses(
  cassette    bigint NOT NULL,
  interaction bigint NOT NULL,
  day         date NOT NULL,
  PRIMARY KEY(cassette, interaction),
  FOREIGN KEY(cassette, interaction) REFERENCES retake.interactions ON DELETE CASCADE
);
INSERT INTO retake.uses SELECT cassette, id, current_date FROM retake.interactions;
-- What replicas share beside recordings: uploaded files, cached contents and stored responses. They expire.
CREATE TABLE retake.objects(
  space   text COLLATE "C" NOT NULL,
  id      text COLLATE "C" NOT NULL,
  seq     bigint GENERATED ALWAYS AS IDENTITY,
  -- The process that stored it.
  origin  text NOT NULL,
  expires timestamptz NOT NULL,
  -- Absent: it was deleted.
  value   bytea,
  PRIMARY KEY(space, id)
);
CREATE INDEX objects_in_order ON retake.objects(space, seq);
CREATE INDEX objects_by_expiry ON retake.objects(expires);
`,
];

const oldestServer = 14;
/** "RETK" and the number of the lock. */
const migrationLock = '(1380271179, 1)';

/**
 * Brings the tables up to date, in one transaction and under a lock: of several processes that start at once, one does it.
 * @throws RetakeError `invalid_setting` for an older server, `cassette_invalid` for tables of a newer retake
 */
export async function migrate(shown: string, query: Query): Promise<void> {
  await checkServer(shown, query);
  if ((await readVersion(shown, query)) === migrations.length) return;
  await query(`SELECT pg_advisory_xact_lock${migrationLock}`);
  const version = await readVersion(shown, query);
  if (version === 0) {
    await query('CREATE SCHEMA IF NOT EXISTS retake');
    await query(`CREATE TABLE retake.migrations(
      version integer PRIMARY KEY, applied timestamptz NOT NULL DEFAULT now()
    )`);
  }
  for (const [index, statements] of migrations.entries()) {
    if (index < version) continue;
    await query(statements);
    await query('INSERT INTO retake.migrations(version) VALUES ($1)', [index + 1]);
  }
}

async function checkServer(shown: string, query: Query): Promise<void> {
  const [server] = await query<{version: string; encoding: string}>(
    "SELECT current_setting('server_version_num') AS version, current_setting('server_encoding') AS encoding",
  );
  const version = Math.floor(Number(server?.version) / 10_000);
  if (version < oldestServer) {
    throw new RetakeError(
      'invalid_setting',
      `The PostgreSQL server of ${shown} has version ${version}, and retake needs ${oldestServer} or newer.`,
    );
  }
  if (server?.encoding !== 'UTF8') {
    throw new RetakeError(
      'invalid_setting',
      `The PostgreSQL database ${shown} has the encoding ${server?.encoding}, and retake needs UTF8.`,
      {hint: 'Create another database: createdb --template=template0 --encoding=UTF8 NAME'},
    );
  }
}

/** The version of the tables; 0 if there are none. */
async function readVersion(shown: string, query: Query): Promise<number> {
  // The catalogue itself: to_regclass would answer from what the connection has cached, without what another process has just committed.
  const [found] = await query<{exists: boolean}>(
    `SELECT EXISTS (
       SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
       WHERE n.nspname = 'retake' AND c.relname = 'migrations'
     ) AS exists`,
  );
  if (!found?.exists) return 0;
  const [row] = await query<{version: number | null}>(
    'SELECT max(version) AS version FROM retake.migrations',
  );
  const version = row?.version ?? 0;
  if (version > migrations.length) {
    throw invalidCassette(
      shown,
      `has tables of version ${version}, which a newer retake wrote; this one knows up to ${migrations.length}`,
      'Update this retake.',
    );
  }
  return version;
}
