import type {Database} from 'better-sqlite3';

/** "RETK": distinguishes cassettes from other SQLite databases. */
export const applicationId = 0x5245544b;
/** The newest version of the tables below; a file with a greater one was written by a newer retake. */
export const schemaVersion = 3;
/** The first version with tables of facts. A cassette without facts is written as version 1, so that it stays as it is. */
export const factsVersion = 2;
/** The first version whose takes may have a provider's bytes, an error or a refusal. A cassette without any is written as an older one. */
export const wireVersion = 3;
export const pageSize = 1024;

/** The columns of a take in every table; `digest` covers the interaction's key and both texts. */
export const takeColumns = `
  chunks     TEXT NOT NULL,
  provenance TEXT NOT NULL,
  digest     BLOB NOT NULL`;

const tables = `
CREATE TABLE settings(
  name  TEXT PRIMARY KEY NOT NULL,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE interactions(
  id      INTEGER PRIMARY KEY,
  key     TEXT NOT NULL,
  request TEXT NOT NULL
) STRICT;
CREATE TABLE takes(
  interaction INTEGER NOT NULL,
  position    INTEGER NOT NULL,${takeColumns},
  PRIMARY KEY(interaction, position)
) STRICT;
`;

const factTables = `
CREATE TABLE renders(
  pdf      TEXT NOT NULL,
  options  TEXT NOT NULL,
  digest   TEXT NOT NULL,
  pages    TEXT NOT NULL,
  renderer TEXT NOT NULL,
  PRIMARY KEY(pdf, options, digest)
) STRICT, WITHOUT ROWID;
CREATE TABLE refs(
  url       TEXT NOT NULL,
  digest    TEXT NOT NULL,
  shown     TEXT NOT NULL,
  sha256    TEXT NOT NULL,
  mediaType TEXT NOT NULL,
  text      TEXT,
  PRIMARY KEY(url, digest)
) STRICT, WITHOUT ROWID;
CREATE TABLE media(
  kind      TEXT NOT NULL,
  digest    TEXT NOT NULL,
  mediaType TEXT NOT NULL,
  width     INTEGER,
  height    INTEGER,
  bytes     BLOB NOT NULL,
  checksum  TEXT NOT NULL,
  PRIMARY KEY(kind, digest)
) STRICT, WITHOUT ROWID;
`;

/** Creates the tables of a cassette in an empty database. */
export function createTables(database: Database, {withFacts}: {readonly withFacts: boolean}): void {
  database.pragma(`application_id = ${applicationId}`);
  database.pragma(`user_version = ${withFacts ? factsVersion : 1}`);
  database.exec(withFacts ? tables + factTables : tables);
}

/** Marks a cassette as one with a provider's bytes, an error or a refusal. Its version has the tables of facts, too. */
export function markWire(database: Database, {withFacts}: {readonly withFacts: boolean}): void {
  if (!withFacts) database.exec(factTables);
  database.pragma(`user_version = ${wireVersion}`);
}

/** A table or index of a database, and the statement that created it; an index of a constraint has none. */
export type SchemaEntry = {readonly name: string; readonly sql: string | null};

/** What `createTables` creates, for a version. */
export function cassetteSchema(version: number): readonly SchemaEntry[] {
  const statements = version < factsVersion ? tables : tables + factTables;
  return [...schemaOf(statements), {name: 'sqlite_autoindex_takes_1', sql: null}];
}

/** The tables and indexes that statements create, without those that SQLite adds. */
export function schemaOf(statements: string): readonly SchemaEntry[] {
  return statements
    .split(';')
    .map(statement => statement.trim())
    .flatMap(sql => {
      const name = /^CREATE (?:TABLE|INDEX) (\w+)/.exec(sql)?.[1];
      return name === undefined ? [] : [{name, sql}];
    });
}
