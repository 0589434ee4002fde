import type { SourceFacts } from '../../../model/facts.ts';
import { escaped } from '../code/literal-patterns.ts';
import { tokensOf } from '../code/token-lines.ts';

/**
 * A function changes a plain map or list that is a field: Go's `c.items[id] = e` and `delete(c.items, id)`, Java's
 * `items.put(id, e)`. Two that do so at once break it, whatever counters beside it are atomic.
 */
export function changesPlainMap(facts: SourceFacts | undefined, scope: string): boolean {
  const isGo = facts?.language === 'go';
  if (facts === undefined || scope === '' || !(isGo || facts.language === 'java')) return false;
  if (asksThenSets(text(facts, scope))) return true;
  if (!isGo && /Concurrent|CopyOnWrite|synchronized(?:Map|List|Set)|[cC]affeine/.test(tokensOf(facts, ''))) return false;
  const plain = isGo ? /^map\[/ : /^(?:Linked|Tree|Enum)?(?:Hash|Array)?(?:Map|Set|List|Deque)\b/;
  const names = new Set(
    facts.symbols.filter(({ kind, type }) => kind === 'property' && plain.test(type)).map(({ name }) => name.split('.').at(-1)),
  );
  return [...text(facts, scope).matchAll(isGo ? WRITTEN_IN_GO : WRITTEN_IN_JAVA)].some(([, changed, deleted]) =>
    names.has(changed ?? deleted),
  );
}

const WRITTEN_IN_GO = /\.(\w{1,60})\[[^[\]]{1,80}\](?:\+\+|--|[+-]?=(?!=))|\bdelete\(\w{1,60}\.(\w{1,60}),/g;
const WRITTEN_IN_JAVA =
  /\b(\w{1,60})\.(?:put|putIfAbsent|putAll|remove|removeIf|merge|compute|computeIfAbsent|add|addAll|addFirst|addLast|push|pop|poll|clear|replace)\(/g;

const text = (facts: SourceFacts, scope: string): string => tokensOf(facts, scope);

/** Each of the two is safe by itself, and another thread may come between them: `left.get(sku)` and `left.put(sku, now - 1)`. */
function asksThenSets(code: string): boolean {
  const asked = [...code.matchAll(/\b(\w{1,60})\.(?:get|getOrDefault|containsKey|Load)\(/g)];
  return asked.some(({ 1: name = '', index }) => new RegExp(`\\b${escaped(name)}\\.(?:put|Store)\\(`).test(code.slice(index)));
}
