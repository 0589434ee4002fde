import { describe, expect, it } from 'vitest';
import type { SymbolFact } from '../../server/src/core/model/facts.ts';
import { findUses } from '../../server/src/core/reach/scip/find-uses.ts';
import { createForeignIndex } from '../../server/src/core/reach/scip/foreign-index.ts';
import { escapePart, parseDescriptors, splitSymbol } from '../../server/src/core/reach/scip/scip-symbol.ts';
import { repoPath } from '../support/git.ts';
import { memoryTree } from '../support/memory-tree.ts';
import { bytesSource, indexBytes } from './scip-world.ts';

function symbol(name: string, kind: SymbolFact['kind']): SymbolFact {
  const range = { start: { line: 1, character: 0 }, end: { line: 1, character: 1 } };
  return { name, kind, exported: true, parameters: [], type: '', async: false, range, key: name, scope: '' };
}

/** How often the symbol is used in an index whose one document names each of `used` once, a line each. */
function uses(
  files: Readonly<Record<string, string>>,
  file: string,
  asked: SymbolFact,
  used: readonly string[],
): readonly number[] | undefined {
  const tree = memoryTree('own', new Map(Object.entries(files).map(([path, text]) => [repoPath(path), text])));
  const bytes = indexBytes({ 'main.x': used.map((name, line) => [line, 0, name] as const) });
  const foreign = createForeignIndex(repoPath('list'), [{ repository: 'x', uses: (target) => findUses(bytesSource(bytes), target) }]);
  return foreign.of(tree, repoPath(file), asked)?.dependents.map(({ line }) => line);
}

