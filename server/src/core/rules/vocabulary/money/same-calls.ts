import { lastName } from '../code/call-names.ts';

/** `stripe.refunds.create` is `this.stripe.refunds.create` and `self._client.refunds.create`: the client's name is nobody's business. */
export function isSameCall(one: string, other: string): boolean {
  // A library's newer client says `refunds.create` where its classes said `Refund.create`.
  const act = (callee: string): string =>
    callee
      .split(/\.|::/)
      .slice(-2)
      .map((part, at) => (at === 0 ? part.replace(/s$/, '').replaceAll('_', '') : part))
      .join('.')
      .toLowerCase();
  // A client of one's own stands for the library's: `http.post` of `axios.post`.
  const isSent =
    /^(post|put|patch)$/.test(lastName(one)) &&
    lastName(one) === lastName(other) &&
    /^(axios|fetch|got|ky|requests|httpx|superagent)\./.test(other);
  return one === other || isSent || (act(one) === act(other) && act(one).includes('.'));
}
