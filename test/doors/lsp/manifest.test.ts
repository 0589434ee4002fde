import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../../../server/src/protocol.ts';

const ROOT = path.resolve(import.meta.dirname, '../../..');
const text = readFileSync(path.join(ROOT, 'package.json'), 'utf8');
const manifest = JSON.parse(text);
const words: Readonly<Record<string, string>> = JSON.parse(readFileSync(path.join(ROOT, 'package.nls.json'), 'utf8'));
const { commands, configuration, keybindings } = manifest.contributes;
const ids: readonly string[] = commands.map(({ command }: { command: string }) => command);

describe('the manifest', () => {
  it('finds every word in package.nls.json, and leaves none there unused', () => {
    const keys = [...text.matchAll(/"%([^%"]+)%"/g)].map(([, key]) => key);
    expect([...new Set(keys)].sort()).toEqual(Object.keys(words).sort());
  });

  it('offers every command that the server names, and the client registers exactly these', () => {
    expect(ids).toEqual(expect.arrayContaining(Object.values(COMMANDS)));
    const registered = readFileSync(path.join(ROOT, 'client/src/commands/register.ts'), 'utf8');
    expect([...registered.matchAll(/'(brakeline\.[A-Za-z]+)':/g)].map(([, id]) => id).sort()).toEqual([...ids].sort());
    expect(
      commands.every(({ category, title }: { category: string; title: string }) => category === 'Brakeline' && title.startsWith('%')),
    ).toBe(true);
  });

  it('gives each setting a scope, a default and a description', () => {
    const settings = configuration.flatMap(({ properties }: { properties: object }) => Object.entries(properties));
    expect(settings.length).toBeLessThanOrEqual(8);
    for (const [name, setting] of settings)
      expect([name, Object.keys(setting)]).toEqual([name, expect.arrayContaining(['scope', 'default', 'markdownDescription'])]);
  });

  it('takes no key but in one chord family, in an editor that Brakeline watches', () => {
    for (const { command, key, mac, when } of keybindings) {
      expect(ids).toContain(command);
      expect(key).toMatch(/^ctrl\+alt\+b [a-z]$/);
      expect(mac).toMatch(/^ctrl\+cmd\+b [a-z]$/);
      expect(when).toBe('brakeline.active && editorTextFocus');
    }
    expect(new Set(keybindings.map(({ key }: { key: string }) => key)).size).toBe(keybindings.length);
  });

  it('uses no proposed API, and lets an untrusted folder switch nothing off', () => {
    expect(manifest.enabledApiProposals).toBeUndefined();
    expect(manifest.capabilities.untrustedWorkspaces.supported).toBe('limited');
    expect(manifest.capabilities.untrustedWorkspaces.restrictedConfigurations).toContain('brakeline.codeLens.enabled');
  });
});
