import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Envelope } from '../../server/src/core/model/statement.ts';
import { appendLedger, ledgerFile } from '../../server/src/host/ledger/ledger.ts';
import {
  CLEAN,
  carry,
  codes,
  FILE,
  isAcknowledged,
  later,
  makeBase,
  RM,
  risky,
  sign,
  stagedFindings,
} from '../support/acknowledged-script.ts';
import { sealAnything } from '../support/attest.ts';
import type { TestRepository } from '../support/git.ts';
import { ADA } from '../support/verify-case.ts';

vi.setConfig({ testTimeout: 120_000 });

let repository: TestRepository;

beforeEach(() => {
  repository = makeBase();
});
afterEach(() => repository.dispose());

describe('a ledger that somebody changed', () => {
  it('cut short covers no more than its whole lines, and says so', async () => {
    const [file, line] = await withLedger();
    expect(await isAcknowledged(repository)).toBe(true);
    for (const length of [line.length - 1, Math.floor(line.length / 2), 1, 0]) {
      writeFileSync(file, line.slice(0, length));
      expect(await isAcknowledged(repository)).toBe(false);
    }
    writeFileSync(file, `${line.slice(0, 100)}\n${line}\n`);
    expect(await isAcknowledged(repository), 'a torn line harms no other').toBe(true);
  });

  it('reordered says the same: decisions stand in the order of their times', async () => {
    const [file, line] = await withLedger();
    const findings = await stagedFindings(repository);
    const revoked = await sign(findings, { decision: 'revoked', at: later(1) });
    const again = await sign(findings, { at: later(2) });
    for (const order of [
      [line, revoked],
      [revoked, line],
      [revoked, line, line],
    ]) {
      writeFileSync(file, `${order.join('\n')}\n`);
      expect(await isAcknowledged(repository)).toBe(false);
    }
    for (const order of [
      [line, revoked, again],
      [again, line, revoked],
      [revoked, again, line],
    ]) {
      writeFileSync(file, `${order.join('\n')}\n`);
      expect(await isAcknowledged(repository)).toBe(true);
    }
  });

  it('edited in any field loses its signature', async () => {
    const [file, line] = await withLedger();
    const { payload, ...rest }: Envelope = JSON.parse(line);
    const statement = Buffer.from(payload, 'base64').toString('utf8');
    const rejected = await sign(await stagedFindings(repository), { decision: 'rejected', at: later(1) });
    const edits = [
      statement.replace('"reason":"', '"reason":"surely '),
      statement.replace('ada@example.invalid', 'bob@example.invalid'),
      statement.replace(/"acknowledgedAt":"20/, '"acknowledgedAt":"21'),
      statement.replace('"count":1', '"count":9'),
    ];
    for (const edited of edits) {
      expect(edited).not.toBe(statement);
      writeFileSync(file, `${JSON.stringify({ ...rest, payload: Buffer.from(edited).toString('base64') })}\n`);
      expect(await isAcknowledged(repository)).toBe(false);
    }
    // What is added by whoever has no key, as a line of its own or behind another, changes nothing either way.
    writeFileSync(file, `${line}\n`);
    appendFileSync(file, `${await sealAnything(statement.replace('"acknowledged"', '"rejected"'), ADA)}\n${'{"a":1}'.repeat(3)}\n`);
    expect(await isAcknowledged(repository)).toBe(true);
    appendFileSync(file, `${rejected}\n`);
    expect(await isAcknowledged(repository)).toBe(false);
  });

  it('in the tree: reordered, doubled, with junk between, or cut, the carrier covers what its whole lines cover', async () => {
    const findings = await risky(repository);
    const line = await sign(findings);
    const rejected = await sign(findings, { decision: 'rejected', at: later(1) });
    const lifted = await sign(findings, { decision: 'revoked', at: later(2) });
    const anew = await sign(findings, { at: later(3) });
    const outcomes = [];
    for (const lines of [
      [line],
      [line, line],
      ['{}', line, 'x'],
      [line.slice(0, -1)],
      [line, rejected],
      [rejected, line],
      [anew, lifted, rejected, line],
    ]) {
      repository.git('reset', '--quiet', '--hard');
      const file = path.join(repository.dir, await carry(repository, line, findings));
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, `${lines.join('\n')}\n`);
      repository.commit('carriers');
      outcomes.push(await codes(repository, [], 'base'));
    }
    expect(outcomes).toEqual([[], [], [], ['uncovered'], ['rejected'], ['rejected'], []]);
  });
});

/** A staged change with its acknowledgement in the ledger of the repository. */
async function withLedger(): Promise<readonly [file: string, line: string]> {
  repository.write(
    FILE,
    CLEAN.replace('  echo "$1"\n', (text) => text + RM),
  );
  repository.git('add', '--all');
  const line = await sign(await stagedFindings(repository));
  const common = path.join(repository.dir, '.git');
  await appendLedger(common, [line]);
  return [ledgerFile(common), line];
}
