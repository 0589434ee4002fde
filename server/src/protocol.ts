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
 * What a sign-off is about: the index, the saved files of the working tree, or the commits since a base, which the server chooses where
 * nobody names one. Both are compared with HEAD but for the commits.
 */
export type SignoffRange = { readonly kind: 'staged' | 'worktree' } | { readonly kind: 'commits'; readonly base?: string };

/** Client to server: write what a verification would still ask about into a file for another person. The person chose the name. */
export const REQUEST_SIGNOFF = 'brakeline/requestSignoff';

export interface RequestSignoffParams {
  readonly folder: string;
  readonly range: SignoffRange;
  /** URI of the file to write. */
  readonly file: string;
}

/** Client to server: show a request of somebody else's, as `brakeline signoff open` does. Rejects where this person may not answer. */
export const OPEN_SIGNOFF = 'brakeline/openSignoff';

export interface OpenSignoffParams {
  readonly folder: string;
  /** URI of the request. */
  readonly file: string;
}

/** A request as it was opened. Nothing in it can be signed but what it shows. */
export interface SignoffView {
  readonly file: string;
  /** Who asked, about how much, when, and what was compared. */
  readonly asked: string;
  /** Whether it was found anew here or is what the author's file says, in a few words. */
  readonly provenance: string;
  /** What that means for whoever signs. */
  readonly meaning: string;
  /** False where the commits are here and everything was found anew. */
  readonly isClaim: boolean;
  readonly signer: string;
  /** URI of the file that the answer is written to. */
  readonly answer: string;
  readonly hunks: readonly SignoffHunk[];
}

export interface SignoffHunk {
  readonly path: string;
  /** First line in the new file, from 0. */
  readonly line: number;
  readonly state: 'open' | 'acknowledged' | 'rejected';
  /** The words of this person's own decision; empty where there is none. */
  readonly reason: string;
  /** Where this clone is not what the author saw; empty where nothing speaks against it. */
  readonly note: string;
  /** Why this person's key will not do for an acknowledgement here; empty where it may. A rejection is always possible. */
  readonly refusal: string;
  /** What must be given to acknowledge it. `hunk.uri` is the request. */
  readonly form: AcknowledgeForm;
}

/** Client to server: the two texts of one hunk of an opened request. */
export const SIGNOFF_SIDES = 'brakeline/signoffSides';

export interface SignoffSides {
  readonly before: string;
  readonly after: string;
  /** First line of the hunk in `after`, from 0. */
  readonly line: number;
  /** True where the texts are the lines of the request and no whole file. */
  readonly isExcerpt: boolean;
}

/** Client to server, after the person answered: signs one decision about one hunk of an opened request, and writes the answer. */
export const ANSWER_SIGNOFF = 'brakeline/answerSignoff';

export interface AnswerSignoffParams {
  readonly hunk: HunkRef;
  /** `revoked` takes back this person's own decision. */
  readonly decision: 'acknowledged' | 'rejected' | 'revoked';
  readonly reason: string;
  readonly confirmedDependents: readonly string[];
}

export type SignoffOutcome =
  | { readonly kind: 'done'; readonly message: string; readonly hunk: SignoffHunk }
  | { readonly kind: 'refused'; readonly code: RefusalCode; readonly message: string };

/** Client to server: take in what another person answered. */
export const IMPORT_SIGNOFF = 'brakeline/importSignoff';

export interface ImportSignoffParams {
  readonly folder: string;
  readonly range: SignoffRange;
  /** URI of the answer. */
  readonly file: string;
}

export interface SignoffReport {
  /** Records taken in now; those that were here before are not counted. */
  readonly imported: number;
  readonly leftOut: number;
  /** Markdown: each record with what became of it. */
  readonly report: string;
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
