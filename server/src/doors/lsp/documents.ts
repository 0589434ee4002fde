import type { TextDocumentContentChangeEvent } from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';

/** What an edit did to the lines below it. Lines from 0. */
export interface LineEdit {
  readonly version: number;
  readonly startLine: number;
  readonly startCharacter: number;
  readonly endLine: number;
  readonly endCharacter: number;
  /** Line breaks in the new text. */
  readonly added: number;
}

/** The documents that the editor has open, with their edits since the last answer, so that lenses can keep their place. */
export interface Documents {
  open(uri: string, languageId: string, version: number, text: string): void;
  change(uri: string, version: number, changes: readonly TextDocumentContentChangeEvent[]): void;
  close(uri: string): void;
  get(uri: string): TextDocument | undefined;
  all(): readonly TextDocument[];
  /** Edits after `version`, oldest first. */
  editsSince(uri: string, version: number): readonly LineEdit[];
}

/** More edits than a person makes within one analysis; beyond it the oldest are dropped and lenses may be off until the answer. */
const MOST_EDITS = 2_000;

export function createDocuments(): Documents {
  const open = new Map<string, { document: TextDocument; edits: LineEdit[] }>();
  return {
    open: (uri, languageId, version, text) =>
      void open.set(uri, { document: TextDocument.create(uri, languageId, version, text), edits: [] }),
    change(uri, version, changes) {
      const entry = open.get(uri);
      if (entry === undefined) return;
      for (const change of changes) {
        if (!('range' in change) || change.range === undefined) continue;
        const { start, end } = change.range;
        entry.edits.push({
          version,
          startLine: start.line,
          startCharacter: start.character,
          endLine: end.line,
          endCharacter: end.character,
          added: countBreaks(change.text),
        });
      }
      if (entry.edits.length > MOST_EDITS) entry.edits.splice(0, entry.edits.length - MOST_EDITS);
      entry.document = TextDocument.update(entry.document, [...changes], version);
    },
    close: (uri) => void open.delete(uri),
    get: (uri) => open.get(uri)?.document,
    all: () => [...open.values()].map((entry) => entry.document),
    editsSince: (uri, version) => open.get(uri)?.edits.filter((edit) => edit.version > version) ?? [],
  };
}

/** Where a line of the older text stands now. A line that was deleted stands where the deletion began. */
export function shiftLine(line: number, edits: readonly LineEdit[]): number {
  return edits.reduce((at, edit) => {
    const pushesDown = edit.startCharacter === 0 && edit.endLine === edit.startLine && edit.endCharacter === 0;
    if (at < edit.startLine || (at === edit.startLine && !pushesDown)) return at;
    if (at < edit.endLine || (at === edit.endLine && edit.endCharacter > 0)) return edit.startLine;
    return at + edit.added - (edit.endLine - edit.startLine);
  }, line);
}

function countBreaks(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) count += 1;
  return count;
}
