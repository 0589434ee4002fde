import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { FAMILIES } from '../server/src/core/model/finding.ts';

/** `npm run new:rule -- family/construct`: the rule, one fixture that it flags and one that it allows, ready to be filled in. */
export async function main(args: readonly string[]): Promise<void> {
  const id = args[0] ?? '';
  const [family, construct] = id.split('/');
  if (!FAMILIES.some((known) => known === family) || construct === undefined || !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(construct)) {
    throw new Error(`expected family/construct with a family of ${FAMILIES.join(' ')}, found ${id === '' ? 'nothing' : id}`);
  }
  write(`server/src/core/rules/${id}.ts`, RULE.replaceAll('FAMILY/CONSTRUCT', id));
  write(`test/rules/${id}/flags-${construct}.diff`, FLAGS.replaceAll('FAMILY/CONSTRUCT', id));
  write(`test/rules/${id}/allows-harmless.diff`, ALLOWS);
  console.log('now `npm run gen`, then `npx vitest run test/rules.test.ts`');
}

function write(file: string, text: string): void {
  if (existsSync(file)) throw new Error(`expected no file ${file}, found one`);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
  console.log(file);
}

const RULE = `import { defineRule } from '../define.ts';

/**
 * ## What it sees
 * A call of \`dangerous()\` that the change added.
 *
 * ## Why it matters
 * Say what went down, when, and why nobody saw it.
 *
 * ## When it is fine
 * Say what keeps the rule quiet.
 *
 * ## What it misses
 * Say what it cannot see; a \`misses-\` fixture holds each.
 */
export default defineRule({
  id: 'FAMILY/CONSTRUCT',
  version: '1.0.0',
  severity: 'medium',
  confidence: 'medium',
  title: 'Calls something dangerous',
  reads: ['calls'],
  evidence: [{ title: 'Name of the incident', url: 'https://example.org' }],
  *check({ added }) {
    for (const call of added.calls) {
      if (call.callee === 'dangerous') yield { side: 'after', range: call.range, message: 'calls \`dangerous\`' };
    }
  },
});
`;

const FLAGS = `//- src/app.ts
 export function run() {
+  dangerous();
~  ^^^^^^^^^^^ FAMILY/CONSTRUCT: calls \`dangerous\`
 }
`;

const ALLOWS = `//- src/app.ts
 export function run() {
+  harmless();
 }
`;
