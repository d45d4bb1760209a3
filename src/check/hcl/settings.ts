import { checkContainerfile, checkSource, cpuLimits, memoryLimits } from '../../caution/limits.ts';
import { covers } from '../../caution/ranges.ts';
import { printableLine } from '../../output.ts';
import { homeOf, publicForm, unreachable, withoutCredentials } from '../addresses.ts';
import { shownValue } from '../procfile/entries.ts';
import type { Sighting } from '../rule.ts';
import type { Subject } from '../subject.ts';
import { saidBy } from './said.ts';

/*
 * What rules that hold for both formats find in a caution.hcl. Each function belongs to the rule of its name.
 */

export function* resourcesRefused(subject: Subject): Iterable<Sighting> {
  const said = saidBy(subject);
  if (!said) return;
  const { cpus, memoryMb } = said.configuration;
  const numbers = [
    ['resources.cpu', cpus, cpuLimits],
    ['resources.memory_mb', memoryMb, memoryLimits],
  ] as const;
  for (const [key, number, { min, max }] of numbers) {
    if (number >= min && number <= max) continue;
    yield { ...said.at(key), message: `${key.split('.')[1]} ${number} is not within ${min} to ${max}.` };
  }
}

export function* oddCpus(subject: Subject): Iterable<Sighting> {
  const said = saidBy(subject);
  const number = said?.configuration.cpus ?? 0;
  if (!said || number % 2 === 0 || number > cpuLimits.max) return;
  yield { ...said.at('resources.cpu'), message: `${number} processors are rounded up to ${number + 1}.` };
}

export function* containerfilePath(subject: Subject): Iterable<Sighting> {
  const said = saidBy(subject);
  const path = said?.configuration.containerfile ?? null;
  const reason = path === null ? null : checkContainerfile(path);
  if (said && path !== null && reason !== null)
    yield { ...said.at('build.containerfile'), message: `${shownValue(path)} counts as missing. ${reason}` };
}

/** @param mend with what is there instead. */
export function* containerfileMissing(subject: Subject, mend: { mend?: string }): Iterable<Sighting> {
  const said = saidBy(subject);
  if (!said) return;
  const { containerfile } = said.configuration;
  if (containerfile !== null) {
    if (checkContainerfile(containerfile) !== null || subject.view.stands(containerfile)) return;
    yield { ...said.at('build.containerfile'), message: `${shownValue(containerfile)} is not there.`, ...mend };
  } else if (!subject.build) {
    yield { path: said.path, message: 'There is neither a Containerfile nor a Dockerfile in the root.', ...mend };
  }
}

export function* debugOn(subject: Subject): Iterable<Sighting> {
  const said = saidBy(subject);
  if (said?.configuration.debug.enabled)
    yield { ...said.at('debug.enabled'), message: 'debug is on: the enclave cannot be verified.' };
}

export function* noSources(subject: Subject): Iterable<Sighting> {
  const said = saidBy(subject);
  const home = homeOf(subject.view.git);
  if (!said || said.configuration.sources.length > 0 || !home) return;
  const url = publicForm(home.url);
  yield {
    ...said.at('build'),
    message: 'caution.hcl names no app_sources.',
    mend:
      url === null
        ? 'Add app_sources to build, with the public URL of this repository.'
        : `If that is public, add to build: app_sources = ["${printableLine(url, 120)}"]`,
  };
}

export function* badSource(subject: Subject): Iterable<Sighting> {
  const said = saidBy(subject);
  for (const [index, url] of said?.configuration.sources.entries() ?? []) {
    const reason = unreachable(url) ?? checkSource(url);
    if (said && reason !== null)
      yield {
        ...said.at(`build.app_sources.${index}`),
        message: `${withoutCredentials(url)}: ${reason}`.replace(/\.?$/, '.'),
      };
  }
}

export function* exposedPortClosed(subject: Subject): Iterable<Sighting> {
  const said = saidBy(subject);
  for (const { port, path, line } of exposedPorts(subject)) {
    if (said && !covers(said.configuration.ports, port))
      yield {
        ...{ path, line, message: `Port ${port} is exposed here, and no ingress opens it.` },
        mend: 'Add an ingress for the port, or remove it from EXPOSE.',
      };
  }
}

/** TCP ports that EXPOSE names in the final stage. */
export function* exposedPorts({ build }: Subject): Iterable<{ port: number; path: string; line: number }> {
  if (!build) return;
  const last = build.file.stages.length - 1;
  for (const { keyword, stage, words, line } of build.instructions) {
    if (keyword !== 'EXPOSE' || stage !== last) continue;
    for (const word of words) {
      const [, port] = /^(\d+)(?:\/tcp)?$/i.exec(word) ?? [];
      if (port !== undefined) yield { port: Number(port), path: build.path, line };
    }
  }
}
