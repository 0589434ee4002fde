/** Why something outside the engine failed. The set is closed: tests and doors match codes, never messages. */
export type AppErrorCode =
  | 'not-a-repository'
  | 'no-commits'
  | 'bad-revision'
  | 'shallow'
  | 'no-working-tree'
  | 'git-missing'
  | 'git-failed'
  | 'bad-policy'
  | 'bad-index'
  | 'bad-usage'
  | 'key-refused'
  | 'ledger-busy'
  | 'demo-failed'
  | 'incomplete-installation';

/** A failure a person can act on. The message says what was expected and what was found: lower case, no full stop. */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: AppErrorCode;

  constructor(code: AppErrorCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.code = code;
  }
}
