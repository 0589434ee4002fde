import { l10n, window } from 'vscode';
import type { HunkRef, PlaceRef } from '../../../server/src/protocol.ts';

/** The hunk that a lens named, else the place of the cursor. Errors: there is neither. */
export function hunkOrPlace(argument: unknown): HunkRef | PlaceRef {
  if (isHunkRef(argument)) return argument;
  const editor = window.activeTextEditor;
  if (editor === undefined) throw new Error(l10n.t('expected an editor with a flagged change, found none open'));
  return { uri: editor.document.uri.toString(), line: editor.selection.active.line };
}

/** What a command says where the cursor stands on nothing that it could act on. */
export function noHunkHere(): Error {
  return new Error(l10n.t('expected a flagged change at the cursor, found none: go to one with "Next Risky Change"'));
}

function isHunkRef(value: unknown): value is HunkRef {
  return typeof value === 'object' && value !== null && 'hunkId' in value && 'uri' in value && 'fingerprints' in value;
}
