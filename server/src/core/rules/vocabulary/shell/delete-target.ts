import type { Command, SourceFacts } from '../../../model/facts.ts';

/** What a path in a delete command may come to once its variables are looked up. */
export interface DeleteTarget {
  /** The path with its variables resolved; a variable that may be empty is empty, one that cannot be is `UNKNOWN`. */
  readonly path: string;
  /** The first variable that may be empty, or empty where there is none. */
  readonly mayBeEmpty: string;
  /** True where it is empty by what the script says, `${UPLOADS:-}`, and not for being unset: `set -u` stops nothing there. */
  readonly isEmptyBySelf?: true;
  /** True where it starts in a directory that the script made for itself. */
  readonly temporary: boolean;
}

/** Stands for a value that is not empty and that we do not know. */
export const UNKNOWN = '\u0001';

/** Looks up what a word of `command` expands to, by the assignments above it and by the names that every runner sets. */
export function resolveTarget(text: string, command: Command, facts: SourceFacts | undefined): DeleteTarget {
  return resolve(text, command, facts, 0);
}

/** What a literal path stands for. */
export type PathKind = 'root' | 'home' | 'system' | 'working-directory' | 'cache' | 'temporary' | 'build' | 'relative' | 'absolute';

/** Classifies a path by how much is lost with it. */
export function classifyPath(path: string): PathKind {
  const plain = path.replace(/\/+/g, '/').replace(/(\/\.)+(?=\/|$)/g, '');
  if (/^\/?(\*|\.\*|\.\.?|\{.*\})?$/.test(plain) && plain.startsWith('/')) return 'root';
  if (CACHE.test(plain)) return 'cache';
  if (/^(\/private)?(\/var)?\/(tmp|run)\/.+/.test(plain)) return 'temporary';
  if (/^~[^/]*(\/.*)?$/.test(plain)) return 'home';
  if (SYSTEM.test(plain)) return 'system';
  if (plain.startsWith('/')) return 'absolute';
  if (/^(\.{0,2}\/)*(\.{1,2}|\*|\.\[!\.\]\*|\.git)?$/.test(plain)) return 'working-directory';
  return isBuildFolder(plain) ? 'build' : 'relative';
}

const SYSTEM =
  /^\/(var|home|etc|srv|opt|usr|data|mnt|media|root|lib|lib64|bin|sbin|boot|dev|proc|sys|backup|backups|storage|volumes|Users|Library|System|Applications|Volumes|workspace)(\/|$|\*)/;
/** Caches, and what a hosted runner brings along and a job that is short of space may drop. */
const CACHE =
  /^\/(usr\/share\/(dotnet|swift)|usr\/local\/(lib\/android|share\/(boost|powershell|chromium)|\.ghcup)|opt\/(ghc|hostedtoolcache|az|google|microsoft))(\/|$)|(^|\/)(var\/lib\/apt\/lists|var\/cache|var\/log\/(apt|dpkg|yum|dnf|lastlog|faillog|alternatives)[^/]*|usr\/share\/(doc|man|info|locale|zoneinfo|groff|linda|lintian)|\.cache|\.npm|\.yarn|\.pnpm-store|\.gradle\/caches|\.m2\/repository|\.cargo\/registry|__pycache__|node_modules|Library\/Caches)(\/|$|\*)/;
const BUILD =
  /^(\.?(build|builds|dist|dists|out|output|outputs|target|targets|coverage|cache|caches|tmp|temp|logs?|bin|obj|lib|esm|cjs|umd|es|types|generated|gen|reports?|artifacts?|release|releases|site|_site|public|storybook-static|test-results|playwright-report|htmlcov|wheels|pkg|bundle|bundles)|\.[a-z][\w.-]*[-_]?(cache|build|output)|\.(next|nuxt|output|svelte-kit|turbo|vite|parcel-cache|angular|expo|docusaurus|vercel|serverless|aws-sam|terraform|terragrunt-cache|gradle|tox|nox|venv|eggs|tsc|nyc_output|pytest_cache|mypy_cache|ruff_cache)|venv|env|cdk\.out|.*\.(egg-info|tmp|log|o|pyc|tgz|tar\.gz|zip|tsbuildinfo|whl))$/i;

