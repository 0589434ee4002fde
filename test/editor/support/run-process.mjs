// Runs a child process to its end and keeps what it printed.
import { spawn } from 'node:child_process';

/**
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, input?: string }} [options]
 * @returns {Promise<{ status: number, output: string, stdout: string }>} `output` is both streams as they came
 */
export function runProcess(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: options.cwd, env: options.env ?? process.env, stdio: ['pipe', 'pipe', 'pipe'] });
    let output = '';
    let stdout = '';
    child.stdout.setEncoding('utf8').on('data', (text) => {
      stdout += text;
      output += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text) => {
      output += text;
    });
    child.once('error', reject);
    child.once('close', (code, signal) =>
      resolve({ status: code ?? 1, output: signal ? `${output}\nended by ${signal}` : output, stdout }),
    );
    child.stdin.end(options.input ?? '');
  });
}

/**
 * As runProcess, but a status other than 0 is an error that carries the output.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, input?: string }} [options]
 * @returns {Promise<string>} standard output
 */
export async function mustRun(command, args, options) {
  const { status, output, stdout } = await runProcess(command, args, options);
  if (status !== 0) throw new Error(`${[command, ...args].join(' ')} ended with status ${status}\n${output.trim()}`);
  return stdout;
}

/** The npm that started us, or the one on the path. */
export function runNpm(args, options) {
  const cli = process.env.npm_execpath;
  return cli?.endsWith('.js') ? mustRun(process.execPath, [cli, ...args], options) : mustRun('npm', args, options);
}
