import type { RepoPath } from '../model/tree.ts';
import { loadRegexAnalysis } from '../regular-expressions.ts';
import { LANGUAGES } from './index.ts';
import type { Language, ReadAsset } from './language.ts';

const prepared = new Map<string, Promise<void>>();

/**
 * Loads what the languages of these paths need, once a process; a door awaits it before it assesses. A language that fails
 * to load rejects here with its own error, so that "no grammar" is never mistaken for "no finding".
 */
export async function prepareLanguages(paths: Iterable<RepoPath>, readAsset: ReadAsset): Promise<void> {
  const wanted = new Set<Language>();
  for (const path of paths) {
    const language = languageOf(path);
    if (language === undefined || wanted.has(language)) continue;
    wanted.add(language);
    for (const other of LANGUAGES) if (language.embeds?.some((id) => id === other.id)) wanted.add(other);
  }
  const holdsExpressions = [...wanted].some((language) => /^(typescript|python|java)$/.test(language.id));
  await Promise.all([
    ...[...wanted].map((language) => prepareOnce(language, readAsset)),
    holdsExpressions ? loadRegexAnalysis() : undefined,
  ]);
}

/** The language that owns a path, or undefined where none does. */
export function languageOf(path: RepoPath): Language | undefined {
  return LANGUAGES.find((language) => language.owns(path));
}

function prepareOnce(language: Language, readAsset: ReadAsset): Promise<void> {
  let promise = prepared.get(language.id);
  if (promise === undefined) {
    promise = language.prepare?.(readAsset) ?? Promise.resolve();
    prepared.set(language.id, promise);
    // A failed load may be tried again: the next call must not get the old rejection for ever.
    promise.catch(() => prepared.delete(language.id));
  }
  return promise;
}
