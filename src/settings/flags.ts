import { Command, CommanderError, Option } from 'commander';
import { ExitCode, UserError } from '../errors.ts';
import { surplus, underNpm } from './npm.ts';
import { type Answers, isSwitch, type Setting } from './setting.ts';
import { settingGroups, settings } from './table/index.ts';

/** Everything that the command line of `create` says. Nothing is filled in: undefined means «not given». */
export interface CreateFlags {
  dir: string | undefined;
  answers: Answers;
  yes: boolean;
  dryRun: boolean;
  overwrite: boolean;
  makeLock: boolean;
  json: boolean;
  verify: boolean | undefined;
  git: boolean;
  start: boolean;
  images: string | undefined;
}

/** Everything that the command line of `verify` says. */
export interface VerifyFlags {
  dirs: string[];
  json: boolean;
  start: boolean;
  startTimeout: number;
  strict: boolean;
  keep: boolean;
  images: string | undefined;
  /** Builders that `docker buildx` knows; empty: the one that is in use. */
  builders: string[];
  engine: 'docker' | 'podman' | 'buildah';
  builds: number;
  report: string | undefined;
  record: string | undefined;
  expect: string | undefined;
  fix: boolean;
}

/** Everything that the command line of `compare` says. */
export interface CompareFlags {
  /** Archives, layouts or references. */
  a: string;
  b: string;
  json: boolean;
  report: string | undefined;
}

/** Everything that the command line of `check` says. */
export interface CheckFlags {
  dir: string;
  json: boolean;
  sarif: string | undefined;
  format: 'table' | 'github';
  strict: boolean;
  fix: boolean;
}

export type Invocation =
  | { command: 'create'; flags: CreateFlags }
  | { command: 'verify'; flags: VerifyFlags }
  | { command: 'compare'; flags: CompareFlags }
  | { command: 'check'; flags: CheckFlags }
  | { command: 'print'; text: string };

/** Command words of the published contract that this version does not have: never taken for folders. */
const reserved = ['update'];

/** Words that are commands and not folders. */
export const commandWords: readonly string[] = ['create', 'verify', 'compare', 'check', ...reserved];

function notYet(word: string): UserError {
  return new UserError('usage', `This version has no command ${word}.`, {
    exitCode: ExitCode.Usage,
    next: `For a folder of that name, write ./${word}.`,
  });
}

/**
 * Reads a command line.
 * @param argv what follows the program's name.
 * @throws UserError (exit 2) for an unknown flag, with the nearest known one, and for what else commander refuses.
 */
