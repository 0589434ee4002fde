import { readPublicKey } from '../attest/ssh-key.ts';
import type { TrustedKey, TrustMaterial } from '../model/result.ts';
import { NAMESPACE } from '../model/statement.ts';
import { readOptions } from './signer-options.ts';
import type { FileError } from './yaml-reader.ts';

export type ParsedSigners =
  | { readonly kind: 'signers'; readonly trust: TrustMaterial; readonly lines: readonly number[] }
  | { readonly kind: 'invalid'; readonly errors: readonly FileError[] };

const KEY_TYPES: readonly string[] = [
  'ssh-ed25519',
  'ssh-rsa',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'sk-ssh-ed25519@openssh.com',
  'sk-ecdsa-sha2-nistp256@openssh.com',
];

/**
 * `.brakeline/allowed_signers` in the format of ssh-keygen(1), ALLOWED SIGNERS: `principals [options] key-type base64 [comment]`.
 * Stricter than ssh-keygen in what would widen trust unseen: `namespaces=` is mandatory, principals are names and no patterns
 * (a count of unique people needs to know each), certificates are not supported. One bad line makes the whole file invalid,
 * and with it the verification: half a list of whom to trust is no list. `lines` are the 1-based lines of the signers.
 */
export function parseAllowedSigners(text: string): ParsedSigners {
  const errors: FileError[] = [];
  const signers: TrustedKey[] = [];
  const lines: number[] = [];
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    const read = readLine(line);
    if (typeof read === 'string') {
      errors.push({ line: index + 1, message: read });
      continue;
    }
    signers.push(read);
    lines.push(index + 1);
  }
  return errors.length > 0 ? { kind: 'invalid', errors } : { kind: 'signers', trust: { signers }, lines };
}

/** The trusted key of one line, or what is wrong with it. */
function readLine(line: string): TrustedKey | string {
  const first = takeField(line);
  if (first === undefined) return 'expected a closing quote, found the end of the line';
  const principals = readPrincipals(first.field);
  if (typeof principals === 'string') return principals;
  const second = takeField(first.rest);
  if (second === undefined) return 'expected a closing quote, found the end of the line';
  if (second.field === '') return 'expected options and a key after the principals, found the end of the line';
  if (KEY_TYPES.includes(second.field)) return `expected namespaces="${NAMESPACE}" before the key, found no options`;
  const options = readOptions(second.field, NAMESPACE);
  if (typeof options === 'string') return options;
  const [type = '', base64 = ''] = second.rest.split(/[ \t]+/);
  const problem = keyProblem(type, base64);
  return problem ?? { principals, publicKey: `${type} ${base64}`, ...options };
}

/** One field up to a blank outside double quotes; undefined where a quote stays open. */
function takeField(text: string): { readonly field: string; readonly rest: string } | undefined {
  let quoted = false;
  for (let i = 0; i < text.length; i += 1) {
    const character = text.charAt(i);
    if (character === '"') quoted = !quoted;
    else if (!quoted && (character === ' ' || character === '\t')) return { field: text.slice(0, i), rest: text.slice(i).trimStart() };
  }
  return quoted ? undefined : { field: text, rest: '' };
}

function readPrincipals(field: string): readonly string[] | string {
  const inner = field.startsWith('"') && field.endsWith('"') && field.length > 1 ? field.slice(1, -1) : field;
  const principals = inner.split(',').map((principal) => principal.trim());
  for (const principal of principals) {
    if (principal === '' || principal.includes('"')) return `expected principals separated by commas, found ${JSON.stringify(field)}`;
    if (/[*?!]/.test(principal)) return `expected the name of one person, found the pattern ${JSON.stringify(principal)}`;
  }
  return principals;
}

/** A key that no signature could be checked with would be somebody trusted whom nobody can ever hear. */
function keyProblem(type: string, base64: string): string | undefined {
  if (!KEY_TYPES.includes(type)) return `expected a key type such as ssh-ed25519, found ${JSON.stringify(type)}`;
  const blob = Buffer.from(base64, 'base64');
  if (base64 === '' || blob.toString('base64') !== base64)
    return `expected the key in base64 after ${type}, found ${JSON.stringify(base64.slice(0, 20))}`;
  const named = blob.length >= 4 ? blob.subarray(4, 4 + blob.readUInt32BE(0)).toString('latin1') : '';
  if (named !== type) return `expected a key of type ${type}, found a key that names itself ${JSON.stringify(named.slice(0, 40))}`;
  if (readPublicKey(`${type} ${base64}`) !== undefined) return undefined;
  return `expected a key that can be checked (whole, on its curve, RSA of 2048 bits or more, sk- of the application ssh:), found another ${type}`;
}
