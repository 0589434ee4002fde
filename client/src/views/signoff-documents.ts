import {
  commands,
  Diagnostic,
  DiagnosticSeverity,
  type Disposable,
  EventEmitter,
  l10n,
  languages,
  Range,
  TabInputTextDiff,
  type TextDocumentShowOptions,
  Uri,
  window,
  workspace,
} from 'vscode';
import { SIGNOFF_SIDES, type SignoffHunk, type SignoffSides } from '../../../server/src/protocol.ts';
import type { Connection } from '../connect.ts';

/** The two texts of hunks of a request, read-only, with the findings drawn in the new one while it is open. */
export interface SignoffDocuments extends Disposable {
  open(hunk: SignoffHunk): Promise<void>;
  /** Another request is shown: nothing of the last one is. */
  forget(): void;
}

const SCHEME = 'brakeline-signoff';
/** Languages of which the editor itself looks for errors in every document. */
const VALIDATED = /^(javascript|typescript|json|css|scss|less|html)/;

/** The hunk that a document of ours is about. */
export function hunkIdOf(uri: Uri | undefined): string | undefined {
  return uri?.scheme === SCHEME ? uri.query : undefined;
}

export function createSignoffDocuments(connection: Connection): SignoffDocuments {
  const texts = new Map<string, string>();
  const changed = new EventEmitter<Uri>();
  const provider = workspace.registerTextDocumentContentProvider(SCHEME, {
    onDidChange: changed.event,
    provideTextDocumentContent: (uri) => texts.get(uri.toString()) ?? '',
  });
  const findings = languages.createDiagnosticCollection('brakeline-signoff');
  /** A document outlives its tab by minutes. */
  const dropClosed = (): void => {
    const tabs = window.tabGroups.all.flatMap((group) => group.tabs.map(({ input }) => input));
    const shown = new Set(tabs.flatMap((input) => (input instanceof TabInputTextDiff ? [input.modified.toString()] : [])));
    for (const [uri] of [...findings]) if (!shown.has(uri.toString())) findings.delete(uri);
  };
  const closed = workspace.onDidCloseTextDocument(({ uri }) => findings.delete(uri));
  const put = (side: 'asked' | 'before', { path, form }: SignoffHunk, text: string): Uri => {
    const uri = Uri.from({ scheme: SCHEME, authority: side, path: `/${path}`, query: form.hunk.hunkId });
    texts.set(uri.toString(), text);
    changed.fire(uri);
    return uri;
  };
  return {
    async open(hunk) {
      const sides = await connection.request<SignoffSides>(SIGNOFF_SIDES, hunk.form.hunk);
      const before = put('before', hunk, sides.before);
      const after = put('asked', hunk, sides.after);
      if (sides.isExcerpt) await Promise.all([before, after].map(showAsLines));
      const name = hunk.path.slice(hunk.path.lastIndexOf('/') + 1);
      const title = sides.isExcerpt
        ? l10n.t('{0} (lines from {1}, as the author sent them)', name, hunk.line + 1 - sides.line)
        : l10n.t('{0} (both commits, from this clone)', name);
      const at = new Range(sides.line, 0, sides.line, 0);
      const options: TextDocumentShowOptions = { selection: at, preview: true };
      await commands.executeCommand('vscode.diff', before, after, title, options);
      dropClosed();
      // A change of language closes and opens a document, and what closes has no findings.
      findings.set(after, diagnosticsOf(hunk, sides));
    },
    forget() {
      texts.clear();
      findings.clear();
    },
    dispose() {
      provider.dispose();
      changed.dispose();
      findings.dispose();
      closed.dispose();
    },
  };
}

/** A few lines are no program: whoever would call them broken is not asked. */
async function showAsLines(uri: Uri): Promise<void> {
  const document = await workspace.openTextDocument(uri);
  if (VALIDATED.test(document.languageId)) await languages.setTextDocumentLanguage(document, 'plaintext');
}

function diagnosticsOf({ line, form }: SignoffHunk, sides: SignoffSides): readonly Diagnostic[] {
  const lines = sides.after.split('\n');
  return form.findings.map(({ message, rule, line: found, severity }) => {
    const at = Math.min(Math.max(0, found - line + sides.line), Math.max(0, lines.length - 1));
    const range = new Range(at, 0, at, lines[at]?.length ?? 0);
    const said = new Diagnostic(range, message, severity === 'low' ? DiagnosticSeverity.Information : DiagnosticSeverity.Warning);
    said.source = 'brakeline sign-off';
    said.code = rule;
    return said;
  });
}