function isBuildFolder(path: string): boolean {
  const parts = path.split('/').filter((part) => part !== '.' && part !== '..' && part !== '' && part !== UNKNOWN);
  return parts.some((part) => BUILD.test(part) || part === 'node_modules' || part === '__pycache__');
}

/** Variables that a shell or a runner always sets, and what they hold. */
const ALWAYS_SET: Readonly<Record<string, string>> = {
  HOME: '~',
  PWD: UNKNOWN,
  OLDPWD: UNKNOWN,
  GITHUB_WORKSPACE: UNKNOWN,
  RUNNER_TEMP: '/tmp/runner',
  CI_PROJECT_DIR: UNKNOWN,
  WORKSPACE: UNKNOWN,
};

function resolve(text: string, command: Command, facts: SourceFacts | undefined, depth: number): DeleteTarget {
  let path = '';
  let mayBeEmpty = '';
  let temporary = false;
  let isEmptyBySelf = false;
  for (const part of splitExpansions(text)) {
    const found = part.kind === 'text' ? known(part.text) : lookUp(part.text, command, facts, depth);
    if (path === '' && found.temporary) temporary = true;
    if (mayBeEmpty === '') mayBeEmpty = found.mayBeEmpty;
    if (found.isEmptyBySelf === true) isEmptyBySelf = true;
    path += found.path;
  }
  return isEmptyBySelf ? { path, mayBeEmpty, temporary, isEmptyBySelf } : { path, mayBeEmpty, temporary };
}

