import { printable as printableCommand } from '../../command.ts';
import { UserError } from '../../errors.ts';
import { ignoredBy, withFiles } from '../../languages/project.ts';
import type { LockRecipe } from '../../languages/recipe.ts';
import { duration, megabytes, note, printableLine, wrap } from '../../output.ts';
import { consentTo, notMade, recipeFor, withOffer } from '../../prepare/offer.ts';
import { plan } from '../../scaffold/plan.ts';
import type { RenderedFile } from '../../scaffold/render.ts';
import type { CreateFlags } from '../../settings/flags.ts';
import { stagexOf } from '../../settings/resolve.ts';
import type { Known } from '../../settings/setting.ts';
import { detect, type Service, type Surroundings } from '../../settings/surroundings.ts';
import { imageReference } from '../../stagex/releases.ts';
import type { Target } from '../../target.ts';
import type { ContainerCli } from '../../verify/engines/cli.ts';
import { imagesFrom } from '../images.ts';
import { type Io, terminalOf } from '../io.ts';
import { columns } from './facts.ts';
import type { MadeLock } from './made.ts';

export interface Prepared {
  /** With the made file in place, or with what is to be said of it. */
  surroundings: Surroundings;
  made: MadeLock | null;
}

interface Context {
  known: Known;
  surroundings: Surroundings;
  target: Target;
  flags: CreateFlags;
  io: Io;
  /** Whether a person can be asked. */
  asks: boolean;
}

/**
 * Has a lock file made where nothing else keeps a service from being ready, when somebody agrees: at a question, or with
 * `--make-lock`. Writes nothing to the service's folder. Where it is not made, the findings say how it could be.
 * @throws CancelledError; UserError for images that cannot be named.
 */
export async function prepareLock(context: Context): Promise<Prepared> {
  const { known, surroundings, target } = context;
  const service = surroundings.services.find(({ detection }) => detection.language === known.language);
  const recipe = service && known.detection ? await recipeFor(service.project, known.detection) : null;
  if (!service || recipe === null) return { surroundings, made: null };
  const outcome = await tryRecipe(recipe, service, context);
  if ('made' in outcome) return { surroundings: withService(surroundings, outcome.service), made: outcome.made };
  const { findings: there } = service.detection;
  const findings =
    outcome.reason === null
      ? withOffer(there, recipe, replaces(target.root, recipe))
      : [...there, notMade(recipe, outcome.reason, outcome.mend)];
  const said = { ...service, detection: { ...service.detection, findings } };
  return { surroundings: withService(surroundings, said), made: null };
}

/** Why a lock file was not made; null where nobody wanted it. */
interface NotMade {
  reason: string | null;
  mend: string;
}

const byHand: NotMade = { reason: null, mend: 'Make it by hand, as the error says.' };

async function tryRecipe(
  recipe: LockRecipe,
  service: Service,
  context: Context,
): Promise<NotMade | { service: Service; made: MadeLock }> {
  const { flags, io, asks } = context;
  const { makes } = recipe;
  if (!asks && !flags.makeLock) return byHand;
  const ignored = ignoredBy(service.project, makes);
  if (ignored !== null)
    return { reason: `${ignored} names it.`, mend: `Take ${makes} out of ${ignored}, to commit it.` };
  const engine = await findEngine(io);
  if ('reason' in engine) return engine;
  const images = imagesOf(recipe, context);
  if (asks && !flags.makeLock && !(await agrees(recipe, [...images.values()], io))) return byHand;
  try {
    const files = await make(recipe, images, engine.cli, io);
    const texts = Object.fromEntries(files.map(({ path, content }) => [path, content]));
    const said = flags.answers.entry === undefined ? {} : { entry: flags.answers.entry };
    const [again] = await detect(withFiles(service.project, texts), service.detection.language, said);
    const mended = again?.detection.findings.every(({ id }) => !recipe.mends.includes(id)) ?? false;
    if (!again || !mended) return { ...byHand, reason: 'What its tool wrote does not lock the service.' };
    const by = { path: makes, command: printableCommand(recipe.command), images: [...images.values()] };
    return { service: again, made: { files, by } };
  } catch (error) {
    if (error instanceof UserError && error.code === 'lock-not-made') return { ...byHand, reason: error.message };
    throw error;
  }
}

/** Docker's command line, or why there is none. */
async function findEngine({ signal }: Io): Promise<{ cli: ContainerCli } | NotMade> {
  const { findDocker } = await import('../../verify/engines/docker.ts');
  try {
    const { containers } = await findDocker(signal);
    return containers ? { cli: containers } : { ...byHand, reason: 'The engine starts no containers.' };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { reason: `There is no engine. ${error.message}`, mend: error.next ?? byHand.mend };
  }
}

/** The images of a recipe, each with the reference to use. */
function imagesOf({ image, borrows }: LockRecipe, { known, flags, io }: Context): Map<string, string> {
  const replacements = imagesFrom(flags.images, io);
  const stagex = stagexOf(known);
  return new Map(
    [image, ...borrows.map((each) => each.image)].map((name) => {
      const replaced = Object.hasOwn(replacements, name) ? replacements[name] : undefined;
      return [name, replaced ?? imageReference(name, stagex)];
    }),
  );
}

async function agrees(recipe: LockRecipe, images: readonly string[], io: Io): Promise<boolean> {
  const { askYesNo } = await import('../../settings/prompts.ts');
  note(io.output);
  for (const sentence of consentTo(recipe, images)) for (const line of wrap(sentence, columns)) note(io.output, line);
  return askYesNo(`Have ${printableLine(recipe.makes, 60)} made so?`, true, terminalOf(io));
}

/** Runs a recipe, and says what came of it. */
async function make(
  recipe: LockRecipe,
  images: ReadonlyMap<string, string>,
  cli: ContainerCli,
  io: Io,
): Promise<RenderedFile[]> {
  const { makeLock } = await import('../../prepare/container.ts');
  const shown = printableLine(recipe.makes, 60);
  const where = [...images.values()].map((image) => printableLine(image)).join(', ');
  for (const line of wrap(`Making ${shown}: ${printableCommand(recipe.command)} in a container of ${where}`, columns))
    note(io.output, line);
  const begin = performance.now();
  const content = await makeLock({ recipe, cli, reference: (name) => images.get(name) ?? name, signal: io.signal });
  const read = recipe.read(content);
  if ('reason' in read) throw new UserError('lock-not-made', read.reason);
  const size = megabytes(Buffer.byteLength(content));
  const seconds = duration((performance.now() - begin) / 1000);
  const count = `${read.packages} ${read.packages === 1 ? 'package' : 'packages'}`;
  note(io.output, `Made ${shown} in ${seconds}: ${count}, ${size}. It is not written yet.`);
  const kept = Object.entries(recipe.keeps).map(([path, text]) => ({ path, content: text }));
  return [{ path: recipe.makes, content }, ...kept];
}

/** Whether the made file takes the place of one that is there. */
function replaces(root: string, { makes }: LockRecipe): boolean {
  return plan(root, [{ path: makes, content: '' }])[0]?.existing !== null;
}

function withService(surroundings: Surroundings, service: Service): Surroundings {
  const services = surroundings.services.map((each) =>
    each.detection.language === service.detection.language ? service : each,
  );
  return { ...surroundings, services };
}
