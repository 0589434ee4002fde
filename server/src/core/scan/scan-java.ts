import type { ExportRecord, ImportRecord, ModuleRecord } from '../model/file-scan.ts';
import { codeOf, JAVA, stretchesOf } from './code-stretches.ts';

/**
 * Imports and declared types of a file of Java, Kotlin, Groovy or Scala. A specifier is what stands before the last dot: `shop` of
 * `import shop.Clock`, `shop.Clock` of a static or a nested name. A name that the code writes out (`shop.Clock.now()`) is a record
 * of kind `dynamic`. The first export is the package itself (`shop.*`), the others are its types, inner ones beside outer ones.
 */
export function scanJava(text: string): ModuleRecord {
  const code = codeOf(text, stretchesOf(text, JAVA));
  const home = /^[ \t]*package\s+([\w.\u0080-\uffff]+)/m.exec(code)?.[1] ?? '';
  const imports: ImportRecord[] = [];
  for (const [, path = '', group, alias] of code.matchAll(JAVA_IMPORT)) imports.push(...importsOf(path.replace(/\s+/g, ''), group, alias));
  const written = new Set<string>();
  for (const [, specifier = '', name = ''] of code.replace(JAVA_IMPORT, '').matchAll(WRITTEN_OUT)) written.add(`${specifier} ${name}`);
  for (const one of written) {
    const [specifier = '', name = ''] = one.split(' ');
    imports.push({ specifier, kind: 'dynamic', typeOnly: false, names: [{ imported: name, local: `${specifier}.${name}` }] });
  }
  const names = new Set<string>();
  for (const [, type, top] of code.matchAll(DECLARATION)) names.add(type ?? top ?? '');
  const exports: ExportRecord[] = [...names].map((name) => ({ exported: home === '' ? name : `${home}.${name}`, local: name }));
  return { imports, exports: [{ exported: `${home}.*`, local: undefined }, ...exports] };
}

/** An import of Java, Kotlin, Groovy or Scala. */
export const JAVA_IMPORT =
  /^[ \t]*import\s{1,80}(?:static\s{1,80})?([\w$\u0080-\uffff]+(?:\s{0,80}\.\s{0,80}[\w$\u0080-\uffff]+)*)(?:\s{0,80}\.\s{0,80}(\*|\{[^}]*\}))?(?:[ \t]{1,80}as[ \t]{1,80}([\w$]+))?/gm;
const WRITTEN_OUT = /(?<![\w$.])([a-z_][\w$]*(?:\.[a-z_][\w$]*)+)\.([A-Z][\w$]*)/g;
/** A type anywhere, and what Kotlin and Scala declare outside of types. */
const DECLARATION =
  /\b(?:class|interface|enum|record|object|trait|typealias)\s+([\w$\u0080-\uffff]+)|^(?:(?:public|internal|inline|const|suspend|infix|operator|tailrec|implicit|lazy|final|lateinit)\s+)*(?:fun|val|var|def)\s+(?:<[^>\n]*>\s*)?(?:[\w.<>?*]+\.)?([\w$]+)/gm;

function importsOf(path: string, group: string | undefined, alias: string | undefined): readonly ImportRecord[] {
  const of = (specifier: string, imported: string, local: string): ImportRecord => ({
    specifier,
    kind: 'import',
    typeOnly: false,
    names: [{ imported, local }],
  });
  if (group === '*') return [of(path, '*', '*')];
  if (group !== undefined)
    return group
      .slice(1, -1)
      .split(',')
      .flatMap((part) => {
        const [name = '', local] = part.trim().split(/(?<!\s)\s*(?:=>|\sas\s)\s*/);
        return name === '' ? [] : [name === '_' || name === '*' ? of(path, '*', '*') : of(path, name, local ?? name)];
      });
  const dot = path.lastIndexOf('.');
  if (dot < 0) return [of('', path, alias ?? path)];
  const name = path.slice(dot + 1);
  return [name === '_' ? of(path.slice(0, dot), '*', '*') : of(path.slice(0, dot), name, alias ?? name)];
}
