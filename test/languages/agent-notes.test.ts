import { expect, it } from 'vitest';
import notes from '../../server/src/core/languages/agent-notes/index.ts';
import type { RepoPath } from '../../server/src/core/model/tree.ts';

const read = (text: string): readonly string[] => {
  const path = '.claude/agents/deploy.md' as RepoPath;
  const facts = notes.facts(path, text, () => notes.facts(path, '', () => ({ ...facts })));
  return facts.settings.map((setting) => `${setting.range.start.line} ${setting.path.join('.')} = ${String(setting.value)}`);
};

it('owns what an agent is told, and no other prose', () => {
  const owned = [
    'CLAUDE.md',
    'docs/AGENTS.md',
    '.claude/commands/ship.md',
    '.cursor/rules/a.mdc',
    '.cursorrules',
    '.github/copilot-instructions.md',
  ];
  expect(owned.filter((path) => !notes.owns(path as RepoPath))).toEqual([]);
  expect(['README.md', 'docs/agents.md.txt', 'src/claude/notes.md'].filter((path) => notes.owns(path as RepoPath))).toEqual([]);
});

it('reads the header as settings and each line as one', () => {
  expect(read('---\nname: deploy\ntools:\n  - Read\n  - Bash(git status)\n---\n# Deploy\n\nAsk first.\n')).toEqual([
    '2 name = deploy',
    '4 tools.0 = Read',
    '5 tools.1 = Bash(git status)',
    '7 line = # Deploy',
    '9 line = Ask first.',
  ]);
});

it('takes a header that is no map for none', () => {
  expect(read('---\n- a\n---\nb\n')).toEqual(['4 line = b']);
});
