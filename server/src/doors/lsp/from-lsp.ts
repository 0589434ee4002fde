import type { Diagnostic } from 'vscode-languageserver/node';
import type { ClientOffers, Settings } from '../../protocol.ts';

/** The hunk that a diagnostic of ours belongs to; undefined for everybody else's. */
export function hunkIdOf(diagnostic: Diagnostic): string | undefined {
  const data: unknown = diagnostic.data;
  return diagnostic.source === 'brakeline' && isRecord(data) && typeof data.hunkId === 'string' ? data.hunkId : undefined;
}

const DEFAULT_SETTINGS: Settings = { codeLens: true, criticalAsError: false };

/** The section `brakeline` as an editor gives it; what is missing or of another type keeps its default. */
export function readSettings(section: unknown): Settings {
  if (!isRecord(section)) return DEFAULT_SETTINGS;
  const codeLens = isRecord(section.codeLens) ? section.codeLens.enabled : undefined;
  const { criticalAsError } = section;
  return {
    codeLens: typeof codeLens === 'boolean' ? codeLens : DEFAULT_SETTINGS.codeLens,
    criticalAsError: typeof criticalAsError === 'boolean' ? criticalAsError : DEFAULT_SETTINGS.criticalAsError,
  };
}

/** What a client said at `initialize` that it can do; nothing where it said nothing. */
export function readOffers(options: unknown): ClientOffers {
  return isRecord(options) && options.editorReferences === true ? { editorReferences: true } : {};
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
