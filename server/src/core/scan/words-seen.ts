import { DIGIT, SKIP, WORD } from './lexer-modes.ts';
import { OFFSET, PRIME, WORD_UNITS } from './words.ts';

/** Copies words that change a moment later, to where they are to be kept. */
export type CopyWords = (words: Uint32Array) => Uint32Array;

/**
 * Reads words, and keeps the distinct hashes of the file at hand. One table serves all files: an entry counts only with the number
 * of the file that wrote it, so that nothing is cleared between two files. The methods are small on purpose: they are compiled
 * within the first few files, long before the lexer is, and most bytes are read by them.
 */
export class WordsSeen {
  /** The hash of the word read last, signed. */
  hash = 0;
  /** False where words are stepped over alone: no hash is made, and none is kept. */
  readonly #keeps: boolean;
  /** Pairs of hash and number of the file. */
  #slots = new Int32Array(1 << 15);
  #mask = (1 << 14) - 1;
  #file = 0;
  #hashes = new Uint32Array(1 << 13);
  #count = 0;

  constructor(keeps = true) {
    this.#keeps = keeps;
  }

  /** Forgets the words of the file before. */
  start(): void {
    this.#count = 0;
    this.#file += 1;
  }

  /** Reads the word that begins at `from`; returns where it ends. */
  word(bytes: Uint8Array, from: number): number {
    let at = from;
    if (!this.#keeps) {
      while (WORD_UNITS[bytes[at] as number] === 1) at += 1;
      return at;
    }
    let hash = OFFSET;
    for (let unit = bytes[at] as number; WORD_UNITS[unit] === 1; unit = bytes[at] as number) {
      hash = Math.imul(hash ^ unit, PRIME);
      at += 1;
    }
    this.hash = hash;
    this.#add(hash);
    return at;
  }

  /** Reads the run that begins with a digit at `from`, which is a word where not all of it is digits; returns where it ends. */
  number(bytes: Uint8Array, from: number): number {
    let at = from;
    while ((bytes[at] as number) >= 0x30 && (bytes[at] as number) <= 0x39) at += 1;
    return WORD_UNITS[bytes[at] as number] === 1 ? this.word(bytes, from) : at;
  }

  /** Reads on as long as there are words and what a mode skips; returns where something else stands. */
  sweep(bytes: Uint8Array, from: number, mode: Uint8Array): number {
    for (let at = from; ; ) {
      const action = mode[bytes[at] as number];
      if (action === WORD) at = this.word(bytes, at);
      else if (action === SKIP) at += 1;
      else if (action === DIGIT) at = this.number(bytes, at);
      else return at;
    }
  }

  /** A copy of what was seen since `start`, made by `copy`. */
  taken(copy: CopyWords): Uint32Array {
    return copy(this.#hashes.subarray(0, this.#count));
  }

  #add(hash: number): void {
    const slots = this.#slots;
    const file = this.#file;
    let slot = (hash ^ (hash >>> 15)) & this.#mask;
    while (slots[slot * 2 + 1] === file) {
      if (slots[slot * 2] === hash) return;
      slot = (slot + 1) & this.#mask;
    }
    slots[slot * 2] = hash;
    slots[slot * 2 + 1] = file;
    this.#hashes[this.#count] = hash;
    this.#count += 1;
    if (this.#count === this.#hashes.length) this.#grow();
  }

  #grow(): void {
    const before = this.#hashes;
    this.#hashes = new Uint32Array(before.length * 2);
    this.#slots = new Int32Array(this.#slots.length * 2);
    this.#mask = this.#mask * 2 + 1;
    this.#count = 0;
    for (const hash of before) this.#add(hash | 0);
  }
}
