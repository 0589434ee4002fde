import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { beforeAll, describe, expect, it } from 'vitest';
import { readFacts } from '../../server/src/core/facts/read-facts.ts';
import { prepareLanguages } from '../../server/src/core/languages/prepare.ts';
import type { RepoPath } from '../../server/src/core/model/tree.ts';
import { assetFile } from '../../server/src/host/assets.ts';

/** Each asks `held` behind a way out and `open` in front of it, and names `late` where its language declares it all the same. */
const DEAD: Readonly<Record<string, string>> = {
  'src/berth.ts': `function berth(ship) {
  if (ship.open) throw new Error('open');
  return ship.id;
  if (ship.held) throw new Error('held');
  late();
  function late() { if (ship.late) throw new Error('late'); }
}`,
  'src/berth.py': `def berth(ship):
    if ship.open:
        raise ValueError("open")
    return ship.id
    if ship.held:
        raise ValueError("held")
`,
  'src/berth.go': `package quay
func berth(ship Ship) error {
	if ship.open {
		return errOpen
	}
	return nil
	if ship.held {
		return errHeld
	}
	return nil
}
`,
  'src/Berth.java': `class Berth {
  int berth(Ship ship) {
    if (ship.open) throw new IllegalStateException("open");
    return ship.id;
    if (ship.held) throw new IllegalStateException("held");
  }
}
`,
  'src/berth.rs': `fn berth(ship: &Ship) -> Result<u32, Error> {
    if ship.open { return Err(Error::Open); }
    return Ok(ship.id);
    if ship.held { return Err(Error::Held); }
    fn late(ship: &Ship) -> bool { if ship.late { return true; } false }
    Ok(0)
}
`,
};

beforeAll(async () => {
  await prepareLanguages(Object.keys(DEAD) as RepoPath[], async (name) =>
    readFileSync(assetFile(name, createRequire(import.meta.url).resolve)),
  );
});

const testsIn = (path: string, text: string): readonly string[] => readFacts(path as RepoPath, text)?.guards.map(({ test }) => test) ?? [];

describe('code behind a way out that nothing decides', () => {
  it.each(Object.entries(DEAD))('stops nobody: %s', (path, text) => {
    const tests = testsIn(path, text);
    expect(tests).toContain('ship.open');
    expect(tests).not.toContain('ship.held');
    if (text.includes('late(')) expect(tests).toContain('ship.late');
  });

  it('runs where a jump leads to it', () => {
    const text =
      'package quay\nfunc f(s Ship) error {\n\tif s.open { goto out }\n\treturn nil\nout:\n\tif s.held { return errHeld }\n\treturn nil\n}\n';
    expect(testsIn('src/jump.go', text)).toContain('s.held');
  });

  it('runs where a condition decides, in the next case and behind the end of a loop', () => {
    const text = `function f(s) {
  for (const one of s.all) { if (one.done) continue; if (one.late) throw new Error(); break; }
  switch (s.kind) { case 1: return 1; case 2: if (s.held) throw new Error(); return 2; }
  { return s.short ? 1 : undefined; }
}`;
    expect(testsIn('src/cases.ts', text)).toEqual(expect.arrayContaining(['one.done', 'one.late', 's.held']));
  });
});
