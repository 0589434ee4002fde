import {
  type CodeActionParams,
  type CodeLensParams,
  CodeLensRefreshRequest,
  createConnection,
  DidChangeWatchedFilesNotification,
  type HoverParams,
  type InitializeParams,
  type InitializeResult,
  MessageType,
  ProposedFeatures,
  ShowMessageNotification,
  TextDocumentSyncKind,
} from 'vscode-languageserver/node';
import { VERSION } from '../../core/version.ts';
import * as protocol from '../../protocol.ts';
import { answering, type Context } from './context.ts';
import { readOffers, readSettings } from './from-lsp.ts';
import { acknowledge } from './handlers/acknowledge.ts';
import { acknowledgeForm } from './handlers/acknowledge-form.ts';
import { before } from './handlers/before.ts';
import { codeAction } from './handlers/code-action.ts';
import { codeLens } from './handlers/code-lens.ts';
import { explain } from './handlers/explain.ts';
import { exportStaged } from './handlers/export.ts';
import { hover } from './handlers/hover.ts';
import { hunks } from './handlers/hunks.ts';
import { impact } from './handlers/impact.ts';
import { importSignoff } from './handlers/import-signoff.ts';
import { requestSignoff } from './handlers/request-signoff.ts';
import { revoke } from './handlers/revoke.ts';
import { signoffSides } from './handlers/signoff-sides.ts';
import { verify } from './handlers/verify.ts';
import { createLoop } from './loop.ts';
import { withPatience } from './patience.ts';
import { createPublisher } from './publish.ts';
import { ACKNOWLEDGE_KIND } from './to-lsp.ts';

// Standard input and output with --stdio, the parent's channel with --node-ipc; the connection reads which.
const connection = createConnection(ProposedFeatures.all);
let initial: InitializeParams | undefined;

const log = (line: string): void => connection.console.info(line);
const publisher = createPublisher({
  diagnostics: (params) => void connection.sendDiagnostics(params),
  refreshLenses: () => {
    if (initial?.capabilities.workspace?.codeLens?.refreshSupport === true)
      connection.sendRequest(CodeLensRefreshRequest.type).catch((error: Error) => log(error.message));
  },
  status: (params) => void connection.sendNotification(protocol.STATUS, params),
  // The notice and not the request: nothing is asked of the person.
  error: (message) => void connection.sendNotification(ShowMessageNotification.type, { type: MessageType.Error, message }),
});
const loop = createLoop({ env: process.env, settings: readSettings(undefined), publisher, log });
const context: Context = {
  loop,
  publisher,
  env: process.env,
  reasons: new Map(),
  signoffs: new Map(),
  askEditor: withPatience(async (place) =>
    readOffers(initial?.initializationOptions).editorReferences === true
      ? connection.sendRequest<protocol.EditorReferences | null>(protocol.EDITOR_REFERENCES, place)
      : null,
  ),
};

connection.onInitialize((params): InitializeResult => {
  initial = params;
  loop.dispatch({ kind: 'settings', settings: readSettings(params.initializationOptions) });
  return {
    capabilities: {
      textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental, save: true },
      codeLensProvider: { resolveProvider: false },
      hoverProvider: true,
      codeActionProvider: { codeActionKinds: [ACKNOWLEDGE_KIND, 'quickfix'] },
      workspace: { workspaceFolders: { supported: true, changeNotifications: true } },
    },
    serverInfo: { name: 'brakeline', version: VERSION },
  };
});

connection.onInitialized(() => {
  const { capabilities, workspaceFolders, rootUri } = initial ?? {};
  const folders = workspaceFolders?.map((folder) => folder.uri) ?? [];
  // Workspace folders came with LSP 3.6; an older client names one root.
  loop.dispatch({
    kind: 'folders',
    added: folders.length > 0 || rootUri === null || rootUri === undefined ? folders : [rootUri],
    removed: [],
  });
  if (capabilities?.workspace?.workspaceFolders === true) {
    connection.workspace.onDidChangeWorkspaceFolders(({ added, removed }) =>
      loop.dispatch({ kind: 'folders', added: added.map((folder) => folder.uri), removed: removed.map((folder) => folder.uri) }),
    );
  }
  if (capabilities?.workspace?.didChangeWatchedFiles?.dynamicRegistration === true) {
    connection.client
      .register(DidChangeWatchedFilesNotification.type, { watchers: [{ globPattern: '**/*' }] })
      .catch((error: Error) => log(`expected to be told of files that change, found: ${error.message}`));
  }
});

