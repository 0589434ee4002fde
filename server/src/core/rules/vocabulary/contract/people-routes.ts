import { words } from '../code/call-names.ts';

/** Whom an address speaks of, by its last word: `customers`, `account-holders`, `team_members`. */
const PEOPLE =
  /(?:^| )(?:customers?|users?|members?|patients?|persons?|people|employees?|students?|pupils?|teachers?|passengers?|travell?ers?|guests?|\w*holders?|applicants?|candidates?|residents?|citizens?|beneficiar(?:y|ies)|donors?)$/;

/** What is kept of people, where the address says no more of it: a `service-account` and an `event-subscriber` are none. */
const THEIRS = /^(?:profiles?|accounts?|contacts?|clients?|subscribers?|orders|invoices|payments|bookings|claims|addresses)$/;

/** A file about somebody: `health-records`, `medical_records`. */
const RECORDS = /^(?:\w+ )?(?:health|medical|patient|clinical|dental|personal|employment|criminal|payroll) records?$/;

/** A key in an address: `{contactId}`, `:id`, `<id>`, `$id`, `[id]`, `*`. */
const KEY = /^(?:\{[^{}]*\}|[:$]\w+|<[^<>]*>|\[[^[\]]*\]|\*)$/;

/**
 * True for an address that reads or writes the records of people: `/v1/customers/{id}`, `/users/{id}/orders`, and the list of them
 * where it is read (`GET /customers`). A new one that is sent (`POST /users`) is how somebody signs up.
 *
 * @param address a path, with or without its method: `GET /v1/customers/{id}`
 */
export function isOfPeople(address: string): boolean {
  const [, method = '', path = ''] = /^\s*(?:([A-Za-z]{3,7})[ :]+)?(\/?\S*)/.exec(address.replace(/['"`]/g, '')) ?? [];
  const parts = path.split(/[/?#]/).filter((part) => part !== '');
  return parts.some((part, at) => isRecord(part) && (KEY.test(parts[at + 1] ?? '') || (at === parts.length - 1 && /^get$/i.test(method))));
}

/** The word for the records of people, as a part of an address. */
function isRecord(part: string): boolean {
  const name = KEY.test(part) ? '' : words(part);
  return PEOPLE.test(name) || THEIRS.test(name) || RECORDS.test(name);
}
