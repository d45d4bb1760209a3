import { cluesIn } from './clues/masks.ts';
import type { Known, Verdict } from './verdict.ts';

const log = /\.log(?:\.\d+)?$|(?:^|\/)_?logs?\//i;
const cache =
  /(?:^|\/)(?:_cacache|\.cache|\.npm|\.yarn|\.pnpm-store|go-build|\.mypy_cache|\.pytest_cache|\.ruff_cache|\.parcel-cache|\.turbo|registry\/(?:cache|index|src)|pip\/(?:http|wheels|selfcheck))(?:\/|$)/;
const installer =
  /(?:^|\/)(?:direct_url\.json|uv_cache\.json|RECORD|INSTALLER|REQUESTED|\.package-lock\.json|\.yarn-integrity|\.modules\.yaml)$/;

/** Names that installers make of a package and its version. */
const versioned =
  /(?:^|\/)[\w.-]+-\d+(?:\.\d+)+[\w.+-]*\.(?:dist-info|egg-info|data|crate|gem|whl|jar)(?:\/|$)|\/pkg\/mod\/(?:[^/]+\/)+[^/]+@v\d|node_modules\/\.pnpm\/[^/]+@\d/;
/** Keys that packages make when they are installed, each machine its own. */
const ownKey =
  /(?:^|\/)(?:ssh_host_\w+_key(?:\.pub)?|machine-id|dropbear_\w+_host_key|ssl-cert-snakeoil\.(?:key|pem))$/;

/** Files that are what they are by their name and place: a log is a log, whatever differs in it. Never certain. */
export function byPlace(path: string, verdict: Verdict): Verdict {
  const is = (cause: string, reason: string): Verdict => {
    return { cause, certain: false, because: [reason, verdict.because].filter(Boolean).join('; ') };
  };
  if (verdict.cause === 'unlocked-dependency') return verdict;
  if (ownKey.test(path)) return is('generated-key', 'it is a key that each machine makes for itself');
  if (log.test(path)) return is('log-file', 'it is a log');
  if (cache.test(path)) return is('package-cache', 'it lies in a cache');
  if (installer.test(path)) return is('installer-metadata', "it is an installer's record");
  return verdict;
}

/** A path that one build alone has: its name may hold what is the build's own. */
export function byName(path: string, side: 0 | 1, content: string, { facts, hints }: Known): Verdict {
  const [own, other] = side === 0 ? facts : [facts[1], facts[0]];
  const [inName] = cluesIn(path, own, other);
  if (inName)
    return {
      cause: inName,
      certain: inName === 'wall-clock' || inName === 'hostname',
      because: "what is the build's own stands in the name",
    };
  const guess = (cause: string, because: string): Verdict => ({ cause, certain: false, because });
  if (/\.pyc$/.test(path)) return guess('bytecode', 'byte code has the name of its source');
  if (/(?:^|\/)(?:\.?tmp[._-]?[A-Za-z0-9_]{6,}|[^/]*go-build\d+)/.test(path))
    return guess('temporary-path', 'the name is a temporary one');
  if (versioned.test(path)) return guess('unlocked-dependency', 'the name holds the version of a package');
  const [inContent] = cluesIn(content, own, other);
  if (inContent) return guess(inContent, "what is the build's own stands in it, and its name may be a digest of that");
  const marked = /(?:^|[./_-])(?=[A-Za-z]*\d)[A-Za-z0-9_-]{6,}(?=[./_-]|$)/.test(path.slice(path.lastIndexOf('/') + 1));
  if (marked) return guess(hints.clock && !hints.random ? 'wall-clock' : 'random', 'a part of the name looks random');
  if (/\d+\.\d+(?:\.\d+)?/.test(path) && hints.network)
    return guess('unlocked-dependency', 'a version stands in the name');
  if (hints.parallel) return guess('parallel-order', 'the step runs jobs side by side');
  if (hints.random) return guess('random', 'the step draws random values');
  return { cause: 'unknown', certain: false, because: '' };
}
