import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  type CodeAction,
  type CodeLens,
  createProtocolConnection,
  type Diagnostic,
  type Hover,
  type ProtocolConnection,
  type PublishDiagnosticsParams,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-languageserver-protocol/node';
import type {
  AcknowledgeForm,
  EditorReferences,
  EditorReferencesParams,
  HunkItem,
  HunkRef,
  Outcome,
  StatusParams,
} from '../../../server/src/protocol.ts';
import * as protocol from '../../../server/src/protocol.ts';
import { DIST } from '../../support/build.ts';

/** What this server publishes: its messages are plain text. */
export type Flag = Omit<Diagnostic, 'message'> & { readonly message: string };

/** The bundled server, spoken to over standard input and output as an editor would. */
export interface TestClient {
  readonly pid: number;
  readonly diagnostics: ReadonlyMap<string, readonly Flag[]>;
  readonly refreshes: number;
  open(file: string, text: string): void;
  /** Replaces the whole text by one ranged edit of the lines that differ. */
  edit(file: string, text: string): void;
  /** Types `text` at a place; lines and characters from 0. */
  typeAt(file: string, line: number, character: number, text: string): void;
  save(file: string): void;
  close(file: string): void;
  filesChanged(...files: string[]): void;
  configure(section: object): void;
  /** Waits until `holds` does, woken by what the server sends. */
  until<T>(what: string, holds: () => T | undefined | false): Promise<T>;
  /** Diagnostics of a file once they are as `wanted` says. */
  untilDiagnostics(file: string, wanted: (diagnostics: readonly Flag[]) => boolean): Promise<readonly Flag[]>;
  status(folder?: string): StatusParams | undefined;
  lenses(file: string): Promise<CodeLens[]>;
  hover(file: string, line: number): Promise<Hover | null>;
  codeActions(file: string, line: number): Promise<CodeAction[]>;
  request<T>(method: string, params?: object): Promise<T>;
  form(ref: object): Promise<AcknowledgeForm | null>;
  acknowledge(hunk: HunkRef, reason: string, confirmedDependents?: readonly string[]): Promise<Outcome>;
  hunks(): Promise<HunkItem[]>;
  uri(file: string): string;
  /** Errors and log lines that the server wrote. */
  readonly said: readonly string[];
  stop(): Promise<void>;
}

const SERVER = path.join(DIST, 'server.js');

/** Generous, because the machine may be busy: a test that waits this long has failed. */
const PATIENCE_MS = 20_000;

/** What the editor's own language extension would count; a client that has none offers nothing. */
export type EditorAnswer = (place: EditorReferencesParams) => EditorReferences | null | Promise<EditorReferences | null>;

export async function startClient(
  folders: readonly string[],
  env: NodeJS.ProcessEnv = {},
  server = SERVER,
  editor?: EditorAnswer,
): Promise<TestClient> {
  const child = spawn(process.execPath, [server, '--stdio'], { env: { ...process.env, ...env }, stdio: 'pipe' });
  const connection = createProtocolConnection(new StreamMessageReader(child.stdout), new StreamMessageWriter(child.stdin));
  const client = createClient(child, connection, folders);
  if (editor !== undefined) connection.onRequest(protocol.EDITOR_REFERENCES, editor);
  await connection.sendRequest('initialize', {
    ...(editor === undefined ? {} : { initializationOptions: { editorReferences: true } }),
    processId: process.pid,
    rootUri: null,
    workspaceFolders: folders.map((folder) => ({ uri: pathToFileURL(folder).href, name: path.basename(folder) })),
    capabilities: {
      workspace: { workspaceFolders: true, codeLens: { refreshSupport: true } },
      textDocument: { publishDiagnostics: { relatedInformation: true } },
    },
  });
  await connection.sendNotification('initialized', {});
  return client;
}

