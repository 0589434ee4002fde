import { isDeclaration } from '../resolve/source-index.ts';
import type { Graph } from './graph.ts';

/** Rows of edges that are packed when all are known. */
export class Links {
  private readonly starts: Int32Array;
  private targets = new Int32Array(1024);
  private wanted = new Int32Array(1024);
  private rows = 0;
  private length = 0;

  constructor(files: number) {
    this.starts = new Int32Array(files + 1);
  }

  begin(): void {
    this.starts[this.rows] = this.length;
    this.rows += 1;
  }

  /** Adds an edge for an import; a target that is no file of the graph is none. */
  add(index: number, target: number | undefined): void {
    if (target === undefined) return;
    this.reserve(1);
    this.targets[this.length] = target;
    this.wanted[this.length] = index;
    this.length += 1;
  }

  /** Adds the edges that a file has in another graph. */
  addAll({ starts, targets, wanted }: Graph, file: number): void {
    const start = starts[file] ?? 0;
    const end = starts[file + 1] ?? start;
    this.reserve(end - start);
    this.targets.set(targets.subarray(start, end), this.length);
    this.wanted.set(wanted.subarray(start, end), this.length);
    this.length += end - start;
  }

  pack(): Edges {
    this.starts[this.rows] = this.length;
    const targets = this.targets.slice(0, this.length);
    const wanted = this.wanted.slice(0, this.length);
    return { starts: this.starts, targets, wanted, ...turn(this.starts, targets, wanted) };
  }

  private reserve(more: number): void {
    if (this.length + more <= this.targets.length) return;
    const length = Math.max(2 * this.targets.length, this.length + more);
    this.targets = grown(this.targets, length);
    this.wanted = grown(this.wanted, length);
  }
}

type Edges = Pick<Graph, 'starts' | 'targets' | 'wanted' | 'turned' | 'askers' | 'asked'>;

function grown(row: Int32Array, length: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(length);
  larger.set(row);
  return larger;
}

/** Edges by the file they mean, in the order of the files that ask. */
export function turn(starts: Int32Array, targets: Int32Array, wanted: Int32Array): Pick<Edges, 'turned' | 'askers' | 'asked'> {
  const files = starts.length - 1;
  const turned = new Int32Array(files + 1);
  for (const target of targets) turned[target + 1] = (turned[target + 1] ?? 0) + 1;
  for (let file = 0; file < files; file += 1) turned[file + 1] = (turned[file + 1] ?? 0) + (turned[file] ?? 0);
  const next = turned.slice();
  const askers = new Int32Array(targets.length);
  const asked = new Int32Array(targets.length);
  for (let file = 0; file < files; file += 1) {
    for (let edge = starts[file] ?? 0; edge < (starts[file + 1] ?? 0); edge += 1) {
      const target = targets[edge] ?? 0;
      const at = next[target] ?? 0;
      askers[at] = file;
      asked[at] = wanted[edge] ?? 0;
      next[target] = at + 1;
    }
  }
  return { turned, askers, asked };
}

/** Whether an import means this file before any other, or one that only declares what it does. */
export function isMeantFirst({ starts, targets, wanted, files }: Graph, asker: number, index: number, file: number): boolean {
  for (let edge = starts[asker] ?? 0; edge < (starts[asker + 1] ?? 0); edge += 1)
    if (wanted[edge] === index) return targets[edge] === file || isDeclaration(files[file] ?? '');
  return true;
}
