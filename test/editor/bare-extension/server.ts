// Flags the line that changed last while a document is not as long as it was when it was opened. No baseline, no analysis.
import {
  createConnection,
  DiagnosticSeverity,
  type Position,
  ProposedFeatures,
  type Range,
  TextDocumentSyncKind,
} from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';

interface Open {
  readonly lengthWhenOpened: number;
  readonly document: TextDocument;
  readonly changedAt: Position;
}

const open = new Map<string, Open>();
const connection = createConnection(ProposedFeatures.all);

connection.onInitialize(() => ({ capabilities: { textDocumentSync: TextDocumentSyncKind.Incremental, codeLensProvider: {} } }));

connection.onDidOpenTextDocument(({ textDocument: { uri, languageId, version, text } }) => {
  const document = TextDocument.create(uri, languageId, version, text);
  open.set(uri, { document, lengthWhenOpened: text.length, changedAt: { line: 0, character: 0 } });
});

connection.onDidChangeTextDocument(({ textDocument: { uri, version }, contentChanges }) => {
  const before = open.get(uri);
  const change = contentChanges[0];
  if (before === undefined || change === undefined || !('range' in change)) return;
  const document = TextDocument.update(before.document, contentChanges, version);
  open.set(uri, { ...before, document, changedAt: change.range.start });
  const flag = { severity: DiagnosticSeverity.Warning, source: 'bare', message: 'this line was changed' };
  connection.sendDiagnostics({ uri, diagnostics: changedLines(uri).map((range) => ({ ...flag, range })) });
});

connection.onDidCloseTextDocument(({ textDocument: { uri } }) => void open.delete(uri));

connection.onCodeLens(({ textDocument: { uri } }) =>
  changedLines(uri).map((range) => ({ range, command: { title: 'bare', command: 'workbench.action.focusActiveEditorGroup' } })),
);

/** One line, or none once the document is as long as it was. */
function changedLines(uri: string): Range[] {
  const found = open.get(uri);
  if (found === undefined || found.document.getText().length === found.lengthWhenOpened) return [];
  const { line } = found.changedAt;
  return [{ start: { line, character: 0 }, end: { line: line + 1, character: 0 } }];
}

connection.listen();
