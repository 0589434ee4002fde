import type { ExportRecord, ImportedName, ImportRecord, ModuleRecord } from '../model/file-scan.ts';
import { codeOf, PYTHON, stretchesOf } from './code-stretches.ts';

/**
 * Imports and top-level names of a Python file. A specifier is as written (`..models.order`); `import a.b` binds `a.b`, since that
 * is what stands before a name of it. An import inside a function counts for the whole file.
 */
export function scanPython(text: string): ModuleRecord {
  const code = codeOf(text, stretchesOf(text, PYTHON)).replace(/\\\r?\n/g, '  ');
  const imports: ImportRecord[] = [];
  for (const [, from, list, plain] of code.matchAll(PYTHON_IMPORT)) {
    if (from !== undefined) imports.push(record(from.replace(/\s+/g, ''), namesIn(list ?? '')));
    else for (const { imported, local } of namesIn(plain ?? '')) imports.push(record(imported, [{ imported: '*', local }]));
  }
  for (const [, , specifier = ''] of text.matchAll(DYNAMIC)) imports.push({ specifier, kind: 'dynamic', typeOnly: false, names: [] });
  const names = new Set<string>();
  for (const [, declared, assigned] of code.matchAll(DECLARATION)) names.add(declared ?? assigned ?? '');
  const exports: ExportRecord[] = [...names].map((name) => ({ exported: name, local: name }));
  return { imports, exports };
}

/** A name may hold letters beyond ASCII. */
const ID = String.raw`[\w\u0080-\uffff]+`;
/** An import statement: at the head of a line, or behind `;` and `:` (`try: import json`). A list that never closes ends where the next one opens. */
export const PYTHON_IMPORT = new RegExp(
  String.raw`(?:^|[;:])[ \t]*(?:from\b[ \t]{0,80}(\.[ \t.]{0,80}(?:${ID}(?:[ \t]{0,80}\.[ \t]{0,80}${ID})*)?|${ID}(?:[ \t]{0,80}\.[ \t]{0,80}${ID})*)[ \t]{0,80}\bimport\b[ \t]{0,80}(\([^()]*\)|[^\n;]*)|import[ \t]{1,80}([^\n;]+))`,
  'gm',
);
const DYNAMIC = /\b(?:import_module|__import__)\(\s*(['"])([\w.]+)\1/g;
const DECLARATION = new RegExp(String.raw`^(?:(?:async[ \t]+def|def|class)[ \t]+(${ID})|(${ID})[ \t]*(?::[^=\n]*)?=(?!=))`, 'gm');

/** `a as b, c`, with or without parentheses around. */
function namesIn(list: string): readonly ImportedName[] {
  return list
    .replace(/[()]/g, ' ')
    .split(',')
    .flatMap((part) => {
      const [imported = '', as, local] = part.trim().split(/\s+/);
      const name = imported.replace(/\s/g, '');
      return name === '' ? [] : [{ imported: name, local: as === 'as' && local !== undefined ? local : name }];
    });
}

function record(specifier: string, names: readonly ImportedName[]): ImportRecord {
  return { specifier, kind: 'import', typeOnly: false, names };
}
