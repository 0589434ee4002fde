import { expect, test } from 'vitest';
import { askImpact, impactPaths } from '../../server/src/core/ask-impact.ts';
import { symbolsNamed } from '../../server/src/core/find-symbols.ts';
import { prepareLanguages } from '../../server/src/core/languages/prepare.ts';
import type { RepoPath } from '../../server/src/core/model/tree.ts';
import { readAsset } from '../support/check.ts';
import { treeOf } from './shop.ts';

/** Path and state of each file that uses the symbol, and what comes in there. */
async function impactOf(files: Readonly<Record<string, string>>, path: string, name: string) {
  const tree = treeOf(files);
  await prepareLanguages([...tree.paths(), ...impactPaths(tree, path as RepoPath)], readAsset);
  const [found] = symbolsNamed(tree, [path as RepoPath], name);
  if (found === undefined) throw new Error(`expected ${name} in ${path}, found none`);
  const impact = askImpact({ ...found, base: tree, depth: 1 });
  const users = impact?.packages.flatMap(({ files: own }) => own) ?? [];
  return {
    states: Object.fromEntries(users.map((file) => [file.path, file.isTest ? 'test' : file.tested])),
    entries: impact?.entryPoints.map(({ kind, name: label }) => `${kind} ${label}`),
    atMost: impact?.atMost,
  };
}

test('Python', async () => {
  const files = {
    'shop/__init__.py': '',
    'shop/pay.py': 'def charge(amount):\n    return amount\n',
    'shop/cart.py': 'from shop.pay import charge\n\n\ndef buy():\n    charge(1)\n',
    'shop/api.py': 'from shop.pay import charge\n\n\n@app.route("/pay", methods=["POST"])\ndef pay():\n    charge(2)\n',
    'tests/test_cart.py': 'from shop.cart import buy\n\n\ndef test_buy():\n    buy()\n',
  };
  expect(await impactOf(files, 'shop/pay.py', 'charge')).toEqual({
    states: { 'shop/cart.py': true, 'shop/api.py': false },
    entries: ['route POST /pay'],
    atMost: true,
  });
});

test('Go, whose tests lie in the package that they test', async () => {
  const files = {
    'go.mod': 'module example.com/shop\n',
    'pay/pay.go': 'package pay\n\nfunc Charge(n int) int {\n\treturn n\n}\n',
    'cart/cart.go': 'package cart\n\nimport "example.com/shop/pay"\n\nfunc Buy() int {\n\treturn pay.Charge(1)\n}\n',
    'cart/cart_test.go': 'package cart\n\nimport "testing"\n\nfunc TestBuy(t *testing.T) {\n\tBuy()\n}\n',
    'cmd/shop/main.go': 'package main\n\nimport "example.com/shop/pay"\n\nfunc main() {\n\tpay.Charge(2)\n}\n',
  };
  const { states, entries } = await impactOf(files, 'pay/pay.go', 'Charge');
  expect(states).toEqual({ 'cart/cart.go': true, 'cmd/shop/main.go': false });
  expect(entries).toEqual(['main cmd/shop/main.go']);
});

test('Java', async () => {
  const files = {
    'src/main/java/shop/Pay.java': 'package shop;\n\npublic class Pay {\n  public static int charge(int n) {\n    return n;\n  }\n}\n',
    'src/main/java/shop/Cart.java': 'package shop;\n\npublic class Cart {\n  int buy() {\n    return Pay.charge(1);\n  }\n}\n',
    'src/main/java/web/Api.java':
      'package web;\n\nimport shop.Pay;\n\npublic class Api {\n  @PostMapping("/pay")\n  public int pay() {\n    return Pay.charge(2);\n  }\n}\n',
    'src/test/java/shop/CartTest.java': 'package shop;\n\nclass CartTest {\n  void buys() {\n    new Cart().buy();\n  }\n}\n',
  };
  const { states, entries } = await impactOf(files, 'src/main/java/shop/Pay.java', 'Pay.charge');
  expect(states).toEqual({ 'src/main/java/shop/Cart.java': true, 'src/main/java/web/Api.java': false });
  expect(entries).toEqual(['route POST /pay']);
});

test('Rust, whose tests may stand in the file that they test', async () => {
  const files = {
    'Cargo.toml': '[package]\nname = "shop"\n',
    'src/lib.rs': 'pub mod pay;\npub mod cart;\npub mod bill;\n',
    'src/pay.rs': 'pub fn charge(n: u32) -> u32 {\n    n\n}\n',
    'src/cart.rs':
      'use crate::pay::charge;\n\npub fn buy() -> u32 {\n    charge(1)\n}\n\n#[cfg(test)]\nmod tests {\n    #[test]\n    fn buys() {\n        super::buy();\n    }\n}\n',
    'src/bill.rs': 'use crate::pay::charge;\n\npub fn bill() -> u32 {\n    charge(2)\n}\n',
  };
  const { states, entries } = await impactOf(files, 'src/pay.rs', 'charge');
  expect(states).toEqual({ 'src/cart.rs': true, 'src/bill.rs': false });
  expect(entries).toEqual(['export shop::bill', 'export shop::cart', 'export shop::pay']);
});