export function parseArguments(argv: readonly string[], env: NodeJS.ProcessEnv, version: string): Invocation {
  let invocation: Invocation | null = null;
  const take = (taken: Invocation) => {
    invocation = taken;
  };
  const shown: string[] = [];
  const program = new Command('create-caution-app')
    .description('Scaffold or onboard a service for Caution, and prove that its image is reproducible.')
    .version(version, '-v, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand(false)
    .showHelpAfterError(false)
    .exitOverride()
    .configureOutput({ writeOut: (text) => shown.push(text), writeErr: () => undefined, outputError: () => undefined });
  const create = addCreate(program, take, env);
  program.addHelpText('after', () => `\n${create.helpInformation()}`);
  addVerify(program, take);
  addCompare(program, take);
  addCheck(program, take);
  try {
    program.parse(argv[0] === 'help' ? ['--help'] : argv, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return { command: 'print', text: shown.join('') };
    throw usageError(error);
  }
  return invocation ?? { command: 'print', text: program.helpInformation() };
}

function addCreate(program: Command, take: (taken: Invocation) => void, env: NodeJS.ProcessEnv): Command {
  const create = program
    .command('create [dir] [more...]', { isDefault: true })
    .description('new service in an empty or new folder; onboard what is there otherwise (the default command)');
  for (const { title, settings: own } of settingGroups) {
    for (const setting of own) addSetting(create, setting, `${title}:`);
  }
  create
    .option('-y, --yes', 'accept detected and default answers')
    .option('--dry-run', 'print the plan of files, write nothing')
    .option('--overwrite', 'replace files that are in conflict')
    .option('--make-lock', 'have a missing lock file made by its own tool in a container; uses the network')
    .option('--no-verify', 'do not build and compare')
    .option('--no-start', 'build and compare, but do not start the service')
    .option('--no-git', 'do not make a git repository')
    .option('--images <file>', 'JSON file: StageX image name to the reference to build with in its place')
    .option('--json', 'one JSON document on stdout')
    .action((dir: string | undefined, more: string[], options: Record<string, unknown>) => {
      if (dir !== undefined && reserved.includes(dir)) throw notYet(dir);
      if (more.length > 0) throw surplus(dir ?? '', more, underNpm(env), env);
      take({ command: 'create', flags: createFlags(dir, options, create) });
    });
  return create;
}

/** A switch has its opposite, which help need not name. */
function addSetting(create: Command, setting: Setting, heading: string): void {
  const option = new Option(setting.flag, setting.help).helpGroup(heading);
  if (setting.repeatable) option.argParser(collect);
  create.addOption(option);
  if (isSwitch(setting))
    create.addOption(new Option(setting.flag.replace('--', '--no-')).helpGroup(heading).hideHelp());
}

function createFlags(dir: string | undefined, options: Record<string, unknown>, command: Command): CreateFlags {
  const answers: Record<string, unknown> = {};
  for (const { key } of settings)
    if (options[key] !== undefined)
      answers[key] = typeof options[key] === 'boolean' ? String(options[key]) : options[key];
  return {
    dir,
    answers: answers as Answers,
    yes: options.yes === true,
    dryRun: options.dryRun === true,
    overwrite: options.overwrite === true,
    makeLock: options.makeLock === true,
    json: options.json === true,
    verify: command.getOptionValueSource('verify') === 'cli' ? options.verify === true : undefined,
    git: options.git !== false,
    start: options.start !== false,
    images: options.images as string | undefined,
  };
}

function addVerify(program: Command, take: (taken: Invocation) => void): void {
  program
    .command('verify [dir...]')
    .description('build twice, compare as Caution measures, start')
    .option('--no-start', 'do not start the service')
    .option('--start-timeout <seconds>', 'how long the service may take to listen', '30')
    .option('--builds <n>', 'how many builds to hold against each other', '2')
    .option('--builder <name>', 'builder of docker buildx to use; repeat for builds side by side', collect)
    .addOption(new Option('--engine <name>', 'what builds').choices(['docker', 'podman', 'buildah']).default('docker'))
    .option('--strict', 'what could not be proved is a failure')
    .option('--report <file>', 'write the outcome as one HTML page')
    .option('--record <file>', 'write what was built as an in-toto statement, for others to hold theirs against')
    .option('--expect <file>', 'hold the result against a record that somebody else made')
    .option('--fix', 'offer the mends that can be made here, and verify again')
    .option('--keep', 'keep the built images, and say where they are')
    .option('--images <file>', 'JSON file: StageX image name to the reference to build with in its place')
    .option('--json', 'one JSON document on stdout')
    .action((dirs: string[], options: Record<string, unknown>) => {
      take({ command: 'verify', flags: verifyFlags(dirs, options) });
    });
}

function addCheck(program: Command, take: (taken: Invocation) => void): void {
  program
    .command('check [dir]')
    .description("hold an existing setup against Caution's and StageX's rules; builds nothing, asks no network")
    .option('--fix', 'offer the changes that mend what was found')
    .option('--strict', 'notes are a failure as well')
    .option('--sarif <file>', 'write the findings as SARIF 2.1.0, for code scanning')
    .addOption(new Option('--format <form>', 'how findings are shown').choices(['table', 'github']).default('table'))
    .option('--json', 'one JSON document on stdout')
    .action((dir: string | undefined, options: Record<string, unknown>) => {
      const flags: CheckFlags = {
        dir: dir ?? '.',
        json: options.json === true,
        sarif: options.sarif as string | undefined,
        format: options.format as CheckFlags['format'],
        strict: options.strict === true,
        fix: options.fix === true,
      };
      take({ command: 'check', flags });
    });
}

/** An option that may be given several times. */
function collect(value: string, soFar: string[] | undefined): string[] {
  return [...(soFar ?? []), value];
}

function verifyFlags(dirs: string[], options: Record<string, unknown>): VerifyFlags {
  const builders = (options.builder as string[] | undefined) ?? [];
  const engine = options.engine as VerifyFlags['engine'];
  if (builders.length > 0 && engine !== 'docker') {
    throw new UserError('bad-answer', `--builder names a builder of docker buildx; ${engine} has none.`, {
      exitCode: ExitCode.Usage,
      next: 'Leave out --builder or --engine.',
    });
  }
  return {
    dirs,
    json: options.json === true,
    start: options.start !== false,
    startTimeout: numberOf(options.startTimeout, '--start-timeout', [1, 3600], 'seconds'),
    strict: options.strict === true,
    keep: options.keep === true,
    images: options.images as string | undefined,
    builders: [...new Set(builders)],
    engine,
    builds: Math.max(numberOf(options.builds, '--builds', [2, 20], 'builds'), new Set(builders).size),
    report: options.report as string | undefined,
    record: options.record as string | undefined,
    expect: options.expect as string | undefined,
    fix: options.fix === true,
  };
}

function numberOf(value: unknown, flag: string, [least, most]: [number, number], unit: string): number {
  const number = Number(value);
  if (!Number.isInteger(number) || number < least || number > most) {
    throw new UserError('bad-answer', `${flag} is a number of ${unit} from ${least} to ${most}.`, {
      exitCode: ExitCode.Usage,
    });
  }
  return number;
}

function addCompare(program: Command, take: (taken: Invocation) => void): void {
  program
    .command('compare <a> <b>')
    .description('hold two built images against each other: OCI archive or layout, docker save archive, or a reference')
    .option('--report <file>', 'write the outcome as one HTML page')
    .option('--json', 'one JSON document on stdout')
    .action((a: string, b: string, options: Record<string, unknown>) => {
      take({
        command: 'compare',
        flags: { a, b, json: options.json === true, report: options.report as string | undefined },
      });
    });
}

/** commander's message already names the nearest flag: «(Did you mean --language?)». */
function usageError(error: CommanderError): UserError {
  const message = error.message.replace(/^error: /, '').replace(/\s*\n\s*/g, ' ');
  const sentence = message.charAt(0).toUpperCase() + message.slice(1);
  return new UserError('usage', sentence, {
    exitCode: ExitCode.Usage,
    next: 'npx create-caution-app --help lists the flags.',
  });
}
