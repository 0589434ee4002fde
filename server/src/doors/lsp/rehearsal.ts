import { assess } from '../../core/assess.ts';
import { createMemo, type Memo } from '../../core/facts/memo.ts';
import type { Assessment } from '../../core/model/assessment.ts';
import type { RepoPath } from '../../core/model/tree.ts';
import { DEFAULT_POLICY } from '../../core/policy/default-policy.ts';
import { textTree } from '../../host/trees/text-tree.ts';

/** Steps of one rehearsal. Three times as many make the next edit no quicker (`npm run bench -- --measure keystroke`). */
const STEPS = 80;
/** Milliseconds between two steps, in which whatever a person asks for comes first. */
const PAUSE_MS = 10;

/**
 * Code that runs for the first time is compiled first, which is most of what a first edit takes, and runs slowly for a while. So edits
 * of a file that stands in no repository are judged while nobody types, and what is found is forgotten. It knows no tree of the
 * repository and no memo of the session, so it can change no answer. Languages must have been prepared. `failed` hears of a step that
 * throws, which is the last one: nobody waits for this, so it may cost nobody the thread. Returns what ends it.
 */
export function rehearse(failed: (error: unknown) => void, judge: (turn: number, memo: Memo) => unknown = rehearsed): () => void {
  const memo = createMemo(1);
  let done = 0;
  let timer: NodeJS.Timeout | undefined;
  const step = (): void => {
    try {
      judge(done, memo);
    } catch (error) {
      failed(error);
      return;
    }
    done += 1;
    if (done < STEPS) timer = setTimeout(step, PAUSE_MS);
  };
  timer = setTimeout(step, PAUSE_MS);
  return () => clearTimeout(timer);
}

/** What is found in one edit of the sample: another one each time, for what was read before costs nothing. */
export function rehearsed(turn: number, memo: Memo): Assessment {
  const path = 'src/rehearsal.ts' as RepoPath;
  const edit = EDITS[turn % EDITS.length] ?? ((text: string) => text);
  const [before, after] = [SAMPLE, edit(SAMPLE).replaceAll('typed', `typed${turn}`)];
  const change = {
    before: textTree('rehearsal-before', new Map([[path, before]])),
    after: textTree(`rehearsal-${turn}`, new Map([[path, after]])),
    touched: [path],
    origin: { kind: 'unknown', evidence: 'none' } as const,
    history: { commits: [], isWhole: true, authors: [] },
  };
  return assess(change, DEFAULT_POLICY, { memo });
}

/** What is typed: a new function, a call, an option, and a line taken away. */
const EDITS: readonly ((text: string) => string)[] = [
  (text) => text.replace('// here\n', 'export const typed = (given: string): unknown => new Function(given)();\n'),
  (text) =>
    text.replace(
      '// here\n',
      'export async function typed(id: string) {\n  await fetch(`https://example.org/${id}`, { method: "DELETE" });\n}\n',
    ),
  (text) => text.replace('  if (order.total > limits.largest) throw new RangeError(order.id);\n', '  log("typed", order.id);\n'),
  (text) => text.replace('retries: 3', 'retries: 300').replace('// here\n', 'export const typed = { timeout: 30_000, strict: false };\n'),
  (text) => text.replace('order by created_at limit 100', 'order by created_at').replace('// here\n', 'log("typed");\n'),
];

const SAMPLE = `import { readFile } from 'node:fs/promises';
import { Pool } from 'pg';

const pool = new Pool({ max: 10, idleTimeoutMillis: 30_000 });
export const limits = { largest: 10_000, retries: 3, timeout: 5_000 };

export interface Order {
  readonly id: string;
  readonly total: number;
  readonly lines: readonly { readonly price: number; readonly count: number }[];
}

function log(...said: unknown[]): void {
  console.log('orders', ...said);
}

export async function place(order: Order, user?: { readonly isAdmin: boolean }): Promise<string> {
  if (user === undefined || !user.isAdmin) return 'refused';
  if (order.total > limits.largest) throw new RangeError(order.id);
  const total = order.lines.reduce((sum, { price, count }) => sum + Math.round(price * count), 0);
  for (let left = limits.retries; left > 0; left -= 1) {
    try {
      await pool.query('insert into orders (id, total) values ($1, $2)', [order.id, total]);
      break;
    } catch (error) {
      if (left === 1) throw error;
      log('again', error);
    }
  }
  return order.id;
}

// here
export class Orders {
  private readonly known = new Map<string, Order>();

  constructor(private readonly folder: string) {}

  async load(name: string): Promise<Order> {
    const text = await readFile(\`\${this.folder}/\${name}.json\`, 'utf8');
    const order = JSON.parse(text) as Order;
    this.known.set(order.id, order);
    return order;
  }

  async newest(): Promise<readonly unknown[]> {
    const { rows } = await pool.query('select * from orders where paid order by created_at limit 100');
    return rows.filter((row) => row.total > 0).map((row) => ({ ...row, total: Number(row.total) }));
  }

  forget(id: string): boolean {
    switch (id) {
      case '':
        return false;
      default:
        return this.known.delete(id);
    }
  }
}
`;
