import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { addToNote, notesTip } from '../../server/src/host/carriers/merge-notes.ts';
import { NOTES_REF, readNotes } from '../../server/src/host/carriers/read-notes.ts';
import { defaultRemote, syncNotes } from '../../server/src/host/carriers/sync-notes.ts';
import { startCli } from '../support/cli.ts';
import { makeRepository, repositoryAt, type TestRepository, temporaryFolder } from '../support/git.ts';

let remote: TestRepository;
let ada: TestRepository;
let bob: TestRepository;
let head: string;

/** A bare remote and two clones of it, each with a name of its own. */
beforeEach(() => {
  remote = makeRepository('--bare');
  const first = makeRepository();
  first.write('a.txt', 'a\n');
  head = first.commit('first');
  first.git('push', '--quiet', remote.dir, 'main');
  [ada, bob] = ['ada', 'bob'].map((name) => {
    const dir = path.join(temporaryFolder(name), 'clone');
    execFileSync('git', ['clone', '--quiet', '--branch', 'main', remote.dir, dir]);
    const clone = repositoryAt(dir);
    clone.git('config', 'user.name', name);
    clone.git('config', 'user.email', `${name}@example.invalid`);
    return clone;
  }) as [TestRepository, TestRepository];
});

const at = ({ dir }: TestRepository): { readonly cwd: string } => ({ cwd: dir });
const linesOf = (repository: TestRepository): readonly string[] => readNotes(at(repository), { head }).lines;
const asides = (repository: TestRepository): string => repository.git('for-each-ref', 'refs/notes/brakeline-aside*', 'refs/brakeline');

describe('addToNote', () => {
  it('joins lines with what the note holds, and changes nothing where it holds them', () => {
    expect(addToNote(at(ada), head, ['{"b":1}', '{"a":1}'])).toBe(true);
    const first = notesTip(at(ada));
    expect(addToNote(at(ada), head, ['{"a":1}'])).toBe(false);
    expect(notesTip(at(ada))).toBe(first);
    expect(addToNote(at(ada), head, ['{"c":1}'])).toBe(true);
    expect(linesOf(ada)).toEqual(['{"a":1}', '{"b":1}', '{"c":1}']);
    expect(asides(ada)).toBe('');
  });

  it('leaves a note that a person wrote there as it is, and adds to it', () => {
    ada.git('notes', `--ref=${NOTES_REF}`, 'add', '-m', 'seen by hand', head);
    addToNote(at(ada), head, ['{"a":1}']);
    expect(ada.git('notes', `--ref=${NOTES_REF}`, 'show', head)).toBe('seen by hand\n{"a":1}');
  });

  it('says what is missing where git knows nobody', () => {
    ada.git('config', '--unset', 'user.email');
    ada.git('config', 'user.useConfigOnly', 'true');
    expect(() => addToNote(at(ada), head, ['{"a":1}'])).toThrowError(expect.objectContaining({ code: 'git-failed' }));
    expect(asides(ada)).toBe('');
  });
});

