import type { RepoPath } from '../model/tree.ts';
import { loadRegexAnalysis, mayBacktrack } from '../regular-expressions.ts';
import hcl from './hcl/index.ts';
import { LANGUAGES } from './index.ts';
import type { Language, ReadAsset } from './language.ts';
import python from './python/index.ts';
import shell from './shell/index.ts';

const prepared = new Map<string, Promise<void>>();

/**
 * Loads what the languages of these paths need, once a process; a door awaits it before it assesses. A language that fails
 * to load rejects here with its own error, so that "no grammar" is never mistaken for "no finding".
 */
export async function prepareLanguages(paths: Iterable<RepoPath>, readAsset: ReadAsset): Promise<void> {
  const wanted = new Set<Language>();
  let holdsExpressions = false;
  for (const path of paths) {
    holdsExpressions ||= mayBacktrack(path);
    for (const language of [languageOf(path), ...(isReadByFirstLine(path) ? INTERPRETED : []), ...readBeside(path)]) {
      if (language === undefined || wanted.has(language)) continue;
      wanted.add(language);
      for (const other of LANGUAGES) if (language.embeds?.some((id) => id === other.id)) wanted.add(other);
    }
  }
  await Promise.all([
    ...[...wanted].map((language) => prepareOnce(language, readAsset)),
    holdsExpressions ? loadRegexAnalysis() : undefined,
  ]);
}

/** The language that owns a path, or undefined where none does. */
export function languageOf(path: RepoPath): Language | undefined {
  const known = OWNERS.get(path);
  if (known !== undefined) return known === NOBODY ? undefined : known;
  const owner = LANGUAGES.find((language) => language.owns(path));
  if (OWNERS.size >= MOST_OWNERS) OWNERS.clear();
  OWNERS.set(path, owner ?? NOBODY);
  return owner;
}

/** Of paths that were asked about: the path alone decides, and every room asks. */
const OWNERS = new Map<RepoPath, Language | typeof NOBODY>();
const NOBODY = 'nobody';
const MOST_OWNERS = 16_384;

/**
 * The language of one text. A file whose name says nothing, or has an extension that nobody knows, is what its first line says it
 * is: a script of a shell or of Python. Undefined where nobody reads it.
 */
export function languageOfText(path: RepoPath, text: string): Language | undefined {
  const owner = languageOf(path);
  if (!isReadByFirstLine(path)) return owner;
  const interpreter = /^#!\s*(?:\S*\/)?(?:env\s+(?:-\S+\s+|\w+=\S*\s+)*(?:\S*\/)?)?([\w.+-]+)/.exec(text.slice(0, 200))?.[1] ?? '';
  if (/^(ba|da|k|z|a|mk)?sh$/.test(interpreter)) return shell;
  if (/^python[\d.]*$/.test(interpreter)) return python;
  return owner;
}

/** True for a name without an extension that no language but the shell's knows, and for one with an extension of nobody's. */
export function isReadByFirstLine(path: RepoPath): boolean {
  const owner = languageOf(path);
  if (owner === undefined) return !NO_SCRIPT.test(path);
  return owner === shell && !path.slice(path.lastIndexOf('/') + 1).includes('.');
}

/** What is no script whatever it begins with; it need not load a grammar. */
const NO_SCRIPT =
  /\.(png|jpe?g|gif|svg|ico|webp|avif|bmp|tiff?|pdf|woff2?|ttf|otf|eot|zip|gz|tgz|bz2|xz|7z|jar|war|class|so|dll|exe|bin|wasm|mp[34]|mov|webm|wav|ogg|csv|tsv|parquet|txt|md|mdx|rst|adoc|html?|css|s[ac]ss|less|lock|map|snap|log|diff|patch|sum|pem|crt|key|po|pot|mo|xlsx?|docx?|pptx?)$/i;

/** Languages that a first line may name. */
const INTERPRETED: readonly Language[] = [shell, python];

/** What a value in JSON does in Terraform stands in files that the change does not touch (test/languages/read-beside.test.ts). */
function readBeside(path: RepoPath): readonly Language[] {
  return /\.tf(vars)?\.json$/i.test(path) ? [hcl] : [];
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
