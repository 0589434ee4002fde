/**
 * How much a role, a permission class or a word of an access expression demands, 0 (nobody in particular) to 5. Names that
 * stand for no fixed place between these have none.
 */
const LEVELS: readonly (readonly [number, RegExp])[] = [
  [
    0,
    /^(allow any|permit all|anonymous|is anonymous|allow anonymous|public|is public|everyone|everybody|anyone|all|guest|unauthenticated|none|no auth|skip auth|open|dont require auth|deny none)$/,
  ],
  // Who only reads is asked nothing.
  [0.5, /^((is )?(authenticated|user|member) or read|django model permissions or anon read)( only)?$/],
  [2.5, /^(is )?(owner|author|admin|staff|manager|creator)( user)? or read( only)?$/],
  [
    1,
    /^(auth|jwt auth|jwt|session|passport|is authenticated|authenticated|fully authenticated|is fully authenticated|require auth|require login|login required|require user|require session|ensure logged in|logged in|user|users|member|members|viewer|viewers|reader|readers|customer|customers|subscriber|basic|read|read only|readonly|registered)$/,
  ],
  [
    2,
    /^(editor|editors|contributor|contributors|writer|writers|operator|support|agent|moderator|moderators|developer|analyst|write|is verified|verified|employee|staff member|collaborator)$/,
  ],
  [
    3,
    /^(is owner|owner|owners|is author|manager|managers|supervisor|maintainer|lead|staff|is staff|team admin|org member admin|is member|finance|auditor|security)$/,
  ],
  [
    4,
    /^(admin|admins|is admin|is admin user|require admin|administrator|administrators|admin only|tenant admin|org admin|manage|has admin role)$/,
  ],
  [5, /^(superuser|super user|is superuser|super admin|superadmin|root|sysadmin|system admin|platform admin|god|deny all|is super admin)$/],
];

/** The level of one name or literal, written in any case: `ROLE_ADMIN`, `IsOwner`, `permitAll`. */
export function roleLevel(name: string): number | undefined {
  const text = name
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/[^A-Za-z0-9]+/g, ' ')
    .toLowerCase()
    .trim()
    .replace(/^roles? /, '')
    .replace(/ (guard|only|policy|middleware|permission)$/, '')
    .replace(/ role$/, '');
  return LEVELS.find(([, pattern]) => pattern.test(text))?.[0];
}

/** Roles that an expression names: its literals, and identifiers that are a role by themselves (`isAdmin`, `Role.ADMIN`). */
export function rolesIn(expression: string): readonly string[] {
  const literals = [...expression.matchAll(/(['"`])([\w:.\- ]{2,40})\1/g)].flatMap(([, , text = '']) => innerNames(text));
  const bare = expression.replace(/(['"`])[^'"`]*\1/g, ' ');
  const names = (bare.match(/[A-Za-z_$][\w$]*/g) ?? []).filter((name) => roleLevel(name) !== undefined && !isPlainWord(name));
  return [...new Set([...literals, ...names])];
}

/** `hasRole('ADMIN') and isAuthenticated()` inside an annotation's string is an expression of its own. */
function innerNames(text: string): readonly string[] {
  return /\s/.test(text) ? (text.match(/[A-Za-z_]\w+/g) ?? []) : [text];
}

/** `user` and `all` as variables name no role. */
function isPlainWord(name: string): boolean {
  return /^(auth|jwt|session|passport|user|users|member|members|all|none|public|open|read|write|customer|reader|writer|agent|root|owner|support|lead|security|finance|basic|manage|guest|employee|manager|operator|admin|admins|staff|viewer|editor|open|customers|readers|writers)$/.test(
    name,
  );
}

/** What an expression demands: the least of the roles it takes. Undefined where it names none that we know. */
export function demandOf(expression: string): number | undefined {
  const levels = rolesIn(expression).flatMap((role) => roleLevel(role) ?? []);
  return levels.length === 0 ? undefined : Math.min(...levels);
}

/** What a list demands whose entries must all hold: the most of them. */
export function highestOf(expression: string): number | undefined {
  const levels = rolesIn(expression).flatMap((role) => roleLevel(role) ?? []);
  return levels.length === 0 ? undefined : Math.max(...levels);
}
