import { defineRule } from '../define.ts';
import { fitMessage, quote } from '../quote.ts';
import { changedSettings, isFalse, isTrue, nameOf, placeOf, type SettingChange } from '../settings.ts';

/**
 * What it sees
 * Deletion or termination protection that goes from on to off, is taken out, or was `prevent_destroy`; in Terraform,
 * CloudFormation and other configuration. A management lock that is removed counts too.
 *
 * Why it matters
 * It is the last thing that stops a wrong apply, and it is taken off by the very edit that needs it.
 *
 * When it is fine
 * Turning it on, and a resource that the change removes altogether, which is reported as such.
 *
 * What it misses
 * Values that come from a variable, and protection that is set outside the file.
 */
export default defineRule({
  id: 'safeguard/deletion-protection-off',
  version: '1.0.0',
  severity: 'critical',
  confidence: 'high',
  title: 'Takes deletion protection off',
  reads: ['settings', 'resources'],
  evidence: [
    {
      title: 'terraform destroy by an agent, 2026',
      url: 'https://aspov.com/category/ai/when-your-ai-agent-wipes-production-the-terraform-disaster-that-erased-2-5-years-of-data',
    },
    { title: 'checkov CKV_AWS_293', url: 'https://www.checkov.io/5.Policy%20Index/terraform.html' },
  ],
  *check(input) {
    for (const change of changedSettings(input)) {
      if (!PROTECTION.test(nameOf(change)) || change.resourceIsGone || !wasOn(change)) continue;
      const of = change.resource === undefined ? '' : ` of ${quote(change.resource.name, 20)}`;
      const now = change.after === undefined ? 'removed' : String(change.after.value);
      yield { ...placeOf(change), message: fitMessage(`${quote(nameOf(change))}${of}: ${String(change.before?.value)} -> ${now}`) };
    }
    for (const resource of input.removed.resources) {
      if (!/^(azurerm_management_lock|google_resource_manager_lien)$/.test(resource.type)) continue;
      yield { side: 'before', range: resource.range, message: fitMessage(`removes the lock ${quote(resource.name)}`) };
    }
  },
});

const PROTECTION =
  /^(deletion_?protection(_enabled)?|DeletionProtection(Enabled)?|deletionProtection(Enabled)?|enable_deletion_protection|prevent_destroy|(enable_?)?termination_?protection|(Enable)?TerminationProtection|disable_api_termination|DisableApiTermination|deletion_protection_enabled|delete_protection|deleteProtection|purge_protection_enabled|enablePurgeProtection|prevent_deletion|prevent_deletion_if_contains_resources|protect|force_destroy_protection|deletion_lock|object_lock_enabled|ObjectLockEnabled)$/;

function wasOn(change: SettingChange): boolean {
  if (change.before === undefined || !isOn(change.before.value)) return false;
  return (
    change.after === undefined ||
    isFalse(change.after.value) ||
    change.after.value === null ||
    /^(INACTIVE|DISABLED|NONE)$/i.test(String(change.after.value))
  );
}

function isOn(value: string | number | boolean | null): boolean {
  return isTrue(value) || (typeof value === 'string' && /^(ACTIVE|ENABLED)$/i.test(value));
}
