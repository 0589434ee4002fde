import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { AppError } from '../../../host/app-error.ts';
import { gitText, runGit } from '../../../host/git/git.ts';
import { ASSISTANT_EDIT } from './assistant-edit.ts';
import { SHOP_FILES } from './shop-files.ts';

/** The demo's repository, with git told who commits in it and nothing else. Errors: `bad-usage` where `dir` holds something. */
export function makeShop(dir: string): void {
  mkdirSync(dir, { recursive: true });
  if (readdirSync(dir).length > 0) throw new AppError('bad-usage', `expected a new or empty folder, found files in ${dir}`);
  runGit({ cwd: dir }, ['init', '--quiet', '--initial-branch=main']);
  for (const [name, value] of Object.entries(CONFIG)) runGit({ cwd: dir }, ['config', name, value]);
  writeFiles(dir, SHOP_FILES);
}

/** What the assistant did: four files of the working tree, nothing staged. */
export function applyAssistantEdit(dir: string): void {
  writeFiles(dir, ASSISTANT_EDIT);
}

export function stageAll(dir: string): void {
  runGit({ cwd: dir }, ['add', '--all']);
}

/** Commits everything that is in the working tree. */
export function commitAll(dir: string, message: string): void {
  stageAll(dir);
  runGit({ cwd: dir }, ['commit', '--quiet', '--no-verify', `--message=${message}`]);
}

/** `4 files changed, 74 insertions(+), 102 deletions(-)`, untracked files counted. */
export function changeSize(dir: string): string {
  runGit({ cwd: dir }, ['add', '--all', '--intent-to-add']);
  const size = gitText({ cwd: dir }, ['diff', '--shortstat']).trim();
  runGit({ cwd: dir }, ['reset', '--quiet']);
  return size;
}

const CONFIG: Readonly<Record<string, string>> = {
  'user.name': 'Demo',
  'user.email': 'demo@example.invalid',
  'commit.gpgsign': 'false',
  'core.autocrlf': 'false',
};

function writeFiles(dir: string, files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(dir, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text, { mode: name.endsWith('.sh') ? 0o755 : 0o644 });
  }
}
