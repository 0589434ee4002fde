import type { ReadAsset } from '../core/languages/language.ts';
import { AppError } from './app-error.ts';

/**
 * The manual pages that ship beside the bundles, Markdown by rule id. Without the asset, as in a run from sources, the map
 * is empty and a door falls back on what the rule says of itself. Errors: `incomplete-installation` where it is damaged.
 */
export async function readRulePages(readAsset: ReadAsset): Promise<ReadonlyMap<string, string>> {
  const bytes = await readAsset('rule-pages.json').catch((cause: unknown) => {
    if (cause instanceof AppError && cause.code === 'incomplete-installation') return undefined;
    throw cause;
  });
  if (bytes === undefined) return new Map();
  try {
    const pages: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'));
    return new Map(Object.entries(pages ?? {}).filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
  } catch (cause) {
    throw new AppError('incomplete-installation', 'expected JSON in rule-pages.json, found something else', { cause });
  }
}
