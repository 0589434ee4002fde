import { describe, expect, test } from 'vitest';
import type { RepoPath } from '../../../server/src/core/model/tree.ts';
import type { FileImpact, Impact } from '../../../server/src/core/reach/impact.ts';
import { pictureOf } from '../../../server/src/core/reach/picture.ts';
import { renderGraphDot } from '../../../server/src/doors/reporters/graph-dot.ts';
import { renderGraphJson } from '../../../server/src/doors/reporters/graph-json.ts';
import { renderGraphMermaid } from '../../../server/src/doors/reporters/graph-mermaid.ts';
import { renderGraphSvg } from '../../../server/src/doors/reporters/graph-svg.ts';
import { renderGraphText } from '../../../server/src/doors/reporters/graph-text.ts';
import { reachLine } from '../../../server/src/doors/reporters/reach-line.ts';

const PIPE = { colour: false, columns: 80, isTerminal: false };

function file(path: string, more: Partial<FileImpact> = {}): FileImpact {
  return {
    path: path as RepoPath,
    steps: 1,
    isTest: false,
    tested: false,
    sites: [{ line: 3, character: 2, kind: 'call' }],
    through: [],
    atMost: false,
    owners: [],
    ...more,
  };
}

function impact(packages: Impact['packages'], more: Partial<Impact> = {}): Impact {
  return {
    subject: { path: 'src/pay.ts' as RepoPath, name: 'charge', kind: 'function', line: 1 },
    tree: 'worktree',
    references: 41,
    files: 12,
    transitiveFiles: 0,
    transitiveAtMost: false,
    deeper: undefined,
    packageCount: 3,
    tests: 0,
    tested: 0,
    method: 'imports',
    atMost: false,
    own: [],
    packages,
    entryPoints: [],
    moreEntryPoints: 0,
    owners: [],
    unowned: undefined,
    cut: [],
    ...more,
  };
}

/** Names that mean something to one of the formats, or to a terminal, or to a reader. */
const NASTY = [
  'with space.ts',
  'qu"ote\'s.ts',
  'br[ack]et(s){x}.ts',
  'back\\slash`tick.ts',
  'größe-日本語-🎉.ts',
  '<script>&amp;.ts',
  'semi;colon#35;--> x.ts',
  'line\nend\u001b[31m.ts',
  'turn\u202earound.ts',
];

const nasty = impact(
  [
    { folder: '', name: 'pack"age <b> ]end', files: NASTY.map((name) => file(name)) },
    { folder: 'b', name: 'b', files: [file('b/far.ts', { steps: 2, sites: [], through: [NASTY[0] as RepoPath], tested: true })] },
  ],
  {
    entryPoints: NASTY.map((name) => ({
      kind: 'route',
      name: `GET /${name}`,
      path: name as RepoPath,
      declared: { path: name as RepoPath, line: 1 },
      atMost: false,
    })),
    owners: [{ name: '@a"b<c>', files: 1 }],
    subject: { path: NASTY[1] as RepoPath, name: 'a"b<c>', kind: 'function', line: 1 },
    cut: ['12 more places are counted and not listed'],
  },
);

describe('the number in one line', () => {
  test.each([
    [{ references: 41, files: 12, packages: 3, tested: 0, atMost: false }, '41 dependents in 12 files and 3 packages, 0 of them tested'],
    [
      { references: 41, files: 12, packages: 3, tested: 7, atMost: true },
      'at most 41 dependents in 12 files and 3 packages, 7 of them tested',
    ],
    [{ references: 4, files: 1, packages: 1, tested: 4, atMost: false }, '4 dependents in 1 file, all of them tested'],
    [{ references: 1, files: 1, packages: 1, tested: 0, atMost: false }, '1 dependent in 1 file, not tested'],
    [{ references: 14, files: 9, packages: 1, atMost: false }, '14 dependents in 9 files'],
    [{ references: 3, files: 0, packages: 1, tested: 0, atMost: false }, '3 uses in its own file, 0 of them tested'],
    [{ references: 1, files: 0, packages: 1, atMost: true }, 'at most 1 use in its own file'],
  ])('%j', (numbers, line) => expect(reachLine(numbers)).toBe(line));
});

