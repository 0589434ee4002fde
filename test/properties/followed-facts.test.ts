import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import { followFacts, readFacts } from '../../server/src/core/facts/read-facts.ts';
import { prepareLanguages } from '../../server/src/core/languages/prepare.ts';
import { readAsset } from '../support/check.ts';
import { repoPath } from '../support/git.ts';
import { FIXTURE_WORLDS } from '../support/worlds.ts';

// What an editor's server knows of a file after any number of edits is what a process that starts anew reads in it.
const SCRIPT = /\.[cm]?[jt]sx?$/;

/** Real sources: what the fixtures hold, and the reader's own room, which is long enough to be read in parts. */
const OWN = path.join(import.meta.dirname, '../../server/src/core/languages/typescript');
const TEXTS: readonly (readonly [string, string])[] = [
  ...readdirSync(OWN)
    .filter((name) => name.endsWith('.ts'))
    .map((name) => [name, readFileSync(path.join(OWN, name), 'utf8')] as const),
  ...FIXTURE_WORLDS.flatMap((world) => [...world.after].filter(([name, text]) => SCRIPT.test(name) && text.length > 400)).slice(0, 60),
];

/** What is typed: half of it leaves a text that does not parse, and some of it changes the meaning of all that follows. */
const TYPED =
  `( ) { } [ ] \` " ' \${ ; , : ? = => < > / /* */ // . | & @ # ! ++ \\n \\r \\u2028 😀 a 1_000 0x /a/g let async await return yield static export
class·A·{·b()·{}·} function·f()·{·if·(x)·{·throw·new·Error('a');·}·} const·q·=·\`DELETE·FROM·a·WHERE·b·=·\${c}\`; export·{·a·}; x·=·1; <div>text·{a}</div>
case·1: import·{·Stack·}·from·'aws-cdk-lib'; new·Bucket(this,·'a',·{·versioned:·true·}); try·{·f();·}·catch·(e)·{·} namespace·N·{·const·a·=·1;·}
describe('x',·()·=>·{ }); if·(a)·return; <T> enum·E·{·A,·B·} interface·I·{·a:·1|·2·} for·(let·i·=·0;·i·<·3;·i++)·f(i);`
    .split(/[ \n]/)
    .map((word) => word.replaceAll('·', ' ').replace('\\n', '\n').replace('\\r', '\r').replace('\\u2028', '\u2028'));

interface Edit {
  readonly at: number;
  readonly kind: 'type' | 'delete' | 'delete line' | 'double line' | 'move' | 'replace' | 'undo';
  readonly word: number;
  readonly length: number;
}

const edits: fc.Arbitrary<readonly Edit[]> = fc.array(
  fc.record({
    at: fc.nat(100_000),
    kind: fc.constantFrom<Edit['kind'][]>('type', 'type', 'type', 'delete', 'delete line', 'double line', 'move', 'replace', 'undo'),
    word: fc.nat(TYPED.length - 1),
    length: fc.nat(300),
  }),
  { minLength: 1, maxLength: 12 },
);

function applyEdit(text: string, { at: place, kind, word, length }: Edit, last: string): string {
  const at = place % (text.length + 1);
  const typed = TYPED[word] ?? '';
  const line = text.lastIndexOf('\n', at - 1) + 1;
  const end = text.indexOf('\n', at) + 1 || text.length;
  if (kind === 'undo') return last;
  if (kind === 'delete') return text.slice(0, at) + text.slice(at + 1 + (length % 3));
  if (kind === 'delete line') return text.slice(0, line) + text.slice(end);
  if (kind === 'double line') return text.slice(0, end) + text.slice(line, end) + text.slice(end);
  if (kind === 'replace') return `${text.slice(0, at)}${typed}${text.slice(at + length)}`;
  if (kind === 'type') return `${text.slice(0, at)}${typed}${text.slice(at)}`;
  const rest = text.slice(0, at) + text.slice(at + length);
  const to = (place >> 3) % (rest.length + 1);
  return rest.slice(0, to) + text.slice(at, at + length) + rest.slice(to);
}

beforeAll(async () => prepareLanguages([repoPath('a.ts'), repoPath('a.sql')], readAsset));

it('facts of a file that is followed through its edits equal those of each text by itself', { timeout: 120_000 }, () => {
  let parsed = 0;
  fc.assert(
    fc.property(fc.nat(TEXTS.length - 1), edits, (picked, typed) => {
      const [name = 'a.ts', start = ''] = TEXTS[picked] ?? [];
      const file = repoPath(name);
      const read = followFacts(file);
      let [text, last] = [start, start];
      expect(read?.(text)).toEqual(readFacts(file, text));
      for (const edit of typed) {
        [text, last] = [applyEdit(text, edit, last), text];
        const facts = readFacts(file, text);
        expect(read?.(text)).toEqual(facts);
        if (facts?.blindSpots.length === 0) parsed += 1;
      }
    }),
    { numRuns: 120, seed: 20260103 },
  );
  expect(parsed, 'most edits leave something that parses, else the law says little').toBeGreaterThan(100);
});
