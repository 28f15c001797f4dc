import type {Database} from 'better-sqlite3';

/** "RETK": tells a cassette from other SQLite databases. */
export const applicationId = 0x5245544b;
/** The version of the tables below; a file with a greater one was written by a newer retake. */
export const schemaVersion = 1;
export const pageSize = 1024;

/** The columns of a take wherever one is kept; `digest` covers the interaction's key and the two texts. */
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

/** Makes an empty database a cassette without interactions. */
export function createTables(database: Database): void {
  database.pragma(`application_id = ${applicationId}`);
  database.pragma(`user_version = ${schemaVersion}`);
  database.exec(tables);
}
