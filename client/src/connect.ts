import { type Event, EventEmitter, Uri, workspace } from 'vscode';
import { LanguageClient, RevealOutputChannelOn, TransportKind } from 'vscode-languageclient/node';
import {
  type ClientOffers,
  COMMANDS,
  EDITOR_REFERENCES,
  type EditorReferencesParams,
  type Settings,
  STATUS,
  type StatusParams,
} from '../../server/src/protocol.ts';
import { countEditorReferences } from './editor-references.ts';

/** The extension's only line to the server. */
export interface Connection {
  /** Starts the server once a folder of this machine is open, and waits for nothing. */
  start(): void;
  stop(): Promise<void>;
  /** Waits until the server is ready. Rejects with the server's one line, or where no folder is open. */
  request<Result>(method: string, params: object): Promise<Result>;
  readonly onStatus: Event<StatusParams>;
  showLog(): void;
}

export function createConnection(extensionUri: Uri): Connection {
  const module = Uri.joinPath(extensionUri, 'dist', 'server.js').fsPath;
  const server = { module, transport: TransportKind.ipc };
  const statuses = new EventEmitter<StatusParams>();
  const client = new LanguageClient(
    'brakeline',
    'Brakeline',
    { run: server, debug: server },
    {
      // Files of this machine alone: never the committed side of a diff, never an untitled note (experience R5).
      documentSelector: [{ scheme: 'file' }],
      initializationOptions: readSettings,
      synchronize: { configurationSection: 'brakeline' },
      // Nothing pops up that nobody asked for (experience R17); a server that cannot be kept alive still says so once.
      revealOutputChannelOn: RevealOutputChannelOn.Never,
      connectionOptions: { maxRestartCount: 5 },
      markdown: { isTrusted: { enabledCommands: Object.values(COMMANDS) }, supportHtml: false },
    },
  );
  client.onRequest(EDITOR_REFERENCES, (place: EditorReferencesParams) => countEditorReferences(place));
  client.onNotification(STATUS, (status: StatusParams) => statuses.fire(status));
  let ready: Promise<void> | undefined;

  const start = (): void => {
    if (ready !== undefined || !hasLocalFolder()) return;
    ready = client.start();
    // The client logs why, and the next command says it again.
    ready.catch(() => undefined);
  };
  const folders = workspace.onDidChangeWorkspaceFolders(start);

  return {
    start,
    async stop() {
      folders.dispose();
      statuses.dispose();
      if (ready !== undefined) await client.stop();
    },
    async request<Result>(method: string, params: object): Promise<Result> {
      start();
      if (ready === undefined) throw new Error('expected a folder of this machine in the workspace, found none');
      await ready;
      return client.sendRequest<Result>(method, params);
    },
    onStatus: statuses.event,
    showLog: () => client.outputChannel.show(),
  };
}

function hasLocalFolder(): boolean {
  return workspace.workspaceFolders?.some((folder) => folder.uri.scheme === 'file') ?? false;
}

function readSettings(): object {
  const section = workspace.getConfiguration('brakeline');
  const settings: Settings = { codeLens: section.get('codeLens.enabled', true), criticalAsError: section.get('criticalAsError', false) };
  const offers: ClientOffers = { editorReferences: true };
  return { codeLens: { enabled: settings.codeLens }, criticalAsError: settings.criticalAsError, ...offers };
}
