import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Project, type SourceFile, SyntaxKind } from 'ts-morph';
import { beforeAll, describe, expect, it } from 'vitest';
import { HEADINGS } from '../scripts/rule-pages.ts';
import { RULES } from '../server/src/core/rules/index.ts';

const ROOT = path.resolve(import.meta.dirname, '..');

interface Edge {
  readonly from: string;
  /** Path from the root, or the bare specifier of a package. */
  readonly to: string;
  readonly typeOnly: boolean;
  readonly dynamic: boolean;
}

let edges: readonly Edge[] = [];
let files: readonly string[] = [];

beforeAll(() => {
  const project = new Project({ compilerOptions: { allowJs: true, allowImportingTsExtensions: true }, skipFileDependencyResolution: true });
  project.addSourceFilesAtPaths(
    ['client/src', 'server/src', 'test', 'scripts'].flatMap((folder) => [
      `${ROOT}/${folder}/**/*.ts`,
      `${ROOT}/${folder}/**/*.mjs`,
      `!**/node_modules/**`,
    ]),
  );
  files = project.getSourceFiles().map(nameOf).sort();
  edges = project.getSourceFiles().flatMap(edgesOf);
  // Some two thousand files: 15 s of one processor, on a machine that may have none free.
}, 240_000);

/** Borders of the house. Each has a sentence for whoever trips it; docs/architecture.md draws them. */
describe('borders', () => {
  it('core-is-pure', () => {
    const impure = fromFolder('server/src/core').filter(
      ({ to }) =>
        (to.startsWith('node:') && to !== 'node:crypto') ||
        to.startsWith('vscode') ||
        to.startsWith('server/src/host') ||
        to.startsWith('server/src/doors'),
    );
    expect(
      shown(impure),
      'core gets trees and returns plain data: read files, processes and the editor in server/src/host or a door',
    ).toEqual([]);
  });

  it('core-has-no-clock-and-no-chance', () => {
    const guilty = files
      .filter((file) => file.startsWith('server/src/core/'))
      .filter((file) =>
        /\bDate\.now\b|\bnew Date\(\)|\bMath\.random\b|\bprocess\.(env|argv|cwd|platform|hrtime|exit\()|\bperformance\.now\b/.test(
          codeOf(file),
        ),
      );
    expect(guilty, 'an assessment equals itself on every machine and day: pass times and nonces in').toEqual([]);
  });

  it('rooms-do-not-visit', () => {
    const rooms = ['hunks', 'facts', 'languages', 'rules', 'score', 'policy', 'attest', 'verify', 'team-rules', 'reach', 'scan'];
    const room = (file: string): string | undefined => rooms.find((name) => file.startsWith(`server/src/core/${name}/`));
    const allowed = (edge: Edge): boolean =>
      // Facts are what languages see; coverage compares what was signed with what is found, and reads records to do so.
      (room(edge.from) === 'facts' && room(edge.to) === 'languages') ||
      // What a rule asks of the rest of the repository is counted as the impact of a symbol is: tests reached, things named.
      (room(edge.from) === 'facts' && room(edge.to) === 'reach') ||
      // A scan is read where it is asked for: the import graphs of languages, and what a name finds across all of them.
      (room(edge.to) === 'scan' && ['languages', 'reach'].includes(room(edge.from) ?? '')) ||
      // Whose keys count is a list of keys, read as signatures read theirs.
      (room(edge.from) === 'policy' && /\/attest\/(ssh-key|wire)\.ts$/.test(edge.to)) ||
      // Team rules are files like the policy, with paths like its paths, asked of the grammars of the languages.
      (room(edge.from) === 'team-rules' && (room(edge.to) === 'policy' || room(edge.to) === 'languages')) ||
      (room(edge.from) === 'verify' && (room(edge.to) === 'attest' || room(edge.to) === 'policy') && !edge.to.endsWith('/seal.ts'));
    const visits = fromFolder('server/src/core').filter(
      (edge) => room(edge.from) !== undefined && room(edge.to) !== undefined && room(edge.from) !== room(edge.to) && !allowed(edge),
    );
    expect(shown(visits), 'a room knows the model and nothing of its neighbours: only assess.ts knows the order of rooms').toEqual([]);
  });

  it('rules-see-facts-only', () => {
    const guilty = fromFolder('server/src/core/rules').filter(
      ({ from, to }) =>
        from.split('/').length > 5 &&
        !to.startsWith('server/src/core/model/') &&
        !to.startsWith('server/src/core/rules/') &&
        // An expression is the same text in every language; what judges it is asked like a library.
        to !== 'server/src/core/regular-expressions.ts' &&
        !to.startsWith('node:'),
    );
    expect(shown(guilty), 'a rule reads facts, whatever language they came from: teach the language, not the rule').toEqual([]);
  });

  it('ts-morph-stays-home', () => {
    const guilty = edges.filter(
      ({ from, to }) => to === 'ts-morph' && from.startsWith('server/') && !from.startsWith('server/src/core/languages/typescript/'),
    );
    const eager = edges.filter(
      ({ from, to, dynamic, typeOnly }) => to === 'ts-morph' && from.startsWith('server/') && !dynamic && !typeOnly,
    );
    expect(shown(guilty), 'only languages/typescript may know the compiler, so that it can be exchanged there').toEqual([]);
    expect(shown(eager), 'ts-morph costs 300 ms and 70 MB: import it on first need, never at the head of a file').toEqual([]);
  });

  it('minimatch-stays-home', () => {
    const guilty = edges.filter(
      ({ from, to }) => to === 'minimatch' && from.startsWith('server/') && !from.startsWith('server/src/core/policy/'),
    );
    expect(shown(guilty), 'which policy holds for a path is decided in core/policy alone').toEqual([]);
  });

  it('only-the-editor-signs', () => {
    const doors = files.filter((file) =>
      /^server\/src\/doors\/(hook|mcp|reporters)\/|^server\/src\/doors\/cli\/commands\/(review|verify|explain|graph|sync|hooks)\.ts$|^server\/src\/doors\/cli\/signoff-(request|import)\.ts$|^server\/src\/doors\/lsp\/(worker|handlers\/(request-signoff|import-signoff))\.ts$|^server\/src\/core\/(assess|verify\/verify)\.ts$/.test(
        file,
      ),
    );
    expect(doors.length).toBeGreaterThan(3);
    const guilty = doors.flatMap((door) =>
      [...reachable(door)]
        .filter((file) => file.startsWith('server/src/host/signers/') || file.endsWith('core/attest/seal.ts'))
        .map((file) => `${door} reaches ${file}`),
    );
    expect(guilty, 'a door that an agent or a pipeline may call must not reach a key, not even by a dynamic import').toEqual([]);
  });

  it('client-speaks-protocol-only', () => {
    const guilty = fromFolder('client/src').filter(
      ({ to }) =>
        !to.startsWith('client/src/') &&
        to !== 'server/src/protocol.ts' &&
        to !== 'vscode' &&
        !to.startsWith('vscode-languageclient') &&
        to !== 'node:path',
    );
    expect(shown(guilty), 'the client has no analysis, no git and no keys: ask the server through protocol.ts').toEqual([]);
  });

  it('protocol-imports-nothing', () => {
    expect(
      shown(edges.filter(({ from, typeOnly }) => from === 'server/src/protocol.ts' && !typeOnly)),
      'the protocol is words, not code',
    ).toEqual([]);
  });

  it('doors-do-not-visit', () => {
    const door = (file: string): string | undefined => /^server\/src\/doors\/([^/]+)\//.exec(file)?.[1];
    const guilty = fromFolder('server/src/doors').filter(
      (edge) =>
        door(edge.to) !== undefined &&
        door(edge.from) !== door(edge.to) &&
        door(edge.to) !== 'reporters' &&
        !(edge.dynamic && edge.from.endsWith('cli/commands/lsp.ts')),
    );
    expect(shown(guilty), 'doors share verbs and reporters, never each other: move what both need to host or reporters').toEqual([]);
  });

  it('host-knows-no-door', () => {
    expect(
      shown(fromFolder('server/src/host').filter(({ to }) => to.startsWith('server/src/doors') || to.startsWith('client'))),
      'nothing points up',
    ).toEqual([]);
  });

  it('no-sockets', () => {
    const guilty = edges.filter(({ from, to }) => /^(client|server)\//.test(from) && /^node:(net|http|https|http2|tls|dgram|dns)/.test(to));
    expect(shown(guilty), 'Brakeline opens no socket: no account, no telemetry, no model').toEqual([]);
  });

  it('no-circular-imports', () => {
    const isOurs = (file: string): boolean => /^(client|server)\/src\//.test(file);
    let circles = edges.filter(({ from, to, typeOnly }) => !typeOnly && isOurs(from) && isOurs(to));
    // A file that imports none of those left, or that none of them imports, stands in no circle.
    for (let known = -1; known !== circles.length; ) {
      known = circles.length;
      const importers = new Set(circles.map(({ from }) => from));
      const imported = new Set(circles.map(({ to }) => to));
      circles = circles.filter(({ from, to }) => importers.has(to) && imported.has(from));
    }
    expect(
      // What is left besides only leads from one circle to another.
      shown(circles.filter(({ from, to }) => reachable(to).has(from))),
      'files that import each other can only be read together: move what both need to where both can reach it, or hand the reader in (a dynamic import hides a circle and breaks none)',
    ).toEqual([]);
  });

  it('no-orphans', () => {
    const doors = files.filter((file) =>
      /^server\/src\/doors\/(cli|lsp)\/(main|worker)\.ts$|^client\/src\/extension\.ts$|objects-worker\.mjs$/.test(file),
    );
    const used = new Set(doors.flatMap((door) => [...reachable(door, { types: true }), door]));
    const orphans = files.filter(
      // The declaration of a package's own module is no code.
      (file) => /^(client|server)\//.test(file) && !used.has(file) && !file.startsWith('server/src/core/model/') && !file.endsWith('.d.ts'),
    );
    expect(orphans.join(' '), 'code that no door reaches is not part of the product').toBe('');
  });
});

describe('the house is in order', () => {
  it('every script is named by somebody', () => {
    const scripts = files.filter((file) => /^scripts\/[^/]+\.(mjs|ts)$/.test(file));
    const readers = ['package.json', 'CONTRIBUTING.md', '.github/workflows/ci.yml', ...files.filter((file) => /\.(mjs|ts)$/.test(file))];
    const texts = new Map(readers.map((file) => [file, readFileSync(path.join(ROOT, file), 'utf8')]));
    const named = (script: string): boolean => {
      const name = path.basename(script).replace(/\.\w+$/, '');
      return [...texts].some(([file, text]) => file !== script && text.includes(name));
    };
    expect(
      scripts.filter((script) => !named(script)),
      'a script that nothing names was left behind',
    ).toEqual([]);
  });

  it('files can be read in one sitting', () => {
    const long = files
      .filter((file) => /^(client|server|scripts)\//.test(file) && !file.includes('/generated/'))
      .filter((file) => readFileSync(path.join(ROOT, file), 'utf8').split('\n').length > 400);
    expect(long, 'a file of more than 400 lines holds two things').toEqual([]);
  });

  it('names have a subject', () => {
    expect(
      files.filter((file) => /(^|[/-])(utils?|helpers?|common|manager|service|misc)\.(ts|mjs)$/.test(file)),
      'names without a subject attract code',
    ).toEqual([]);
  });

  it.each(RULES.map((rule) => [rule.id, rule] as const))('%s is documented and has fixtures', (id, rule) => {
    const source = readFileSync(path.join(ROOT, 'server/src/core/rules', `${id}.ts`), 'utf8');
    for (const heading of HEADINGS) expect(source, `the doc comment of ${id} has the heading "${heading}"`).toContain(heading);
    expect(rule.evidence.length, `${id} names its evidence`).toBeGreaterThan(0);
    expect(rule.reads.length, `${id} says what it reads`).toBeGreaterThan(0);
    const fixtures = readdirSync(path.join(ROOT, 'test/rules', id));
    expect(
      fixtures.some((name) => name.startsWith('flags-')),
      `${id} has a fixture that it flags`,
    ).toBe(true);
    expect(
      fixtures.some((name) => name.startsWith('allows-')),
      `${id} has a fixture that it allows`,
    ).toBe(true);
  });
});

function edgesOf(source: SourceFile): Edge[] {
  const from = nameOf(source);
  const to = (specifier: string): string => (specifier.startsWith('.') ? path.posix.join(path.posix.dirname(from), specifier) : specifier);
  const found: Edge[] = source.getImportDeclarations().map((declaration) => ({
    from,
    to: to(declaration.getModuleSpecifierValue()),
    typeOnly:
      declaration.isTypeOnly() ||
      (declaration.getNamedImports().length > 0 &&
        declaration.getDefaultImport() === undefined &&
        declaration.getNamedImports().every((name) => name.isTypeOnly())),
    dynamic: false,
  }));
  for (const declaration of source.getExportDeclarations()) {
    const specifier = declaration.getModuleSpecifierValue();
    if (specifier !== undefined) found.push({ from, to: to(specifier), typeOnly: declaration.isTypeOnly(), dynamic: false });
  }
  for (const call of source.getDescendantsOfKind(SyntaxKind.CallExpression)) {
    const name = call.getExpression().getText();
    const argument = call.getArguments()[0];
    if ((name === 'import' || name === 'require') && argument?.isKind(SyntaxKind.StringLiteral))
      found.push({ from, to: to(argument.getLiteralText()), typeOnly: false, dynamic: true });
  }
  return found;
}

/** Everything that runs when `start` runs: dynamic imports are code; types are none, unless they are asked for. */
function reachable(start: string, { types }: { readonly types: boolean } = { types: false }): ReadonlySet<string> {
  const seen = new Set<string>();
  const open = [start];
  for (let file = open.pop(); file !== undefined; file = open.pop()) {
    for (const edge of edges)
      if (edge.from === file && (types || !edge.typeOnly) && !seen.has(edge.to)) open.push(seen.add(edge.to) && edge.to);
  }
  return seen;
}

function fromFolder(folder: string): readonly Edge[] {
  return edges.filter(({ from }) => from.startsWith(`${folder}/`));
}

function shown(list: readonly Edge[]): readonly string[] {
  return list.map(({ from, to }) => `${from} -> ${to}`);
}

function nameOf(source: SourceFile): string {
  return path.relative(ROOT, source.getFilePath()).replaceAll('\\', '/');
}

/** Source without comments, for the few borders that look at words. */
function codeOf(file: string): string {
  return readFileSync(path.join(ROOT, file), 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
}
