import type { RepoPath } from '../../../model/tree.ts';
import type { RuleInput } from '../../define.ts';
import { escaped } from '../code/literal-patterns.ts';
import { pieceAt } from './contract-callers.ts';

/** A file in which a type extends or implements another one, and leans on what that one's methods look like. */
export interface Heir {
  readonly path: RepoPath;
  /** 1-based line of the heir's header; for a language without one, of its method. */
  readonly line: number;
}

const EXTENSIONS: Readonly<Record<string, readonly string[]>> = {
  typescript: ['.ts', '.tsx', '.mts', '.cts', '.js', '.jsx', '.mjs', '.cjs'],
  python: ['.py', '.pyi'],
  java: ['.java', '.kt'],
  rust: ['.rs'],
  go: ['.go'],
};

/** Files of the before tree, the declaring one left out, with a type that extends or implements `owner`. */
export function heirsOf(input: RuleInput, owner: string): readonly Heir[] {
  const language = input.before?.language ?? '';
  const header = headerOf(language, owner);
  if (header === undefined) return [];
  return input.trees.before
    .mentioning(owner, EXTENSIONS[language] ?? [])
    .filter((path) => path !== input.path)
    .flatMap((path) => {
      const lines = textOf(input.trees.before, path).split('\n');
      const at = lines.findIndex((line, index) => header.test(headAt(lines, index, line).replace(BOUND, '')));
      return at < 0 ? [] : [{ path, line: at + 1 }];
    });
}

/** A line, and for a class of Python whose bases follow on lines of their own these as well. */
function headAt(lines: readonly string[], at: number, line: string): string {
  return /^\s*class\s+\w+\s*\([^)]*$/.test(line) ? lines.slice(at, at + LONGEST_HEAD).join(' ') : line;
}

const LONGEST_HEAD = 12;

/** `<T extends Base>` asks for one and is none. */
const BOUND = /<\s*\w+\s+extends\b[^>]*>/g;

/** Go has no header that says so: a type is an heir by having the method, and no interface but this one may ask for it. */
export function goHeirsOf(input: RuleInput, method: string): readonly Heir[] {
  const declared = new RegExp(`^func \\([^)]*\\) ${escaped(method)}\\(`);
  return input.trees.before
    .mentioning(method, ['.go'])
    .filter((path) => path !== input.path)
    .flatMap((path) => {
      const lines = textOf(input.trees.before, path).split('\n');
      const at = lines.findIndex((line) => declared.test(line));
      return at < 0 ? [] : [{ path, line: at + 1 }];
    });
}

function headerOf(language: string, owner: string): RegExp | undefined {
  // Names are identifiers; a dollar sign is the only one of their characters that means something here.
  const name = escaped(owner);
  switch (language) {
    case 'python':
      return new RegExp(`^\\s*class\\s+\\w+\\s*\\([^)]*\\b${name}\\b`);
    case 'java':
    case 'typescript':
      return new RegExp(
        `\\b(extends|implements)\\b[^{]*(?<![\\w$])${name}(?![\\w$])|\\bnew\\s+${name}\\s*(<[^>]*>)?\\(\\)\\s*\\{|:\\s*${name}\\s*=\\s*\\{|\\b(class|object)\\b[^{:(]*(\\([^{)]*\\)[^{:(]*)?:[^{]*(?<![\\w$])${name}(?![\\w$])`,
      );
    case 'rust':
      return new RegExp(`^\\s*(unsafe\\s+)?impl\\b.*\\b${name}\\b.*\\bfor\\b`);
    default:
      return undefined;
  }
}

/** The header by which an heir gives a method, trimmed, with its parameters where these follow on lines of their own; undefined where it does not. */
export function methodLine(text: string, method: string): string | undefined {
  const name = escaped(method);
  const declared = new RegExp(
    `^\\s*(async\\s+)?def\\s+${name}\\s*\\(|\\b(fn|fun)\\s+${name}\\s*[<(]|^func \\([^)]*\\) ${name}\\(|^\\s*(@[\\w.]+(\\([^()]*\\))?\\s+)*((public|protected|private|static|final|abstract|override|async|readonly|synchronized|get|set)\\s+)*([\\w<>\\[\\].?]+(,\\s?[\\w<>\\[\\].?]+)*\\s+)?${name}\\s*(<[^>]*>)?\\(|^\\s*((public|readonly|static)\\s+)*${name}\\s*[=:?]`,
  );
  const lines = text.split('\n');
  const at = lines.findIndex(
    (line) =>
      declared.test(line) &&
      !/^\s*(return|await|throw|yield|else|new|this\.|super\.)\b/.test(line) &&
      !/^[^{]*\);?\s*$/.test(withoutHeader(line)),
  );
  return at < 0 ? undefined : pieceAt(lines, at);
}

/** A header without a body on its line ends in an opening bracket, a colon or nothing; a call ends in a semicolon. */
function withoutHeader(line: string): string {
  return /\b(def|fn|fun|func)\b/.test(line) ? '' : /[;]\s*$/.test(line) && !/\b(public|protected|abstract)\b/.test(line) ? line : '';
}

export function textOf(tree: RuleInput['trees']['before'], path: RepoPath): string {
  const content = tree.read(path);
  return content?.kind === 'text' ? content.text : '';
}
