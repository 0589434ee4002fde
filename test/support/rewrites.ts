import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { TestRepository } from './git.ts';

/** The file that every case is about, the line in it that somebody acknowledged, and the function it stands in. */
export const FILE = 'src/purge.ts';
const FLAGGED = '    if (statSync(name).mtimeMs < limit) rmSync(path.join(dir, name), { recursive: true, force: true });\n';
const ABOVE = '    console.log(name);\n';
const GUARD = "  if (!user.isAdmin) throw new Error('forbidden');\n";

export const BEFORE = `import { readdirSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';

/** Where logs lie. */
export const LOGS = 'logs';

/** Lists what is old. */
export function purge(dir: string, days: number): void {
  const limit = Date.now() - days * 86_400_000;
  for (const name of readdirSync(dir)) {
${ABOVE}    console.log(limit);
  }
}

/** Says what is kept. */
export function archive(dir: string, limit: number): void {
  for (const name of readdirSync(dir)) {
    console.log(name, limit);
  }
}

/** Takes an account away. */
export function removeAccount(user: { isAdmin: boolean }, accounts: Map<string, number>, id: string): void {
${GUARD}  accounts.delete(id);
}
`;
export const AFTER = BEFORE.replace(ABOVE, `${ABOVE}${FLAGGED}`);

/** What the acknowledged line becomes: its content, its place, or what stands around it. */
export interface Edit {
  readonly name: string;
  /** What the design demands: the acknowledgement holds, dies, or holds for what was seen while something new asks for a person. */
  readonly demands: 'survives' | 'dies' | 'new-asks';
  /** Content of .gitattributes in the base. */
  readonly attributes?: string;
  /** Changes the working tree; git commits what it finds. */
  apply(repository: TestRepository): void;
}

export const EDITS: readonly Edit[] = [
  { name: 'nothing', demands: 'survives', apply: () => undefined },
  {
    name: 'line shift',
    demands: 'survives',
    apply: (at) => edit(at, (text) => text.replace('\n\n', '\n\n// Read this\n// before\n// you run it.\n\n')),
  },
  { name: 'neighbour edit', demands: 'survives', apply: (at) => edit(at, (text) => text.replace(ABOVE, '    console.info(name);\n')) },
  {
    name: 'CRLF in the working tree, LF in git',
    demands: 'survives',
    attributes: '*.ts text\n',
    apply: (at) => edit(at, withCrlf),
  },
  { name: 'CRLF in git', demands: 'dies', apply: (at) => edit(at, withCrlf) },
  { name: 'white space only', demands: 'dies', apply: (at) => edit(at, (text) => text.replace(FLAGGED, `  ${FLAGGED}`)) },
  { name: 'operator flip', demands: 'dies', apply: (at) => edit(at, (text) => text.replace('mtimeMs < limit', 'mtimeMs > limit')) },
  { name: 'rename', demands: 'dies', apply: (at) => void at.git('mv', FILE, 'src/sweep.ts') },
  {
    name: 'move to another function',
    demands: 'dies',
    apply: (at) => edit(at, (text) => text.replace(FLAGGED, '').replace('    console.log(name, limit);\n', (line) => `${line}${FLAGGED}`)),
  },
  {
    name: 'duplicate paste',
    demands: 'new-asks',
    apply: (at) => edit(at, (text) => text.replace('    console.log(limit);\n', (line) => `${line}${FLAGGED}`)),
  },
  { name: 'deleted check', demands: 'new-asks', apply: (at) => edit(at, (text) => text.replace(GUARD, '')) },
  {
    name: 'formatter',
    demands: 'dies',
    apply: (at) => edit(at, (text) => text.replaceAll('{ ', '{').replaceAll(' }', '}').replaceAll(';\n', '\n')),
  },
];

/** What is verified after a rewrite. */
export interface Range {
  readonly base: string;
  readonly head: string;
}

/** One way of writing history anew. It starts on `work`, one acknowledged commit ahead of `main`, and applies the edit on its way. */
export interface Rewrite {
  readonly name: string;
  run(repository: TestRepository, change: () => void): Range;
}

export const REWRITES: readonly Rewrite[] = [
  {
    name: 'amend',
    run(at, change) {
      change();
      at.git('add', '--all');
      at.git('commit', '--quiet', '--amend', '--no-edit');
      return { base: 'main', head: 'work' };
    },
  },
  {
    name: 'rebase',
    run(at, change) {
      moveMain(at);
      at.git('-c', "sequence.editor=sed -i -e 's/^pick/edit/'", 'rebase', '--quiet', '--interactive', 'main');
      change();
      at.git('add', '--all');
      at.git('commit', '--quiet', '--amend', '--no-edit');
      at.git('-c', 'core.editor=true', 'rebase', '--continue');
      return { base: 'main', head: 'work' };
    },
  },
  {
    name: 'interactive squash',
    run(at, change) {
      change();
      at.write('CHANGES.md', 'purge\n');
      at.commit('more');
      at.git('-c', "sequence.editor=sed -i -e '2s/^pick/squash/'", '-c', 'core.editor=true', 'rebase', '--quiet', '--interactive', 'main');
      only(at, 'main..work');
      return { base: 'main', head: 'work' };
    },
  },
  {
    name: 'split',
    run(at, change) {
      at.git('reset', '--quiet', 'HEAD^');
      at.git('add', FILE);
      at.git('commit', '--quiet', '--message=the code');
      change();
      at.commit('the rest');
      return { base: 'main', head: 'work' };
    },
  },
  {
    name: 'cherry-pick',
    run(at, change) {
      moveMain(at);
      at.git('switch', '--quiet', '--create', 'picked', 'main');
      at.git('cherry-pick', '--no-commit', 'work');
      change();
      at.commit('picked');
      return { base: 'main', head: 'picked' };
    },
  },
  {
    name: 'merge --squash',
    run(at, change) {
      moveMain(at);
      at.git('switch', '--quiet', 'main');
      at.git('merge', '--quiet', '--squash', 'work');
      change();
      at.commit('squashed');
      only(at, 'main^..main');
      return { base: 'main^', head: 'main' };
    },
  },
  {
    name: 'revert of the revert',
    run(at, change) {
      at.git('revert', '--no-edit', 'HEAD');
      at.git('revert', '--no-commit', 'HEAD');
      change();
      at.commit('again');
      return { base: 'main', head: 'work' };
    },
  },
  {
    name: 'merge commit',
    run(at, change) {
      moveMain(at);
      at.git('switch', '--quiet', 'main');
      at.git('merge', '--quiet', '--no-ff', '--no-commit', 'work');
      change();
      at.commit('merged');
      return { base: 'main^1', head: 'main' };
    },
  },
];

/** Others go on meanwhile, in the same file too: whoever changes another place there asks nobody to look again. */
function moveMain(at: TestRepository): void {
  at.git('switch', '--quiet', 'main');
  edit(at, (text) => text.replace("'logs'", "'var/logs'"));
  at.commit('meanwhile');
  at.git('switch', '--quiet', 'work');
}

function only(at: TestRepository, range: string): void {
  const commits = at.git('rev-list', '--count', range);
  if (commits !== '1') throw new Error(`expected one commit in ${range}, found ${commits}`);
}

function edit({ dir }: TestRepository, change: (text: string) => string): void {
  const file = path.join(dir, FILE);
  const text = readFileSync(file, 'utf8');
  const changed = change(text);
  if (changed === text) throw new Error('expected an edit that changes the file, found the same text');
  writeFileSync(file, changed);
}

function withCrlf(text: string): string {
  return text.replaceAll('\n', '\r\n');
}
