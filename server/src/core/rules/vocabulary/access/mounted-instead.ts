/**
 * True where what is mounted now takes the place of all that is gone: each as it was, or another one for each of the rest. One of its own
 * may stand for all of them where none is mounted as it was; the same one that is told another word stands for none.
 */
export function standsFor(gone: readonly string[], mounted: readonly string[], known: () => readonly string[]): boolean {
  if (gone.every((item) => mounted.includes(item))) return true;
  const all = known();
  const left = gone.filter((item) => !all.includes(item));
  const others = mounted.filter((item) => !gone.includes(item) && !left.some((old) => asksOtherWord(old, item)));
  return left.length === 0 || others.length >= (left.length < gone.length ? left.length : 1);
}

/** `requireRole('viewer')` where it was `requireRole('admin')`: the same check, told another word. */
export function asksOtherWord(item: string, text: string): boolean {
  const [, name = '', word] = WORD.exec(item) ?? [];
  const at = text.indexOf(`${name}(`);
  const now = word === undefined || at < 0 ? undefined : WORD.exec(text.slice(at))?.[2];
  return now !== undefined && now !== word;
}

const WORD = /^([\w$.]{1,80})\(['"]([^'"]{1,80})['"]\)/;
