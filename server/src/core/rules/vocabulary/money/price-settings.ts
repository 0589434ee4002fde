import type { Option } from '../../../model/facts.ts';
import { words } from '../code/call-names.ts';
import { homeOf } from '../code/option-paths.ts';
import type { SettingChange } from '../settings/settings.ts';
import { isPrice, NO_PRICE, PRICE, PRICE_TABLE } from './price-names.ts';

/** A setting that is a price or a rate by its name, its file or the variable it is the default of, and none of a machine. */
export function isPriceSetting(change: SettingChange, file: string): boolean {
  return (
    !isOfMachine(change) &&
    (isPrice(change.path.join(' '), ownName(change.path), file) ||
      isInTable(change.path, file) ||
      isUnitPrice(change.path, file) ||
      isPriceOfVariable(change, file) ||
      isPriceOfStore(change))
  );
}

/** A decimal of a table of code, in a file that is named after prices: `'near': Decimal('0.0125')` of `PER_KILO` in `tariffs.py`. */
export function isCellOfTable(option: Option, path: string): boolean {
  const home = homeOf(option);
  const isDecimal = /Decimal|\bdec\b|^['"]?\d*\.\d+['"]?$/.test(option.value);
  return home !== '' && isDecimal && isInTable([...home.split('.'), option.name], path);
}

/** `variable "commission_rate" { default = 0.15 }`: the name is the resource's. */
function isPriceOfVariable({ path, resource }: SettingChange, file: string): boolean {
  return path.join('.') === 'default' && resource?.type === 'variable' && isPrice(resource.name, resource.name, file);
}

/** The value of a parameter that a store keeps under the name of a price: `/shop/pricing/vat-rate`. */
function isPriceOfStore({ path, resource }: SettingChange): boolean {
  return (
    /^(?:value|Value|insecure_value)$/.test(path.at(-1) ?? '') &&
    /^(?:aws_ssm_parameter|AWS::SSM::Parameter|azurerm_app_configuration_key|google_\w*parameter\w*|consul_keys|vault_\w+)$/.test(
      resource?.type ?? '',
    ) &&
    isPrice(resource?.name ?? '', resource?.name ?? '', '')
  );
}

/** Of a member of a list, the list's name. */
const ownName = (keys: readonly string[]): string => keys.findLast((key) => !/^(#|\[)?\d+\]?$/.test(key)) ?? '';

/** A file that is a table of rates or prices by its own name and place (`tax/rates.json`, `fees.yaml`): its keys are countries or tiers. */
function isInTable(keys: readonly string[], path: string): boolean {
  const own = words(path.slice(path.lastIndexOf('/') + 1).replace(/\..*/s, ''));
  if (keys.some((key) => NO_PRICE.test(words(key)) || /\b(name|version|port|timeout|rounding)\b/.test(words(key)))) return false;
  return PRICE_TABLE.test(own) || (/^(rates?|tables?)$/.test(own) && PRICE.test(words(path)));
}

/** What a unit costs, in a file of a folder of prices: `zones.se.dataPerGb` in `tariffs/travel.json`. */
function isUnitPrice(keys: readonly string[], path: string): boolean {
  const folder = words(path.split('/').at(-2) ?? '');
  const own = words(ownName(keys));
  return PRICE_TABLE.test(folder) && /^(?!.*\b(?:max|min|requests?|retries|size)\b).+ per [a-z]+$/.test(own) && !NO_PRICE.test(own);
}

/** What runs a program that has to do with prices, and says nothing of them: `spec.replicas` in `fares.yaml`. */
function isOfMachine({ path, resource }: SettingChange): boolean {
  if (
    resource === undefined ||
    /^(ConfigMap|Secret|locals|variable|module|output|aws_ssm_parameter|AWS::SSM::Parameter|azurerm_app_configuration_key)$/.test(
      resource.type,
    )
  )
    return false;
  // Variables of the environment, settings of a release: what the program is told.
  return !path.some((part) => /^(env|environment|data|values|valuesObject|variables|parameters|config|settings|args)(#.*)?$/i.test(part));
}
