import type { Setting } from '../../../model/facts.ts';

/** True where two values differ whatever the names in them hold. */
export function isSurelyOther(before: Setting, after: Setting): boolean {
  if (isPlain(before) && isPlain(after)) return true;
  if (isPlain(before) || isPlain(after)) return !mayBeSame(before, after);
  return isGrown(before, after) || isGrown(after, before) || (namesOf(before) !== '' && namesOf(before) === namesOf(after));
}

/** What a variable holds is not known, and it may hold what stood here; where both are made of the same ones, the rest tells. */
export function mayBeUnchanged(before: Setting, after: Setting): boolean {
  const isSure =
    !isPlain(before) &&
    !isPlain(after) &&
    (isGrown(before, after) || isGrown(after, before) || (namesOf(before) === namesOf(after) && namesOf(after) !== String(after.value)));
  return !isSure && (!isPlain(before) || !isPlain(after)) && mayBeSame(before, after);
}

/** True for a value that is written out, with no name of a variable, a local value or a module in it. */
export function isPlain(setting: Setting): boolean {
  return typeof setting.value !== 'string' || !/[${(]|\b(var|local|data|module)\./.test(setting.value);
}

/** A value as a text that is compared whatever the case it is written in. */
export function plainText(value: Setting['value']): string {
  return String(value).toLowerCase();
}

/** All of one and more text of its own before or behind it: `${var.name}-main`, `${var.name}-main-${var.zone}`. */
function isGrown({ value: old }: Setting, { value: fresh }: Setting): boolean {
  const whole = /^[a-z]+\.[\w.]+$/.test(String(old)) ? `\${${String(old)}}` : String(old);
  const text = String(fresh);
  const more = text.startsWith(whole) ? text.slice(whole.length) : text.endsWith(whole) ? text.slice(0, -whole.length) : '';
  return whole.includes('${') && /[\w-]/.test(more.replace(/\$\{[^{}]*\}/g, ''));
}

/** What one is put together from can come to the other: `orders-${var.env}` to `orders-prod`, and never to `ledger-prod`. */
function mayBeSame(before: Setting, after: Setting): boolean {
  const [plain, made] = isPlain(before) ? [before, after] : [after, before];
  if (!isPlain(plain) || typeof made.value !== 'string' || !made.value.includes('${')) return true;
  const text = String(plain.value);
  const parts = made.value.split(/\$\{[^{}]*\}/);
  const [first = '', ...rest] = parts;
  const last = rest.at(-1) ?? '';
  return text.startsWith(first) && text.endsWith(last) && text.length >= first.length + last.length && !/[{}]/.test(parts.join(''))
    ? rest.slice(0, -1).every((part) => text.includes(part))
    : /[{}]/.test(parts.join(''));
}

/** The names that a text is made of: `${var.env}` of `ledger-${var.env}`. */
function namesOf({ value }: Setting): string {
  return [...String(value).matchAll(/\$\{([^{}]*)\}/g)].map(([, name]) => name?.trim()).join();
}
