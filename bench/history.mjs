// Reviews the newest commits of repositories, one process each, from git objects alone, and checks what comes back:
//   node bench/history.mjs REPOSITORY [REPOSITORY ...] [--count 200] [--skip 0] [--most-hunks 3000] [--json FILE]
// A commit fails when the process dies, prints no review, exits above 1, or names a path that git does not list for it.
// Left out of the rates: what a later commit reverted, since a question was due there, and what is too large to be read by a person.
import { execFileSync, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';

const SEVERITIES = ['critical', 'high', 'medium', 'low'];
const cli = path.resolve(import.meta.dirname, '../dist/cli.js');
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    count: { type: 'string', default: '200' },
    skip: { type: 'string', default: '0' },
    'most-hunks': { type: 'string', default: '3000' },
    json: { type: 'string' },
  },
});
if (positionals.length === 0) {
  console.error('expected the path of a repository, found nothing');
  process.exit(2);
}

const rows = [];
for (const repository of positionals) {
  const own = await replay(path.resolve(repository));
  rows.push(...own);
  report(`${repository} at ${git(repository, 'rev-parse', '--short', 'HEAD').trim()}`, own);
}
if (positionals.length > 1) report('total', rows);
if (values.json) writeFileSync(values.json, JSON.stringify(rows, null, 1));
process.exitCode = rows.some((row) => row.failed) ? 1 : 0;

/** Two at a time: the figures are of a machine that does something else as well. */
async function replay(repository) {
  const reverted = revertedCommits(repository);
  const queue = git(
    repository,
    'rev-list',
    '--no-merges',
    `--max-count=${values.count}`,
    `--skip=${values.skip}`,
    '--min-parents=1',
    'HEAD',
  )
    .split('\n')
    .filter((commit) => commit !== '' && !reverted.has(commit));
  const done = [];
  const work = async () => {
    for (let commit = queue.shift(); commit !== undefined; commit = queue.shift()) done.push(await reviewed(repository, commit));
  };
  await Promise.all([work(), work()]);
  return done;
}

function revertedCommits(repository) {
  const messages = git(repository, 'log', '--grep=This reverts commit', '--format=%B', 'HEAD');
  return new Set([...messages.matchAll(/This reverts commit ([0-9a-f]{40})/g)].map((match) => match[1]));
}

async function reviewed(repository, commit) {
  const started = performance.now();
  const { code, out, err } = await run(repository, ['review', '--base', `${commit}^`, '--head', commit, '--format', 'json']);
  const row = { repository, commit, ms: performance.now() - started };
  try {
    if (code > 1) throw new Error(`exit ${code}: ${err.trim().split('\n')[0]}`);
    const review = JSON.parse(out);
    const listed = new Set(git(repository, 'diff-tree', '-r', '-z', '--name-only', '--no-renames', `${commit}^`, commit).split('\0'));
    for (const hunk of review.hunks)
      for (const name of [hunk.path, hunk.previousPath]) if (name !== undefined && !listed.has(name)) throw new Error(`wrong path ${name}`);
    for (const spot of review.blindSpots) if (!listed.has(spot.path)) throw new Error(`wrong path of a blind spot ${spot.path}`);
    if (review.hunkCount > Number(values['most-hunks'])) return { ...row, large: review.hunkCount };
    return { ...row, hunkCount: review.hunkCount, hunks: review.hunks, blindSpots: review.blindSpots };
  } catch (error) {
    return { ...row, failed: error.message };
  }
}

function git(repository, ...args) {
  return execFileSync('git', ['-C', repository, ...args], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    env: { ...process.env, GIT_NO_LAZY_FETCH: '1' },
  });
}

function run(repository, args) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [cli, ...args], { cwd: repository });
    let out = '';
    let err = '';
    child.stdout.on('data', (chunk) => (out += chunk));
    child.stderr.on('data', (chunk) => (err += chunk));
    child.on('close', (code) => resolve({ code: code ?? 99, out, err }));
  });
}

function report(name, list) {
  const failed = list.filter((row) => row.failed);
  const sound = list.filter((row) => row.hunks !== undefined);
  const hunks = sound.reduce((sum, row) => sum + row.hunkCount, 0);
  const flagged = sound.flatMap((row) => row.hunks);
  const share = (n) => `${n} (${((100 * n) / Math.max(1, hunks)).toFixed(2)} %)`;
  const counts = SEVERITIES.map((severity) => `${severity} ${share(flagged.filter((hunk) => hunk.severity === severity).length)}`);
  const times = list.map((row) => row.ms).sort((a, b) => a - b);
  const at = (part) => (times[Math.min(times.length - 1, Math.floor(times.length * part))] ?? 0).toFixed(0);
  const asking = flagged.flatMap((hunk) => [
    ...new Set(hunk.findings.filter((finding) => finding.severity !== 'low').map((finding) => finding.rule)),
  ]);
  console.log(`\n${name}`);
  for (const row of failed) console.log(`  FAILED ${row.repository} ${row.commit}: ${row.failed}`);
  for (const row of list.filter((one) => one.large)) console.log(`  left out ${row.commit}: ${row.large} hunks`);
  console.log(`  ${list.length} commits, ${failed.length} failed, ${hunks} hunks: ${counts.join(', ')}`);
  console.log(`  at medium or above ${share(flagged.filter((hunk) => hunk.severity !== 'low').length)}`);
  console.log(`  review of one commit from a cold process: p50 ${at(0.5)} ms, p95 ${at(0.95)} ms`);
  console.log(`  noisiest rules, hunks at medium or above: ${tally(asking, 10)}`);
  console.log(`  blind spots: ${tally(sound.flatMap((row) => row.blindSpots.map((spot) => spot.reason.split(':')[0])))}`);
}

function tally(list, most = Number.POSITIVE_INFINITY) {
  const counts = new Map();
  for (const item of list) counts.set(item, (counts.get(item) ?? 0) + 1);
  return (
    [...counts]
      .sort((a, b) => b[1] - a[1])
      .slice(0, most)
      .map(([item, count]) => `${item} ${count}`)
      .join(', ') || 'none'
  );
}
