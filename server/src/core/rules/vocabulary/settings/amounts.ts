import type { Setting } from '../../../model/facts.ts';
import { countOf, durationOf } from './setting-values.ts';

const SIZES: Readonly<Record<string, number>> = {
  b: 1,
  k: 1024,
  kb: 1024,
  kib: 1024,
  ki: 1024,
  m: 1048576,
  mb: 1048576,
  mib: 1048576,
  mi: 1048576,
  g: 1073741824,
  gb: 1073741824,
  gib: 1073741824,
  gi: 1073741824,
};

/** A count, a time in seconds or a size in bytes (`512Mi`); undefined where the value is none of them. */
export function amountOf(value: Setting['value'] | undefined): number | undefined {
  const plain = countOf(value) ?? durationOf(value);
  if (plain !== undefined) return plain;
  const match = /^(\d+(?:\.\d+)?)\s*([A-Za-z]+)$/.exec(String(value));
  const size = match === null ? undefined : SIZES[(match[2] ?? '').toLowerCase()];
  return size === undefined ? undefined : Number(match?.[1]) * size;
}
