import type {Query} from './driver.js';

/** Whether the role may write into retake's tables, and the server takes writes: a standby does not. */
export async function mayWrite(query: Query): Promise<boolean> {
  const [row] = await query<{allowed: boolean}>(
    `SELECT current_setting('transaction_read_only') = 'off' AND
       bool_and(has_table_privilege(c.oid, 'INSERT') AND has_table_privilege(c.oid, 'UPDATE')) AS allowed
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE n.nspname = 'retake' AND c.relkind = 'r' AND c.relname <> 'migrations'`,
  );
  return row?.allowed ?? false;
}

/** What lets a role write. */
export const grantToWrite =
  'Let the role write: GRANT INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA retake TO ROLE';