function createClient(child: ChildProcess, connection: ProtocolConnection, folders: readonly string[]): TestClient {
  const [first = ''] = folders;
  const uri = (file: string): string => pathToFileURL(path.resolve(first, file)).href;
  const diagnostics = new Map<string, readonly Flag[]>();
  const statuses = new Map<string, StatusParams>();
  const texts = new Map<string, { version: number; text: string }>();
  const said: string[] = [];
  const wakers = new Set<() => void>();
  let refreshes = 0;
  const wake = (): void => wakers.forEach((waker) => void waker());
  child.stderr?.on('data', (chunk: Buffer) => {
    said.push(chunk.toString('utf8'));
    wake();
  });
  connection.onNotification('textDocument/publishDiagnostics', ({ uri: at, diagnostics: found }: PublishDiagnosticsParams) => {
    // The client above offers no markup, so a message is text.
    diagnostics.set(at, found as Flag[]);
    wake();
  });
  connection.onNotification(protocol.STATUS, (status: StatusParams) => {
    statuses.set(status.folder, status);
    wake();
  });
  connection.onNotification('window/logMessage', ({ message }: { message: string }) => void said.push(message));
  connection.onNotification('window/showMessage', ({ message }: { message: string }) => {
    said.push(message);
    wake();
  });
  connection.onRequest('workspace/codeLens/refresh', () => {
    refreshes += 1;
    wake();
    return null;
  });
  connection.listen();

  const notify = (method: string, params: object): void => void connection.sendNotification(method, params);
  const change = (file: string, text: string, range: object): void => {
    const entry = texts.get(file) ?? { version: 0, text: '' };
    entry.version += 1;
    texts.set(file, entry);
    notify('textDocument/didChange', { textDocument: { uri: uri(file), version: entry.version }, contentChanges: [{ range, text }] });
  };
  const until: TestClient['until'] = (what, holds) =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => finish(() => reject(new Error(`expected ${what}, found nothing of it in ${PATIENCE_MS} ms: ${said.join(' | ')}`))),
        PATIENCE_MS,
      );
      const finish = (settle: () => void): void => {
        clearTimeout(timer);
        wakers.delete(look);
        settle();
      };
      const look = (): void => {
        const found = holds();
        if (found !== undefined && found !== false) finish(() => resolve(found));
      };
      wakers.add(look);
      look();
    });

  return {
    pid: child.pid ?? 0,
    diagnostics,
    get refreshes() {
      return refreshes;
    },
    uri,
    said,
    until,
    open(file, text) {
      texts.set(file, { version: 1, text });
      notify('textDocument/didOpen', { textDocument: { uri: uri(file), languageId: 'plaintext', version: 1, text } });
    },
    edit(file, text) {
      const old = (texts.get(file)?.text ?? '').split('\n');
      change(file, text, { start: { line: 0, character: 0 }, end: { line: old.length, character: 0 } });
      const entry = texts.get(file);
      if (entry !== undefined) entry.text = text;
    },
    typeAt(file, line, character, text) {
      change(file, text, { start: { line, character }, end: { line, character } });
      const entry = texts.get(file);
      if (entry === undefined) return;
      const lines = entry.text.split('\n');
      const at = lines[line] ?? '';
      lines[line] = at.slice(0, character) + text + at.slice(character);
      entry.text = lines.join('\n');
    },
    save: (file) => notify('textDocument/didSave', { textDocument: { uri: uri(file) } }),
    close: (file) => notify('textDocument/didClose', { textDocument: { uri: uri(file) } }),
    filesChanged: (...files) => notify('workspace/didChangeWatchedFiles', { changes: files.map((file) => ({ uri: uri(file), type: 2 })) }),
    configure: (section) => notify('workspace/didChangeConfiguration', { settings: { brakeline: section } }),
    untilDiagnostics: (file, wanted) =>
      until(`diagnostics of ${file}`, () => {
        const found = diagnostics.get(uri(file)) ?? [];
        return wanted(found) ? found : undefined;
      }),
    status: (folder = first) => statuses.get(pathToFileURL(folder).href),
    lenses: (file) => connection.sendRequest('textDocument/codeLens', { textDocument: { uri: uri(file) } }),
    hover: (file, line) =>
      connection.sendRequest('textDocument/hover', { textDocument: { uri: uri(file) }, position: { line, character: 1 } }),
    codeActions: (file, line) =>
      connection.sendRequest('textDocument/codeAction', {
        textDocument: { uri: uri(file) },
        range: { start: { line, character: 0 }, end: { line, character: 0 } },
        context: { diagnostics: [] },
      }),
    request: (method, params = {}) => connection.sendRequest(method, params),
    form: (ref) => connection.sendRequest(protocol.ACKNOWLEDGE_FORM, ref),
    acknowledge: (hunk, reason, confirmedDependents = []) =>
      connection.sendRequest(protocol.ACKNOWLEDGE, { hunk, reason, confirmedDependents }),
    hunks: () => connection.sendRequest(protocol.HUNKS, {}),
    async stop() {
      const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
      await connection.sendRequest('shutdown');
      notify('exit', {});
      await exited;
      connection.dispose();
    },
  };
}
