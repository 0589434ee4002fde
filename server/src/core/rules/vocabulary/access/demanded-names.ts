/** Who asks, whatever the trade calls him: `current_operator`, `get_current_driver`; never the moment or the surroundings. */
export const CURRENT =
  /(^|[._])(current|authed|authenticated|logged_in|signed_in)_(?!time|date|day|now|year|month|week|settings|config|locale|language|request|span|trace|version|db|app|page|path|url|env|state|status|step|task|job|loop|thread|price|rate|value)[a-z]+/;

/** Whoever the trade lets in, by what it asks of him: `require_payroll_officer`, `ensure_coach`, `must_be_clerk`; never what it asks of the request. */
export const DEMANDS =
  /(^|[._])(require|requires|ensure|must_be|restrict_to|only_for)_(?!json|body|header|content|query|param|feature|flag|https?|ssl|tls|xhr|ajax|ready|db|database|cache|redis|connection|config|setting|file|upload|size|length|rate|quota|limit|version|locale|time|date|id|uuid|page|method|form|field|data)[a-z]/;
