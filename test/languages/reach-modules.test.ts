import { describe, expect, it } from 'vitest';
import type { ModuleRecord } from '../../server/src/core/model/file-scan.ts';
import { codeOf, GO, JAVA, PYTHON, RUST, stretchesOf } from '../../server/src/core/scan/code-stretches.ts';
import { scanGo } from '../../server/src/core/scan/scan-go.ts';
import { scanJava } from '../../server/src/core/scan/scan-java.ts';
import { scanPython } from '../../server/src/core/scan/scan-python.ts';
import { scanRust } from '../../server/src/core/scan/scan-rust.ts';

describe('Python', () => {
  it('reads every form of an import', () => {
    const text = [
      'import os, shop.mail as mail, a.b',
      'from shop.store import (',
      '    Ledger,  # the one',
      '    Book as Records,',
      ')',
      'from . import near',
      'from ..up.there import x; import y',
      'from .all import *',
      'from long.name import one, \\',
      '    two',
      'if TYPE_CHECKING:',
      '    from late import Late',
      'module = importlib.import_module("plug.in")',
    ].join('\n');
    expect(said(scanPython(text))).toEqual(
      [
        'import os: * as os',
        'import shop.mail: * as mail',
        'import a.b: * as a.b',
        'import shop.store: Ledger, Book as Records',
        'import .: near',
        'import ..up.there: x',
        'import y: * as y',
        'import .all: *',
        'import long.name: one, two',
        'import late: Late',
        'dynamic plug.in:',
      ].sort(),
    );
  });

  it('reads none of a remark, a string or a docstring', () => {
    expect(said(scanPython('# import a\n"""\nimport b\n"""\nx = \'import c\'\ny = """a\\"""\nimport d\n"""\n'))).toEqual([]);
    expect(said(scanPython('x = "it\'s"\nimport e\n'))).toEqual(['import e: * as e']);
  });

  it('names what stands at the top', () => {
    expect(offered(scanPython('class A:\n    def inner(self): ...\nasync def b(): ...\nC: int = 1\nd == 2\ndef größe(): ...\n'))).toEqual([
      'A',
      'b',
      'C',
      'größe',
    ]);
  });
});

describe('Go', () => {
  it('reads imports by name, blank, by dot and with a version', () => {
    const text =
      'package shop_test\n\nimport "fmt"\nimport (\n\t// "no"\n\tkeys "example.com/app/ids"\n\t_ "example.com/app/side"\n\t. "example.com/app/dot"\n\t"example.com/app/v2"\n)\n\nvar s = `import "x"`\n';
    expect(said(scanGo(text))).toEqual(
      [
        'import fmt: * as fmt',
        'import example.com/app/ids: * as keys',
        'import example.com/app/side:',
        'import example.com/app/dot: *',
        'import example.com/app/v2: * as app',
      ].sort(),
    );
  });

  it('names its package and what it declares', () => {
    const text = 'package shop\n\ntype (\n\tA struct{}\n\tB int\n)\n\nconst c, d = 1, 2\n\nfunc (a *A) M() {}\n\nfunc F[T any]() {}\n';
    expect(scanGo(text).exports[0]).toEqual({ exported: '*', local: 'shop' });
    expect(offered(scanGo(text)).slice(1).sort()).toEqual(['A', 'B', 'F', 'M', 'c', 'd']);
  });
});

describe('Java and its neighbours', () => {
  it('reads plain, static, wildcard and written-out names', () => {
    const text =
      'package web;\nimport shop.Clock;\nimport static shop.Rates.RATE;\nimport shop.deep.*;\nimport shop.Outer.Inner;\n/* import no.No; */\nclass A { far.away.Thing t = far.away.Thing.make(); }\n';
    expect(said(scanJava(text))).toEqual(
      [
        'import shop: Clock',
        'import shop.Rates: RATE',
        'import shop.deep: *',
        'import shop.Outer: Inner',
        'dynamic far.away: Thing as far.away.Thing',
      ].sort(),
    );
    expect(scanJava(text).exports.map(({ exported }) => exported)).toEqual(['web.*', 'web.A']);
  });

  it('reads an alias of Kotlin and a list of Scala', () => {
    expect(said(scanJava('import shop.Clock as Time\n'))).toEqual(['import shop: Clock as Time']);
    expect(said(scanJava('import shop.{Clock, Rates => R, _}\n'))).toEqual([
      'import shop: *',
      'import shop: Clock',
      'import shop: Rates as R',
    ]);
    expect(offered(scanJava('package a\n\nfun rate(): Int = 1\n\nobject Till\n'))).toEqual(['a.*', 'a.rate', 'a.Till']);
  });
});

