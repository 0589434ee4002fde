// Reviews the newest commits of a repository, one process each, from git objects alone, and checks what comes back:
//   node bench/history.mjs REPOSITORY [--count 200] [--json FILE]
// A commit fails when the process dies, prints no review, exits above 1, or names a path that git does not list for it.
import { execFileSync, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';

const cli = path.resolve(import.meta.dirname, '../dist/cli.js');
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { count: { type: 'string', default: '200' }, json: { type: 'string' } },
});
const repository = positionals[0];
if (repository === undefined) {
  console.error('expected the path of a repository, found nothing');
  process.exit(2);
}
const git = (...args) =>
  execFileSync('git', ['-C', repository, ...args], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    env: { ...process.env, GIT_NO_LAZY_FETCH: '1' },
  });
const commits = git('rev-list', '--no-merges', `--max-count=${values.count}`, '--min-parents=1', 'HEAD').trim().split('\n');

const rows = [];
const queue = [...commits];
await Promise.all(Array.from({ length: 2 }, work));
report();

async function work() {
  for (let commit = queue.shift(); commit !== undefined; commit = queue.shift()) rows.push(await reviewed(commit));
}

async function reviewed(commit) {
  const started = performance.now();
  const { code, out, err } = await run(['review', '--base', `${commit}^`, '--head', commit, '--format', 'json']);
  const ms = performance.now() - started;
  try {
    if (code > 1) throw new Error(`exit ${code}: ${err.trim().split('\n')[0]}`);
    const review = JSON.parse(out);
    const listed = new Set(git('diff-tree', '-r', '-z', '--name-only', '--no-renames', `${commit}^`, commit).split('\0'));
    for (const hunk of review.hunks)
      for (const name of [hunk.path, hunk.previousPath]) if (name !== undefined && !listed.has(name)) throw new Error(`wrong path ${name}`);
    for (const spot of review.blindSpots) if (!listed.has(spot.path)) throw new Error(`wrong path of a blind spot ${spot.path}`);
    return { commit, ms, hunkCount: review.hunkCount, hunks: review.hunks, blindSpots: review.blindSpots };
  } catch (error) {
    return { commit, ms, failed: error.message };
  }
}

function run(args) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [cli, ...args], { cwd: repository });
    let out = '';
    let err = '';
    child.stdout.on('data', (chunk) => (out += chunk));
    child.stderr.on('data', (chunk) => (err += chunk));
    child.on('close', (code) => resolve({ code: code ?? 99, out, err }));
  });
}

function report() {
  const failed = rows.filter((row) => row.failed);
  for (const row of failed) console.log(`FAILED ${row.commit}: ${row.failed}`);
  const times = rows.map((row) => row.ms).sort((a, b) => a - b);
  const at = (share) => (times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0).toFixed(0);
  const sound = rows.filter((row) => !row.failed);
  const hunks = sound.reduce((sum, row) => sum + row.hunkCount, 0);
  const flagged = sound.flatMap((row) => row.hunks);
  const count = (severity) => flagged.filter((hunk) => hunk.severity === severity).length;
  const share = (n) => `${n} (${((100 * n) / Math.max(1, hunks)).toFixed(2)} %)`;
  console.log(
    `${rows.length} commits, ${failed.length} failed, ${hunks} hunks: critical ${share(count('critical'))}, high ${share(count('high'))}, medium ${share(count('medium'))}, low ${share(count('low'))}`,
  );
  console.log(`review of one commit from a cold process: p50 ${at(0.5)} ms, p95 ${at(0.95)} ms`);
  console.log(
    `by rule: ${tally(flagged.flatMap((hunk) => hunk.findings.filter((finding) => finding.severity !== 'low').map((finding) => finding.rule)))}`,
  );
  console.log(`blind spots: ${tally(sound.flatMap((row) => row.blindSpots.map((spot) => spot.reason.split(':')[0])))}`);
  if (values.json) writeFileSync(values.json, JSON.stringify(rows, null, 1));
  process.exitCode = failed.length > 0 ? 1 : 0;
}

function tally(list) {
  const counts = new Map();
  for (const item of list) counts.set(item, (counts.get(item) ?? 0) + 1);
  return (
    [...counts]
      .sort((a, b) => b[1] - a[1])
      .map(([item, count]) => `${item} ${count}`)
      .join(', ') || 'none'
  );
}
