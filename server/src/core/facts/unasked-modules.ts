import type { AnalysedChange } from './analyse-change.ts';
import type { FileAnalysis } from './analyse-file.ts';

/**
 * A new module that no other file of the change names, in a language whose modules run only where they are imported: an unchanged file
 * cannot import what was not there. Where a framework loads files by their place, the place says so.
 */
export function isUnasked({ file, before, after }: FileAnalysis, analysed: AnalysedChange): boolean {
  if (before !== undefined || !/^(typescript|python)$/.test(after?.language ?? '') || LOADED_BY_PLACE.test(file.path)) return false;
  const parts = file.path.replace(/(\.d)?\.\w+$/, '').split('/');
  const own = /^(index|__init__|mod)$/.test(parts.at(-1) ?? '') ? parts.at(-2) : parts.at(-1);
  const files = own === undefined ? undefined : namesSaid(analysed).get(own);
  return ![...(files ?? [])].some((path) => path !== file.path);
}

const LOADED_BY_PLACE =
  /(^|\/)(pages|app|routes|api|plugins|middleware|middlewares|migrations|management\/commands|commands|functions|hooks|server)\/|(^|\/)(middleware|proxy|hooks|instrumentation|conftest|settings|urls|admin|apps|signals|tasks|celery|wsgi|asgi|main|manage|app|server|index)\.[\w.]+$|(^|\/)[\w.-]*\.?config\.[cm]?[jt]s$/;

const SAID = new WeakMap<AnalysedChange, ReadonlyMap<string, ReadonlySet<string>>>();

/** By a name, the files of the change that say it: as a word of their own, or as the last part of a path in quotes. */
function namesSaid(analysed: AnalysedChange): ReadonlyMap<string, ReadonlySet<string>> {
  const known = SAID.get(analysed);
  if (known !== undefined) return known;
  const said = new Map<string, Set<string>>();
  for (const { analysis } of analysed.files)
    for (const { text } of analysis.after?.tokens ?? []) {
      const name = /^['"`](?:[^'"`]*\/)?([\w.-]+?)(?:\.[cm]?[jt]sx?)?['"`]$/.exec(text)?.[1] ?? text;
      const files = said.get(name) ?? new Set<string>();
      files.add(analysis.file.path);
      said.set(name, files);
    }
  SAID.set(analysed, said);
  return said;
}
