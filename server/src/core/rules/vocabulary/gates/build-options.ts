import type { FindingDraft } from '../../../model/finding.ts';
import type { RuleInput } from '../../define.ts';
import { fitMessage, quote } from '../../quote.ts';

const CONFIGURES = /(^|\/)(next|vitest|vite|jest|nuxt|webpack|svelte|astro|playwright)[\w.-]*\.config[\w.-]*\.[cm]?[jt]s$/;
const EXCUSES = /^(ignoreBuildErrors|ignoreDuringBuilds|passWithNoTests|dangerouslyIgnoreUnhandledErrors)$/;

/** A build or a run of tests that is told to pass whatever it finds: `typescript: { ignoreBuildErrors: true }`. */
export function* excusedBuilds({ added, before, path }: RuleInput): Generator<FindingDraft> {
  if (!CONFIGURES.test(path)) return;
  for (const { name, value, range } of added.options) {
    if (!EXCUSES.test(name) || value !== 'true' || before?.options.some((old) => old.name === name && old.value === 'true') === true)
      continue;
    const isLint = name === 'ignoreDuringBuilds';
    yield {
      side: 'after',
      range,
      ...(isLint ? { severity: 'low' as const } : {}),
      message: fitMessage(`the build passes more now: ${quote(`${name}: true`, 40)}`),
    };
  }
}
