import { copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import { pairRegion } from '../../../server/src/core/hunks/pair-region.ts';
import { findingFingerprint } from '../../../server/src/core/identity.ts';
import { lastLineOf } from '../../../server/src/core/model/range.ts';
import { readRequest } from '../../../server/src/core/signoff/read-request.ts';
import { printRequest, type SignoffRequest } from '../../../server/src/core/signoff/request.ts';
import type {
  AnswerSignoffParams,
  Outcome,
  SignoffHunk,
  SignoffOutcome,
  SignoffReport,
  SignoffSides,
  SignoffView,
} from '../../../server/src/protocol.ts';
import * as protocol from '../../../server/src/protocol.ts';
import { runCli, typeCli } from '../../support/cli.ts';
import type { TestRepository } from '../../support/git.ts';
import { author, commitAs, DEPLOY, exportAndVerify, ledgerOf, RM, riskyCommit, SAY, STANDS, senior } from '../cli/signoff-clones.ts';
import type { TestClient } from './client.ts';
import { openClient, temporaryFolder } from './opened.ts';

const REASON = 'every order is closed by now';

const clientOf = (repository: TestRepository): Promise<TestClient> => openClient([repository.dir]);
const uriOf = (file: string): string => pathToFileURL(file).href;

async function request(client: TestClient, kind: 'commits' | 'staged' | 'worktree', name = 'change.signoff.json'): Promise<string> {
  const file = path.join(temporaryFolder('request'), name);
  const folder = uriOf(author.dir);
  const outcome = await client.request<Outcome>(protocol.REQUEST_SIGNOFF, { folder, range: { kind }, file: uriOf(file) });
  expect(outcome).toMatchObject({ kind: 'done' });
  return file;
}

const open = (client: TestClient, file: string): Promise<SignoffView> =>
  client.request(protocol.OPEN_SIGNOFF, { folder: uriOf(senior.dir), file: uriOf(file) });

function answer(
  client: TestClient,
  { form }: SignoffHunk,
  decision: AnswerSignoffParams['decision'],
  reason = REASON,
): Promise<SignoffOutcome> {
  const params: AnswerSignoffParams = { hunk: form.hunk, decision, reason, confirmedDependents: form.dependents.map(({ id }) => id) };
  return client.request(protocol.ANSWER_SIGNOFF, params);
}

function hunkIn(view: SignoffView, file: string): SignoffHunk {
  const hunk = view.hunks.find((one) => one.path === file);
  if (hunk === undefined) throw new Error(`expected a hunk of ${file}, found none`);
  return hunk;
}

/** The one line of a request that was refused. */
async function failure(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => 'nothing failed',
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
}

describe('a sign-off in the editor', () => {
  test('request, open, acknowledge one, reject one, import, verify', async () => {
    riskyCommit();
    const file = await request(await clientOf(author), 'commits');
    const client = await clientOf(senior);
    const view = await open(client, file);
    expect(view.asked).toMatch(
      /^ada <ada@example\.invalid> asked about 2 hunks on \d{4}-\d\d-\d\d \d\d:\d\d UTC: [0-9a-f]{12} to [0-9a-f]{12}$/,
    );
    expect(view).toMatchObject({ isClaim: true, provenance: "the author's claim: the change is not in this clone" });
    expect(view.signer).toContain('git signing key');
    expect(view.hunks.map(({ state, note, refusal }) => [state, note, refusal])).toEqual([
      ['open', '', ''],
      ['open', '', ''],
    ]);

    const deploy = hunkIn(view, 'ops/deploy.sh');
    expect(deploy.form.requirement).toContain('somebody other than the author');
    const sides = await client.request<SignoffSides>(protocol.SIGNOFF_SIDES, deploy.form.hunk);
    expect(sides).toEqual({ isExcerpt: true, before: DEPLOY, after: `${DEPLOY}${RM}`, line: 3 });

    expect(await answer(client, deploy, 'acknowledged', 'fine')).toMatchObject({ kind: 'refused', code: 'reason-too-short' });
    expect(await answer(client, deploy, 'rejected', '')).toMatchObject({ kind: 'refused', code: 'reason-too-short' });
    expect(ledgerOf(senior)).toBe('');
    expect(await answer(client, deploy, 'rejected', 'OLD may be empty: stop where it is')).toMatchObject({
      kind: 'done',
      hunk: { state: 'rejected', reason: 'OLD may be empty: stop where it is' },
    });
    expect(await answer(client, hunkIn(view, 'db/0002.sql'), 'acknowledged')).toMatchObject({
      kind: 'done',
      hunk: { state: 'acknowledged' },
    });

    const answered = new URL(view.answer);
    expect(path.basename(answered.pathname)).toBe('change.signoff.answer.jsonl');
    expect(readFileSync(answered, 'utf8')).toBe(ledgerOf(senior));
    const report = await (await clientOf(author)).request<SignoffReport>(protocol.IMPORT_SIGNOFF, {
      folder: uriOf(author.dir),
      range: { kind: 'commits' },
      file: view.answer,
    });
    expect(report).toMatchObject({ imported: 2, leftOut: 0 });
    expect(report.report).toContain('**imported** · rejected by bob: `ops/deploy.sh`');
    const verified = exportAndVerify();
    expect(verified.status, verified.stdout).toBe(1);
    expect(verified.stdout).toContain('ops/deploy.sh:4  rejected');
    expect(verified.stdout).toContain('expected no standing rejection, found one by bob');
    expect(verified.stdout).toMatch(/^Covered\n {2}[0-9a-f]{12} {2}db\/0002\.sql {2}by bob$/m);
  });

  test('what was answered is there when the request is opened again, and can be taken back', async () => {
    riskyCommit();
    const file = await request(await clientOf(author), 'commits');
    const client = await clientOf(senior);
    const first = await open(client, file);
    await answer(client, hunkIn(first, 'ops/deploy.sh'), 'rejected', 'OLD may be empty: stop where it is');
    const again = await open(client, file);
    expect(again.answer).toBe(first.answer);
    const rejected = hunkIn(again, 'ops/deploy.sh');
    expect(rejected).toMatchObject({ state: 'rejected', reason: 'OLD may be empty: stop where it is' });
    expect(await answer(client, rejected, 'revoked')).toMatchObject({ kind: 'done', hunk: { state: 'open', reason: '' } });
    expect(await answer(client, rejected, 'acknowledged')).toMatchObject({ kind: 'done', hunk: { state: 'acknowledged' } });
    // The same files and records serve the terminal.
    const { status, screen } = await typeCli(
      senior.dir,
      ['signoff', 'open', file, '--output', `${file}.more`],
      [
        { wait: SAY, type: '' },
        { wait: STANDS, type: '' },
      ],
    );
    expect(status, screen).toBe(1);
    expect(screen).toContain('acknowledged by you before');
  });

  test('where both commits are there everything is found anew, and whole files are shown', async () => {
    riskyCommit();
    const file = await request(await clientOf(author), 'commits');
    senior.git('fetch', '--quiet', 'origin');
    const client = await clientOf(senior);
    const view = await open(client, file);
    expect(view).toMatchObject({ isClaim: false, provenance: 'found anew: both commits are in this clone, and say what the file says' });
    const sides = await client.request<SignoffSides>(protocol.SIGNOFF_SIDES, hunkIn(view, 'db/0002.sql').form.hunk);
    expect(sides).toMatchObject({ isExcerpt: false, before: '', line: 0 });
    expect(sides.after).toContain('UPDATE orders');
  });
});

describe('what a person is told', () => {
  test('where their clone has other lines than the author saw', async () => {
    author.write('ops/deploy.sh', `${DEPLOY}echo done\n`);
    commitAs(author, 'ada@example.invalid', 'one more line, which the senior has not fetched');
    author.write('ops/deploy.sh', `${DEPLOY}${RM}`);
    commitAs(author, 'ada@example.invalid', 'risky');
    const file = await request(await clientOf(author), 'commits');
    senior.write('ops/deploy.sh', '#!/bin/sh\n');
    senior.commit('another way');
    const client = await clientOf(senior);
    expect(hunkIn(await open(client, file), 'ops/deploy.sh').note).toBe(
      "HEAD of this clone has other lines here than those that the author's file removes",
    );
  });

  test('that a request does not say what the base says', async () => {
    author.write('ops/deploy.sh', DEPLOY.replace('cp -R dist "$TARGET"\n', RM));
    author.git('add', '--all');
    const file = await request(await clientOf(author), 'staged');
    const client = await clientOf(senior);
    expect((await open(client, file)).hunks).toHaveLength(1);
    const forged = path.join(temporaryFolder('forged'), 'change.signoff.json');
    writeFileSync(forged, forge(readFileSync(file, 'utf8'), 'true\n'));
    expect(await failure(open(client, forged))).toBe(
      'expected the lines that "ops/deploy.sh" has in the base, found others among those it removes: the request was edited',
    );
    // The terminal looks in the same place.
    expect(runCli(senior.dir, ['signoff', 'import', forged]).status).toBe(2);
  });

  test('that an author may not answer, that a file is no request, and that a file has changed since it was shown', async () => {
    riskyCommit();
    const asking = await clientOf(author);
    const file = await request(asking, 'commits');
    expect(await failure(asking.request(protocol.OPEN_SIGNOFF, { folder: uriOf(author.dir), file: uriOf(file) }))).toMatch(
      /^expected somebody other than the author, found ada/,
    );
    const client = await clientOf(senior);
    const other = path.join(path.dirname(file), 'other.json');
    writeFileSync(other, '{}');
    expect(await failure(open(client, other))).toMatch(/^expected a sign-off request, found expected the type brakeline\/signoff-request/);
    expect(await failure(open(client, `${file}.none`))).toMatch(/^expected a regular file of a sign-off at .* found none$/);

    const view = await open(client, file);
    const [hunk] = view.hunks;
    if (hunk === undefined) throw new Error('expected a hunk, found none');
    writeFileSync(file, `${readFileSync(file, 'utf8')}\n`);
    expect(await answer(client, hunk, 'acknowledged')).toMatchObject({ kind: 'refused', code: 'changed' });
    const unseen = { ...hunk, form: { ...hunk.form, hunk: { ...hunk.form.hunk, fingerprints: ['0'.repeat(64)] } } };
    await open(client, file);
    expect(await answer(client, unseen, 'acknowledged')).toMatchObject({ kind: 'refused', code: 'changed' });
    expect(ledgerOf(senior)).toBe('');
    expect(existsSync(new URL(view.answer))).toBe(false);
  });

  test('that nothing waits', async () => {
    const client = await clientOf(author);
    const file = uriOf(path.join(temporaryFolder('request'), 'change.signoff.json'));
    expect(await client.request(protocol.REQUEST_SIGNOFF, { folder: uriOf(author.dir), range: { kind: 'worktree' }, file })).toEqual({
      kind: 'refused',
      code: 'not-found',
      message: 'expected a hunk that waits for a person, found none: there is nothing to ask',
    });
  });
});

test('an answer of somebody else that bears the name is left alone', async () => {
  riskyCommit();
  const file = await request(await clientOf(author), 'commits');
  const taken = file.replace(/\.json$/, '.answer.jsonl');
  copyFileSync(file, taken);
  const client = await clientOf(senior);
  const view = await open(client, file);
  expect(path.basename(new URL(view.answer).pathname)).toBe('change.signoff.answer-2.jsonl');
  await answer(client, hunkIn(view, 'ops/deploy.sh'), 'acknowledged');
  expect(readFileSync(taken, 'utf8')).toBe(readFileSync(file, 'utf8'));
  expect(readFileSync(new URL(view.answer), 'utf8')).toBe(ledgerOf(senior));
});

/** The same request, whole in itself, but for the lines that it says were removed. */
function forge(text: string, removed: string): string {
  const reading = readRequest(text);
  if (reading.kind === 'invalid') throw new Error(reading.reason);
  const { request: asked } = reading;
  const hunks: SignoffRequest['hunks'] = asked.hunks.map((one) => {
    const hunk = { ...one.hunk, removed: [removed] };
    const findings = hunk.findings.map((finding) => {
      const region = pairRegion(hunk, finding.side, { start: finding.range.start.line, end: lastLineOf(finding.range) });
      const { rule, ruleVersion, scope } = finding;
      return { ...finding, fingerprint: findingFingerprint({ rule, ruleVersion, scope, path: hunk.path, ...region }) };
    });
    return { ...one, hunk: { ...hunk, findings } };
  });
  return printRequest({ ...asked, hunks });
}
