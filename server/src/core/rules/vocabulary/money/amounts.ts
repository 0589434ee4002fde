import { words } from '../code/call-names.ts';
import { isMoney } from './money-names.ts';

/** True where a stretch of code is about an amount that somebody pays or gets. */
export function isAmount(text: string): boolean {
  return (isMoney(text) || COUNTED.test(words(text))) && !COUNTED_OTHERWISE.test(words(text));
}

const COUNTED =
  /\b(qty|quantity|quantities|units|stock|shares|order size|credit limit|spend|spending|budget|exposure|position size|notional|percent off|(?:promo|promotion|rebate|voucher|coupon|cash ?back|mark ?up|mark ?down|surcharge|commission|bonus|tip|loyalty) (?:percent|percentage|pct|bps|share))\b/;

/** What is paged, drawn or timed has bounds of its own. */
export const COUNTED_OTHERWISE =
  /\b(page|pages|width|height|px|index|offset|bytes|kb|mb|random|now|duration|elapsed|timestamp|latency|retries|attempts|lines|rows|columns|opacity|tokens|progress|memory)\b/;
