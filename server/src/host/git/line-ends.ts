import type { Attributes } from './attributes.ts';

/** What git does with CRLF on the way into a blob; the names of its `convert.c`. */
export type LineEndAction = 'binary' | 'text' | 'auto';

export const LINE_END_ATTRIBUTES = ['text', 'crlf', 'eol'] as const;

/** The action for a path (`convert_attrs` of git's convert.c); `autocrlf` counts only where no attribute speaks. */
export function lineEndAction(attributes: Attributes, autocrlf: boolean): LineEndAction {
  const own = actionOf(attributes.get('text')) ?? actionOf(attributes.get('crlf'));
  if (own !== undefined) return own;
  const eol = attributes.get('eol');
  if (eol === 'lf' || eol === 'crlf') return 'text';
  return autocrlf ? 'auto' : 'binary';
}

/** `crlf` is the older name of `text`; its value `input` means text. */
function actionOf(value: string | undefined): LineEndAction | undefined {
  if (value === 'set' || value === 'input') return 'text';
  if (value === 'unset') return 'binary';
  return value === 'auto' ? 'auto' : undefined;
}

/**
 * The bytes that `git add` would store (`crlf_to_git`). Under `auto` a file that looks binary stays, and so does one whose
 * blob in the index already holds CRLF. Invariant: equal to `git hash-object --path` (test/host/git-line-ends.test.ts).
 */
export function toBlobLineEnds(bytes: Uint8Array, action: LineEndAction, indexBlob: () => Uint8Array | undefined): Uint8Array {
  if (action === 'binary' || !bytes.includes(CR)) return bytes;
  const found = countLineEnds(bytes);
  if (found.crlf === 0) return bytes;
  if (action === 'auto') {
    if (looksBinary(found)) return bytes;
    const stored = indexBlob();
    if (stored?.includes(CR)) {
      const storedEnds = countLineEnds(stored);
      if (!looksBinary(storedEnds) && 0 < storedEnds.crlf) return bytes;
    }
  }
  return bytes.filter((byte, i) => byte !== CR || bytes[i + 1] !== LF);
}

const CR = 13;
const LF = 10;

interface LineEnds {
  readonly crlf: number;
  readonly loneCr: number;
  readonly nul: number;
  readonly printable: number;
  readonly unprintable: number;
}

/** `gather_stats`: control characters but backspace, tab, escape and form feed are not printable, nor is DEL. */
function countLineEnds(bytes: Uint8Array): LineEnds {
  let [crlf, loneCr, nul, printable, unprintable] = [0, 0, 0, 0, 0];
  for (let i = 0; i < bytes.length; i += 1) {
    const byte = bytes[i] ?? 0;
    if (byte === CR) {
      if (bytes[i + 1] === LF) {
        crlf += 1;
        i += 1;
      } else loneCr += 1;
    } else if (byte !== LF) {
      if (byte === 0) nul += 1;
      if (byte === 127 || (byte < 32 && byte !== 8 && byte !== 9 && byte !== 27 && byte !== 12)) unprintable += 1;
      else printable += 1;
    }
  }
  // A final ^Z, the end of file of another age, does not count.
  if (bytes.at(-1) === 26) unprintable -= 1;
  return { crlf, loneCr, nul, printable, unprintable };
}

/** `convert_is_binary`. */
function looksBinary(found: LineEnds): boolean {
  return 0 < found.loneCr || 0 < found.nul || found.printable >> 7 < found.unprintable;
}
