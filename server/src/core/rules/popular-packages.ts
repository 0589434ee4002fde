/** Packages whose names are worth imitating: among the most downloaded of the npm registry. */
const POPULAR = new Set(
  'react react-dom lodash express axios chalk commander debug moment dayjs webpack typescript eslint prettier jest vitest mocha next vue svelte angular jquery redux rxjs zod yup joi uuid nanoid dotenv cors helmet body-parser cookie-parser jsonwebtoken bcrypt bcryptjs passport mongoose mongodb mysql mysql2 sequelize typeorm prisma knex redis ioredis socket.io ws node-fetch cross-fetch cross-env cross-spawn rimraf glob minimatch semver yargs inquirer ora fs-extra async bluebird underscore ramda immutable immer classnames styled-components tailwindcss postcss autoprefixer rollup vite esbuild babel-core nodemon ts-node concurrently husky lint-staged puppeteer playwright cheerio winston pino morgan multer nodemailer stripe aws-sdk firebase graphql apollo-server fastify koa request superagent supertest sinon chai electron event-stream colors faker validator moment-timezone date-fns marked'.split(
    ' ',
  ),
);

/** True for a package that nobody had to invent. */
export function isPopular(name: string): boolean {
  return (
    POPULAR.has(name) ||
    /^@(types|babel|typescript-eslint|aws-sdk|testing-library|opentelemetry|angular|nestjs|vitejs|eslint|octokit|tanstack|radix-ui|mui|emotion|reduxjs|prisma|sentry|storybook|fastify)\//.test(
      name,
    )
  );
}

/** The popular package that a name is one slip away from; undefined for a popular package itself and for short names. */
export function nearPopular(name: string): string | undefined {
  if (name.startsWith('@') || name.length < 5 || POPULAR.has(name)) return undefined;
  for (const popular of POPULAR) {
    if (popular.length >= 5 && Math.abs(popular.length - name.length) < 2 && isOneSlip(name, popular)) return popular;
    if (name.replace(/[-_.]/g, '') === popular.replace(/[-_.]/g, '')) return popular;
  }
  return undefined;
}

/** One letter more, less or other, or two neighbours exchanged. */
function isOneSlip(one: string, other: string): boolean {
  let start = 0;
  while (start < one.length && one[start] === other[start]) start++;
  let end = 0;
  while (end < one.length - start && end < other.length - start && one[one.length - 1 - end] === other[other.length - 1 - end]) end++;
  const [left, right] = [one.slice(start, one.length - end), other.slice(start, other.length - end)];
  if (left.length <= 1 && right.length <= 1) return true;
  return left.length === 2 && right.length === 2 && left[0] === right[1] && left[1] === right[0];
}
