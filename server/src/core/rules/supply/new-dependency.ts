import type { Dependency } from '../../model/facts.ts';
import type { FindingDraft, Severity } from '../../model/finding.ts';
import { defineRule, type RuleInput } from '../define.ts';
import { fitMessage, quote } from '../quote.ts';
import { type Lock, lockOf } from '../vocabulary/supply/lock-entries.ts';
import { type Ecosystem, isPopular, nearPopular } from '../vocabulary/supply/popular-packages.ts';
import { ecosystemOf, firmnessOf } from '../vocabulary/supply/version-range.ts';

/**
 * ## What it sees
 * A dependency that a manifest of npm, Python, Rust, Go, Maven or Gradle did not have: not in the lock file either, named almost
 * like a popular package, from an address instead of the registry, or without a fixed version.
 * Also a package that an image or a pipeline installs by its bare name beside a list that holds versions or sums.
 *
 * ## Why it matters
 * One in five package names that open models suggest does not exist, the same names come back, and somebody registers them.
 *
 * ## When it is fine
 * A new version of a dependency, a workspace package, a widely used one, one that moved between groups, one that the lock file
 * of the same change holds, and the dependencies of a project that is new as a whole.
 *
 * ## What it misses
 * A lock file that was written by installing the wrong package; packages of other ecosystems; a version that a Gradle catalogue
 * or a parent project holds.
 */
export default defineRule({
  id: 'supply/new-dependency',
  version: '1.1.0',
  severity: 'high',
  confidence: 'medium',
  title: 'Adds a dependency that nothing vouches for',
  reads: ['dependencies', 'commands'],
  evidence: [{ title: 'We Have a Package for You: package hallucinations by code models', url: 'https://arxiv.org/abs/2406.10279' }],
  *check(input): Iterable<FindingDraft> {
    yield* installedByName(input);
    const { added, before, trees, path } = input;
    const ecosystem = ecosystemOf(path);
    if (ecosystem === undefined || /(^|\/)[^/]*constraints[^/]*\.txt$/.test(path)) return;
    for (const dependency of added.dependencies) {
      const known = before?.dependencies.find((other) => other.name === dependency.name);
      const foreign = FOREIGN.test(dependency.version);
      if (LOCAL.test(dependency.version) || (known !== undefined && !(foreign && !FOREIGN.test(known.version)))) continue;
      const found = judge(dependency, ecosystem, foreign, lockOf(dependency.name, path, trees.after, ecosystem));
      // A whole new project names all it needs at once.
      const severity = before === undefined && found.severity !== 'low' && !found.strong ? 'low' : found.severity;
      yield { side: 'after', range: dependency.range, severity, message: fitMessage(`${quote(dependency.name, 36)} ${found.what}`) };
    }
  },
});

/** `pip install name` in an image or a pipeline beside a list that holds versions or sums: nothing holds this one. */
function* installedByName({ added, before, trees, path }: RuleInput): Iterable<FindingDraft> {
  const held = before?.commands.some(({ written }) =>
    /--require-hashes|\bpip3? install\b.* -r |\b(npm ci|poetry install|uv sync)\b/.test(written),
  );
  if (held !== true) return;
  for (const command of added.commands) {
    const [, tool] = /^(?:python3? -m )?(pip)3? install /.exec(command.written) ?? /^(npm) (?:install|i|add) /.exec(command.written) ?? [];
    if (tool === undefined || /(^|\s)(-r|-e|-c|--requirement|--editable|--target)\b/.test(command.written)) continue;
    const ecosystem: Ecosystem = tool === 'pip' ? 'python' : 'npm';
    for (const word of command.words.slice(command.words.findIndex(({ text }) => /^(install|i|add)$/.test(text)) + 1)) {
      const name = word.text.replace(/^([^[]*)\[.*\]$/s, '$1');
      if (!/^(@[\w.-]+\/)?[A-Za-z][\w.-]*[A-Za-z\d]$/.test(name) || /\.(whl|zip|tgz|gz|txt)$/.test(name) || isPopular(name, ecosystem))
        continue;
      const wasThere = before?.commands.some(({ words }) => words.some(({ text }) => text === name)) ?? false;
      if (wasThere || lockOf(name, path, trees.after, ecosystem) === 'locked') continue;
      yield { side: 'after', range: command.range, message: fitMessage(`${quote(name, 36)} is new, and nothing holds its version`) };
    }
  }
}

const LOCAL = /^(workspace:|file:|link:|portal:|catalog:)/;
const FOREIGN = /^(git\+|git:|https?:|ssh:|git@|github:|gitlab:|bitbucket:)|^[\w.-]+\/[\w.-]+(#.*)?$/;

interface Judgement {
  readonly severity: Severity;
  readonly what: string;
  /** True where the name or the place itself is odd. */
  readonly strong?: boolean;
}

function judge(dependency: Dependency, ecosystem: Ecosystem, foreign: boolean, lock: Lock): Judgement {
  const near = nearPopular(dependency.name, ecosystem);
  if (near !== undefined && lock !== 'locked')
    return { severity: 'high', what: `is new and almost called ${quote(near, 24)}`, strong: true };
  if (near !== undefined) return { severity: 'low', what: `is new and almost called ${quote(near, 24)}; the lockfile has it` };
  if (foreign)
    return {
      severity: firmnessOf(dependency.version, ecosystem) === 3 ? 'medium' : 'high',
      what: 'comes from an address and not from the registry',
      strong: true,
    };
  // That a file past the limit does not hold it is not known, and each large repository has one.
  if (lock === 'unread') return { severity: 'low', what: 'is new; the lockfile was not read' };
  const popular = isPopular(dependency.name, ecosystem);
  const loose = firmnessOf(dependency.version, ecosystem) === 0;
  // In a pyproject it is usual to bound nothing and let the lock file say it.
  if (loose && lock === 'locked') return { severity: ecosystem === 'npm' ? 'medium' : 'low', what: 'is new and has no fixed version' };
  if (loose) return { severity: popular ? 'medium' : 'high', what: 'is new and has no fixed version' };
  if (lock === 'locked') return { severity: 'low', what: 'is new; the lockfile has it' };
  if (popular) return { severity: 'low', what: 'is new, and widely used' };
  // Whoever publishes there had to show that the group is theirs.
  if (ecosystem === 'maven' && lock === 'no-lockfile') return { severity: 'low', what: 'is new' };
  // What another module brings along is written by the tool.
  if (ecosystem === 'go' && dependency.group === 'optional') return { severity: 'low', what: 'is new, and brought along by another' };
  const mild = dependency.group === 'development' || dependency.group === 'peer';
  return {
    severity: mild ? 'medium' : 'high',
    what: lock === 'unlocked' ? 'is new and not in the lockfile' : 'is new and no lockfile has it',
  };
}
