import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { PREDICATE_TYPE } from '../../core/attest/predicate.ts';
import {
  printDsse,
  printPem,
  printSigstoreBundle,
  type RawSignature,
  readSigned,
  type SignedRecord,
  signedBytes,
} from '../../core/attest/renderings.ts';
import { findingBytes } from '../../core/identity.ts';
import type { Assessment } from '../../core/model/assessment.ts';
import type { Signer } from '../../core/model/statement.ts';
import { AppError } from '../../host/app-error.ts';
import { shellWord } from '../reporters/remedy.ts';
import { plural } from '../reporters/review-report.ts';
import { printable } from '../reporters/terminal.ts';
import type { Output } from './output.ts';

/** The forms that other tools read; `docs/attestations.md` says which tool reads which. */
export const RENDERINGS = ['dsse', 'sshsig', 'sigstore'] as const;
export type Rendering = (typeof RENDERINGS)[number];

/** A new file of an export, named from the folder that `--to` names. */
export interface RenderedFile {
  readonly name: string;
  readonly content: string | Uint8Array;
}

export interface Rendered {
  readonly records: readonly SignedRecord[];
  readonly files: readonly RenderedFile[];
  /** The plain DSSE lines; empty in the other forms. */
  readonly lines: readonly string[];
  /** Records that have no signature of the kind that the form needs. */
  readonly without: readonly SignedRecord[];
  readonly unsigned: number;
}

/**
 * Renders records for other tools. Nothing is decided anew: the payload is the one that was signed. Where `exportKey` is given, it
 * signs the same payload in place of the key of whoever decided, for tools that read no other kind.
 */
export async function renderRecords(lines: readonly string[], form: Rendering, exportKey: Signer | undefined): Promise<Rendered> {
  const read = lines.map(readSigned);
  const records = [...new Map(read.flatMap((one) => (one === undefined ? [] : [[one.payloadDigest, one] as const]))).values()];
  const [files, dsse, without]: [RenderedFile[], string[], SignedRecord[]] = [[], [], []];
  for (const record of records) {
    const name = record.payloadDigest.slice(0, 16);
    if (form === 'sshsig') {
      if (record.sshsig === undefined) without.push(record);
      else files.push({ name: `${name}.pae`, content: signedBytes(record) }, { name: `${name}.pae.sig`, content: record.sshsig });
      continue;
    }
    const raw = await rawOf(record, exportKey);
    if (raw === undefined) without.push(record);
    else if (form === 'dsse') dsse.push(printDsse(record, raw));
    else {
      const pem = printPem(raw.publicKey);
      files.push({ name: `${name}.sigstore.json`, content: printSigstoreBundle(record, raw) }, { name: `${name}.pem`, content: pem });
    }
  }
  return { records, files, lines: dsse, without, unsigned: read.filter((one) => one === undefined).length };
}

async function rawOf(record: SignedRecord, exportKey: Signer | undefined): Promise<RawSignature | undefined> {
  if (exportKey === undefined) return record.raw === undefined ? undefined : { signature: record.raw, publicKey: record.publicKey };
  const { raw = '' } = await exportKey.sign(signedBytes(record));
  return { signature: Buffer.from(raw, 'base64'), publicKey: exportKey.publicKey };
}

/** The regions of the findings that the records are about: the SHA-256 of each file is a subject of a statement. */
export function renderRegions({ hunks }: Assessment, fingerprints: ReadonlySet<string>): readonly RenderedFile[] {
  const regions = new Map<string, RenderedFile>();
  for (const hunk of hunks) {
    for (const { rule, ruleVersion, scope, region, fingerprint } of hunk.findings) {
      if (!fingerprints.has(fingerprint)) continue;
      const content = findingBytes({ rule, ruleVersion, scope, path: hunk.path, ...region });
      regions.set(fingerprint, { name: `${fingerprint}.region`, content });
    }
  }
  return [...regions.values()];
}

/** Writes the files into a folder that is not there yet: what a folder already holds is never mixed with an export. */
export async function writeRendered(folder: string, files: readonly RenderedFile[]): Promise<void> {
  try {
    await mkdir(folder);
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
    const found =
      code === 'EEXIST' ? 'one that is there already' : code === 'ENOENT' ? 'a folder above it that is not there' : String(cause);
    throw new AppError('bad-usage', `expected the name of a new folder after --to, found ${found}: ${folder}`, { cause });
  }
  for (const { name, content } of files) await writeFile(path.join(folder, name), content, { flag: 'wx' });
}

/** Says what was left out and why. Errors: `bad-usage` where nothing at all could be rendered. */
export function warnOfLeftOut({ records, without, unsigned }: Rendered, form: Rendering, err: Output): void {
  if (unsigned > 0) err.write(`brakeline: ${plural(unsigned, 'record')} left out: expected a signature that holds, found none\n`);
  if (without.length > 0) {
    const kind = form === 'sshsig' ? 'an SSH signature' : 'a signature over the DSSE bytes alone';
    const remedy = form === 'sshsig' ? '' : '; --export-key signs the same statement with the P-256 key of exports';
    const by = [...new Set(without.map((record) => printable(record.by)))].join(', ');
    err.write(`brakeline: ${plural(without.length, 'record')} by ${by} left out: expected ${kind}, found none${remedy}\n`);
  }
  if (records.length === without.length) throw new AppError('bad-usage', `expected records to render as ${form}, found none`);
}

/** The commands with which others check an export, one for each record. */
export function verifyingCommands({ records, without }: Rendered, form: Rendering, folder: string): readonly string[] {
  return records.flatMap((record) => {
    if (without.includes(record)) return [];
    const file = shellWord(path.join(folder, record.payloadDigest.slice(0, 16)));
    if (form === 'sshsig')
      return [
        `ssh-keygen -Y verify -f .brakeline/allowed_signers -I ${shellWord(record.by)} -n brakeline-ack -s ${file}.pae.sig < ${file}.pae`,
      ];
    const region = shellWord(path.join(folder, `${record.fingerprints[0] ?? ''}.region`));
    return [
      `cosign verify-blob-attestation --key ${file}.pem --insecure-ignore-tlog --type ${PREDICATE_TYPE} --bundle ${file}.sigstore.json ${region}`,
    ];
  });
}
