import { words } from '../code/call-names.ts';

/** `rates: { EUR: 0.92 }` speaks of money by its home; `rate` alone by its file. */
export function isPrice(full: string, own: string, path: string): boolean {
  const text = words(full);
  if (NO_PRICE.test(words(own))) return false;
  if (PRICE.test(text)) return true;
  return (
    /\brates?\b/.test(text) &&
    (/\b[A-Z]{3}\b/.test(own) ||
      /\b(tax|vat|fee|fees|pricing|billing|invoice|currency|fx|exchange|interest|loan|payments?|checkout|money)\b/.test(words(path)))
  );
}

/** Words for what somebody pays or is paid, and for the rates it is reckoned with. */
export const PRICE =
  /\b(tax|taxes|vat|gst|fee|fees|price|prices|pricing|commissions?|surcharges?|tariff|tariffs|markups?|interest rate|interest|apr|apy|exchange rate|exchange rates|fx|fx rate|fx rates|conversion rate to|discount|discounts|rebates?|royalt(?:y|ies)|lev(?:y|ies)|duty|duties|cents|minimum charge|late fee|unit cost|cost per|price per|shipping cost|shipping|postage|premium|fare|fares|wage|salary|payout|overages?|cashback|usd|eur|euro|euros|dollar|dollars|per (pound|point|points|coin|coins|mile|miles|star|stars|credit|credits|token)|(points|coins|miles|stars|credits|tokens) per|basis points|gbp|jpy|chf|cad|aud|inr|cny|brl|sek|withholding|stamp duty|toll)\b/;

/** What stands near a price and is none. */
export const NO_PRICE =
  /\b(rate limit|limit|sample|frame|bit|bitrate|refresh|error|success|click|version|port|timeout|ttl|interval|delay|retry|retries|decimals|decimal places|digits|exponent|scale|precision|minor|fraction|id|ids|index|width|height|size|count|length|page|order|sort|max|min|maximum|minimum|cap|threshold|days|hours|minutes|seconds|ms|year|years|column|columns|step|status|code|weight|priority|enabled|schema|line|label|position|padding|margin top|z|rollout|canary|traffic|children|target|node|nodes|ref|refs)\b/;

/** What a table of rates or prices is called: the last words of the name of a file, a folder or a class. */
export const PRICE_TABLE =
  /\b(vat|tax(es)?|fees?|prices?|commissions?|surcharges?|tariffs?|markups?|interest|discounts?|duty|duties|fares?|premiums?|levies|fx)( (rates?|tables?|list))?$|\b(tax|vat|exchange|interest|currency|fx|loan) rates?$/;
