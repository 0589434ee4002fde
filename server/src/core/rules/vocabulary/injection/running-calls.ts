/** Calls that run a statement, or may, by the last part of their name. */
export const RUNS =
  /^(query|execute|exec|raw|run|all|get|each|prepare|\$queryRawUnsafe|\$executeRawUnsafe|queryRaw|executeSql|unsafe|whereRaw|orderByRaw|havingRaw|createQuery|createNativeQuery|prepareStatement|executemany|executescript|execute_sql|read_sql|read_sql_query|RawSQL|scalars?|fetch|fetchrow|fetchval|fetch_all|fetch_one|fetch_val|fetchall|exec_driver_sql|Query|QueryRow|QueryContext|QueryRowContext|Queryx|QueryRowx|QueryxContext|QueryRowxContext|Exec|ExecContext|MustExec|MustExecContext|NamedExec|NamedExecContext|NamedQuery|NamedQueryContext|SendBatch|Raw|Prepare|PrepareContext|Preparex|PreparexContext|Get|Select|GetContext|SelectContext|queryForMap|queryForRowSet|queryForStream|batchUpdate|newQuery|nativeQuery|createSQLQuery|createStoredProcedureQuery|query_scalar|query_with|sql|raw_sql|from_statement|executeRaw|sql_query|query_as|queryForObject|queryForList|update|executeQuery|executeUpdate|addBatch)$/;

/** Names that run a statement and do nothing else. */
export const RUNS_FOR_SURE =
  /^(query|execute|\$queryRawUnsafe|\$executeRawUnsafe|queryRaw|executeSql|unsafe|createQuery|createNativeQuery|createSQLQuery|nativeQuery|prepareStatement|executemany|read_sql|fetchrow|fetchval|fetch_all|fetch_one|exec_driver_sql|Query|QueryRow|QueryContext|QueryRowContext|Queryx|QueryRowx|QueryxContext|Exec|ExecContext|NamedQuery|Raw|Get|Select|GetContext|SelectContext|sql_query|query_as|query_scalar|queryForObject|queryForList|queryForMap|executeQuery|executeUpdate|raw)$/;

/** Rows that a connection fetches. */
export const FETCHES = /(?:^|[._])(?:conn|connection|pool|db|tx|cur|cursor|session|database|pg)\.fetch$/i;
