import type { ExportRecord, ImportRecord, ModuleRecord } from '../model/file-scan.ts';
import { codeOf, GO, stretchesOf } from './code-stretches.ts';

/**
 * Imports and declared names of a Go file. The first export is the package itself (`*`, called by its clause); the others are all
 * names at the top, small ones too, since the files of a package see them. An import without a name of its own is bound by what its
 * path ends in, which its package may say otherwise.
 */
export function scanGo(text: string): ModuleRecord {
  const stretches = stretchesOf(text, GO);
  const [code, head] = [codeOf(text, stretches), codeOf(text, stretches, 'kept')];
  const imports: ImportRecord[] = [];
  for (const { 0: all, index } of code.matchAll(GO_IMPORT)) {
    const clause = head.slice(index, index + all.length).replace(/^\s*import\b/, '');
    for (const [, name, , specifier = ''] of clause.matchAll(
      /(?:((?<![\w\u0080-\uffff])[\w\u0080-\uffff]+|\.)[ \t]+)?(["`])([^"`\n]+)\2/g,
    )) {
      const local = name === '.' ? '*' : (name ?? packageNameOf(specifier));
      imports.push({ specifier, kind: 'import', typeOnly: false, names: local === '_' ? [] : [{ imported: '*', local }] });
    }
  }
  const clause = /^[ \t]*package[ \t]+([\w\u0080-\uffff]+)/m.exec(code)?.[1];
  const names = new Set<string>();
  const declaration = new RegExp(DECLARATION);
  for (let match = declaration.exec(code); match !== null; match = declaration.exec(code)) {
    const [, method, list] = match;
    if (method !== undefined) names.add(method);
    for (const one of list?.split(',') ?? []) names.add(one.trim());
    if (method !== undefined || list !== undefined) continue;
    // A group ends where a line begins with its parenthesis.
    const end = code.indexOf('\n)', declaration.lastIndex);
    const group = code.slice(declaration.lastIndex, end < 0 ? code.length : end);
    for (const [, several = ''] of group.matchAll(/^[ \t]*([\w\u0080-\uffff]+(?:[ \t]*,[ \t]*[\w\u0080-\uffff]+)*)/gm))
      for (const one of several.split(',')) names.add(one.trim());
    declaration.lastIndex += group.length;
  }
  const exports: ExportRecord[] = [...names].map((name) => ({ exported: name, local: name }));
  return { imports, exports: clause === undefined ? exports : [{ exported: '*', local: clause }, ...exports] };
}

/** An import declaration, with or without parentheses. */
export const GO_IMPORT = /^[ \t]*import\b[ \t]*(?:\([^)]*\)|[^\n;]*)/gm;

const DECLARATION =
  /^(?:func[ \t]*(?:\([^)]*\)[ \t]*)?([\w\u0080-\uffff]+)|(?:type|var|const)[ \t]+([\w\u0080-\uffff]+(?:[ \t]*,[ \t]*[\w\u0080-\uffff]+)*)|(?:type|var|const)[ \t]*\()/gm;

/** `chi` of `github.com/go-chi/chi/v5`, `yaml` of `gopkg.in/yaml.v3`. */
export function packageNameOf(specifier: string): string {
  const parts = specifier.split('/');
  const last = /^v\d+$/.test(parts.at(-1) ?? '') && parts.length > 1 ? parts.at(-2) : parts.at(-1);
  return (last ?? specifier)
    .replace(/\.v\d+$/, '')
    .replace(/^go-|-go$/, '')
    .replace(/[^\w\u0080-\uffff]/g, '_');
}
