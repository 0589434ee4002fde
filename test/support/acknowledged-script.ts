import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'vitest';
import type { Finding } from '../../server/src/core/model/finding.ts';
import type { VerificationResult } from '../../server/src/core/model/result.ts';
import { groupLines } from '../../server/src/host/carriers/group-lines.ts';
import { writeCarriers } from '../../server/src/host/carriers/write-carriers.ts';
import { openSshSigner } from '../../server/src/host/signers/ssh.ts';
import { makeAcknowledgement, sealLine } from './attest.ts';
import { makeRepository, type TestRepository, temporaryFolder } from './git.ts';
import { inSession } from './in-session.ts';

/** Real repositories with one script, in which one risky line is acknowledged with a real SSH key. */
export const REPOSITORY = '11111111-2222-4333-8444-555555555555';
export const FILE = 'ops/clean.sh';
export const CLEAN = '#!/bin/sh\nset -eu\nclean() {\n  echo "$1"\n}\nkeep() {\n  echo kept\n}\n';
export const RM = '  rm -rf "$1"/\n';
const KEYS = temporaryFolder('keys');
/** The key of the one person whom the base trusts: the private file, and `<file>.pub`. */
export const KEY = path.join(KEYS, 'ada');
execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'ada', '-f', KEY]);
export const PUBLIC = readFileSync(`${KEY}.pub`, 'utf8').trim();

/** A repository whose first commit, tagged `base`, has the script without the risky line, a policy and a signer. */
export function makeBase(id = REPOSITORY): TestRepository {
  const made = makeRepository();
  made.write(FILE, CLEAN);
  made.write('.brakeline/policy.yaml', `version: 1\nrepository: ${id}\n`);
  made.write('.brakeline/allowed_signers', `ada@example.invalid namespaces="brakeline-ack" ${PUBLIC}\n`);
  made.commit('base');
  made.git('tag', 'base');
  return made;
}

/** Commits the risky line and gives what is found in it. */
export async function risky(at: TestRepository): Promise<readonly Finding[]> {
  at.write(
    FILE,
    CLEAN.replace('  echo "$1"\n', (text) => text + RM),
  );
  at.commit('risky');
  const { assessment } = await inSession(at, (session) => session.review({ base: 'HEAD^', head: 'HEAD' }));
  return assessment.hunks.flatMap((hunk) => hunk.findings);
}

/** What is found in the staged change. */
export async function stagedFindings(at: TestRepository): Promise<readonly Finding[]> {
  const { assessment } = await inSession(at, (session) => session.review({ staged: true }));
  return assessment.hunks.flatMap((hunk) => hunk.findings);
}

/** Whether the ledger covers the staged change. */
export async function isAcknowledged(at: TestRepository): Promise<boolean> {
  const { coverage } = await inSession(at, (session) => session.review({ staged: true }));
  return coverage.findings.every((finding) => finding.acknowledged);
}

/** A record about the one finding, signed by ssh-keygen; a decision of another time or kind with `more`. */
export async function sign(findings: readonly Finding[], more: Parameters<typeof makeAcknowledgement>[1] = {}): Promise<string> {
  expect(findings).toHaveLength(1);
  const plain = makeAcknowledgement(findings, { by: { id: 'ada@example.invalid' }, ...more });
  const signer = await openSshSigner(KEY, process.env);
  return sealLine({ ...plain, findings: plain.findings.map((one) => ({ ...one, path: FILE })) }, signer, { repositoryId: REPOSITORY });
}

/** Seconds after the time of every other record here. */
export function later(seconds: number): string {
  return `2026-11-22T10:00:0${seconds}.000Z`;
}

/** Puts a record where `brakeline export` puts it, staged; gives its path. */
export async function carry(at: TestRepository, line: string, findings: readonly Finding[]): Promise<string> {
  const [carrier = ''] = await writeCarriers(at.dir, groupLines([line], [findings[0]?.fingerprint ?? '']));
  return carrier;
}

export function verified(at: TestRepository, bundles: readonly string[], base = 'base', target?: string): Promise<VerificationResult> {
  const range = { base, head: 'HEAD', ...(target === undefined ? {} : { target }) };
  return inSession(at, (session) => session.verify({ ...range, bundles: [bundles.join('\n')] }));
}

/** The codes of the gaps; none where the change passes. */
export async function codes(at: TestRepository, bundles: readonly string[], base = 'base', target?: string): Promise<readonly string[]> {
  const { passed, gaps } = await verified(at, bundles, base, target);
  expect(passed).toBe(gaps.length === 0);
  return gaps.map(({ code }) => code);
}
