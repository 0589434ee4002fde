import type { ExportRecord, ImportedName, ImportRecord, ModuleRecord } from '../model/file-scan.ts';

/** The module record of a file while it is read. */
export class Collected {
  readonly #imports: ImportRecord[] = [];
  #exports: Map<string, ExportRecord> | undefined;
  /** The name offered last, where it was not offered before. */
  #newest: string | undefined;

  add(specifier: string, kind: ImportRecord['kind'], typeOnly: boolean, names: readonly ImportedName[]): void {
    this.#imports.push({ specifier, kind, typeOnly, names });
  }

  /** A name stands once, with a local one where any of its declarations has one. */
  offer(exported: string, local: string | undefined): void {
    this.#newest = this.#exports?.has(exported) ? undefined : exported;
    this.#exports ??= new Map();
    if (this.#exports.get(exported)?.local === undefined) this.#exports.set(exported, { exported, local });
  }

  /** Takes back the name offered last, where it turned out to be another module's. */
  withdraw(exported: string): void {
    if (this.#newest === exported) this.#exports?.delete(exported);
  }

  taken(): ModuleRecord {
    return { imports: this.#imports, exports: this.#exports === undefined ? [] : [...this.#exports.values()] };
  }
}
