import { keepOfText } from '../code/kept.ts';

/**
 * A condition with amounts of any type as plain numbers and their comparisons as operators, so that the same question reads the same:
 * `sum.compareTo(BigDecimal.ZERO) <= 0`, `sum.signum() <= 0`, `sum <= Decimal("0")`, `sum.lte(0)` and `sum <= 0n` are `sum <= 0`. What
 * speaks of no amounts stays as it is.
 */
export const plainAmounts = keepOfText((written: string): string => {
  const test = written.includes(' . ') ? joined(written) : written;
  if (!SPEAKS.test(test)) return written;
  let text = test
    .replace(MADE, '$1')
    .replace(NAMED, (_all, name: string) => String(NAMES[name.toUpperCase()]))
    .replace(/\b(\d[\d_]*)n\b/g, '$1')
    .replace(/(?<![\w.])(\d+)\.0+\b(?!\.)/g, '$1')
    .replace(COMPARED, (_all, left: string, right: string, operator: string) => `${left} ${operator} ${right}`)
    .replace(SIGN, '$1');
  text = text.replace(METHOD, (all, left: string, name: string, right: string) => {
    const operator = OPERATORS[name.replaceAll('_', '').toLowerCase()];
    return operator === undefined ? all : `${left} ${operator} ${right}`;
  });
  text = text.replace(ASKED, (all, negation: string | undefined, left: string, name: string) => {
    const operator = SIGNS[name.replaceAll('_', '').toLowerCase()];
    if (operator === undefined) return all;
    return `${left} ${negation === undefined ? operator : OPPOSITE[operator]} 0`;
  });
  return text.replace(EITHER, (all, one: string, first: string, other: string, second: string) =>
    one === other && (first === '==') !== (second === '==') ? `${one} ${first === '==' ? second : first}= 0` : all,
  );
});

/** What was put together from tokens, as a person writes it: `sum . signum ( ) < 0`. */
function joined(text: string): string {
  return text
    .replace(/ (\.|::) (?=[A-Za-z_])/g, '$1')
    .replace(/(?<=\w) \( ?/g, '(')
    .replace(/ \)/g, ')')
    .replace(/([<>!=]) =(?!=)/g, '$1=');
}

const SPEAKS =
  /[dD]ecimal|\b(?:Big|dec!|money|Money|Fraction)|(?:\.|::)(?:ZERO|Zero|ONE)\b|\d(?:n|\.0+)\b|\.(?:compareTo|comparedTo|cmp|Cmp|signum|Sign|lte?|gte?|less|greater|Less|Greater|isLess|isGreater|is_?[nN]eg|is_?[zZ]ero|is_pos|is_sign|Is[NPZ])/;

/** What is compared: a path, or the answer of a call that is handed no more than one. */
const OPERAND = '[\\w$]{1,40}(?:(?:\\.|::|->)[\\w$]{1,40}){0,5}(?:\\([\\w$.]{0,40}\\))?';
const NUMBER = '[\'"]?(-?[\\d._]{1,24})[mMlL]?[\'"]?';
const MADE = new RegExp(
  `(?:\\bnew )?\\b(?:(?:decimal|rust_decimal|big|Prisma|bignumber)(?:\\.|::))?(?:Decimal|BigDecimal|BigInteger|BigInt|Big|BigNumber|Fraction|dec!|NewFromInt|NewFromFloat|RequireFromString|NewInt)(?:(?:\\.|::)(?:valueOf|of|from|new|from_str))?\\(${NUMBER}(?:, 0)?\\)`,
  'g',
);
const NAMED = /\b(?:[A-Za-z]\w{0,30}(?:\.|::)){1,2}(ZERO|Zero|ONE|One|TEN)\b(?![(\w])/g;
const NAMES: Readonly<Record<string, number>> = { ZERO: 0, ONE: 1, TEN: 10 };
const COMPARED = new RegExp(
  `(${OPERAND})\\.(?:compareTo|comparedTo|cmp|Cmp)\\(&?(${OPERAND}|-?\\d[\\d.]{0,20})\\) ?(<=?|>=?|[!=]==?) ?0\\b`,
  'g',
);
const SIGN = new RegExp(`(${OPERAND})\\.(?:signum|Sign)\\(\\)`, 'g');
const METHOD = new RegExp(
  `(${OPERAND})\\.(lte?|gte?|(?:is)?(?:less|greater|Less|Greater)Than(?:OrEqual(?:To)?)?)\\((${OPERAND}|-?\\d[\\d.]{0,20})\\)`,
  'g',
);
const OPERATORS: Readonly<Record<string, string>> = {
  lt: '<',
  lessthan: '<',
  islessthan: '<',
  lte: '<=',
  lessthanorequal: '<=',
  lessthanorequalto: '<=',
  islessthanorequalto: '<=',
  gt: '>',
  greaterthan: '>',
  isgreaterthan: '>',
  gte: '>=',
  greaterthanorequal: '>=',
  greaterthanorequalto: '>=',
  isgreaterthanorequalto: '>=',
};
/** `isPositive()` is left out: nought is positive to some libraries and not to others. */
const ASKED = new RegExp(
  `(!|\\bnot )?(${OPERAND})\\.(is_?[nN]egative(?:_?[oO]r_?[zZ]ero)?|is_sign_negative|IsNegative|is_?[zZ]ero|IsZero|is_positive|IsPositive)\\(\\)`,
  'g',
);
const SIGNS: Readonly<Record<string, string>> = {
  isnegative: '<',
  issignnegative: '<',
  isnegativeorzero: '<=',
  iszero: '==',
  ispositive: '>',
};
const OPPOSITE: Readonly<Record<string, string>> = { '<': '>=', '<=': '>', '==': '!=', '>': '<=' };
/** `sum == 0 || sum < 0`. */
const EITHER = /([\w$.]{1,80}) ?(==|<|>) ?0 ?(?:\|\||or) ?([\w$.]{1,80}) ?(==|<|>) ?0\b/g;
