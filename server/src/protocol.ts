// The messages that Brakeline adds to the language server protocol. Positions here are those of LSP: lines and characters
// from 0. Everything is plain data. This file imports nothing, so that a client of another editor can be written from it.

export type Severity = 'low' | 'medium' | 'high' | 'critical';

/** Names one hunk of one document, with the findings that the person was shown. Lenses, code actions and hovers carry it. */
export interface HunkRef {
  readonly uri: string;
  readonly hunkId: string;
  /** Sorted. Acknowledging is refused where the hunk's findings are no longer exactly these. */
  readonly fingerprints: readonly string[];
}

/** A place in a document, for commands that start from the cursor. */
export interface PlaceRef {
  readonly uri: string;
  readonly line: number;
}

/** Server to client, whenever it changes: what the status bar shows for one workspace folder. */
export const STATUS = 'brakeline/status';

export interface StatusParams {
  /** URI of the workspace folder. */
  readonly folder: string;
  readonly state: 'ready' | 'analysing' | 'no-git' | 'no-commits' | 'failed';
  /** One line that says what the state means here; empty where there is nothing to say. */
  readonly message: string;
  /** Hunks that wait for a person, by severity. */
  readonly waiting: Readonly<Record<Severity, number>>;
  readonly acknowledged: number;
  /** Waiting hunks for which the policy asks somebody: what a verifier would not let pass. */
  readonly asked: number;
  readonly blindSpots: readonly { readonly path: string; readonly reason: string; readonly detail: string }[];
}

/** Client to server, when a person asks to acknowledge: what must be given. A `PlaceRef` finds the hunk at the cursor. */
export const ACKNOWLEDGE_FORM = 'brakeline/acknowledgeForm';

export interface AcknowledgeForm {
  readonly hunk: HunkRef;
  readonly title: string;
  readonly severity: Severity;
  readonly findings: readonly { readonly rule: string; readonly severity: Severity; readonly message: string; readonly line: number }[];
  /** True where the policy asks for a reason in words. */
  readonly reasonRequired: boolean;
  /** Least number of characters that are not white space. */
  readonly reasonLength: number;
  /** The reason given last in this folder: a required reason may not repeat it. */
  readonly previousReason: string;
  /** Dependents to be confirmed one by one; empty where none are asked for or known. */
  readonly dependents: readonly { readonly id: string; readonly label: string; readonly detail: string }[];
  /** Who signs: `git signing key …`, or the Brakeline key, with a word on whether it is made now. */
  readonly signer: string;
  /** What the policy asks for this severity, in one line. */
  readonly requirement: string;
}

/** Client to server, after the person answered. The server recomputes the hunk on the buffer as it is now, then signs. */
export const ACKNOWLEDGE = 'brakeline/acknowledge';

export interface AcknowledgeParams {
  readonly hunk: HunkRef;
  readonly reason: string;
  readonly confirmedDependents: readonly string[];
}

export type RefusalCode =
  | 'changed'
  | 'not-found'
  | 'reason-too-short'
  | 'reason-repeated'
  | 'dependents-unconfirmed'
  | 'key-refused'
  | 'not-acknowledged'
  | 'failed';

/** A refusal is an answer and no error: it has a code, and one line that says what was expected and what was found. */
export type Outcome =
  | { readonly kind: 'done'; readonly message: string }
  | { readonly kind: 'refused'; readonly code: RefusalCode; readonly message: string };

/** Client to server: take back an acknowledgement of one's own by a new record. */
export const REVOKE = 'brakeline/revoke';

export interface RevokeParams {
  readonly hunk: HunkRef;
}

/** Client to server: write the carriers for what is staged, and stage them. */
export const EXPORT = 'brakeline/export';

export interface FolderParams {
  readonly folder: string;
}

/** Client to server: recompute base..head and list every gap. Without a base the server chooses one and says which. */
export const VERIFY = 'brakeline/verify';

export interface VerifyParams {
  readonly folder: string;
  readonly base?: string;
  readonly head?: string;
}