function lookUp(expansion: string, command: Command, facts: SourceFacts | undefined, depth: number): DeleteTarget {
  // A variable of make is written as a command of the shell is: `MODELS ?= $(HOME)/models`.
  const made = /^\$\(([A-Za-z_]\w*)\)$/.exec(expansion)?.[1];
  if (made !== undefined && (Object.hasOwn(ALWAYS_SET, made) || lastAssignment(made, command, facts) !== undefined))
    return lookUp(`\${${made}}`, command, facts, depth + 1);
  if (expansion.startsWith('$(') || expansion.startsWith('`')) return substitution(expansion);
  const match = /^\$\{?([A-Za-z_]\w*|[0-9@*#?!])(?!\w)(.*?)\}?$/s.exec(expansion);
  const name = match?.[1] ?? '';
  const operator = match?.[2] ?? '';
  if (/^:?\?/.test(operator)) return { path: UNKNOWN, mayBeEmpty: '', temporary: false };
  const fallback = /^:?-(.*)$/s.exec(operator)?.[1] ?? '';
  if (fallback !== '') return depth > 4 ? known(UNKNOWN) : resolve(fallback.replace(/^["']|["']$/g, ''), command, facts, depth + 1);
  if (Object.hasOwn(ALWAYS_SET, name)) return known(ALWAYS_SET[name] ?? UNKNOWN);
  if (name === 'TMPDIR') return { path: '/tmp/x', mayBeEmpty: '', temporary: true };
  if (/^_+(?:(?:github_workspace|github_run_id|github_sha|runner_temp)_*|matrix_\w+)$|^path_(?:module|root|cwd)$/.test(name))
    return known(UNKNOWN);
  const assigned = depth > 4 ? undefined : lastAssignment(name, command, facts);
  const held = assigned === undefined ? undefined : resolve(assigned, command, facts, depth + 1);
  // A test below the assignment asks what was assigned.
  if (held !== undefined) return held.mayBeEmpty !== '' && isTested(name, command, facts) ? known(UNKNOWN) : held;
  if (isTested(name, command, facts)) return known(UNKNOWN);
  return { path: '', mayBeEmpty: name, temporary: false, ...(/^:?-$/.test(operator) ? { isEmptyBySelf: true } : {}) };
}

function known(path: string): DeleteTarget {
  return { path, mayBeEmpty: '', temporary: false };
}

function substitution(source: string): DeleteTarget {
  if (/\bmktemp\b/.test(source)) return { path: UNKNOWN, mayBeEmpty: '', temporary: true };
  if (/\b(pwd|dirname|basename|realpath|readlink|date|uname|hostname|whoami)\b/.test(source)) return known(UNKNOWN);
  return { path: '', mayBeEmpty: source, temporary: false };
}

function lastAssignment(name: string, command: Command, facts: SourceFacts | undefined): string | undefined {
  const above = facts?.settings.filter(
    (setting) => setting.path.length === 1 && setting.path[0] === name && setting.range.start.line <= command.range.start.line,
  );
  const value = above?.at(-1)?.value;
  return typeof value === 'string' ? value : undefined;
}

/** A test of the variable above the command: `[ -n "$DIR" ] || exit`, `if [ -d "$DIR" ]`, `: "${DIR:?}"`. */
export function isTested(name: string, command: Command, facts: SourceFacts | undefined): boolean {
  if (facts === undefined) return false;
  const isStopped = (other: Command): boolean =>
    other.subshell !== true &&
    (other.scope === command.scope || other.scope === '') &&
    other.range.start.line < command.range.start.line &&
    other.words.some((word) => word.expansions.some((expansion) => expansion.name === name && expansion.guarded));
  return facts.commands.some(
    (other) =>
      isStopped(other) ||
      isDemanded(name, other, command, facts) ||
      ((other.name === '[' || other.name === '[[' || other.name === 'test') &&
        other.scope === command.scope &&
        other.range.start.line <= command.range.start.line &&
        other.words.some((word) => /^-[nzdef]$/.test(word.text)) &&
        other.words.some((word) => word.expansions.some((expansion) => expansion.name === name))),
  );
}

/** `require BACKUP_DIR` above the command, where that function of the script asks for what the name it is handed holds, or the value. */
function isDemanded(name: string, asks: Command, command: Command, { commands }: SourceFacts): boolean {
  if (asks.range.start.line >= command.range.start.line || (asks.scope !== command.scope && asks.scope !== '')) return false;
  const at = asks.words.findIndex(({ text }, index) => index > 0 && (text === name || text === `$${name}` || text === `\${${name}}`));
  if (at < 1) return false;
  const isName = asks.words[at]?.text === name;
  return commands.some(
    ({ name: program, scope, written }) =>
      scope === asks.name &&
      /^(\[|\[\[|test)$/.test(program) &&
      /-[zn]\b/.test(written) &&
      written.includes('$') &&
      written.includes(isName ? '!' : String(at)),
  );
}

type Part = { readonly kind: 'text' | 'expansion'; readonly text: string };

/** Cuts a word into literal text and expansions; braces and parentheses nest. */
function splitExpansions(text: string): readonly Part[] {
  const parts: Part[] = [];
  let literal = '';
  for (let at = 0; at < text.length; ) {
    const end = expansionEnd(text, at);
    if (end === at) literal += text[at++];
    else {
      if (literal !== '') parts.push({ kind: 'text', text: literal });
      literal = '';
      parts.push({ kind: 'expansion', text: text.slice(at, end) });
      at = end;
    }
  }
  if (literal !== '') parts.push({ kind: 'text', text: literal });
  // Quotes inside a joined word say nothing about the path.
  return parts.map((part) => (part.kind === 'text' ? { ...part, text: part.text.replace(/["']/g, '') } : part));
}

function expansionEnd(text: string, at: number): number {
  if (text[at] === '`') {
    const close = text.indexOf('`', at + 1);
    return close < 0 ? text.length : close + 1;
  }
  if (text[at] !== '$') return at;
  const open = text[at + 1];
  if (open !== '{' && open !== '(') return at + (/^\$(?:[A-Za-z_]\w*|[0-9@*#?!])/.exec(text.slice(at))?.[0].length ?? 0);
  const close = open === '{' ? '}' : ')';
  let depth = 0;
  for (let next = at + 1; next < text.length; next++) {
    if (text[next] === open) depth++;
    else if (text[next] === close && --depth === 0) return next + 1;
  }
  return text.length;
}
