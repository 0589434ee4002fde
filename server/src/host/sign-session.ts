import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { printEnvelope } from '../core/attest/dsse.ts';
import { sealStatement } from '../core/attest/seal.ts';
import { keyFingerprint } from '../core/attest/ssh-key.ts';
import { writeStatement } from '../core/attest/write-statement.ts';
import type { AcknowledgedFinding, Acknowledgement, Decision } from '../core/model/acknowledgement.ts';
import type { AssessedHunk, Assessment } from '../core/model/assessment.ts';
import type { Policy } from '../core/model/policy.ts';
import type { Signer } from '../core/model/statement.ts';
import type { RepoPath } from '../core/model/tree.ts';
import { type ChangeAuthor, hunkRequirement } from '../core/policy/requirement-of.ts';
import type { Candidate } from '../core/signoff/second-person.ts';
import { groupLines } from './carriers/group-lines.ts';
import { writeCarriers } from './carriers/write-carriers.ts';
import { gitText } from './git/git.ts';
import { appendLedger, readLedger } from './ledger/ledger.ts';
import { hasBrakelineKey } from './signers/brakeline-key.ts';
import { type ConfigReader, chooseSigner, type Environment } from './signers/choose.ts';
import { configFolder } from './signers/key-file.ts';
import { hardwareRefusal, requireHardware, requirePresence } from './signers/require-presence.ts';
import { targetRefOf } from './target-ref.ts';

/** Where to sign: the repository, and the environment that names the person's keys. */
export interface SigningPlace {
  /** Top of the working tree. */
  readonly root: string;
  readonly commonDir: string;
  readonly env: Environment;
}

/** One decision of one person about one hunk, as it was shown. The caller has checked that it still stands so. */
export interface DecisionRequest {
  readonly hunk: AssessedHunk;
  readonly assessment: Assessment;
  readonly policy: Policy;
  readonly reason: string;
  readonly confirmedDependents: readonly string[];
  readonly channel: Acknowledgement['channel'];
  /** Whose change it is, where the caller knows; whoever commits here where not. */
  readonly authors?: readonly ChangeAuthor[];
  /** Git blob ids of the file as it was shown, where the caller knows them. */
  readonly blobs?: { readonly before?: string; readonly after?: string };
}

/**
 * The only module that reaches a signer (law 6). A door imports it where a person decides: the editor's acknowledge, undo and
 * export, and `brakeline ack`, `undo`, `export` and `signoff open`; test/tidy.test.ts holds that nothing else does.
 *
 * Appends an acknowledgement to the ledger. Errors: `key-refused`, `ledger-busy`.
 */
export function acknowledge(place: SigningPlace, request: DecisionRequest): Promise<Acknowledgement> {
  return decide(place, request, 'acknowledged');
}

/** Takes back one's own acknowledgement of a hunk: a new record, for the ledger forgets nothing. */
export function revoke(place: SigningPlace, request: DecisionRequest): Promise<Acknowledgement> {
  return decide(place, request, 'revoked');
}

/** Records that a hunk is shipped unreviewed, and why. It covers nothing: a verification names it as a gap of its own kind. */
export function override(place: SigningPlace, request: DecisionRequest): Promise<Acknowledgement> {
  return decide(place, request, 'overridden');
}

/** Says of a hunk that it must not go in, and why. It stands until the same person takes it back. */
export function reject(place: SigningPlace, request: DecisionRequest): Promise<Acknowledgement> {
  return decide(place, request, 'rejected');
}

/** Who would sign, by key and by name: what others will compare the record with. Errors: `key-refused`. */
export async function signingPerson({ root, env }: SigningPlace, policy: Policy): Promise<Candidate> {
  const config = configReader(root);
  const signer = await chooseSigner(config, env);
  return { publicKey: signer.publicKey, by: personOf(config, signer, policy), email: config('user.email') ?? '' };
}

/** As `signingPerson`, without making a key: undefined where the first signature would make it. Errors: `key-refused`. */
export async function knownPerson(place: SigningPlace, policy: Policy): Promise<Candidate | undefined> {
  const config = configReader(place.root);
  return hasSshKey(config) || (await hasBrakelineKey(place.env)) ? signingPerson(place, policy) : undefined;
}

/**
 * Why this person's key will not do for a hunk, to be told before anything is asked; undefined where it may. `authors` are those of
 * the change, whoever commits here where nobody says. Errors: `key-refused`.
 */
export async function keyRefusal(
  place: SigningPlace,
  hunk: AssessedHunk,
  policy: Policy,
  authors?: readonly ChangeAuthor[],
): Promise<string | undefined> {
  const config = configReader(place.root);
  const { presence } = hunkRequirement(policy, hunk, authors ?? committers(config));
  if (presence === 'none') return undefined;
  return hardwareRefusal(await chooseSigner(config, place.env), presence, policy);
}

/** Whose change it is as far as this machine knows; a verification knows better, and asks for more where it must. */
function committers(config: ConfigReader): readonly ChangeAuthor[] | undefined {
  const email = config('user.email') ?? '';
  return email === '' ? undefined : [{ name: email, email }];
}

