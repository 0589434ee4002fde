/** Hooks that are installed; `prepare-commit-msg` only where it is asked for. */
export const HOOKS = ['pre-commit', 'pre-push'] as const;
export const TRAILER_HOOK = 'prepare-commit-msg';
export type HookName = (typeof HOOKS)[number] | typeof TRAILER_HOOK;
export const ALL_HOOKS: readonly HookName[] = [...HOOKS, TRAILER_HOOK];

const MARK = '# Written by `brakeline hooks install`; `brakeline hooks uninstall` takes it away. Edit it, and it is yours.';

/** The program that a hook calls, absolute paths. */
export interface HookProgram {
  readonly node: string;
  readonly cli: string;
}

/**
 * The text of a hook. It calls the command line that installed it; where that is gone, the `brakeline` on the path; and where
 * there is none it says so and lets git go on: what decides is the verification in CI.
 */
export function hookScript(name: HookName, { node, cli }: HookProgram): string {
  return [
    '#!/bin/sh',
    MARK,
    `node=${quote(node)}`,
    `cli=${quote(cli)}`,
    `if [ -x "$node" ] && [ -f "$cli" ]; then exec "$node" "$cli" hooks run ${name} -- "$@"; fi`,
    `if command -v brakeline >/dev/null 2>&1; then exec brakeline hooks run ${name} -- "$@"; fi`,
    `echo 'brakeline: not found, so nothing was looked at (${name})' >&2`,
    '',
  ].join('\n');
}

/** Whether a hook is one that was written here and that nobody changed since; the places of the programs may differ. */
export function isOwnHook(name: HookName, text: string): boolean {
  const [node = '', cli = ''] = ['node', 'cli'].map((variable) => text.split('\n').find((line) => line.startsWith(`${variable}=`)) ?? '');
  const lines = hookScript(name, { node: '', cli: '' }).split('\n');
  const expected = lines.map((line) => (line.startsWith('node=') ? node : line.startsWith('cli=') ? cli : line)).join('\n');
  return text === expected && [node, cli].every((line) => /^(node|cli)='([^'\n]|'\\'')*'$/.test(line));
}

/** One word of a POSIX shell. */
function quote(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
