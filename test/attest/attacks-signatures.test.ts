import { execFileSync, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { PAYLOAD_TYPE, preAuthEncoding, printEnvelope } from '../../server/src/core/attest/dsse.ts';
import { writeStatement } from '../../server/src/core/attest/write-statement.ts';
import type { Finding } from '../../server/src/core/model/finding.ts';
import type { Envelope } from '../../server/src/core/model/statement.ts';
import { CLEAN, codes, FILE, KEY, makeBase, PUBLIC, REPOSITORY, RM, risky, sign, verified } from '../support/acknowledged-script.ts';
import { makeAcknowledgement, makeContext } from '../support/attest.ts';
import type { TestRepository } from '../support/git.ts';

vi.setConfig({ testTimeout: 120_000 });

let repository: TestRepository;

beforeEach(() => {
  repository = makeBase();
});
afterEach(() => repository.dispose());

describe('signatures of git and of Brakeline', () => {
  it('a signed commit is no acknowledgement', async () => {
    const findings = await risky(repository);
    repository.git('-c', 'gpg.format=ssh', '-c', `user.signingkey=${`${KEY}.pub`}`, 'commit', '--quiet', '--amend', '-S', '--no-edit');
    const commit = execFileSync('git', ['cat-file', 'commit', 'HEAD'], { cwd: repository.dir, encoding: 'utf8' });
    const signature = armourIn(commit);
    const payload = Buffer.from(JSON.stringify(statementAbout(findings)));
    const record: Envelope = { payloadType: PAYLOAD_TYPE, payload: payload.toString('base64'), signatures: [], sshsig: signature };
    const result = await verified(repository, [printEnvelope(record)]);
    expect(result.gaps.map(({ code }) => code)).toEqual(['uncovered']);
    expect(result.warnings.join('\n')).toContain('expected the namespace brakeline-ack, found "git"');
    // Nor the same bytes with the namespace that git uses: whoever signs commits for others cannot be used.
    const asGit = keygenSign('git', preAuthEncoding(PAYLOAD_TYPE, payload));
    expect(await codes(repository, [printEnvelope({ ...record, sshsig: asGit })])).toEqual(['uncovered']);
    const asOurs = keygenSign('brakeline-ack', preAuthEncoding(PAYLOAD_TYPE, payload));
    expect(await codes(repository, [printEnvelope({ ...record, sshsig: asOurs })])).toEqual([]);
  });

  it('an acknowledgement’s signature signs no commit', async () => {
    await risky(repository);
    const unsigned = execFileSync('git', ['cat-file', 'commit', 'HEAD'], { cwd: repository.dir });
    const accepted = (namespace: string): boolean => {
      const [head = '', ...message] = unsigned.toString('utf8').split('\n\n');
      const signature = keygenSign(namespace, unsigned).trimEnd().split('\n').join('\n ');
      const commit = `${head}\ngpgsig ${signature}\n\n${message.join('\n\n')}`;
      const oid = execFileSync('git', ['hash-object', '-t', 'commit', '-w', '--stdin'], {
        cwd: repository.dir,
        input: commit,
        encoding: 'utf8',
      }).trim();
      writeFileSync(path.join(path.dirname(KEY), 'allowed'), `ada@example.invalid ${PUBLIC}\n`);
      const args = [
        '-c',
        'gpg.format=ssh',
        '-c',
        `gpg.ssh.allowedSignersFile=${path.join(path.dirname(KEY), 'allowed')}`,
        'verify-commit',
        oid,
      ];
      return spawnSync('git', args, { cwd: repository.dir }).status === 0;
    };
    expect(accepted('git')).toBe(true);
    expect(accepted('brakeline-ack')).toBe(false);
  });
});

describe('a git note', () => {
  it('that an amend with other content keeps covers nothing', async () => {
    const line = await sign(await risky(repository));
    repository.git('config', 'notes.rewriteRef', 'refs/notes/brakeline');
    repository.git('notes', '--ref=refs/notes/brakeline', 'add', '--message', line, 'HEAD');
    expect(await codes(repository, [])).toEqual([]);
    repository.write(
      FILE,
      CLEAN.replace('  echo "$1"\n', (text) => `${text}  rm -rf "$1"/ "$HOME"/\n`),
    );
    repository.git('commit', '--quiet', '--all', '--amend', '--no-edit');
    expect(repository.git('notes', '--ref=refs/notes/brakeline', 'show', 'HEAD')).toBe(line);
    expect(new Set(await codes(repository, []))).toEqual(new Set(['stale']));
    repository.write(
      FILE,
      CLEAN.replace('  echo "$1"\n', (text) => text + RM),
    );
    repository.git('commit', '--quiet', '--all', '--amend', '--no-edit');
    expect(await codes(repository, []), 'the content is back, and so is what it covers').toEqual([]);
  });
});

function statementAbout(findings: readonly Finding[]): object {
  return writeStatement(makeAcknowledgement(findings), makeContext(PUBLIC.split(' ').slice(0, 2).join(' '), { repositoryId: REPOSITORY }));
}

function keygenSign(namespace: string, message: Uint8Array): string {
  const args = ['-Y', 'sign', '-n', namespace, '-f', KEY];
  return execFileSync('ssh-keygen', args, { input: message, encoding: 'utf8', stdio: ['pipe', 'pipe', 'ignore'] });
}

/** The signature in a commit's header: its lines are indented by one blank. */
function armourIn(commit: string): string {
  const found = /^gpgsig (-----BEGIN SSH SIGNATURE-----\n(?: .*\n)+)/m.exec(commit)?.[1];
  if (found === undefined) throw new Error('expected a signed commit, found none');
  return found.replaceAll('\n ', '\n');
}
