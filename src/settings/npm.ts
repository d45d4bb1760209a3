import { quoteWord } from '../caution/words.ts';
import { ExitCode, UserError } from '../errors.ts';
import { flagName, isSwitch } from './setting.ts';
import { settings } from './table/index.ts';

/** npm runs `npm create caution-app` with this in the environment. Source: https://docs.npmjs.com/cli/using-npm/config#user-agent */
export function underNpm(env: NodeJS.ProcessEnv): boolean {
  return (env.npm_config_user_agent ?? '').startsWith('npm/');
}

/**
 * More than one folder. Under npm that is what is left when the `--` was forgotten: npm takes the flags for its own and
 * hands on their values.
 */
export function surplus(dir: string, more: string[], npm: boolean, env: NodeJS.ProcessEnv): UserError {
  const next = npm
    ? `Put -- before the flags: npm create caution-app ${[dir, '--', ...recovered(more, env)].map(quoteWord).join(' ')}`
    : 'Name one folder.';
  const message = npm
    ? `npm kept the flags for itself; ${[dir, ...more].map((word) => JSON.stringify(word)).join(' ')} is all that came through.`
    : `One folder is expected, and ${more.length + 1} were given: ${[dir, ...more].join(' ')}`;
  return new UserError('usage', message, { exitCode: ExitCode.Usage, next });
}

/** The flags that npm swallowed, as far as its environment still shows them: `--port 8080` leaves `npm_config_port`. */
function recovered(values: readonly string[], env: NodeJS.ProcessEnv): string[] {
  const rest = [...values];
  const words: string[] = [];
  for (const setting of settings.filter((each) => !isSwitch(each))) {
    const flag = flagName(setting);
    if (env[`npm_config_${flag.slice(2).replaceAll('-', '_')}`] === undefined) continue;
    const at = rest.findIndex((value) => setting.check(value) === null);
    words.push(flag, ...(at < 0 ? [setting.flag.replace(/^\S+ /, '')] : rest.splice(at, 1)));
  }
  for (const flag of ['debug', 'yes', 'dry-run', 'overwrite', 'make-lock', 'json']) {
    if (env[`npm_config_${flag.replace('-', '_')}`] === 'true') words.push(`--${flag}`);
  }
  for (const flag of ['verify', 'git', 'start']) {
    if (env[`npm_config_${flag}`] === 'false' || env[`npm_config_${flag}`] === '') words.push(`--no-${flag}`);
  }
  return [...words, ...rest];
}