describe('syncNotes', () => {
  it('brings what two people wrote apart to both, and to the remote', () => {
    addToNote(at(ada), head, ['{"ada":1}']);
    addToNote(at(bob), head, ['{"bob":1}']);
    expect(syncNotes(at(ada), { remote: 'origin', push: true })).toEqual({ received: 0, sent: 1 });
    expect(syncNotes(at(bob), { remote: 'origin', push: true })).toEqual({ received: 1, sent: 1 });
    expect(syncNotes(at(ada), { remote: 'origin', push: true })).toEqual({ received: 1, sent: 0 });
    for (const one of [ada, bob, remote]) expect(linesOf(one)).toEqual(['{"ada":1}', '{"bob":1}']);
    for (const one of [ada, bob, remote]) expect(asides(one)).toBe('');
  });

  it('sends nothing where it is told to fetch, and nothing where there is nothing', () => {
    expect(syncNotes(at(bob), { remote: 'origin', push: true })).toEqual({ received: 0, sent: 0 });
    addToNote(at(ada), head, ['{"ada":1}']);
    syncNotes(at(ada), { remote: 'origin', push: true });
    addToNote(at(bob), head, ['{"bob":1}']);
    expect(syncNotes(at(bob), { remote: 'origin', push: false })).toEqual({ received: 1, sent: 0 });
    expect(linesOf(bob)).toEqual(['{"ada":1}', '{"bob":1}']);
    expect(linesOf(remote)).toEqual(['{"ada":1}']);
  });

  it('never forces: whoever pushed between its fetch and its push keeps what they pushed', () => {
    addToNote(at(ada), head, ['{"ada":1}']);
    addToNote(at(bob), head, ['{"bob":1}']);
    // The remote's own hook plays a third person, who gets in first: once, while the push is under way.
    const intruder = path.join(remote.dir, 'hooks', 'pre-receive');
    const flag = path.join(remote.dir, 'came');
    writeFileSync(
      intruder,
      `#!/bin/sh\nunset GIT_QUARANTINE_PATH $(git rev-parse --local-env-vars)\ncase "$(cat)" in *notes*) ;; *) exit 0 ;; esac\n[ -e '${flag}' ] && exit 0\n: > '${flag}'\ngit -C '${bob.dir}' push --quiet '${remote.dir}' ${NOTES_REF}\n`,
    );
    chmodSync(intruder, 0o755);
    syncNotes(at(ada), { remote: 'origin', push: true });
    expect(existsSync(flag)).toBe(true);
    for (const one of [ada, remote]) expect(linesOf(one)).toEqual(['{"ada":1}', '{"bob":1}']);
    expect(remote.git('reflog', NOTES_REF).includes('forced')).toBe(false);
  });

  it('loses no line where many processes sync at once', async () => {
    const commits = Array.from({ length: 3 }, (_, index) => {
      ada.write('a.txt', `${index}\n`);
      return ada.commit(`c${index}`);
    });
    ada.git('push', '--quiet', 'origin', 'main');
    bob.git('pull', '--quiet', 'origin', 'main');
    for (const [index, commit] of commits.entries()) {
      addToNote(at(ada), commit, [`{"ada":${index}}`]);
      addToNote(at(bob), commit, [`{"bob":${index}}`]);
    }
    const done = await Promise.all([ada, bob, ada, bob].map(({ dir }) => startCli(dir, ['sync'])));
    expect(done.map(({ status, stderr }) => `${status} ${stderr}`)).toEqual(['0 ', '0 ', '0 ', '0 ']);
    const range = { base: head, head: commits.at(-1) ?? '' };
    expect([...readNotes(at(remote), range).lines].sort()).toEqual([0, 1, 2].flatMap((n) => [`{"ada":${n}}`, `{"bob":${n}}`]).sort());
  });

  it('starts no hook of the repository, so that a pre-push hook may call it', () => {
    const hook = path.join(ada.dir, '.git', 'hooks', 'pre-push');
    writeFileSync(hook, '#!/bin/sh\nexit 1\n');
    chmodSync(hook, 0o755);
    addToNote(at(ada), head, ['{"ada":1}']);
    expect(syncNotes(at(ada), { remote: 'origin', push: true }).sent).toBe(1);
  });

  it.each(['--upload-pack=touch pwned', 'nowhere', '../elsewhere', ''])('takes a configured remote alone, not %j', (name) => {
    expect(() => syncNotes(at(ada), { remote: name, push: true })).toThrowError(expect.objectContaining({ code: 'bad-usage' }));
  });

  it('says why a remote refuses', () => {
    addToNote(at(ada), head, ['{"ada":1}']);
    const hook = path.join(remote.dir, 'hooks', 'pre-receive');
    writeFileSync(hook, '#!/bin/sh\nexit 1\n');
    chmodSync(hook, 0o755);
    expect(() => syncNotes(at(ada), { remote: 'origin', push: true })).toThrowError(
      expect.objectContaining({
        code: 'git-failed',
        message: 'expected origin to take the notes, found [remote rejected] (pre-receive hook declined)',
      }),
    );
    expect(linesOf(ada)).toEqual(['{"ada":1}']);
  });

  it('finds the remote that a person means', () => {
    expect(defaultRemote(at(ada))).toBe('origin');
    ada.git('remote', 'add', 'fork', bob.dir);
    ada.git('config', 'branch.main.remote', 'fork');
    expect(defaultRemote(at(ada))).toBe('fork');
    expect(() => defaultRemote(at(remote))).toThrowError(expect.objectContaining({ message: 'expected --remote NAME, found no remote' }));
  });
});
