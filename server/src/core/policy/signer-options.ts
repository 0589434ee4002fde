import { parseInstant } from '../model/instant.ts';

/** Validity of a key as RFC 3339 times. */
export interface SignerOptions {
  readonly validAfter?: string;
  readonly validBefore?: string;
}

/**
 * The options field of an allowed_signers line, or what is wrong with it. A time without `Z` is refused: ssh-keygen reads it in
 * the zone of the machine, and a verification must come out alike everywhere.
 */
export function readOptions(field: string, namespace: string): SignerOptions | string {
  const options = splitOptions(field);
  if (options === undefined) return `expected options separated by commas, found ${JSON.stringify(field)}`;
  const seen = new Set<string>();
  let times: SignerOptions = {};
  for (const { name, value } of options) {
    if (seen.has(name)) return `expected the option ${name} once, found it twice`;
    seen.add(name);
    if (name === 'cert-authority')
      return 'expected a key, found cert-authority: certificates are not supported, list the key of each person';
    if (name === 'namespaces') {
      const namespaces = (value ?? '').split(',');
      if (!namespaces.includes(namespace)) return `expected namespaces="${namespace}", found namespaces=${JSON.stringify(value ?? '')}`;
    } else if (name === 'valid-after' || name === 'valid-before') {
      const instant = readTime(value ?? '');
      if (instant === undefined) return `expected ${name}=YYYYMMDD[HHMM[SS]]Z, in UTC, found ${JSON.stringify(value ?? '')}`;
      times = { ...times, [name === 'valid-after' ? 'validAfter' : 'validBefore']: instant };
    } else {
      return `expected namespaces, valid-after or valid-before, found the option ${JSON.stringify(name)}`;
    }
  }
  if (!seen.has('namespaces')) return `expected namespaces="${namespace}", found no namespaces option`;
  return times;
}

/** `name` or `name="value"` or `name=value`, separated by commas outside quotes. OpenSSH reads option names without case. */
function splitOptions(field: string): readonly { readonly name: string; readonly value?: string }[] | undefined {
  const options: { name: string; value?: string }[] = [];
  let rest = field;
  while (rest !== '') {
    const match = /^([A-Za-z-]+)(?:=(?:"([^"]*)"|([^",]*)))?(?:,(?!$)|$)/.exec(rest);
    if (match === null) return undefined;
    const value = match[2] ?? match[3];
    options.push({ name: (match[1] ?? '').toLowerCase(), ...(value === undefined ? {} : { value }) });
    rest = rest.slice(match[0].length);
  }
  return options;
}

function readTime(text: string): string | undefined {
  const match = /^(\d{4})(\d{2})(\d{2})(?:(\d{2})(\d{2})(\d{2})?)?Z$/.exec(text);
  if (match === null) return undefined;
  const [, year, month, day, hour = '00', minute = '00', second = '00'] = match;
  const time = `${year}-${month}-${day}T${hour}:${minute}:${second}Z`;
  return parseInstant(time) === undefined ? undefined : time;
}