export interface VerifyReport {
  readonly passed: boolean;
  /** Markdown: the verdict, what was compared, every gap with its remedy. */
  readonly report: string;
}

/** Client to server: the page of a hunk's rule with the evidence of this finding, as Markdown. Works offline. */
export const EXPLAIN = 'brakeline/explain';

export interface Explanation {
  readonly title: string;
  readonly markdown: string;
}

/** Client to server: the baseline text of a document, for the left side of a diff. */
export const BEFORE = 'brakeline/before';

export interface BeforeParams {
  readonly uri: string;
}

export interface BeforeResult {
  /** Name of the baseline: `HEAD 1a2b3c4`. */
  readonly baseline: string;
  /** Empty where the file did not exist. */
  readonly text: string;
}

/** Client to server: the hunks of all folders, most severe first, then by reach, then by path and line. */
export const HUNKS = 'brakeline/hunks';

export interface HunkItem {
  readonly hunk: HunkRef;
  readonly severity: Severity;
  readonly state: 'waiting' | 'acknowledged' | 'stale';
  /** Dependents of the finding that reaches furthest; 0 where none are known. */
  readonly reach: number;
  readonly path: string;
  readonly line: number;
  readonly message: string;
}

/**
 * Client to server, when a person asks who depends on what a hunk changes. A `PlaceRef` finds the hunk at the cursor, or else the
 * exported symbol around it. Null where there is neither.
 */
export const IMPACT = 'brakeline/impact';

export type ImpactState = 'test' | 'tested' | 'untested' | 'unknown';

export interface ImpactSite {
  readonly line: number;
  readonly character: number;
  /** A word for a person: `calls`, `imports`. */
  readonly verb: string;
}

export interface ImpactFile {
  readonly uri: string;
  /** The path inside its package. */
  readonly label: string;
  /** What the file does with the symbol, or how far away it is. */
  readonly detail: string;
  /** Whether a test is or reaches the file by imports; `unknown` is never `tested`. */
  readonly state: ImpactState;
  /** 1: it uses the symbol itself. */
  readonly steps: number;
  readonly sites: readonly ImpactSite[];
}

export interface ImpactReport {
  readonly symbol: string;
  /** `41 dependents in 12 files and 3 packages, 0 of them tested`; or why it was not computed, where `isComputed` is false. */
  readonly summary: string;
  readonly isComputed: boolean;
  /** How the numbers were found, of what, and how fresh that is. */
  readonly method: string;
  readonly packages: readonly { readonly name: string; readonly files: readonly ImpactFile[]; readonly more: number }[];
  readonly entryPoints: readonly { readonly label: string; readonly uri: string; readonly line: number }[];
  readonly owners: readonly { readonly label: string }[];
  /** What this answer leaves out, a line each. */
  readonly notShown: readonly string[];
}

/**
 * Server to client, while an impact is computed by names alone: what the editor's own language extension knows. Asked of a client
 * that offers it (ClientOffers), answered within a second or two, or with null. Never asked outside an editor.
 */
export const EDITOR_REFERENCES = 'brakeline/editorReferences';

export interface EditorReferencesParams {
  readonly uri: string;
  readonly line: number;
  readonly character: number;
}

export interface EditorReferences {
  readonly references: number;
  readonly files: number;
}

/** Commands of the client that lenses, code actions and hovers of the server name; each takes one `HunkRef`. */
export const COMMANDS = {
  acknowledge: 'brakeline.acknowledge',
  undo: 'brakeline.undoAcknowledge',
  explain: 'brakeline.explain',
  showChange: 'brakeline.showChange',
  showImpact: 'brakeline.showImpact',
} as const;

/** Sent with `initialize` and by `workspace/didChangeConfiguration` under the section `brakeline`. */
export interface Settings {
  readonly codeLens: boolean;
  readonly criticalAsError: boolean;
}

/** Sent with `initialize` alone, beside the settings: what this client can do for the server. */
export interface ClientOffers {
  /** True where it answers `brakeline/editorReferences`. */
  readonly editorReferences?: boolean;
}
