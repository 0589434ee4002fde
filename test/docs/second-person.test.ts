import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { runCli, typeCli } from '../support/cli.ts';
import { makeRepository, repositoryAt, type TestRepository, temporaryFolder } from '../support/git.ts';

const PAGE = readFileSync(path.resolve(import.meta.dirname, '../../docs/policy.md'), 'utf8');
const SECTION = PAGE.split(/^## /m).find((text) => text.startsWith('A second person joins')) ?? '';
const STEPS = [...SECTION.matchAll(/^(ada|bob) \$ (.+)$/gm)].map(([, who = '', line = '']) => ({ who, line }));
const KEYS = temporaryFolder('keys');

function become(repository: TestRepository, name: string): TestRepository {
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', name, '-f', path.join(KEYS, name)]);
  const settings = {
    'user.name': name,
    'user.email': `${name}@example.invalid`,
    'gpg.format': 'ssh',
    'user.signingkey': path.join(KEYS, name),
  };
  for (const [setting, value] of Object.entries(settings)) repository.git('config', setting, value);
  return repository;
}

test('the commands by which a second person joins do what docs/policy.md says', { timeout: 600_000 }, async () => {
  expect(STEPS.length).toBeGreaterThan(8);
  const remote = makeRepository('--bare');
  const ada = become(makeRepository(), 'ada');
  ada.git('remote', 'add', 'origin', remote.dir);
  expect(runCli(ada.dir, ['init']).status).toBe(0);
  ada.commit('base');
  ada.git('push', '--quiet', '--set-upstream', 'origin', 'main');
  const folder = path.join(temporaryFolder('bob'), 'clone');
  remote.git('clone', '--quiet', remote.dir, folder);
  const bob = become(repositoryAt(folder), 'bob');
  // What the page says must not be what the hooks stop.
  for (const { dir } of [ada, bob]) expect(runCli(dir, ['hooks', 'install']).status).toBe(0);

  let line = '';
  let last = '';
  let asked = 0;
  const run = async (repository: TestRepository, command: string): Promise<void> => {
    if (command.startsWith('brakeline ack')) {
      const why = { wait: 'Why is it fine?', type: `I have spoken with the other one, ${++asked}` };
      const { status, screen } = await typeCli(repository.dir, command.split(' ').slice(1), [why]);
      expect(status, screen).toBe(0);
    } else if (command.startsWith('brakeline ')) {
      const { status, stdout, stderr } = runCli(repository.dir, command.split(' ').slice(1));
      expect(status, stdout + stderr).toBe(0);
      line =
        stdout
          .split('\n')
          .find((one) => one.startsWith('  bob@example.invalid '))
          ?.trim() ?? line;
      last = stdout;
    } else if (command.startsWith('$EDITOR ')) {
      const file = path.join(repository.dir, command.slice('$EDITOR '.length));
      writeFileSync(
        file,
        readFileSync(file, 'utf8').replace('confirmDependents: true, self: true', 'confirmDependents: true, self: false'),
      );
    } else execFileSync('sh', ['-c', command.replace('LINE', line)], { cwd: repository.dir, stdio: 'pipe' });
  };
  for (const step of STEPS) {
    for (const command of step.line.split(' && ')) await run(step.who === 'ada' ? ada : bob, command);
  }
  expect(last).toMatch(/^PASS {2}1 finding covered, none open\n/);
  expect(last).toContain('by bob@example.invalid\n');
  // What Ada brought in by herself held under the policy that stood then.
  expect(runCli(bob.dir, ['verify', '--base', 'main^', '--head', 'main']).stdout).toContain('by ada@example.invalid\n');
});
