import { printableLine } from '../../output.ts';
import { inside } from '../scan.ts';
import { type Command, calledProgram, callOf, commandsOf, sideBySide, unwrapped } from './commands.ts';
import { recordAt, textAt } from './manifest.ts';
import { type Program, programOf } from './programs.ts';
import { type Member, memberNamed, type Workspace } from './workspace.ts';

/** What a script of package.json starts, when that can be read off it. */
export interface Start extends Program {
  /** The member of the workspace whose folder the file is in. */
  member: Member;
  /** Assignments in front of the command. */
  env: Record<string, string>;
  /** Files of variables that the image does not have. */
  envFiles: string[];
  /** Where it is said: the member and its script. */
  from: { member: Member; script: string };
  /** What the script does before: `tsc`, `prisma migrate deploy`. */
  before: string[];
  /** The script has words of its own that look like our placeholder for the port. */
  placeholder: boolean;
}

/** The scripts that say how the service runs in production, the one to believe first. */
const startScripts = ['start', 'start:prod', 'start:production', 'start:server', 'prod', 'production'];

/** Names that may as well be of something else: believed when none of the above starts anything. */
const otherScripts = ['serve', 'server'];

/** More scripts than this are not followed from one to the next. */
const deepest = 8;

/** What a start script starts: one program; several side by side; or nothing that could be read off it. */
export type Started = { one: Start } | { several: Start[] } | null;

/** The first script of a member that starts a program for production, else the first that starts one at all. */
export function readStart(workspace: Workspace, member: Member): Started {
  const followed = (scripts: readonly string[]) =>
    scripts.flatMap((script) => follow(workspace, member, script, 0) ?? []);
  const found = followed(startScripts);
  const lasting = found.find((each) => 'several' in each || !each.one.development);
  return lasting ?? found[0] ?? followed(otherScripts)[0] ?? null;
}

function follow(workspace: Workspace, member: Member, script: string, depth: number): Started {
  const line = textAt(recordAt(member.manifest.value, 'scripts'), script);
  if (line === null || depth > deepest) return null;
  const commands = commandsOf(line);
  if (commands === null) return null;
  let at = member;
  const before: string[] = [];
  for (const [index, words] of commands.entries()) {
    if (words[0] === 'cd' && words.length === 2) {
      const next = memberAt(workspace, at, words[1] ?? '');
      if (next === null) return null;
      at = next;
      continue;
    }
    if (index < commands.length - 1) {
      // Two programs of the service's own: which of them is meant is not for us to say.
      if (programOf(at, unwrapped(words)?.words ?? [])?.framework === null) return null;
      before.push(words.join(' '));
      continue;
    }
    const started = startOf(workspace, at, { member, script }, words, depth);
    return started === null ? null : withScript(started, line, before);
  }
  return null;
}

function withScript(started: NonNullable<Started>, line: string, before: readonly string[]): Started {
  const placeholder = /\{port\}|\{\{/.test(line);
  const complete = (start: Start): Start => ({
    ...start,
    placeholder: start.placeholder || placeholder,
    before: [...before, ...start.before],
  });
  return 'one' in started ? { one: complete(started.one) } : { several: started.several.map(complete) };
}

function memberAt({ members }: Workspace, from: Member, folder: string): Member | null {
  const dir = inside(from.dir, folder);
  return dir === null ? null : (members.get(dir) ?? null);
}

function startOf(
  workspace: Workspace,
  member: Member,
  from: Start['from'],
  words: readonly string[],
  depth: number,
): Started {
  const command = unwrapped(words);
  if (command === null) return null;
  const parallel = sideBySide(command.words);
  if (parallel !== null) return severalOf(workspace, member, from, parallel, depth);
  const called = followCall(workspace, member, command.words, depth);
  if (called !== null) return withEnvironment(called, command);
  const rest = calledProgram(command.words) ?? command.words;
  const inner = rest === command.words ? command : merged(command, unwrapped(rest));
  const program = inner === null ? null : programOf(member, inner.words);
  if (inner === null || program === null) return null;
  const { env, envFiles } = inner;
  const start: Start = {
    ...program,
    ...ownerOf(workspace, member, program.file),
    env,
    envFiles: [...envFiles, ...program.envFiles],
    from,
    before: [],
    placeholder: false,
  };
  return { one: start };
}

function merged(outer: Command, inner: Command | null): Command | null {
  if (inner === null) return null;
  return { ...inner, env: { ...outer.env, ...inner.env }, envFiles: [...outer.envFiles, ...inner.envFiles] };
}

function followCall(workspace: Workspace, member: Member, words: readonly string[], depth: number): Started {
  const call = callOf(words);
  if (call === null) return null;
  const named = call.member === null ? member : memberNamed(workspace, call.member);
  const target = named === null || call.folder === null ? named : memberAt(workspace, named, call.folder);
  return target === null ? null : follow(workspace, target, call.script, depth + 1);
}

/** Of commands that run side by side, those that start a program. */
function severalOf(
  workspace: Workspace,
  member: Member,
  from: Start['from'],
  lines: readonly string[],
  depth: number,
): Started {
  const starts = lines.flatMap((line) => {
    const commands = commandsOf(line);
    const words = commands?.length === 1 ? commands[0] : undefined;
    const started = words === undefined || depth > deepest ? null : startOf(workspace, member, from, words, depth + 1);
    if (started === null) return [];
    return 'one' in started ? [started.one] : started.several;
  });
  const [only, ...others] = starts;
  if (only === undefined) return null;
  return others.length === 0 ? { one: only } : { several: starts };
}

function withEnvironment(started: NonNullable<Started>, { env, envFiles }: Command): Started {
  const complete = (start: Start): Start => ({
    ...start,
    env: { ...env, ...start.env },
    envFiles: [...envFiles, ...start.envFiles],
  });
  return 'one' in started ? { one: complete(started.one) } : { several: started.several.map(complete) };
}

/** A file that lies in another member's folder is that member's: `node apps/api/dist/main.js`, said at the root. */
function ownerOf({ members }: Workspace, member: Member, file: string): Pick<Start, 'member' | 'file'> {
  const path = inside(member.dir, file);
  if (path === null) return { member, file };
  const parts = path.split('/');
  for (let length = parts.length - 1; length > 0; length -= 1) {
    const owner = members.get(parts.slice(0, length).join('/'));
    if (owner) return { member: owner, file: parts.slice(length).join('/') };
  }
  return { member: members.get('') ?? member, file: members.has('') ? path : file };
}

/** `package.json`, `"start"`, for a message. */
export function scriptName({ from }: Pick<Start, 'from'>): string {
  return printableLine(`"${from.script}"`, 60);
}
