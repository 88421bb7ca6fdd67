/** What a migration is: one numbered step of the project database's shape. */

/** Steps are applied in order of `version`, each in one transaction, and are never edited once released. */
export interface Migration {
  /** 1, 2, 3 …; `PRAGMA user_version` after it was applied. */
  readonly version: number;
  /** What it does, in a few words; for the log and for the name of the backup. */
  readonly name: string;
  /** The SQL, as many statements as needed, without BEGIN and COMMIT. */
  readonly sql: string;
}
