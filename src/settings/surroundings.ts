import { lstatSync } from 'node:fs';
import path from 'node:path';
import type { LanguageId } from '../app.ts';
import { languageIds } from '../app.ts';
import { checkSource } from '../caution/limits.ts';
import { UserError } from '../errors.ts';
import { loadDetection } from '../languages/index.ts';
import type { Detection, Project, Said } from '../languages/language.ts';
import type { Facts } from '../surroundings/facts.ts';
import type { ServiceBelow } from '../surroundings/services.ts';
import type { Target } from '../target.ts';
import type { Answers, Known } from './setting.ts';
import { readWritten, type Written, writtenDefaults } from './written.ts';

/** What the target folder shows, before anybody is asked anything. */
export interface Surroundings extends Pick<Known, 'folderName' | 'written' | 'origin'> {
  /** Procfile and caution.hcl, as they stand. */
  configured: Written;
  /** A service for each language that recognises the folder. */
  services: Service[];
  /** Where services are when the folder itself is none. */
  below: ServiceBelow[];
}

/** A service as its language sees it, and what the files around the code say of it. */
export interface Service {
  detection: Detection;
  facts: Facts;
  project: Project;
}

/**
 * Looks at a folder: which languages recognise it, what its Procfile or caution.hcl says. Reads only; runs nothing but git.
 * @throws UserError when the folder holds something, but no service of a language that is known, nor its folders.
 */
export async function lookAround(
  target: Target,
  { language, containerfile, entry, release }: Answers,
): Promise<Surroundings> {
  const wanted = languageIds.find((id) => id === language);
  const origin = target.inRepository ? await publicOrigin(target.root) : null;
  const { openProject } = await import('../languages/project.ts');
  const configured = await readWritten(await configurationReader(target.root), target.dir, containerfile);
  const surroundings = {
    ...{ folderName: path.basename(target.folder), configured, written: writtenDefaults(configured) },
    ...{ origin, services: [], below: [] },
  };
  if (target.state !== 'occupied') return surroundings;
  const project = await openProject(target.folder, target.dir);
  const services = await detect(project, wanted, {
    ...(entry === undefined ? {} : { entry }),
    ...(release === undefined ? {} : { release }),
  });
  if (services.length > 0) return { ...surroundings, services };
  const below = await (await import('../surroundings/services.ts')).servicesBelow(project, wanted);
  if (below.length === 0) throw noService(target, wanted);
  return { ...surroundings, below };
}

/**
 * Reads Procfile and caution.hcl of a repository, by their paths in it; null for what is not there.
 * @throws UserError for a file that is there and is no text that Caution could read as it is meant.
 */
export async function configurationReader(root: string): Promise<(file: string) => string | null> {
  const { readText } = await import('../languages/project.ts');
  return (file) => {
    const text = readText(root, file);
    const stat = text === null ? lstatSync(path.join(root, file), { throwIfNoEntry: false }) : undefined;
    if (!stat?.isFile()) return text;
    throw new UserError('unreadable-configuration', `${file} is larger than 5 MB, or is no UTF-8.`, {
      next: 'Caution would read something else than you see: write it anew, as UTF-8.',
    });
  };
}

/** Services that languages recognise in a project: all of them, or the wanted one. */
export async function detect(project: Project, wanted: LanguageId | undefined, said: Said): Promise<Service[]> {
  const found: Service[] = [];
  for (const id of wanted === undefined ? languageIds : [wanted]) {
    const detection = await (await loadDetection(id))(project, said);
    if (!detection) continue;
    const { readSurroundings } = await import('../surroundings/index.ts');
    found.push({ detection, facts: await readSurroundings(project, id), project });
  }
  return found;
}

function noService(target: Target, wanted: LanguageId | undefined): UserError {
  const manifests = 'Cargo.toml, package.json, pyproject.toml or requirements.txt, go.mod';
  return new UserError(
    'no-service',
    `${target.folder} holds files, but no ${wanted ?? 'Rust, Node.js, Python or Go'} service was found in it (${manifests}).`,
    { next: 'Name the folder that the service is in, or a new one for a starter.' },
  );
}

/** `origin`, as a stranger could clone it: GitHub-like ssh addresses have an https twin. */
async function publicOrigin(root: string): Promise<string | null> {
  const url = await (await import('../git.ts')).originUrl(root);
  if (url === null) return null;
  const ssh = /^(?:ssh:\/\/)?git@([\w.-]+)[:/]([\w./-]+)$/.exec(url);
  const candidate = ssh ? `https://${ssh[1]}/${ssh[2]}` : url;
  return checkSource(candidate) === null ? candidate : null;
}
