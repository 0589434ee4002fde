import { spawnSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { create, toBinary } from '@bufbuild/protobuf';
import { IndexSchema } from '../../server/src/core/reach/scip/generated/scip_pb.js';
import type { ByteSource } from '../../server/src/core/reach/scip/split-index.ts';

const TSCONFIG = JSON.stringify({
  compilerOptions: { module: 'nodenext', target: 'es2022', lib: ['es5'], strict: true, types: [] },
  include: ['src'],
});

/** A library that another repository uses: a little of everything that can be exported. */
export const SHARED: Readonly<Record<string, string>> = {
  'package.json': '{ "name": "@acme/shared", "version": "1.2.0", "exports": "./src/index.ts" }\n',
  'tsconfig.json': TSCONFIG,
  'src/index.ts':
    "export { charge, charge as pay, Session, LIMIT, Colour, box } from './pay.js';\nexport type { Amount } from './pay.js';\nexport default function greet() {\n  return 1;\n}\n",
  'src/pay.ts': `export interface Amount {
  readonly cents: number;
}
export enum Colour {
  Red,
}
export const LIMIT = 10;
export function charge(amount: Amount): number {
  return amount.cents;
}
export class Session {
  static made = 2;
  constructor(readonly user: string) {}
  get name(): string {
    return this.user;
  }
  verify(): boolean {
    return this.user !== '';
  }
}
export const box = { open() {}, value: 3 };
export function unused(): void {}
`,
};

/** The declarations that the library publishes, file by file. */
const DECLARATIONS: Readonly<Record<string, string>> = {
  'index.d.ts':
    "export { charge, charge as pay, Session, LIMIT, Colour, box } from './pay.js';\nexport type { Amount } from './pay.js';\nexport default function greet(): number;\n",
  'pay.d.ts':
    'export interface Amount {\n  readonly cents: number;\n}\nexport declare enum Colour {\n  Red = 0\n}\nexport declare const LIMIT = 10;\nexport declare function charge(amount: Amount): number;\nexport declare class Session {\n  readonly user: string;\n  static made: number;\n  constructor(user: string);\n  get name(): string;\n  verify(): boolean;\n}\nexport declare const box: {\n  open(): void;\n  value: number;\n};\n',
};

/** The same rolled into one file, as bundlers of declarations do. */
const ROLLED = `${(DECLARATIONS['pay.d.ts'] ?? '').replaceAll('export declare', 'declare').replace('export interface', 'interface')}export default function greet(): number;\nexport { charge, charge as pay, Session, LIMIT, Colour, box, type Amount };\n`;

export const SHOP: Readonly<Record<string, string>> = {
  'package.json': '{ "name": "shop", "version": "2.0.0" }\n',
  'tsconfig.json': TSCONFIG,
  'src/cart.ts': `import greet, { type Amount, box, charge, Colour, LIMIT, pay, Session as S } from '@acme/shared';
const amount: Amount = { cents: 3 };
export const paid = charge(amount) + charge({ cents: LIMIT });
const s = new S('x');
s.verify();
export const seen = [s.name, s.user, S.made, Colour.Red, box.value, greet(), pay(amount)];
`,
};

/** How the shop came by the library: linked to its sources, or installed as it is published. */
export type Installed = 'linked' | 'declarations' | 'rolled';

/** Two repositories side by side in `dir`: `shared`, and `shop` with the library among its modules. */
export function writeTwo(dir: string, installed: Installed): { readonly shared: string; readonly shop: string } {
  const [shared, shop] = [path.join(dir, 'shared'), path.join(dir, 'shop')];
  writeFiles(shared, SHARED);
  writeFiles(shop, SHOP);
  const modules = path.join(shop, 'node_modules/@acme');
  mkdirSync(modules, { recursive: true });
  if (installed === 'linked') symlinkSync(shared, path.join(modules, 'shared'), 'dir');
  else
    writeFiles(path.join(modules, 'shared'), {
      'package.json': '{ "name": "@acme/shared", "version": "1.1.0", "type": "module", "types": "./dist/index.d.ts" }\n',
      ...Object.fromEntries(
        Object.entries(
          installed === 'rolled'
            ? { 'bundle.d.ts': ROLLED, 'index.d.ts': "export * from './bundle.js';\nexport { default } from './bundle.js';\n" }
            : DECLARATIONS,
        ).map(([name, text]) => [`dist/${name}`, text]),
      ),
    });
  return { shared, shop };
}

export function writeFiles(dir: string, files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(dir, name)), { recursive: true });
    writeFileSync(path.join(dir, name), text);
  }
}

const INDEXER = createRequire(import.meta.url).resolve('@sourcegraph/scip-typescript/dist/src/main.js');

/** Runs the real indexer over a project and returns the file that it wrote. */
export function indexProject(dir: string): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, [INDEXER, 'index', '--no-progress-bar'], { cwd: dir, encoding: 'utf8' });
  if (status !== 0) throw new Error(`expected scip-typescript to index ${dir}, found: ${stdout}${stderr}`);
  return path.join(dir, 'index.scip');
}

/** A place of a symbol: 0-based line, character, symbol, roles. */
export type Place = readonly [line: number, character: number, symbol: string, roles?: number];

/** The bytes of an index, as a tool of another language would write it. */
export function indexBytes(documents: Readonly<Record<string, readonly Place[]>>, tool = 'scip-test'): Uint8Array {
  const index = create(IndexSchema, {
    metadata: { toolInfo: { name: tool, version: '1.0.0' }, projectRoot: 'file:///work/shop' },
    documents: Object.entries(documents).map(([relativePath, places]) => ({
      relativePath,
      occurrences: places.map(([line, character, symbol, symbolRoles = 0]) => ({
        range: [line, character, character + 1],
        symbol,
        symbolRoles,
      })),
    })),
  });
  return toBinary(IndexSchema, index);
}

/** A file at hand, which also says how much of it was asked for at once. */
export function bytesSource(bytes: Uint8Array): ByteSource & { readonly reads: number[] } {
  const reads: number[] = [];
  return {
    reads,
    size: bytes.length,
    read(at, length) {
      reads.push(length);
      return bytes.slice(at, at + length);
    },
  };
}
