import { comparisonOf, NEGATED, type Parts } from './parts.ts';

/** How a condition lets more through than another one did. */
export interface Loosening {
  /**
   * `inverted`: it holds where it did not. `lost`: a part is asked no more. `added`: another way to hold. `joined`: all parts
   * became any of them. `constant`: it always holds. `presence`: a comparison became the question whether there is a value.
   * `raised`: the number it compares with grew.
   */
  readonly kind: 'inverted' | 'lost' | 'added' | 'joined' | 'constant' | 'presence' | 'raised';
  /** The part in question, as it reads when it holds. */
  readonly part: string;
  /** For `raised`: how many times the old number. */
  readonly factor?: number;
}

/** Compares what must hold on both sides. */
export function loosening(before: Parts, after: Parts): Loosening | undefined {
  const lost = before.items.filter((item) => !after.items.includes(item));
  const gained = after.items.filter((item) => !before.items.includes(item));
  const [alone] = after.items;
  if (after.items.length === 1 && alone === 'true' && lost.length > 0) return { kind: 'constant', part: before.items.join(' ') };
  if (lost.length === 0 && gained.length === 0) {
    const joined = before.items.length > 1 && before.all && !after.all;
    return joined ? { kind: 'joined', part: after.items.join(' || ') } : undefined;
  }
  if (gained.length === 0) {
    const needed = before.items.length > 1 && before.all ? lost.filter((item) => !isImplied(item, after.items)) : [];
    return needed[0] === undefined ? undefined : { kind: 'lost', part: needed[0] };
  }
  if (lost.length === 0) {
    const widens = !after.all && after.items.length > 1 && (!before.all || before.items.length === 1);
    return widens && gained[0] !== undefined ? { kind: 'added', part: gained[0] } : undefined;
  }
  for (const old of lost) {
    for (const fresh of gained) {
      const found = compareLeaves(old, fresh);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

/** `user` beside `user.role == 'admin'` says nothing more. */
function isImplied(item: string, others: readonly string[]): boolean {
  return (
    /^[\w$.]+(!=(null|undefined|None|nil))?$/.test(item) &&
    others.some((other) => other.startsWith(`${item.replace(/!=.*$/, '')}.`) && other.includes('=='))
  );
}

function compareLeaves(old: string, fresh: string): Loosening | undefined {
  if (old === `!${fresh}` || fresh === `!${old}`) return { kind: 'inverted', part: fresh };
  // All of a list became any of it.
  if (
    old !== fresh &&
    /\b(every|all|containsAll|issubset|issuperset|allMatch)\b/.test(old) &&
    old.replace(/\b(every|all|containsAll|allMatch)\b/g, '?') === fresh.replace(/\b(some|any|containsAny|anyMatch)\b/g, '?')
  )
    return { kind: 'joined', part: fresh };
  const a = comparisonOf(old);
  const b = comparisonOf(fresh);
  if (b !== undefined && b.left === b.right && /^(==|<=|>=)$/.test(b.operator)) return { kind: 'constant', part: fresh };
  // What was asked for is not, and one value that it never has is kept out: everybody else comes through.
  if (a === undefined && b?.left === old && b.operator === '!=' && /^(['"`].+['"`]|-?\d+)$/.test(b.right))
    return { kind: 'inverted', part: fresh };
  if (a === undefined) return undefined;
  if (a.operator === '==' && b?.operator === '!=' && a.left === b.left && isLiteral(a.right) && isLiteral(b.right))
    return { kind: 'inverted', part: fresh };
  if (a.operator === '==' && b?.left.startsWith('typeof') === true && b.left.replace(/^typeof\s*\(?|\)$/g, '') === a.left)
    return { kind: 'presence', part: fresh };
  if (b === undefined)
    return a.operator === '==' && (fresh === a.left || fresh === a.right) ? { kind: 'presence', part: fresh } : undefined;
  if (a.left === b.left && a.right === b.right) {
    const flips =
      NEGATED[a.operator] === b.operator || (ORDER.test(a.operator) && ORDER.test(b.operator) && a.operator[0] !== b.operator[0]);
    return flips ? { kind: 'inverted', part: fresh } : undefined;
  }
  if (
    a.operator === '==' &&
    b.operator === '!=' &&
    /^(undefined|null|None|nil|'')$/.test(b.right) &&
    (b.left === a.left || b.left === a.right)
  )
    return { kind: 'presence', part: fresh };
  if (a.left === b.left && a.operator[0] === b.operator[0] && ORDER.test(a.operator)) {
    const factor = Number(b.right) / Number(a.right);
    const grows = a.operator[0] === '<' ? factor : 1 / factor;
    if (Number.isFinite(factor) && factor > 0 && grows > 1) return { kind: 'raised', part: fresh, factor: grows };
    const times = timesOf(a.right, b.right);
    const scaled = times === undefined ? 1 : a.operator[0] === '<' ? times : 1 / times;
    if (scaled > 1) return { kind: 'raised', part: fresh, factor: scaled };
  }
  // What is compared got smaller instead: `amount / 100 > MAX`.
  if (a.right === b.right && a.operator[0] === b.operator[0] && ORDER.test(a.operator)) {
    const times = timesOf(a.left, b.left);
    const scaled = times === undefined ? 1 : a.operator[0] === '<' ? 1 / times : times;
    if (scaled > 1) return { kind: 'raised', part: fresh, factor: scaled };
  }
  return undefined;
}

/** How many times the old text the new one is: `MAX*100`, `10*MAX`, `MAX<<10`, `amount/100`; undefined where it is anything else. */
function timesOf(old: string, fresh: string): number | undefined {
  const [was, now] = [bare(old), bare(fresh)];
  const number = (text: string): number | undefined => (/^\d[\d_]*(?:\.\d+)?$/.test(text) ? Number(text.replaceAll('_', '')) : undefined);
  if (now.endsWith(`*${was}`)) return number(now.slice(0, -was.length - 1));
  if (!now.startsWith(was)) return undefined;
  const [, operator = '', rest = ''] = /^(\*|\/|<<|>>)(.+)$/.exec(now.slice(was.length)) ?? [];
  const amount = number(rest);
  if (amount === undefined || amount <= 0) return undefined;
  return operator === '*'
    ? amount
    : operator === '/'
      ? 1 / amount
      : operator === '<<'
        ? 2 ** amount
        : operator === '>>'
          ? 2 ** -amount
          : undefined;
}

/** Without white space and without parentheses around all of it. */
function bare(text: string): string {
  const tight = text.replace(/\s/g, '');
  return /^\([^()]*\)$/.test(tight) ? tight.slice(1, -1) : tight;
}

function isLiteral(text: string): boolean {
  return /^(['"`][^'"`]*['"`]|[A-Z]\w*(\.|::)\w+|[A-Z][A-Z0-9_]+)$/.test(text);
}

const ORDER = /^[<>]=?$/;
