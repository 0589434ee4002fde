// @ts-check
// Owns the one `git cat-file --batch` of a repository. Plain JavaScript: tests run this very file in a worker thread, and
// Node 20 reads no TypeScript; the bundler copies it beside the server as git-objects.js. Protocol: ./objects.ts.
import { spawn } from 'node:child_process';
import { workerData } from 'node:worker_threads';

/**
 * @typedef {{ id: number, oids: readonly string[] }} Request
 * @typedef {{ size: number, bytes?: Uint8Array } | undefined} Blob
 * @typedef {{ id: number, blobs: Blob[], failed?: string }} Answer
 * @typedef {{ buffers: Buffer[], length: number, wake: () => void, ended: boolean, failure?: Error }} Inbox
 * @typedef {{ child: import('node:child_process').ChildProcessWithoutNullStreams, inbox: Inbox }} Batch
 */

/** @type {{ port: import('node:worker_threads').MessagePort, signal: Int32Array, cwd: string, args: string[], env: NodeJS.ProcessEnv, maxBytes: number }} */
const { port, signal, cwd, args, env, maxBytes } = workerData;

/** @type {Batch | undefined} */
let running;

port.on('message', (/** @type {Request} */ request) => {
  answer(request).then(post, (error) => post({ id: request.id, blobs: [], failed: String(error?.message ?? error) }));
});

/** @param {Answer} message */
function post(message) {
  port.postMessage(
    message,
    message.blobs.flatMap((blob) => (blob?.bytes === undefined ? [] : [blob.bytes.buffer])),
  );
  Atomics.add(signal, 0, 1);
  Atomics.notify(signal, 0);
}

/**
 * A child that dies while it works is started again once for every object it died on, and that object counts as missing:
 * git before 2.45 dies where a partial clone lacks an object.
 * @param {Request} request
 * @returns {Promise<Answer>}
 */
async function answer({ id, oids }) {
  /** @type {Blob[]} */
  const blobs = [];
  let deaths = 0;
  while (blobs.length < oids.length) {
    running ??= start();
    const { child, inbox } = running;
    const asked = oids.slice(blobs.length);
    child.stdin.write(`${asked.join('\n')}\n`);
    const before = blobs.length;
    if (await readAll(inbox, asked.length, blobs)) continue;
    running = undefined;
    if (inbox.failure !== undefined) throw inbox.failure;
    deaths = blobs.length === before ? deaths + 1 : 1;
    if (deaths === 2) {
      blobs.push(undefined);
      deaths = 0;
    }
  }
  return { id, blobs };
}

/** @returns {Batch} */
function start() {
  const child = spawn('git', args, { cwd, env, windowsHide: true });
  /** @type {Inbox} */
  const inbox = { buffers: [], length: 0, wake: () => {}, ended: false };
  const end = () => {
    inbox.ended = true;
    inbox.wake();
  };
  child.stdout.on('data', (/** @type {Buffer} */ data) => {
    inbox.buffers.push(data);
    inbox.length += data.length;
    inbox.wake();
  });
  child.stdout.on('close', end);
  child.on('error', (error) => {
    inbox.failure = error;
    end();
  });
  // A write to a child that has just died fails; the end of its output says so already.
  child.stdin.on('error', end);
  child.stderr.resume();
  child.unref();
  return { child, inbox };
}

/**
 * Reads `count` answers onto `blobs`; false where the child ended before that.
 * @param {Inbox} inbox
 * @param {number} count
 * @param {Blob[]} blobs
 */
async function readAll(inbox, count, blobs) {
  for (let i = 0; i < count; i += 1) {
    const header = await readLine(inbox);
    if (header === undefined) return false;
    const [, type, length] = header.split(' ');
    if (length === undefined) {
      blobs.push(undefined);
      continue;
    }
    const size = Number(length);
    const keeps = type === 'blob' && size <= maxBytes;
    const bytes = await readBytes(inbox, size, keeps);
    if (bytes === undefined || (await readBytes(inbox, 1, false)) === undefined) return false;
    blobs.push(type === 'blob' ? (keeps ? { size, bytes } : { size }) : undefined);
  }
  return true;
}

/** @param {Inbox} inbox */
async function readLine(inbox) {
  let line = '';
  for (;;) {
    while (inbox.length === 0) if (!(await more(inbox))) return undefined;
    const first = inbox.buffers[0] ?? Buffer.alloc(0);
    const newline = first.indexOf(10);
    const end = newline === -1 ? first.length : newline;
    line += first.toString('utf8', 0, end);
    drop(inbox, newline === -1 ? end : end + 1);
    if (newline !== -1) return line;
  }
}

/**
 * The next `size` bytes; where `keeps` is false they are only passed over, and the answer is empty.
 * @param {Inbox} inbox
 * @param {number} size
 * @param {boolean} keeps
 */
async function readBytes(inbox, size, keeps) {
  const bytes = new Uint8Array(keeps ? size : 0);
  for (let read = 0; read < size; ) {
    while (inbox.length === 0) if (!(await more(inbox))) return undefined;
    const part = (inbox.buffers[0] ?? Buffer.alloc(0)).subarray(0, size - read);
    if (keeps) bytes.set(part, read);
    read += part.length;
    drop(inbox, part.length);
  }
  return bytes;
}

/**
 * @param {Inbox} inbox
 * @param {number} count
 */
function drop(inbox, count) {
  const first = inbox.buffers[0] ?? Buffer.alloc(0);
  inbox.length -= count;
  if (count === first.length) inbox.buffers.shift();
  else inbox.buffers[0] = first.subarray(count);
}

/**
 * Waits for data; false at the end of it.
 * @param {Inbox} inbox
 * @returns {Promise<boolean>}
 */
function more(inbox) {
  if (inbox.ended) return Promise.resolve(false);
  return new Promise((resolve) => {
    inbox.wake = () => resolve(0 < inbox.length || !inbox.ended);
  });
}
