import { readdir, readFile } from 'node:fs/promises';
import { containerCli } from './cli.ts';

type Program = 'podman' | 'buildah';

const timeoutMs = 15_000;

/** Ids of the containers in which builds of this user run steps; null when the engine does not say. */
export async function workingContainers(program: Program): Promise<ReadonlySet<string> | null> {
  const words =
    program === 'podman'
      ? ['ps', '--all', '--external', '--no-trunc', '--format', '{{.ID}} {{.State}}']
      : ['containers', '--notruncate', '--format', '{{.ContainerID}} storage'];
  const { ok, stdout } = await containerCli(program).run(words, undefined, timeoutMs);
  if (!ok) return null;
  // Podman's own containers have other states: created, running, exited.
  const ids = stdout.split('\n').flatMap((line) => /^(\S+)\s+storage$/i.exec(line.trim())?.[1] ?? []);
  return new Set(ids);
}

/**
 * Removes the containers that a stopped build left: those that have come since. They carry nothing of ours, so they stay
 * while any other build runs, whose they may be. Never throws: it runs on the way out.
 */
export async function removeWorkingContainers(program: Program, before: ReadonlySet<string> | null): Promise<void> {
  if (!before || (await othersBuild())) return;
  const left = [...((await workingContainers(program)) ?? [])].filter((id) => !before.has(id));
  if (left.length === 0) return;
  const words = program === 'podman' ? ['rm', '--force', ...left] : ['rm', ...left];
  await containerCli(program).run(words, undefined, timeoutMs);
}

/** Whether a podman or buildah that builds is seen on this machine; unknown counts as so. */
async function othersBuild(): Promise<boolean> {
  const entries = await readdir('/proc').catch(() => null);
  if (!entries) return true;
  const lines = await Promise.all(
    entries.filter((name) => /^\d+$/.test(name)).map((pid) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')),
  );
  return lines.some((line) => {
    const [program = '', ...words] = line.split('\0');
    return /(?:^|\/)(?:podman|buildah)$/.test(program) && words.some((word) => /^(?:build|bud|from|run)$/.test(word));
  });
}
