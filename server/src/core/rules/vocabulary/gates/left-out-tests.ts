import type { Setting } from '../../../model/facts.ts';
import type { Range } from '../../../model/range.ts';
import type { RuleInput } from '../../define.ts';
import { lastName } from '../code/call-names.ts';
import { optionPath } from '../code/option-paths.ts';

/** Tests that a runner's configuration leaves out from now on. */
export interface LeftOutTests {
  readonly range: Range;
  readonly what: string;
}

/** Files in which a runner is told what to run. */
const CONFIGURES =
  /(^|\/)(?:(?:jest|vitest|vite|playwright|karma|cypress|ava|wdio|testcafe)[\w.-]*\.(?:[cm]?[jt]s|json)|\.mocharc[\w.]*|package\.json|pyproject\.toml|pytest\.ini|setup\.cfg|tox\.ini|conftest\.py)$/;
const LIST = /^(?:testPathIgnorePatterns|testIgnore|excludeSpecPattern|collect_ignore|collect_ignore_glob|exclude|ignore|norecursedirs)$/;
/** Folders in which nobody keeps a test of this runner: what is built, what others wrote, and what another runner runs. */
const USUAL =
  /node_modules|\bdist\b|\bbuild\b|\bout\b|\blib\b|coverage|\.next|\.git|\.cache|\.venv|\bvenv\b|vendor|e2e|playwright|cypress|storybook|fixtures?|__mocks__|helpers?|examples?|templates?|tmp|integration/i;

/** `testPathIgnorePatterns: [..., '/billing/']`, `exclude` of vitest's `test`, `addopts = "--deselect tests/test_tax.py"`. */
export function* leftOutTests(input: RuleInput): Generator<LeftOutTests> {
  if (!CONFIGURES.test(input.path) || input.before === undefined) return;
  const old = new Set(input.before.options.flatMap(({ name, value }) => (LIST.test(name) ? stringsOf(value) : [])));
  for (const option of input.added.options) {
    if (!LIST.test(option.name) || (/^(?:exclude|ignore)$/.test(option.name) && !isOfTests(optionPath(option), input))) continue;
    const fresh = stringsOf(option.value).find((text) => !old.has(text) && !USUAL.test(text));
    if (fresh !== undefined) yield { range: option.range, what: fresh };
  }
  const was = input.before.settings.flatMap(leftOutBy);
  for (const setting of input.added.settings) {
    const fresh = leftOutBy(setting).find((text) => !was.includes(text) && !USUAL.test(text));
    if (fresh !== undefined) yield { range: setting.range, what: fresh };
  }
}

/** vitest keeps its own list under `test`, beside one of what is covered. */
function isOfTests(path: string, { path: file }: RuleInput): boolean {
  return (
    !/coverage|typecheck|optimizeDeps|watch|sourcemap/.test(path) && (/(?:^|\.)test\./.test(path) || /mocharc|ava/.test(lastName(file)))
  );
}

function stringsOf(value: string): readonly string[] {
  return [...value.matchAll(/['"]([^'"]+)['"]/g)].map((match) => match[1] ?? '');
}

function leftOutBy({ path, value }: Setting): readonly string[] {
  if (typeof value !== 'string') return [];
  const names = path.filter((part) => !/^\d+$/.test(part));
  if (/^(?:testPathIgnorePatterns|collect_ignore|norecursedirs)$/.test(names.at(-1) ?? '')) return [value];
  if (names.at(-1) !== 'addopts') return [];
  return [...value.matchAll(/--(?:ignore(?:-glob)?|deselect)[= ]([^\s'"]+)|-k[= ]?['"]?(not [\w ]+)/g)].map(
    (match) => match[1] ?? match[2] ?? '',
  );
}
