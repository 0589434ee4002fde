import { startLine } from '../../core/place.ts';
import type { AskedHunk, SignoffRequest } from '../../core/signoff/request.ts';
import type { Candidate } from '../../core/signoff/second-person.ts';
import { describeSigner, keyRefusal, type SigningPlace } from '../../host/sign-session.ts';
import { freeAnswerFile } from '../../host/signoff/answer-file.ts';
import { askedPolicy } from '../../host/signoff/asked-policy.ts';
import { isAnswered, type OwnRecord, ownRecords } from '../../host/signoff/own-records.ts';
import type { RequestView, SeenRequest } from '../../host/signoff/view-request.ts';
import type { SignoffHunk, SignoffView } from '../../protocol.ts';
import { authorWords } from '../reporters/policy-words.ts';
import { plural, shortTree } from '../reporters/review-report.ts';
import { printable } from '../reporters/terminal.ts';
import { composeForm } from './compose-form.ts';
import { toUri } from './uris.ts';

/** A request that a person has open, as it was shown: what is signed is looked up here and nowhere else. */
export interface OpenSignoff {
  /** Absolute path of the request, and the text that was shown. */
  readonly file: string;
  readonly text: string;
  readonly seen: SeenRequest;
  readonly place: SigningPlace;
  readonly own: Candidate;
  /** URI of the workspace folder. */
  readonly folder: string;
}

/** The whole request for a client. Errors: `key-refused`; `bad-usage` where no answer can be written beside the request. */
export async function viewOf(open: OpenSignoff): Promise<SignoffView> {
  const { seen, place, file } = open;
  const { request, view } = seen;
  const records = await recordsOf(open);
  const signer = await describeSigner(place);
  const hunks: SignoffHunk[] = [];
  for (const asked of view.hunks) hunks.push(await hunkOf(open, asked, records, signer));
  return {
    file: toUri(file),
    asked: askedText(request),
    ...provenanceOf(view.kind),
    isClaim: view.kind === 'claimed',
    signer,
    answer: toUri(
      await freeAnswerFile(
        file,
        records.map(({ line }) => line),
      ),
    ),
    hunks,
  };
}

/** One hunk, with what this person has said of it so far. */
export async function hunkOf(open: OpenSignoff, asked: AskedHunk, records: readonly OwnRecord[], signer: string): Promise<SignoffHunk> {
  const { seen, place, own, file } = open;
  const { view } = seen;
  const { hunk } = asked;
  const policy = askedPolicy(view, asked);
  const last = records.findLast(({ record }) => record.acknowledgement.hunkId === hunk.id)?.record;
  const isDecided = last !== undefined && isAnswered(last, asked, { commonDir: place.commonDir, own, view });
  const decision = isDecided ? last.acknowledgement : undefined;
  return {
    path: hunk.path,
    line: startLine(hunk) - 1,
    state: decision === undefined ? 'open' : decision.decision === 'rejected' ? 'rejected' : 'acknowledged',
    reason: decision?.reason ?? '',
    note: view.notes[hunk.id] ?? '',
    refusal: (await keyRefusal(place, hunk, policy, view.authors)) ?? '',
    form: composeForm(toUri(file), hunk, policy, { signer, previousReason: records.at(-1)?.record.acknowledgement.reason ?? '' }),
  };
}

/** What this person's key has signed about the request, oldest first. */
export function recordsOf({ place, own, seen }: OpenSignoff): Promise<readonly OwnRecord[]> {
  return ownRecords({ commonDir: place.commonDir, own, view: seen.view });
}

function askedText({ author, hunks, askedAt, base, head }: SignoffRequest): string {
  const at = `${new Date(askedAt).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  return printable(`${authorWords(author)} asked about ${plural(hunks.length, 'hunk')} on ${at}: ${shortTree(base)} to ${shortTree(head)}`);
}

function provenanceOf(kind: RequestView['kind']): Pick<SignoffView, 'provenance' | 'meaning'> {
  return kind === 'recomputed'
    ? {
        provenance: 'found anew: both commits are in this clone, and say what the file says',
        meaning: 'What is shown was found in this clone, and is what you sign.',
      }
    : {
        provenance: "the author's claim: the change is not in this clone",
        meaning:
          "What is shown is what the author's file says. Its lines are what you sign; severity, dependents and the lines around them are claims, which a verification makes anew from the commits.",
      };
}