describe('Rust', () => {
  it('reads trees of use, pub use, extern crate and written-out paths', () => {
    const text =
      'use crate::store::{self, Ledger, deep::{Book as B, *}};\npub use self::mail::send;\nextern crate old_one as one;\nuse std::io;\nfn f() { crate::late::call(); }\n// use no::No;\nconst S: &str = r#"use no::No;"#;\n';
    expect(said(scanRust(text))).toEqual(
      [
        'import crate: store',
        'import crate::store: Ledger',
        'import crate::store::deep: Book as B',
        'import crate::store::deep: *',
        'reexport self::mail: send',
        'import old_one: * as one',
        'import std: io',
        'dynamic crate::late: call as crate::late::call',
      ].sort(),
    );
  });

  it('sees a module inside the file from the file', () => {
    expect(said(scanRust('mod tests {\n  use super::*;\n  use super::super::far::Far;\n}\n'))).toEqual([
      'import self: *',
      'import super::far: Far',
    ]);
  });

  it('names its items, and the file of a module that has another name', () => {
    const { exports } = scanRust(
      'pub struct A<\'a>(&\'a str);\npub(crate) async fn b() {}\n#[path = "unix.rs"]\nmod imp;\nmod own;\nmod here { }\n',
    );
    expect(exports).toEqual([
      { exported: 'A', local: 'A' },
      { exported: 'b', local: 'b' },
      { exported: 'imp', local: 'unix.rs' },
      { exported: 'here', local: 'here' },
    ]);
  });
});

describe('remarks and strings', () => {
  it.each([
    ['python', PYTHON, 'a = "x#" # b\n"""c\n"""\nd', 'a =      \n     \n   \nd'],
    ['go', GO, 'a := `x\n"` // b\nc /* d */ e', 'a :=   \n       \nc         e'],
    ['java', JAVA, 'a = \'"\'; """b\n""" c // d', 'a =    ;     \n    c     '],
    ['rust', RUST, "a: &'s str = r#\"b\"#; /* x /* y */ z */ 'c' d", "a: &'s str = r#    ;                       d"],
  ] as const)('are told from code in %s', (_name, dialect, text, code) => {
    const blank = codeOf(text, stretchesOf(text, dialect));
    expect(blank.length).toBe(text.length);
    expect(blank.replace(/ +$/gm, '').replace(/ {2,}/g, ' ')).toBe(code.replace(/ +$/gm, '').replace(/ {2,}/g, ' '));
  });
});

function said({ imports }: ModuleRecord): readonly string[] {
  return imports
    .map(({ kind, specifier, names }) =>
      `${kind} ${specifier}: ${names.map(({ imported, local }) => (imported === local ? imported : `${imported} as ${local}`)).join(', ')}`.trimEnd(),
    )
    .sort();
}

function offered({ exports }: ModuleRecord): readonly string[] {
  return exports.map(({ exported }) => exported);
}

describe('a file that means harm', () => {
  const MANY = 40_000;
  it.each([
    ['an open tree of use', scanRust, 'use a::{'.repeat(MANY / 4)],
    ['open modules', scanRust, 'mod a {'.repeat(MANY)],
    ['open groups', scanGo, 'type (\n'.repeat(MANY)],
    ['quotes', scanJava, '"'.repeat(MANY)],
    ['a long list', scanPython, `from a import ${'b, '.repeat(MANY)}`],
    ['a long line', scanPython, 'a'.repeat(2_000_000)],
  ] as const)('is read soon: %s', (_name, scan, text) => {
    const start = process.cpuUsage();
    expect(scan(text).imports.length).toBeLessThanOrEqual(1);
    // A part of a second of this processor; the square of the text takes minutes.
    expect(process.cpuUsage(start).user / 1_000).toBeLessThan(20_000);
  });
});
