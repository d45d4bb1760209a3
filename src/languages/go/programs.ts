import { inside } from '../scan.ts';
import type { BuildCommand } from './commands.ts';
import type { LocalModule } from './modules.ts';
import type { Packages, Program } from './packages.ts';
import { reach } from './packages.ts';

/** The program that is the service, and what says so: `path:line`. */
export interface Choice {
  program: Program;
  from: string;
}

/** What can answer requests: a package that may listen, whatever it calls. */
const network =
  /^(?:net|net\/http|net\/http\/.*|net\/rpc|crypto\/tls|google\.golang\.org\/grpc|github\.com\/(?:gin-gonic|labstack|gofiber|valyala|gorilla|go-chi|julienschmidt|beego|cloudwego|go-kratos|zeromicro)\/.*|connectrpc\.com\/.*|goa\.design\/.*|golang\.org\/x\/net\/.*)$/;

/** How programs listen. */
const listens =
  /\b(?:ListenAndServe(?:TLS)?|net\.Listen|ListenConfig)\b|\.(?:Run|Start|Listen|Serve)\(\s*(?:"[^"\n]*:\d*"|addr|address|port|lis\b|ln\b|listener|":"\s*\+|fmt\.Sprintf\()/;

/**
 * The service among a module's programs: the only one; the one that the image's own file builds; the only one that
 * listens while none of the others could. Null where more than one could be meant.
 * @param home the service's folder.
 */
export function chooseProgram(
  programs: readonly Program[],
  image: readonly BuildCommand[],
  home: string,
  context: { packages: Packages; modules: readonly LocalModule[]; elsewhere: readonly string[] },
): Choice | null {
  // An example alone does not make a library a service: whether it is one is asked.
  const candidates = programs.filter(({ aside }) => !aside);
  const [first, second] = candidates;
  if (first && !second) return { program: first, from: first.from };
  const built = builtByImage(programs, image, home);
  if (built) return built;
  const kinds = candidates.map((program) => ({ program, kind: kindOf(program, context) }));
  const [server, another] = kinds.filter(({ kind }) => kind !== 'quiet');
  return server?.kind === 'listens' && !another ? { program: server.program, from: server.program.from } : null;
}

/** The one program that the commands of a Dockerfile build; null when they build several, or what is not known. */
function builtByImage(programs: readonly Program[], image: readonly BuildCommand[], home: string): Choice | null {
  const built = image.flatMap(({ packages, from }) =>
    (packages.length === 0 ? ['.'] : packages).map((name) => ({
      dir: inside(home, name.replace(/\/?[^/]*\.go$/, '')),
      from,
    })),
  );
  const [first] = built;
  if (!first || built.some(({ dir }) => dir !== first.dir)) return null;
  const program = programs.find(({ dir }) => dir === first.dir);
  return program ? { program, from: first.from } : null;
}

type Kind = 'listens' | 'networked' | 'quiet';

function kindOf(program: Program, { packages, modules, elsewhere }: Parameters<typeof chooseProgram>[3]): Kind {
  const reached = reach(packages, [program.dir], modules, elsewhere);
  if (reached.packages.some(({ files }) => files.some(({ text }) => listens.test(text)))) return 'listens';
  return [...reached.imported.keys()].some((path) => network.test(path)) ? 'networked' : 'quiet';
}
