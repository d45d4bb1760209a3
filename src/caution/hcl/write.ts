import type { Configuration } from '../configuration.ts';
import { documentOf, variablesOf } from './document.ts';
import { printPieces } from './print.ts';
import { assignments } from './unit.ts';

export { checkHclText } from './print.ts';

/**
 * A caution.hcl that says what a configuration says, with comments on what surprises: read back, it gives the same
 * configuration (one without a name is called `default`). All texts are plain ones in quotes.
 * @param configuration as reading gives it: ports in order, `http.port` among them, variables of a command alone.
 * @throws Error for what cannot be written: a text that `checkHclText` refuses, a variable of another name than
 * `checkVariable` takes, one that is both public and secret, or a program that is named like an assignment.
 */
export function writeHcl(configuration: Configuration): string {
  return `${head}\n${printPieces(documentOf(checked(configuration)), '')}\n`;
}

const head = '# How Caution builds and runs this service. Keys: https://docs.caution.co/reference/caution-hcl';

/** @throws Error for what no caution.hcl says. */
export function checked(configuration: Configuration): Configuration {
  const { command, env, secrets } = configuration;
  const fail = (what: string) => {
    throw new Error(`not to be written to a caution.hcl: ${what}`);
  };
  if (Object.keys(env).some((name) => Object.hasOwn(secrets, name)))
    fail('a variable that is public and secret at once');
  if (assignments(command).assigned.length > 0) fail('a program that is named like an assignment');
  if (command.length === 0 && variablesOf(configuration).length > 0) fail('variables without a command');
  return configuration;
}