connection.onDidOpenTextDocument(({ textDocument: { uri, languageId, version, text } }) =>
  loop.dispatch({ kind: 'opened', uri, languageId, version, text }),
);
connection.onDidChangeTextDocument(({ textDocument: { uri, version }, contentChanges }) =>
  loop.dispatch({ kind: 'changed', uri, version, changes: contentChanges }),
);
connection.onDidCloseTextDocument(({ textDocument }) => loop.dispatch({ kind: 'closed', uri: textDocument.uri }));
connection.onDidSaveTextDocument(({ textDocument }) => loop.dispatch({ kind: 'files', uris: [textDocument.uri] }));
connection.onDidChangeWatchedFiles(({ changes }) => loop.dispatch({ kind: 'files', uris: changes.map((change) => change.uri) }));
connection.onDidChangeConfiguration(async ({ settings }) => {
  // Some editors push the section with the notice, others expect to be asked for it.
  const pulls = settings?.brakeline === undefined && initial?.capabilities.workspace?.configuration === true;
  const section: unknown = pulls ? await connection.workspace.getConfiguration('brakeline') : settings?.brakeline;
  loop.dispatch({ kind: 'settings', settings: readSettings(section) });
});

connection.onCodeLens(answering((params: CodeLensParams) => codeLens(context, params)));
connection.onHover(answering((params: HoverParams) => hover(context, params)));
connection.onCodeAction(answering((params: CodeActionParams) => codeAction(context, params)));
connection.onRequest(
  protocol.ACKNOWLEDGE_FORM,
  answering((params: protocol.HunkRef | protocol.PlaceRef) => acknowledgeForm(context, params)),
);
connection.onRequest<protocol.Outcome, void>(
  protocol.ACKNOWLEDGE,
  answering((params: protocol.AcknowledgeParams) => acknowledge(context, params)),
);
connection.onRequest<protocol.Outcome, void>(
  protocol.REVOKE,
  answering((params: protocol.RevokeParams) => revoke(context, params)),
);
connection.onRequest<protocol.Outcome, void>(
  protocol.EXPORT,
  answering((params: protocol.FolderParams) => exportStaged(context, params)),
);
connection.onRequest(
  protocol.VERIFY,
  answering((params: protocol.VerifyParams) => verify(context, params)),
);
connection.onRequest(
  protocol.EXPLAIN,
  answering((params: protocol.HunkRef | protocol.PlaceRef) => explain(context, params)),
);
connection.onRequest(
  protocol.BEFORE,
  answering((params: protocol.BeforeParams) => before(context, params)),
);
connection.onRequest(
  protocol.HUNKS,
  answering(() => hunks(context)),
);
connection.onRequest(
  protocol.IMPACT,
  answering((params: protocol.HunkRef | protocol.PlaceRef) => impact(context, params)),
);
connection.onRequest<protocol.Outcome, void>(
  protocol.REQUEST_SIGNOFF,
  answering((params: protocol.RequestSignoffParams) => requestSignoff(context, params)),
);
// Whoever answers a request is compared with policy and signers, and no start waits for what reads those.
connection.onRequest(
  protocol.OPEN_SIGNOFF,
  answering(async (params: protocol.OpenSignoffParams) => (await import('./handlers/open-signoff.ts')).openSignoff(context, params)),
);
connection.onRequest(
  protocol.SIGNOFF_SIDES,
  answering((params: protocol.HunkRef) => signoffSides(context, params)),
);
connection.onRequest<protocol.SignoffOutcome, void>(
  protocol.ANSWER_SIGNOFF,
  answering(async (params: protocol.AnswerSignoffParams) => (await import('./handlers/answer-signoff.ts')).answerSignoff(context, params)),
);
connection.onRequest(
  protocol.IMPORT_SIGNOFF,
  answering((params: protocol.ImportSignoffParams) => importSignoff(context, params)),
);
connection.onShutdown(() => loop.close());
connection.listen();
