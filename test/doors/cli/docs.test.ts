import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { Command } from '../../../server/src/doors/cli/command.ts';
import { command as ack } from '../../../server/src/doors/cli/commands/ack.ts';
import { command as demo } from '../../../server/src/doors/cli/commands/demo.ts';
import { command as explain } from '../../../server/src/doors/cli/commands/explain.ts';
import { command as exportCommand } from '../../../server/src/doors/cli/commands/export.ts';
import { command as graph } from '../../../server/src/doors/cli/commands/graph.ts';
import { command as hooks } from '../../../server/src/doors/cli/commands/hooks.ts';
import { command as index } from '../../../server/src/doors/cli/commands/index.ts';
import { command as init } from '../../../server/src/doors/cli/commands/init.ts';
import { command as learn } from '../../../server/src/doors/cli/commands/learn.ts';
import { command as lsp } from '../../../server/src/doors/cli/commands/lsp.ts';
import { command as override } from '../../../server/src/doors/cli/commands/override.ts';
import { command as policy } from '../../../server/src/doors/cli/commands/policy.ts';
import { command as review } from '../../../server/src/doors/cli/commands/review.ts';
import { command as rules } from '../../../server/src/doors/cli/commands/rules.ts';
import { command as signoff } from '../../../server/src/doors/cli/commands/signoff.ts';
import { command as sync } from '../../../server/src/doors/cli/commands/sync.ts';
import { command as undo } from '../../../server/src/doors/cli/commands/undo.ts';
import { command as verify } from '../../../server/src/doors/cli/commands/verify.ts';
import { renderCommandHelp } from '../../../server/src/doors/cli/help.ts';
import { AGENT_VARIABLES } from '../../../server/src/doors/cli/person.ts';

const COMMANDS: readonly Command[] = [
  review,
  explain,
  graph,
  ack,
  undo,
  override,
  exportCommand,
  signoff,
  verify,
  sync,
  hooks,
  policy,
  learn,
  rules,
  index,
  init,
  demo,
  lsp,
];
const ROOT = path.resolve(import.meta.dirname, '../../..');
const PAGE = readFileSync(path.join(ROOT, 'docs/cli.md'), 'utf8');

test.each(COMMANDS.map((command) => [command.name, command] as const))(
  'docs/cli.md has every option of %s, and no other',
  (name, command) => {
    const section = PAGE.split(/^## /m).find((text) => text.startsWith(`brakeline ${name}`)) ?? '';
    const heading = section.slice(0, section.indexOf('\n'));
    expect(heading).toBe(['brakeline', name, command.operands.usage].filter(Boolean).join(' '));
    const documented = [...section.matchAll(/^\| `(--[^`]+)` \|/gm)].map((match) => match[1]);
    expect(documented).toEqual(
      Object.entries(command.options).map(([flag, { value }]) => (value === undefined ? `--${flag}` : `--${flag} ${value}`)),
    );
  },
);

test.each(COMMANDS.map((command) => [command.name, command] as const))('the help of %s lists every word that it takes', (_, command) => {
  const words = command.operands.usage.split(/[| ]/).filter((word) => /^[a-z]+$/.test(word));
  expect((command.verbs ?? []).map(({ usage }) => usage.split(' ')[0])).toEqual(words);
  const page = renderCommandHelp(command, { colour: false, columns: 80, isTerminal: true });
  for (const word of words) expect(page).toMatch(new RegExp(`^ {2}${word}\\b.* {2}\\S`, 'm'));
});

test('docs/cli.md names every variable by which an agent is known', () => {
  for (const name of AGENT_VARIABLES) expect(PAGE).toContain(`\`${name}\``);
});

test('every test that the README names as proof exists', () => {
  const readme = readFileSync(path.join(ROOT, 'README.md'), 'utf8');
  const named = [...readme.matchAll(/npx vitest run (test\/\S+?)(?: -t ([\w-]+))?`/g)];
  expect(named.length).toBeGreaterThan(5);
  for (const [, place = '', name] of named) {
    expect(existsSync(path.join(ROOT, place)), place).toBe(true);
    if (name !== undefined) expect(readFileSync(path.join(ROOT, place), 'utf8'), place).toContain(`'${name}'`);
  }
});
