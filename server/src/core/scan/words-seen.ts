/**
 * The distinct hashes of the file at hand, in the order in which they came. One table serves all files: an entry counts only with
 * the number of the file that wrote it, so that nothing is cleared between two files.
 */
export class WordsSeen {
  /** Pairs of hash and number of the file. */
  #slots = new Int32Array(1 << 15);
  #mask = (1 << 14) - 1;
  #file = 0;
  #hashes = new Int32Array(1 << 13);
  #count = 0;

  /** Forgets the words of the file before. */
  start(): void {
    this.#count = 0;
    this.#file += 1;
  }

  add(hash: number): void {
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

  /** A copy of what was seen since `start`. */
  taken(): Uint32Array {
    return new Uint32Array(this.#hashes.slice(0, this.#count).buffer);
  }

  #grow(): void {
    const before = this.#hashes;
    this.#hashes = new Int32Array(before.length * 2);
    this.#slots = new Int32Array(this.#slots.length * 2);
    this.#mask = this.#mask * 2 + 1;
    this.#count = 0;
    for (const hash of before) this.add(hash);
  }
}
