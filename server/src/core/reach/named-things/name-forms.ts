/** `order_line`, `orderLine`, `order-line` and `OrderLine` as the words they are made of, in lower case. */
export function wordsOf(name: string): readonly string[] {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1_$2')
    .split(/[^A-Za-z0-9]+/)
    .filter((word) => word !== '')
    .map((word) => word.toLowerCase());
}

/** A name in every case that a mapper may give it: as it is, `order_line`, `orderLine`, `OrderLine`, and Go's `OrderID`. */
export function casesOf(name: string): readonly string[] {
  const words = wordsOf(name);
  const pascal = words.map(capital).join('');
  const initials = words.map((word) => (INITIALS.has(word) ? word.toUpperCase() : capital(word))).join('');
  const [first = ''] = words;
  const all = [
    name,
    words.join('_'),
    pascal.charAt(0).toLowerCase() + pascal.slice(1),
    pascal,
    initials,
    first + initials.slice(first.length),
  ];
  return [...new Set(all)].filter((form) => form !== '');
}

/** What Go's custom writes in capitals (go.dev/wiki/CodeReviewComments, initialisms). */
const INITIALS: ReadonlySet<string> = new Set(
  'acl api ascii cpu css dns eof guid html http https id ip json lhs qps ram rhs rpc sla smtp sql ssh tcp tls ttl udp ui uid uuid uri url utf8 vm xml xmpp xsrf xss'.split(
    ' ',
  ),
);

/** `order` of `orders`, `category` of `categories`, `address` of `addresses`. */
export function singularOf(name: string): string {
  if (/ies$/i.test(name)) return name.replace(/ies$/i, 'y');
  if (/(ss|x|ch|sh|z)es$/i.test(name)) return name.replace(/es$/i, '');
  return /[^s]s$/i.test(name) ? name.slice(0, -1) : name;
}

export function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
