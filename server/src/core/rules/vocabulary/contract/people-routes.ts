/** Records of people, as the last part of an address before its key: what a stranger reads there is somebody's. */
const PEOPLE =
  /^(?:customers?|users?|members?|patients?|persons?|people|profiles?|accounts?|contacts?|employees?|students?|subscribers?|passengers?|guests?|clients?|policy-?holders?|applicants?|candidates?|residents?|orders|invoices|payments|bookings|claims|health-?records|medical-?records|addresses)$/i;

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
  return parts.some(
    (part, at) => PEOPLE.test(part) && (KEY.test(parts[at + 1] ?? '') || (at === parts.length - 1 && /^get$/i.test(method))),
  );
}