/** Who would sign, for a person to read. Makes no key: one that does not exist yet is named as to be made. */
export async function describeSigner({ root, env }: SigningPlace): Promise<string> {
  const config = configReader(root);
  if (hasSshKey(config)) return (await chooseSigner(config, env)).label;
  const file = join(configFolder(env), 'brakeline.key');
  return `Brakeline key ${file}${existsSync(file) ? '' : ', made now'}`;
}

function hasSshKey(config: ConfigReader): boolean {
  return config('gpg.format') === 'ssh' && (config('user.signingkey') ?? '') !== '';
}

/** What an export wrote: paths of the carriers, staged, and the fingerprints that no record of the ledger is about. */
export interface Exported {
  readonly paths: readonly RepoPath[];
  readonly withoutRecord: readonly string[];
}

/** Writes the ledger's lines about the findings of a change into the tree and stages them. Signs nothing. */
export async function exportAcknowledgements({ root, commonDir }: SigningPlace, assessment: Assessment): Promise<Exported> {
  const fingerprints = new Set(assessment.hunks.flatMap((hunk) => hunk.findings.map((finding) => finding.fingerprint)));
  const { lines } = await readLedger(commonDir);
  const groups = groupLines(lines, fingerprints);
  const paths = await writeCarriers(root, groups);
  return { paths, withoutRecord: [...fingerprints].filter((fingerprint) => !groups.has(fingerprint)).sort() };
}

async function decide(place: SigningPlace, request: DecisionRequest, decision: Decision): Promise<Acknowledgement> {
  const config = configReader(place.root);
  const signer = await chooseSigner(config, place.env);
  const { hunk, assessment, policy, reason, confirmedDependents, channel } = request;
  const presence = decision === 'acknowledged' ? hunkRequirement(policy, hunk, request.authors ?? committers(config)).presence : 'none';
  requireHardware(signer, presence, policy);
  const acknowledgement: Acknowledgement = {
    decision,
    hunkId: hunk.id,
    findings: acknowledgedFindings(request),
    by: personOf(config, signer, policy),
    at: new Date().toISOString(),
    reason,
    confirmedDependents,
    channel,
    ...targetOf(place, config, policy),
  };
  const statement = writeStatement(acknowledgement, {
    publicKey: signer.publicKey,
    presence: signer.presence,
    ...(policy.repositoryId === undefined ? {} : { repositoryId: policy.repositoryId }),
    ...(isObjectId(assessment.before) ? { baseCommit: assessment.before } : {}),
    engine: assessment.engine,
    policyDigest: assessment.policyDigest,
    origin: hunk.origin,
    nonce: randomBytes(16).toString('hex'),
  });
  const line = printEnvelope(await sealStatement(statement, signer));
  requirePresence(line, presence);
  await appendLedger(place.commonDir, [line]);
  return acknowledgement;
}

/** The branch that the person named for this repository; where the policy asks for one, else the remote's own main branch. */
function targetOf({ root }: SigningPlace, config: ConfigReader, { bindBranch }: Policy): Pick<Acknowledgement, 'targetRef'> {
  const named = config('brakeline.target') ?? (bindBranch ? 'refs/remotes/origin/HEAD' : undefined);
  const targetRef = named === undefined ? undefined : targetRefOf({ cwd: root }, config('brakeline.target'), named);
  return targetRef === undefined ? {} : { targetRef };
}

/** Equal findings of a hunk are one entry with a count. */
function acknowledgedFindings({ hunk, blobs }: DecisionRequest): readonly AcknowledgedFinding[] {
  const byFingerprint = new Map<string, AcknowledgedFinding>();
  for (const finding of hunk.findings) {
    const { start, end } = finding.range;
    const known = byFingerprint.get(finding.fingerprint);
    byFingerprint.set(finding.fingerprint, {
      fingerprint: finding.fingerprint,
      count: (known?.count ?? 0) + 1,
      rule: finding.rule,
      ruleVersion: finding.ruleVersion,
      severity: finding.severity,
      path: hunk.path,
      scope: finding.scope,
      ...(blobs?.before === undefined ? {} : { beforeBlob: blobs.before }),
      ...(blobs?.after === undefined ? {} : { afterBlob: blobs.after }),
      lines: `${finding.side} ${start.line}-${end.line}`,
      references: finding.blastRadius?.references ?? null,
      files: finding.blastRadius?.files ?? null,
    });
  }
  return [...byFingerprint.values()];
}

/** The policy's person whose principal is the git e-mail address, else that address, else the key itself. */
function personOf(config: ConfigReader, signer: Signer, policy: Policy): Acknowledgement['by'] {
  const email = config('user.email') ?? '';
  const name = config('user.name') ?? '';
  const person = policy.people.find((one) =>
    [one.id, ...one.principals].some((principal) => principal.toLowerCase() === email.toLowerCase()),
  );
  const id = person?.id ?? (email === '' ? keyFingerprint(signer.publicKey) : email);
  return { id, ...(name === '' ? {} : { name }) };
}

/** Git's own reading of its configuration, `includeIf` and the rest. Values alone: no command that they name is run. */
export function configReader(root: string): ConfigReader {
  return (name) => {
    const value = gitText({ cwd: root }, ['config', '--get', name], { accept: [0, 1] });
    return value === '' ? undefined : value;
  };
}

function isObjectId(text: string): boolean {
  return /^[0-9a-f]{40}([0-9a-f]{24})?$/.test(text);
}
