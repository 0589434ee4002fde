// @ts-check
// Owns the one `git cat-file --batch` of a repository. Plain JavaScript: tests run this very file in a worker thread, and
// Node 20 reads no TypeScript; the bundler copies it beside the server as git-objects.js. Protocol: ./objects.ts.
import { spawn } from 'node:child_process';
import { workerData } from 'node:worker_threads';

/**
 * @typedef {{ id: number, oids: readonly string[] }} Request
 * @typedef {{ id: number, command: { args: string[], cwd: string, env: NodeJS.ProcessEnv } }} Command Another git, to be run beside.
 * @typedef {{ id: number, sizes: number[], bytes: Uint8Array, failed?: string }} Answer
 * @typedef {Request & { sizes: number[], bytes: Uint8Array, filled: number }} Round What was read of it so far.
 * @typedef {import('node:child_process').ChildProcessWithoutNullStreams} Child
 */

/** @type {{ port: import('node:worker_threads').MessagePort, signal: Int32Array, cwd: string, args: string[], env: NodeJS.ProcessEnv, maxBytes: number }} */
const { port, signal, cwd, args, env, maxBytes } = workerData;

/** Room that the answer to many objects begins with. */
const ROOM = 262_144;
const NOTHING = new Uint8Array(0);
const LINE_END = 10;

/** In the order in which they were asked. The running git has been asked for all of them, so that it never waits for us. */
/** @type {Round[]} */
const rounds = [];
/** @type {Child | undefined} */
let running;
/** Objects that the running git has answered, and how often git died without answering any. */
let answered = 0;
let deaths = 0;

/** Where in git's output we are: in a header of which `header` was seen, or with `left` bytes of an object and its line end to go. */
let header = '';
let left = 0;
let size = 0;
let keeps = false;
let kept = 0;

port.on('message', (/** @type {Request | Command} */ request) => {
  if ('command' in request) run(request);
  else read(request);
});

/** @param {Request} request */
function read({ id, oids }) {
  rounds.push({ id, oids, sizes: [], bytes: NOTHING, filled: 0 });
  if (running === undefined) start();
  else running.stdin.write(`${oids.join('\n')}\n`);
}

/**
 * Posts what a git says when it ends well. One that does not is run again by whoever asked, who knows what to make of it.
 * @param {Command} command
 */
function run({ id, command: { args: words, ...place } }) {
  const child = spawn('git', words, { ...place, stdio: ['ignore', 'pipe', 'ignore'], windowsHide: true });
  /** @type {Buffer[]} */
  const said = [];
  child.stdout.on('data', (/** @type {Buffer} */ data) => said.push(data));
  child.on('error', (error) => post({ id, sizes: [], bytes: NOTHING, failed: error.message }));
  child.on('close', (code) => {
    const whole = { id, sizes: [], bytes: new Uint8Array(Buffer.concat(said)) };
    post(code === 0 ? whole : { ...whole, bytes: NOTHING, failed: `status ${code}` });
  });
}

function start() {
  const child = spawn('git', args, { cwd, env, windowsHide: true });
  running = child;
  answered = 0;
  header = '';
  left = 0;
  child.stdout.on('data', (/** @type {Buffer} */ data) => {
    if (child === running) take(data);
  });
  child.stdout.on('close', () => ended(child));
  child.on('error', (error) => ended(child, error));
  // A write to a child that has just died fails; the end of its output says so already.
  child.stdin.on('error', () => {});
  child.stderr.resume();
  child.unref();
  for (const { oids, sizes } of rounds) child.stdin.write(`${oids.slice(sizes.length).join('\n')}\n`);
}

/**
 * A child that dies while it works is started again once for every object it died on, and that object counts as missing:
 * git before 2.45 dies where a partial clone lacks an object.
 * @param {Child} child
 * @param {Error} [failure]
 */
function ended(child, failure) {
  if (child !== running) return;
  running = undefined;
  if (failure !== undefined) {
    for (const { id } of rounds.splice(0)) post({ id, sizes: [], bytes: NOTHING, failed: failure.message });
    return;
  }
  if (rounds.length === 0) return;
  deaths = answered === 0 ? deaths + 1 : 1;
  if (deaths === 2) {
    deaths = 0;
    settle(-1);
  }
  if (rounds.length > 0) start();
}

/** @param {Buffer} data */
function take(data) {
  for (let at = 0; at < data.length; ) {
    if (left === 0) {
      const end = data.indexOf(LINE_END, at);
      header += data.latin1Slice(at, end === -1 ? data.length : end);
      if (end === -1) return;
      at = end + 1;
      begin();
    } else {
      const part = Math.min(left, data.length - at);
      // The last byte that is left is a line end of git's own.
      if (keeps) keep(data.subarray(at, at + Math.min(part, left - 1)));
      at += part;
      left -= part;
      if (left === 0) settle(size);
    }
  }
}

/** Reads `<oid> <type> <size>`, or `<oid> missing`. What is no blob is passed over like what is too large. */
function begin() {
  const [, type, length] = header.split(' ');
  header = '';
  if (length === undefined) {
    settle(-1);
    return;
  }
  left = Number(length) + 1;
  size = type === 'blob' ? Number(length) : -1;
  keeps = type === 'blob' && size <= maxBytes;
  kept = 0;
}

/** @param {Buffer} part */
function keep(part) {
  const round = rounds[0];
  if (round === undefined) return;
  const start = round.filled + kept;
  const needed = round.filled + size;
  if (round.bytes.length < needed) {
    const room = round.oids.length === 1 ? needed : Math.max(ROOM, 2 * needed);
    const wider = new Uint8Array(room);
    wider.set(round.bytes.subarray(0, start));
    round.bytes = wider;
  }
  round.bytes.set(part, start);
  kept += part.length;
}

/**
 * The next object of the oldest round is known: its size, or -1 where there is no such blob.
 * @param {number} found
 */
function settle(found) {
  const round = rounds[0];
  if (round === undefined) return;
  round.sizes.push(found);
  if (0 <= found && found <= maxBytes) round.filled += found;
  answered += 1;
  if (round.sizes.length < round.oids.length) return;
  rounds.shift();
  post({ id: round.id, sizes: round.sizes, bytes: round.bytes });
}

/** @param {Answer} answer */
function post(answer) {
  port.postMessage(answer, answer.bytes.length > 0 ? [answer.bytes.buffer] : []);
  Atomics.add(signal, 0, 1);
  Atomics.notify(signal, 0);
}

// Nobody starts this thread who does not read soon. Whoever looks at the counter sees that it is up.
start();
Atomics.add(signal, 0, 1);
Atomics.notify(signal, 0);
