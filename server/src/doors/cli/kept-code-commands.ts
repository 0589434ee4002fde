/**
 * Whether a command line may start from code that an earlier process compiled and left in this person's cache folder. Whoever can
 * write there can make that code do anything; so it is for what shows findings alone. Invariant: what signs, decides, verifies or
 * writes carriers compiles the program itself, and so does everything in CI (test/doors/cli/kept-code.test.ts).
 */
export function mayUseKeptCode(args: readonly string[], env: Readonly<Record<string, string | undefined>>): boolean {
  if ((env.CI ?? '') !== '' || env.BRAKELINE_KEPT_CODE === 'off') return false;
  const [name, verb, hook] = args;
  return name === 'review' || name === 'graph' || name === 'explain' || (name === 'hooks' && verb === 'run' && hook === 'pre-commit');
}