describe('symbols of the indexers of other languages, as their documentation and snapshots have them', () => {
  it('Go: the import path is one namespace, or the folder inside the module', () => {
    const files = {
      'go.mod': 'module github.com/acme/shared\n\ngo 1.22\n',
      'pay/charge.go': 'package pay\n',
      'top.go': 'package shared\n',
    };
    const used = [
      'scip-go gomod github.com/acme/shared v1.4.0 `github.com/acme/shared/pay`/Charge().',
      'scip-go gomod github.com/acme/shared v1.4.0 pay/Charge().',
      'scip-go gomod github.com/acme/shared v1.4.0 `github.com/acme/shared/pay`/Session#Verify().',
      'scip-go gomod github.com/acme/shared v1.4.0 `github.com/acme/shared/refund`/Charge().',
      'scip-go gomod github.com/acme/shared/v2 v2.0.0 `github.com/acme/shared/v2/pay`/Charge().',
      'scip-go gomod github.com/golang/go/src go1.22 fmt/Println().',
      'scip-go gomod github.com/acme/shared v1.4.0 `github.com/acme/shared`/Top.',
    ];
    expect(uses(files, 'pay/charge.go', symbol('Charge', 'function'), used)).toEqual([1, 2]);
    expect(uses(files, 'pay/charge.go', symbol('Session.Verify', 'method'), used)).toEqual([3]);
    expect(uses(files, 'top.go', symbol('Top', 'variable'), used)).toEqual([7]);
  });

  it('Java: the package is folders, whatever the artifact is called', () => {
    const files = { 'src/main/java/com/acme/pay/Session.java': 'package com.acme.pay;\n\npublic class Session {}\n' };
    const used = [
      'semanticdb maven maven/com.acme/shared 1.2.0 com/acme/pay/Session#',
      'semanticdb maven maven/com.acme/shared 1.2.0 com/acme/pay/Session#`<init>`().',
      'semanticdb maven . . com/acme/pay/Session#verify(+1).',
      'semanticdb maven maven/com.acme/shared 1.2.0 com/acme/pay/Session#verify().(user)',
      'semanticdb maven maven/com.other/shared 1.2.0 com/acme/payments/Session#',
      'semanticdb maven jdk 11 java/lang/String#',
    ];
    const file = 'src/main/java/com/acme/pay/Session.java';
    expect(uses(files, file, symbol('Session', 'class'), used)).toEqual([1, 2]);
    expect(uses(files, file, symbol('Session.verify', 'method'), used)).toEqual([3]);
    expect(uses(files, file, symbol('Session.constructor', 'method'), used)).toEqual([2]);
  });

  it('Python: the dotted module is one namespace, and ends the path', () => {
    const files = {
      'pyproject.toml': '[build-system]\nname = "no"\n[project]\nname = "Acme_Shared"\n',
      'src/acme/pay.py': '',
      'src/acme/__init__.py': '',
    };
    const used = [
      'scip-python python acme-shared 1.2.0 `acme.pay`/charge().',
      'scip-python python acme-shared 1.2.0 `acme.pay`/Session#verify().',
      'scip-python python acme-shared 1.2.0 `acme.pay`/Session#__init__().',
      'scip-python python acme-shared 1.2.0 acme/top().',
      'scip-python python other 1.2.0 `acme.pay`/charge().',
      'scip-python python acme-shared 1.2.0 `acme.repay`/charge().',
    ];
    expect(uses(files, 'src/acme/pay.py', symbol('charge', 'function'), used)).toEqual([1]);
    expect(uses(files, 'src/acme/pay.py', symbol('Session', 'class'), used)).toEqual([3]);
    expect(uses(files, 'src/acme/__init__.py', symbol('top', 'function'), used)).toEqual([4]);
  });

  it('Rust: modules are namespaces, and an impl block names its type', () => {
    const files = {
      'Cargo.toml': '[workspace]\nmembers = ["shared"]\n',
      'shared/Cargo.toml': '[package]\nname = "acme-shared" # ours\nversion = "1.2.0"\n',
      'shared/src/pay/mod.rs': '',
      'shared/src/lib.rs': '',
    };
    const used = [
      'rust-analyzer cargo acme-shared 1.2.0 pay/charge().',
      'rust-analyzer cargo acme-shared 1.2.0 pay/impl#[Session]verify().',
      'rust-analyzer cargo acme-shared 1.2.0 pay/impl#[Session][Display]fmt().',
      'rust-analyzer cargo acme-shared 1.2.0 pay/Session#',
      'rust-analyzer cargo acme-shared 1.2.0 crate/top().',
      'rust-analyzer cargo serde 1.0.0 pay/charge().',
    ];
    expect(uses(files, 'shared/src/pay/mod.rs', symbol('charge', 'function'), used)).toEqual([1]);
    expect(uses(files, 'shared/src/pay/mod.rs', symbol('Session.verify', 'method'), used)).toEqual([2]);
    expect(uses(files, 'shared/src/pay/mod.rs', symbol('Session.fmt', 'method'), used)).toEqual([3]);
    expect(uses(files, 'shared/src/pay/mod.rs', symbol('Session', 'class'), used)).toEqual([4]);
    expect(uses(files, 'shared/src/lib.rs', symbol('top', 'function'), used)).toEqual([5]);
  });

  it('cannot be asked where no package has a name, and says so by no answer', () => {
    expect(uses({ 'src/pay.ts': '' }, 'src/pay.ts', symbol('charge', 'function'), [])).toBeUndefined();
    expect(uses({ 'package.json': '{ broken', 'src/pay.ts': '' }, 'src/pay.ts', symbol('charge', 'function'), [])).toBeUndefined();
    expect(
      uses({ 'package.json': '{ "name": "x" }', 'src/pay.ts': '' }, 'src/pay.ts', symbol("* from './a'", 'export'), []),
    ).toBeUndefined();
    expect(uses({ 'db.sql': '' }, 'db.sql', symbol('users', 'class'), [])).toBeUndefined();
  });

  it('gives no answer about what is only passed on where nothing is found: it may be called otherwise there', () => {
    const files = { 'package.json': '{ "name": "x" }', 'src/index.ts': '' };
    expect(uses(files, 'src/index.ts', symbol('charge', 'export'), [])).toBeUndefined();
    expect(uses(files, 'src/index.ts', symbol('charge', 'export'), ['scip-typescript npm x 1.0.0 src/`pay.ts`/charge().'])).toEqual([1]);
  });

  it('asks the nearest package with a name', () => {
    const files = { 'package.json': '{ "name": "root" }', 'packages/a/package.json': '{ "private": true }', 'packages/a/src/a.ts': '' };
    expect(
      uses(files, 'packages/a/src/a.ts', symbol('a', 'function'), ['scip-typescript npm root 1.0.0 packages/a/src/`a.ts`/a().']),
    ).toEqual([1]);
  });
});

describe('the grammar of symbols', () => {
  it('splits a symbol at single spaces, and reads two as one of a name', () => {
    expect(splitSymbol('scip  x npm @a/b . src/`a b.ts`/')).toEqual({
      scheme: 'scip x',
      manager: 'npm',
      packageName: '@a/b',
      version: '',
      descriptors: 'src/`a b.ts`/',
    });
    for (const text of ['local 12', '', 'a', 'a b c', 'a b c d']) expect(splitSymbol(text), text).toBeUndefined();
    expect(escapePart('a b')).toBe('a  b');
    expect(escapePart('')).toBe('.');
  });

  it('reads every kind of descriptor', () => {
    expect(parseDescriptors('a/`b``.ts`/C#d.e(+1).[T](p)f:g!')?.map(({ name, suffix }) => `${suffix} ${name}`)).toEqual([
      'namespace a',
      'namespace b`.ts',
      'type C',
      'term d',
      'method e',
      'type-parameter T',
      'parameter p',
      'meta f',
      'macro g',
    ]);
    for (const text of ['', 'a', 'a/b', '``/', 'a/ b.', '(a', '[]']) expect(parseDescriptors(text), text).toBeUndefined();
  });
});
