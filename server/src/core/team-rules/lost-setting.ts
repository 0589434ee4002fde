import { type SyntaxNode, walkSyntax } from '../languages/tree-sitter.ts';
import type { MatcherConfig, TeamLanguage } from '../model/team-rule.ts';
import { syntaxOf } from './ast-grep.ts';
import { CALL } from './node-kinds.ts';
import { type Around, calledOf, writePattern } from './write-pattern.ts';

/** A setting of a call by its name: `timeout=5`, `{ timeout: 5 }`, `{ timeout }`. */
const NAMED = /^(keyword_argument|pair|shorthand_property_identifier)$/;
const OPTIONS = /^(object|dictionary)$/;

/**
 * A call that lost settings, by the call and what it is without: the same mistake is made with other arguments too. `other` is the
 * other side of the hunk. Undefined where the piece is no call, or has lost none that has a name.
 */
export function writeLost(
  language: TeamLanguage,
  node: SyntaxNode,
  text: string,
  other: string,
  around: Around,
): { readonly shown: string; readonly matcher: MatcherConfig } | undefined {
  const own = CALL.test(node.type) ? calledOf(node, text) : undefined;
  const root = own === undefined || other === '' ? undefined : syntaxOf(language, other);
  if (own === undefined || root === undefined) return undefined;
  const has = new Set(settingsOf(own.list, text).map(({ name }) => name));
  const lost = [...walkSyntax(root)].flatMap((one) => {
    const called = CALL.test(one.type) ? calledOf(one, other) : undefined;
    return called?.name === own.name ? settingsOf(called.list, other).filter(({ name }) => !has.has(name)) : [];
  });
  const names = [...new Set(lost.map(({ name }) => name))];
  if (names.length === 0) return undefined;
  const { shown, constraints } = writePattern(node, text, 'same-mistake', { ...around, isOpen: true });
  const without = names.map((name) => ({ not: { has: { kind: own.list.type, any: namedLike(language, name) } } }));
  return {
    shown: `${shown} without ${names.join(', ')}`,
    matcher: {
      rule: { all: [{ pattern: { context: shown, strictness: 'ast' } }, ...without] },
      ...(Object.keys(constraints).length === 0 ? {} : { constraints }),
    },
  };
}

/** The ways in which a language gives a call a setting of this name. */
function namedLike(language: TeamLanguage, name: string): readonly object[] {
  if (language === 'python') return [{ has: { kind: 'keyword_argument', regex: `^${name}\\s*=` } }];
  const inside = (one: object): object => ({ has: { kind: 'object', has: one } });
  return [
    inside({ kind: 'pair', regex: `^["']?${name}["']?\\s*:` }),
    inside({ kind: 'shorthand_property_identifier', regex: `^${name}$` }),
  ];
}

/** Settings with a name among the arguments of a call, or in an object of them. */
function settingsOf(list: SyntaxNode, text: string): readonly { readonly name: string }[] {
  const parts = list.children.flatMap((part) => (OPTIONS.test(part.type) ? part.children : [part]));
  return parts.flatMap((part) => {
    if (!NAMED.test(part.type)) return [];
    const name = /^["']?([A-Za-z_]\w*)["']?(?:\s*[:=]|$)/.exec(text.slice(part.start, part.end))?.[1];
    return name === undefined ? [] : [{ name }];
  });
}
