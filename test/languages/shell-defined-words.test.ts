import { beforeAll, describe, expect, it } from 'vitest';
import { readFacts } from '../../server/src/core/facts/read-facts.ts';
import { prepareLanguages } from '../../server/src/core/languages/prepare.ts';
import type { RepoPath } from '../../server/src/core/model/tree.ts';
import { readAsset } from '../support/check.ts';

const PATH = 'ops/run.sh' as RepoPath;
const commandsOf = (text: string): readonly string[] =>
  (readFacts(PATH, text)?.commands ?? []).map(({ words }) => words.map(({ source }) => source).join(' '));

beforeAll(() => prepareLanguages([PATH], readAsset));

describe('words that a script defines', () => {
  it('stand in the commands that take them', () => {
    const text =
      'args=(--install --wait)\nkc() { kubectl --context "$CTX" "$@"; }\nhelm upgrade x "${args[@]}" --atomic\nkc delete pvc data\n';
    expect(commandsOf(text)).toContain('helm upgrade x --install --wait --atomic');
    expect(commandsOf(text)).toContain('kubectl --context "$CTX" delete pvc data');
  });

  it.each([
    ['an array that may not be assigned', 'if false; then args=(--dry-run); fi\nkubectl delete ns a "${args[@]}"\n'],
    ['an array behind a condition', '[ -n "$CI" ] && args=(--dry-run)\nkubectl delete ns a "${args[@]}"\n'],
    ['an array of a function that nobody calls', 'never() {\n  args=(--dry-run)\n}\nkubectl delete ns a "${args[@]}"\n'],
    ['an array that only makes it harmless', 'args=(--dry-run=client)\nkubectl delete ns a "${args[@]}"\n'],
    ['an array that comes later', 'kubectl delete ns a "${args[@]}"\nargs=(--now)\n'],
    ['an array that is read anew', 'args=(--now)\nread -ra args <<< "$FLAGS"\nkubectl delete ns a "${args[@]}"\n'],
    ['an array that is unset', 'args=(--now)\nunset args\nkubectl delete ns a "${args[@]}"\n'],
    ['an array that is filled from a file', 'args=(--now)\nmapfile -t args < flags\nkubectl delete ns a "${args[@]}"\n'],
    ['an array that is added to', 'args=(--dry-run)\nargs+=(x)\nkubectl delete ns a "${args[@]}"\n'],
    ['an array that is assigned again', 'args=(--dry-run)\nargs=()\nkubectl delete ns a "${args[@]}"\n'],
    ['an array of which one element is set', 'args=(--dry-run)\nargs[0]=x\nkubectl delete ns a "${args[@]}"\n'],
  ])('are not believed of %s', (_, text) => {
    expect(commandsOf(text)).toContain('kubectl delete ns a "${args[@]}"');
  });

  it.each([
    ['only says what it is given', 'rm() { echo "$@"; }\nrm -rf "$X/"\n'],
    ['runs something harmless', 'rm() { ls "$@"; }\nrm -rf "$X/"\n'],
    ['comes later', 'rm -rf "$X/"\nexit\nrm() { git "$@"; }\n'],
    ['is unset', 'rm() { git "$@"; }\nunset -f rm\nrm -rf "$X/"\n'],
    ['has the name of a program', 'rm() { git status "$@"; }\nrm -rf "$X/"\n'],
    ['may not be defined', 'if false; then rm() { trash "$@"; }; fi\nrm -rf "$X/"\n'],
    ['is defined twice', 'rm() { trash now "$@"; }\nrm() { /bin/rm "$@"; }\nrm -rf "$X/"\n'],
    ['calls itself', 'rm() { rm "$@"; }\nrm -rf "$X/"\n'],
  ])('nor of a function that %s', (_, text) => {
    expect(commandsOf(text)).toContain('rm -rf "$X/"');
  });

  it('are not put in where they would be thousands', () => {
    const many = Array.from({ length: 400 }, (_, at) => `w${at}`).join(' ');
    const text = `a=(${many})\nb=(${'"${a[@]}" '.repeat(400)})\nc=(${'"${b[@]}" '.repeat(400)})\nrun "\${c[@]}"\n`;
    expect(commandsOf(text)).toEqual(['run "${c[@]}"']);
  });

  it('nor in so many commands that they would be thousands', () => {
    const many = Array.from({ length: 490 }, (_, at) => `w${at}`).join(' ');
    const words = commandsOf(`a=(${many})\n${'f "${a[@]}"\n'.repeat(1000)}`)
      .join(' ')
      .split(' ').length;
    expect(words).toBeLessThan(5_000);
  });

  it('take the program out of a variable or an alias that is given once', () => {
    expect(commandsOf('KUBECTL="kubectl --context $CTX"\n$KUBECTL delete ns a\n')).toEqual(['kubectl --context $CTX delete ns a']);
    expect(commandsOf("alias kc='kubectl -n a'\nkc delete pvc --all\n")).toContain('kubectl -n a delete pvc --all');
    expect(commandsOf('KUBECTL=${KUBECTL:-kubectl}\n${KUBECTL} delete ns a\n')).toEqual(['kubectl delete ns a']);
  });

  it.each([
    ['is given twice', 'K="git status"\nK="kubectl"\n$K delete ns a\n'],
    ['only tries', 'K="kubectl --dry-run=client"\n$K delete ns a\n'],
    ['holds no program that is known', 'K="echo"\n$K delete ns a\n'],
    ['holds more than one command', 'K="kubectl version; kubectl"\n$K delete ns a\n'],
  ])('nor the program out of a variable that %s', (_, text) => {
    expect(commandsOf(text)).toContain('$K delete ns a');
  });
});