/** Reads statements of the DOT language as far as they are written here; throws where one does not parse. */
function readDot(text: string): { readonly nodes: ReadonlyMap<string, string>; readonly edges: readonly string[] } {
  const nodes = new Map<string, string>();
  const edges: string[] = [];
  const STRING = String.raw`"(?:\\[\\"n]|[^"\\\n])*"`;
  let depth = 0;
  for (const line of text.trimEnd().split('\n')) {
    const statement = line.trim();
    const node = new RegExp(`^(\\w+) \\[(?:\\w+=(?:${STRING}|\\w+)(?:, )?)+\\];$`).exec(statement);
    const edge = new RegExp(`^(\\w+) -> (\\w+)(?: \\[style=${STRING}\\])?;$`).exec(statement);
    if (/^(digraph|subgraph) \w+ \{$/.test(statement)) depth += 1;
    else if (statement === '}') depth -= 1;
    else if (edge !== null) edges.push(`${edge[1]} ${edge[2]}`);
    else if (node !== null) nodes.set(node[1] ?? '', new RegExp(`label=(${STRING})`).exec(statement)?.[1] ?? '');
    else if (!new RegExp(`^\\w+=(?:${STRING}|\\w+);$`).test(statement)) throw new Error(`expected a statement of DOT, found ${line}`);
  }
  if (depth !== 0) throw new Error('expected every brace closed');
  return { nodes, edges };
}

describe('dot', () => {
  test('every name survives, and every edge joins two nodes', () => {
    const { nodes, edges } = readDot(renderGraphDot(pictureOf(nasty)));
    const labels = [...nodes.values()].map((label) => label.slice(1, -1).replace(/\\(.)/g, (_, sign) => (sign === 'n' ? '\n' : sign)));
    for (const name of ['with space.ts', 'qu"ote\'s.ts', 'back\\slash`tick.ts', 'größe-日本語-🎉.ts'].filter((name) => name !== NASTY[1]))
      expect(
        labels.some((label) => label.includes(name)),
        name,
      ).toBe(true);
    for (const edge of edges) for (const end of edge.split(' ')) expect(nodes.has(end), edge).toBe(true);
  });
});

describe('mermaid', () => {
  const text = renderGraphMermaid(pictureOf(nasty));
  test('each line is one statement whose quoted text holds nothing that Mermaid reads', () => {
    const STATEMENT =
      /^(flowchart LR|accTitle: [^#;{}]+|accDescr: [^#;{}]+|subgraph p\d+\["[^"]*"\]|end|\w+(\(\["[^"]*"\]\)|\["[^"]*"\]|>"[^"]*"\])(:::\w+)?|\w+ (-->|-\.->) \w+|classDef \w+ [\w:,#; -]+)$/;
    for (const line of text.trimEnd().split('\n')) expect(line.trim()).toMatch(STATEMENT);
    for (const [, quoted = ''] of text.matchAll(/"([^"]*)"/g)) {
      const bare = quoted.replaceAll('<br/>', '').replace(/#\d+;/g, '');
      expect(bare).not.toMatch(/[<>&`\\"]/);
    }
  });

  test('untested files are told by a word and a dashed line', () => {
    expect(text).toContain('✗ untested"]:::untested');
    expect(text).toMatch(/classDef untested .*stroke-dasharray/);
  });
});

/** Checks that a text is well-formed XML as far as it is written here, and gives the text of its elements by name. */
function readXml(text: string): ReadonlyMap<string, readonly string[]> {
  const open: string[] = [];
  const found = new Map<string, string[]>();
  const TOKEN = /<(\/?)([\w:]+)((?:\s+[\w:-]+="[^"<&]*(?:&#\d+;[^"<&]*)*")*)\s*(\/?)>|([^<]+)/gy;
  let at = 0;
  for (let match = TOKEN.exec(text); match !== null; match = TOKEN.exec(text)) {
    const [whole, isEnd, name = '', , isEmpty, content] = match;
    at += whole.length;
    if (content !== undefined) {
      if (/&(?!#\d+;)/.test(content)) throw new Error(`expected an escaped sign, found ${content}`);
      if (/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u.test(content)) throw new Error('expected characters of XML');
      const owner = open.at(-1);
      if (owner !== undefined) found.set(owner, [...(found.get(owner) ?? []), content]);
    } else if (isEnd === '/') {
      if (open.pop() !== name) throw new Error(`expected another end than ${whole}`);
    } else if (isEmpty !== '/') open.push(name);
  }
  if (at !== text.length || open.length > 0)
    throw new Error(`expected well-formed XML, found ${text.slice(at, at + 80)} with ${open} open`);
  return found;
}

describe('svg', () => {
  const svg = renderGraphSvg(pictureOf(nasty));

  test('is well-formed, has a title and a description, and runs and loads nothing', () => {
    const elements = readXml(svg);
    expect(elements.get('title')?.join('')).toContain('Who depends on');
    expect(elements.get('desc')?.join('')).toContain('41 dependents in 12 files and 3 packages, 0 of them tested');
    expect(svg).toMatch(/^<svg [^>]*role="img" aria-labelledby="brakeline-title brakeline-desc"/);
    expect(svg).not.toMatch(/<script|<foreignObject|<image|href=|@import|\son\w+=|url\((?!#)/i);
  });

  test('has colours for both schemes, and tells a state by a word and a line as well', () => {
    expect(svg).toContain('@media (prefers-color-scheme: dark)');
    expect(svg).toMatch(/\.untested \{[^}]*stroke-dasharray/);
    expect(
      readXml(svg)
        .get('text')
        ?.some((content) => content.includes('✗ untested')),
    ).toBe(true);
  });

  test('text has a contrast of at least 4.5 to 1 in both schemes', () => {
    const schemes = [...svg.matchAll(/svg \{ (--ground[^}]+)\}/g)].map(
      ([, text = '']) => new Map([...text.matchAll(/--(\w+): (#\w{6})/g)].map(([, name = '', value = '']) => [name, value])),
    );
    expect(schemes).toHaveLength(2);
    for (const scheme of schemes)
      for (const ground of ['ground', 'band', 'card', 'subject'])
        for (const ink of ['text', 'faint', 'alarm', 'good', 'accent'])
          expect([ground, ink, contrast(scheme.get(ground) ?? '', scheme.get(ink) ?? '') >= 4.5]).toEqual([ground, ink, true]);
  });
});

/** WCAG 2.2, relative luminance and contrast ratio. */
function contrast(one: string, other: string): number {
  const light = (colour: string): number => {
    const [r = 0, g = 0, b = 0] = [1, 3, 5]
      .map((at) => Number.parseInt(colour.slice(at, at + 2), 16) / 255)
      .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const [low = 0, high = 0] = [light(one), light(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

describe('a large answer', () => {
  const many = impact(
    Array.from({ length: 12 }, (_, index) => ({
      folder: `p${index}`,
      name: `p${index}`,
      files: Array.from({ length: 31 }, (_, at) => file(`p${index}/f${at}.ts`)),
    })),
    { references: 372, files: 372, packageCount: 12 },
  );

  test('is folded in every picture, and says what is not shown', () => {
    const picture = pictureOf(many);
    for (const text of [renderGraphDot(picture), renderGraphMermaid(picture), renderGraphSvg(picture), renderGraphText(picture, PIPE)]) {
      expect(text).toContain('and 26 more files');
      expect(text).toContain('4 more packages with 124 files');
      expect(text).toContain('372 dependents in 372 files and 12 packages');
    }
  });

  test('is whole in JSON', () => {
    const { dependents } = JSON.parse(renderGraphJson(many));
    expect(dependents.flatMap(({ files }: { files: unknown[] }) => files)).toHaveLength(372);
  });
});

test('json has the fields that docs/cli.md names, and no others', () => {
  const document = JSON.parse(renderGraphJson(nasty));
  expect(Object.keys(document)).toEqual([
    'schemaVersion',
    'symbol',
    'tree',
    'references',
    'files',
    'transitiveFiles',
    'transitiveAtMost',
    'packages',
    'tests',
    'tested',
    'method',
    'atMost',
    'ownUses',
    'dependents',
    'entryPoints',
    'moreEntryPoints',
    'owners',
    'unowned',
    'notShown',
  ]);
  expect(Object.keys(document.dependents[0].files[0])).toEqual(['path', 'steps', 'state', 'sites', 'through', 'atMost', 'owners']);
  expect(document.dependents[0].files[0].sites[0]).toEqual({ line: 3, character: 2, kind: 'call' });
});

test('no format lets a name of the repository write to a terminal', () => {
  const picture = pictureOf(nasty);
  const texts = [
    renderGraphText(picture, PIPE),
    renderGraphText(picture, { colour: false, columns: 60, isTerminal: true }),
    renderGraphDot(picture),
    renderGraphMermaid(picture),
    renderGraphSvg(picture),
  ];
  const isControl = (code: number): boolean => (code < 0x20 && code !== 0x0a) || (code >= 0x7f && code <= 0x9f) || code === 0x202e;
  for (const text of texts) expect([...text].filter((sign) => isControl(sign.codePointAt(0) ?? 0))).toEqual([]);
});

test('text keeps within a terminal, and is not folded in a pipe', () => {
  const lines = renderGraphText(pictureOf(nasty), { colour: false, columns: 60, isTerminal: true }).split('\n');
  expect(lines.filter((line) => [...line].length > 60)).toEqual([]);
});
