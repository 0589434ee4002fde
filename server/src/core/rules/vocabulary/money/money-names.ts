import { words } from '../code/call-names.ts';

const MONEY =
  /\b(price|prices|pricing|priced|amount|amounts|cent|cents|cost|costs|fee|fees|tax|taxes|vat|gst|total|totals|subtotal|net|gross|balance|balances|invoice|invoices|invoicing|discount|discounts|discounted|refund|refunds|refunded|charge|charges|charged|chargeable|taxed|taxable|billed|invoiced|credited|debited|payable|payables|receivable|receivables|payment|payments|payout|payouts|salary|salaries|wage|wages|payroll|interest|currency|money|ledger|ledgers|billing|billable|commission|commissions|tip|deposit|deposits|surcharge|premium|premiums|tariff|tariffs|loan|loans|mortgage|dividend|revenue|proration|prorate|prorated|checkout|cart|settlement|settlements|credit|credits|debit|debits|rebate|markup|margin|usd|eur|gbp|pence|pennies|paise|royalty|royalties|fare|fares|rent|quote|quotes|coupon|coupons|voucher|vouchers|wallet|wallets|purse|coin|coins|minor units)\b/;

/** Numbers that are near money and are none: what is drawn, paged, timed or counted. */
const OTHER =
  /\b(chart|charts|graph|graphs|plot|plots|sparkline|percent|percentage|percentages|ratio|share|opacity|width|height|lat|lng|latitude|longitude|zoom|score|scores|weight|duration|display|px|pixels|page|pages|page size|per page|random|now|date|time|timestamp|seconds|minutes|hours|millis|elapsed|progress|rating|stars|index|offset|bytes|kb|mb|tokens|latency|tooltip|axis|column|columns|row|rows|memory|cpu|estimate eta)\b/;

/** Functions that make text for a person. */
const SHOWN =
  /\b(format|formats|formatted|formatter|render|renders|display|displays|label|print|show|shows|to string|tostring|humanize|pretty|text|html|template|preview|summary text|tooltip)\b/;

/** True where a name, a path or a stretch of code speaks of money. */
export function isMoney(text: string): boolean {
  return MONEY.test(words(text));
}

/** True where a stretch of code is about something that is drawn, paged or timed. */
export function isNoMoney(text: string): boolean {
  return OTHER.test(words(text));
}

/** True where a function or a file makes text for a person to read. */
export function isShown(text: string): boolean {
  return SHOWN.test(words(text));
}
