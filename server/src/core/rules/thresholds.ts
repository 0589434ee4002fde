/**
 * From which factor on a changed number asks for a person, one table for all rules. Each entry names what it rests on; a
 * factor of two is the house's own line where nobody published one.
 */

/**
 * How many times shorter a validity must become. A certificate that ends sooner ends for everybody (Mozilla 2019-05); a token
 * that ends sooner is often the safer one, so only a far shorter one asks.
 */
export const EXPIRY_FACTOR = { certificate: 2, token: 10 } as const;

/**
 * Retries that grew by this factor, to this many at least, multiply the load of an outage (Spotify 2013, Google Cloud
 * 2025-06-12); from three to five is tuning.
 */
export const RETRY_FACTOR = 2;
export const RETRIES_AT_LEAST = 4;

/** Logs of audits kept for so many times less; retention of logs comes in steps of about two (CloudWatch). */
export const LOG_RETENTION_FACTOR = 2;

/** A breaker that needs so many times more errors before it trips hardly trips (AWS 2021-12-07: congestion and retries). */
export const BREAKER_FACTOR = 1.5;

/** The share of a memory limit that is left when half of it was cut. */
export const LIMIT_CUT = 0.5;

/** The share of replicas, nodes or a machine that is left when half of it was cut (Slack 2022-02-22, Buildkite 2016-08-23). */
export const CAPACITY_CUT = 0.5;

/**
 * A pool, quota or timeout that changed by so much no longer fits the limits around it (AWS Kinesis 2020-11-25). Exactly twice or half
 * is how limits are tuned, and is noted; what asks is more.
 */
export const LIMIT_FACTOR = { notes: 2, far: 10 } as const;

/** A time limit in code that changed by so much is another one: steps of two and three are tuning (AWS Builders' Library). */
export const TIMEOUT_FACTOR = 4;

/** So many times more often is another load (OpenAI 2024-12-11); cron is compared by runs in a day. */
export const SCHEDULE_FACTOR = 10;

/** A time to live ten times longer keeps a wrong record ten times longer (PagerDuty 2021-12-15). */
export const TTL_FACTOR = 10;

/**
 * A rollout that goes from less than `from` percent to all, or grows by `growth` beyond a half, has left its stages out
 * (CrowdStrike 2024-07-19, Google Cloud 2025-06-12). From a half to all is the last stage.
 */
export const STAGE_JUMP = { from: 50, all: 100, growth: 5 } as const;

/** A bake time or pause that is cut to this share or less no longer shows what a slow failure needs (Cloudflare 2025-11-18). */
export const BAKE_CUT = 0.5;

/** Pods that may be missing at once: this share of them, or so many times as before (kube-linter: no-rolling-update-strategy). */
export const UNAVAILABLE = { share: 50, factor: 2 } as const;

/** A cache whose entries live so many times shorter asks its source so many times more often (Slack 2022-02-22). */
export const CACHE_LIFETIME_FACTOR = 4;

/** A cap that grew to this many times its value no longer stops what it was set against (Cloudflare 2025-11-18, AWS S3 2017-02-28). */
export const CAP_GROWTH = 2;

/**
 * More exports than this that one hunk loses, and that others ask for, are told in one finding: nobody reads the fifty-first, and
 * one acknowledgement that covers them all says the same (the house's own line).
 */
export const WAVE_OF_EXPORTS = 50;

/**
 * What a slow hash and a key must cost at least: bcrypt's cost of ten and two thousand bits of RSA (OWASP password storage, NIST SP
 * 800-57), eight characters of a password (NIST SP 800-63B); of iterations and memory, so many times fewer than there were.
 */
export const HASH_COST = { rounds: 10, keyBits: 2048, factor: 2, passwordLength: 8 } as const;

/** Bytes of chance below which a token can be tried out (OWASP session management: 128 bits). */
export const RANDOM_BYTES = 16;
