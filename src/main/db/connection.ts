/** The one connection to a project's database, as every repository gets it. */
import type { Database } from 'better-sqlite3';
import type { BetterSQLite3Database } from 'drizzle-orm/better-sqlite3';
import type * as schema from './schema.ts';

export interface Connection {
  readonly sqlite: Database;
  readonly db: BetterSQLite3Database<typeof schema>;
}
