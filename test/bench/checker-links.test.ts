import { ts } from 'ts-morph';
import { expect, test } from 'vitest';
import { checkerLinks, leadsElsewhere } from '../../bench/reach/processes/checker-links.ts';

const PAY = 'export function charge(amount: number) { return amount; }\n';

/** A program over some files, and what `/pay.ts` declares as `charge`. */
function open(files: Readonly<Record<string, string>>): {
  readonly service: ts.LanguageService;
  readonly checker: ts.TypeChecker;
  readonly targets: ReadonlySet<ts.Symbol>;
} {
  const texts: Readonly<Record<string, string>> = { '/pay.ts': PAY, ...files };
  const service = ts.createLanguageService({
    getScriptFileNames: () => Object.keys(texts),
    getScriptVersion: () => '1',
    getScriptSnapshot: (file) => (texts[file] === undefined ? undefined : ts.ScriptSnapshot.fromString(texts[file])),
    getCurrentDirectory: () => '/',
    getCompilationSettings: () => ({ allowJs: true, noLib: true, module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ESNext }),
    getDefaultLibFileName: () => '/lib.d.ts',
    fileExists: (file) => texts[file] !== undefined,
    readFile: (file) => texts[file],
  });
  const program = service.getProgram();
  const source = program?.getSourceFile('/pay.ts');
  const checker = program?.getTypeChecker();
  const module = source && checker?.getSymbolAtLocation(source);
  const charge = module && checker?.getExportsOfModule(module).find(({ name }) => name === 'charge');
  if (checker === undefined || charge === undefined) throw new Error('expected a program with charge, found none');
  return { service, checker, targets: new Set([charge]) };
}

test.each<[string, string]>([
  ['a member of a module that is required', "const pay = require('./pay');\npay.«charge»(1);\nother.charge(1);"],
  [
    'what a pattern binds, and its uses',
    "import * as pay from './pay';\nconst { «charge» } = pay;\n«charge»(1);\n{ const charge = 2; charge; }",
  ],
  ['by another name', "import * as pay from './pay';\nconst { «charge»: take } = pay;\n«take»(1);\nsend({ «take» });"],
  [
    'a string that names a member of the value beside it',
    "import * as pay from './pay';\nspy(pay, '«charge»');\nspy(other, 'charge');\nlog('charge');",
  ],
])('%s', (_, marked) => {
  const text = marked.replace(/[«»]/g, '');
  const { service, targets } = open({ '/use.js': text });
  const found = checkerLinks(ts, service, targets, 'charge', (file) => file === '/use.js').map(({ start }) => start);
  const expected = [...marked.matchAll(/«/g)].map(({ index }, before) => index - 2 * before);
  expect(found.sort((a, b) => a - b)).toEqual(expected);
});

test('a name that a module declares itself is not that of the module whose names it hands on', () => {
  const shop = "export * from './pay';\nexport function charge() {}\n";
  const { service, checker, targets } = open({
    '/shop.ts': shop,
    '/a.ts': "import { charge } from './shop';\n",
    '/b.ts': "import { charge } from './pay';\n",
  });
  const imported = (file: string): ts.Node | undefined => {
    const [first] = service.getProgram()?.getSourceFile(file)?.statements ?? [];
    const named = first && ts.isImportDeclaration(first) ? first.importClause?.namedBindings : undefined;
    return named && ts.isNamedImports(named) ? named.elements[0]?.name : undefined;
  };
  expect(['/a.ts', '/b.ts'].map((file) => leadsElsewhere(ts, checker, imported(file), targets))).toEqual([true, false]);
});
