import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { analyse } from 'scslre';
import { ts } from 'ts-morph';
import { describe, expect, it } from 'vitest';

const ROOT = path.resolve(import.meta.dirname, '..');

/**
 * Expressions that may backtrack and whose input is short, each with the reason. The key is the file and the expression's own
 * source, so that a changed expression is judged anew.
 */
const BOUNDED: Readonly<Record<string, string>> = {
  'server/src/core/languages/code/text-places.ts ((?:\\$?[A-Za-z_][\\w$]*\\s*(?:\\.|::|\\?\\.|!!\\.)\\s*)+)$':
    'reads 200 characters in front of a word',
  'server/src/core/rules/vocabulary/access/logged-secrets.ts [:!][^:]*$': 'reads an argument of at most 2,000 characters',
};

interface Literal {
  readonly file: string;
  readonly line: number;
  readonly source: string;
  readonly flags: string;
}

/** Every regular expression that ships: literals, and strings handed to `RegExp` whose holes are taken for a word. */
function literalsIn(file: string): readonly Literal[] {
  const text = readFileSync(path.join(ROOT, file), 'utf8');
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const found: Literal[] = [];
  const push = (node: ts.Node, pattern: string, flags: string): void => {
    found.push({ file, line: source.getLineAndCharacterOfPosition(node.getStart()).line + 1, source: pattern, flags });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isRegularExpressionLiteral(node)) {
      const end = node.text.lastIndexOf('/');
      push(node, node.text.slice(1, end), node.text.slice(end + 1));
    }
    if ((ts.isNewExpression(node) || ts.isCallExpression(node)) && node.expression.getText() === 'RegExp') {
      const [pattern, flags] = node.arguments ?? [];
      const written = pattern === undefined ? undefined : patternOf(pattern);
      if (written !== undefined) push(node, written, flags !== undefined && ts.isStringLiteralLike(flags) ? flags.text : '');
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function patternOf(node: ts.Expression): string | undefined {
  if (ts.isStringLiteralLike(node)) return node.text;
  const isRaw = ts.isTaggedTemplateExpression(node);
  const template = isRaw ? node.template : node;
  // In `String.raw` a backslash is one.
  const said = (part: ts.TemplateLiteralLikeNode): string => (isRaw ? (part.rawText ?? part.text) : part.text);
  if (ts.isNoSubstitutionTemplateLiteral(template)) return said(template);
  if (!ts.isTemplateExpression(template)) return undefined;
  return said(template.head) + template.templateSpans.map((span) => `word${said(span.literal)}`).join('');
}

/**
 * What is wrong with an expression, or undefined where its time is in step with the text. A start that is searched for counts: from
 * each character of a long name `\w+\(` reads to the name's end, and takes the square of it.
 */
function faultOf({ source, flags }: Literal): string | undefined {
  const { reports } = analyse({ source, flags }, { maxReports: 3 });
  const [first] = reports;
  if (first === undefined) return undefined;
  if (first.type === 'Move') return `searches each of many ${JSON.stringify(first.character.pick)} for its start`;
  return `${first.exponential ? 'exponential' : 'polynomial'} by ${JSON.stringify(first.character.pick)}`;
}

const files = ['server/src', 'client/src']
  .flatMap((folder) => readdirSync(path.join(ROOT, folder), { recursive: true, withFileTypes: true }))
  .filter((entry) => entry.isFile() && /\.m?ts$/.test(entry.name))
  .map((entry) => path.relative(ROOT, path.join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
  .sort();

/** A line of a minified file is a million characters long, and every expression of ours may meet one. */
describe('regular expressions', () => {
  const literals = files.flatMap(literalsIn);

  it('are found by parsing', () => {
    expect(literals.length).toBeGreaterThan(300);
  });

  it('take time in step with the length of the text', () => {
    const faults = literals.flatMap((literal) => {
      const fault = BOUNDED[keyOf(literal)] === undefined ? faultOf(literal) : undefined;
      return fault === undefined ? [] : [`${literal.file}:${literal.line} ${fault}: ${literal.source}`];
    });
    expect(
      faults,
      'rewrite it without two neighbours that take the same characters and so that it starts once in a run of them (`(?<!\\w)`, `\\b`, `^`), or bound its input and say so above',
    ).toEqual([]);
  });

  it('are listed as bounded only while they are there and need it', () => {
    const known = new Map(literals.map((literal) => [keyOf(literal), literal]));
    const idle = Object.keys(BOUNDED).filter((key) => {
      const literal = known.get(key);
      return literal === undefined || faultOf(literal) === undefined;
    });
    expect(idle).toEqual([]);
  });

  it('would be seen if they were not', () => {
    expect(faultOf({ file: '', line: 1, source: '^(a+)+$', flags: '' })).toMatch(/^exponential/);
    expect(faultOf({ file: '', line: 1, source: '^.*=.*;$', flags: '' })).toMatch(/^polynomial/);
    expect(faultOf({ file: '', line: 1, source: String.raw`\w+\(`, flags: 'g' })).toMatch(/^searches each of many "A"/);
    expect(faultOf({ file: '', line: 1, source: String.raw`\s+$`, flags: '' })).toMatch(/^searches/);
    expect(faultOf({ file: '', line: 1, source: String.raw`\b\w+\(`, flags: 'g' })).toBeUndefined();
    expect(faultOf({ file: '', line: 1, source: String.raw`(?<!\s)\s+$`, flags: '' })).toBeUndefined();
    const raw = ts.createSourceFile('a.ts', 'new RegExp(String.raw`\\s+${name}\\s*`)', ts.ScriptTarget.Latest, true);
    const [made] = raw.statements.flatMap((one) =>
      ts.isExpressionStatement(one) && ts.isNewExpression(one.expression) ? [...(one.expression.arguments ?? [])] : [],
    );
    expect(made === undefined ? undefined : patternOf(made)).toBe('\\s+word\\s*');
  });
});

function keyOf({ file, source }: Literal): string {
  return `${file} ${source}`;
}
