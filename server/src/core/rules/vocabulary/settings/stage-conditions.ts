import { isBalanced } from '../conditions/parts.ts';

/**
 * What an expression comes to where the stage is production: `true` or `false`, or the branch that is taken (`RemovalPolicy.DESTROY`).
 * Undefined where the expression does not speak of the stage alone. In TypeScript, Python, Go, Java and Terraform, as written.
 */
export function inProduction(value: string, depth = 0): string | undefined {
  const text = bare(value);
  if (text.length > LONGEST || depth > DEEPEST) return undefined;
  const [, test = '', yes = '', no = ''] = /^([^?]+)\?(?![.?])([^?:]+):([^?:]+)$/.exec(text) ?? pythonChoice(text) ?? [];
  if (test === '') {
    const holds = holdsInProduction(text);
    return holds === undefined ? undefined : String(holds);
  }
  const holds = holdsInProduction(bare(test));
  if (holds === undefined) return undefined;
  const taken = (holds ? yes : no).trim();
  return inProduction(taken, depth + 1) ?? taken;
}

/** True for a switch that is on elsewhere, and off in production: `stage !== 'production'`, `is_prod ? false : true`. */
export function isOffInProduction(value: string | number | boolean | null | undefined): boolean {
  return typeof value === 'string' && /^(false|False|null|undefined|None)$/.test(inProduction(value) ?? '');
}

const LONGEST = 200;
const DEEPEST = 2;
const PRODUCTION = /^(prod|production|prd|live)$/i;
/** Stages that are none, by their usual names. */
const OTHER = /^(dev|devel|development|develop|test|testing|staging|stage|stg|uat|qa|sandbox|local|preview|demo|ci|ephemeral)$/i;
/** A name that says by itself that it is production: `props.isProd`, `local.is_production`. */
const IS_PRODUCTION = /^[\w.]*\bis_?(prod|production|live)(\(\))?$/i;

function holdsInProduction(condition: string): boolean | undefined {
  const text = bare(condition);
  const [, negated] = /^(?:!(?!=)|not\s)(.+)$/s.exec(text) ?? [];
  if (negated !== undefined) {
    if (/(&&|\|\||\band\b|\bor\b|[=!]=)/.test(negated) && bare(negated) === negated.trim()) return undefined;
    const holds = holdsInProduction(negated);
    return holds === undefined ? undefined : !holds;
  }
  if (IS_PRODUCTION.test(text)) return true;
  const [, left = '', sign = '', right = ''] = /^([^=!<>&|]+?) ?([=!]==?) ?([^=!<>&|]+)$/.exec(text) ?? [];
  if (sign !== '') {
    const is = isProductionStage(quoted(right) ?? quoted(left));
    return is === undefined ? undefined : is === !sign.startsWith('!');
  }
  const [, name] =
    /^[\w.()]+\.equals(?:IgnoreCase)?\(\s*(['"][\w-]+['"])\s*\)$/.exec(text) ??
    /^(['"][\w-]+['"])\.equals(?:IgnoreCase)?\(\s*[\w.()]+\s*\)$/.exec(text) ??
    [];
  if (name !== undefined) return isProductionStage(quoted(name));
  // `['prod', 'live'].includes(stage)`, `stage in ("prod",)`, `contains(["prod"], var.env)`.
  const [, list] =
    /^\[([^[\]]+)\]\.includes\([\w.]+\)$/.exec(text) ?? /^contains\(\[([^[\]]+)\], ?[\w.]+\)$/.exec(text) ?? inList(text) ?? [];
  if (list === undefined) return undefined;
  const stages = list.split(',').flatMap((item) => quoted(item) ?? []);
  if (stages.some((stage) => PRODUCTION.test(stage))) return !/ not in /.test(text);
  return stages.length > 0 && stages.every((stage) => OTHER.test(stage)) ? / not in /.test(text) : undefined;
}

function inList(text: string): RegExpExecArray | null {
  return /^[\w.]+ (?:not )?in [[({]([^[\](){}]+)[\])}]$/.exec(text);
}

function isProductionStage(stage: string | undefined): boolean | undefined {
  if (stage === undefined) return undefined;
  return PRODUCTION.test(stage) ? true : OTHER.test(stage) ? false : undefined;
}

function quoted(text: string): string | undefined {
  return /^\s*(['"`])([\w-]+)\1\s*$/.exec(text)?.[2];
}

/** `False if stage == "prod" else True`, in the order of a choice: test, then, otherwise. */
function pythonChoice(text: string): readonly string[] | undefined {
  const [yes, rest, ...more] = text.split(' if ');
  const [test, no, ...others] = (rest ?? '').split(' else ');
  return yes === undefined || test === undefined || no === undefined || more.length + others.length > 0 ? undefined : [text, test, yes, no];
}

/** Without what only wraps it: brackets around the whole, `${…}`, a library's way to write a truth. */
function bare(value: string): string {
  let text = value.trim();
  for (let turn = 0; turn < 3; turn += 1) {
    const inner = /^(?:\$\{|(?:(?:jsii|aws|pulumi)\.Bool)?\()(.*)[)}]$/s.exec(text)?.[1];
    if (inner === undefined || !isBalanced(inner)) return text;
    text = inner.trim();
  }
  return text;
}
