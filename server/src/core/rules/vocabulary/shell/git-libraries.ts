import type { Call, FileFacts } from '../../../model/facts.ts';
import { lastName, receiver } from '../code/call-names.ts';
import { keepOf } from '../code/kept.ts';

/**
 * The words of the git command that a call of a library stands for: simple-git, isomorphic-git, GitPython, pygit2, go-git, JGit
 * and git2. Undefined for every other call, and for git commands that throw nothing away.
 */
export function gitWordsOf(call: Call): readonly string[] | undefined {
  if (call.kind === 'decorator') return undefined;
  const name = lastName(call.callee);
  const from = receiver(call.callee);
  const text = call.args.join(', ');
  if (/(^|[._])git(\.raw)?$|simple_?git(\([^()]*\))?(\.\w+\([^()]*\))*$/i.test(from) || (name === 'raw' && /git$/i.test(from))) {
    const given = [...strings(text), ...switches(text)];
    switch (name) {
      case 'raw':
        return [...call.args.flatMap(wordsOf), ...switches(text)];
      case 'reset':
        return ['reset', ...given.map((word) => (word === 'hard' ? '--hard' : word))];
      case 'clean':
        return ['clean', ...given.map((word) => (/^[a-z]+$/i.test(word) && word.includes('f') ? `-${word}` : word))];
      case 'updateRef':
        return given.includes('--force') ? ['push', '--force', ...strings(text)] : undefined;
      case 'push':
        return ['push', ...call.args.flatMap(wordsOf), ...switches(text)];
      case 'checkout':
      case 'stash':
      case 'restore':
      case 'switch':
      case 'branch':
        return [name, ...given];
      default:
        return undefined;
    }
  }
  if (/^(reset|Reset)$/.test(name) && /\b(HardReset|GIT_RESET_HARD|ResetMode\.HARD|ResetType::Hard|working_tree=True)\b/.test(text))
    return ['reset', '--hard'];
  if (name === 'reset' && from === 'porcelain' && /["']hard["']/.test(text)) return ['reset', '--hard'];
  if (name === 'setMode' && /\breset\(\)/.test(from) && /\bHARD\b/.test(text)) return ['reset', '--hard'];
  if (name === 'setForce' && text === 'true' && /\b(push|clean|checkout)\(\)/.test(from)) {
    const verb = /\b(push|clean|checkout)\(\)/.exec(from)?.[1] ?? 'push';
    return [verb, '--force'];
  }
  if (/^(Clean|Checkout|Push|PushContext)$/.test(name) && /\bgit\.(Clean|Checkout|Push)Options\{/.test(text)) {
    if (name === 'Clean') return ['clean', '-f', '-d'];
    return /\bForce: true\b/.test(text) ? [name === 'Checkout' ? 'checkout' : 'push', '--force'] : undefined;
  }
  if (/^checkout_(head|index|tree)$/.test(name) && /\.force\(\)|GIT_CHECKOUT_FORCE|CheckoutStrategy\.FORCE/.test(text))
    return ['checkout', '--force'];
  if (name === 'push' && /(^|\.)(origin|remote|upstream)(\(.*\))?$|\.remotes?(\[.*\]|\.\w+)$/.test(from) && /\bforce=True\b/.test(text))
    return ['push', '--force'];
  return undefined;
}

/** True where the function works in a clone of its own: it makes a temporary folder, or clones there and then. */
export function worksInOwnClone({ calls }: Pick<FileFacts, 'calls'>, scope: string): boolean {
  return scopesWithClone(calls).has(scope);
}

const scopesWithClone = keepOf(
  (calls: readonly Call[]): ReadonlySet<string> =>
    new Set(
      calls.flatMap(({ callee, args, scope }) =>
        /^(mkdtemp|mkdtempSync|MkdirTemp|TemporaryDirectory|createTempDirectory|tempdir|TempDir|clone|clone_from|PlainClone|cloneRepository)$/.test(
          lastName(callee),
        ) || args.some((argument) => /^\[?\s*["'`](git )?clone["'` ]/.test(argument))
          ? [scope]
          : [],
      ),
    ),
);

/** The words of one argument; a name is a word that nobody knows. */
function wordsOf(argument: string): readonly string[] {
  const found = strings(argument);
  return found.length === 0 && /^[\w.?!]+$/.test(argument) ? [`\${${argument}}`] : found;
}

function strings(text: string): readonly string[] {
  return [...text.matchAll(/(["'`])([^"'`]*)\1(?!\s*:)/g)].flatMap((match) => (match[2] ?? '').split(/\s+/).filter(Boolean));
}

/** `{ '--force': null }`, `force: true`, `force=True` and the libraries' own names, as the switches they are. */
function switches(text: string): readonly string[] {
  const found = [...text.matchAll(/["'](--?[\w-]+)["']\s*:/g)].map((match) => match[1] ?? '');
  if (/\bforce\s*[:=]\s*(true|True)\b/.test(text)) found.push('--force');
  if (/\bhard\s*=\s*True\b|\bResetMode\.HARD\b/.test(text)) found.push('--hard');
  if (/\bCleanOptions\.FORCE\b/.test(text)) found.push('-f');
  return found;
}
