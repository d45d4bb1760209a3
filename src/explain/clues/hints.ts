/** What a step's script, and the sources that it names, make likely. Never a proof. */
export interface Hints {
  /** Reads the clock, as it seems. */
  clock: boolean;
  /** Draws random values. */
  random: boolean;
  /** Asks the network. */
  network: boolean;
  /** Takes what a server answers, by the step itself. */
  asks: boolean;
  /** Installs packages. */
  installs: boolean;
  /** Reads times of files. */
  fileTimes: boolean;
  hostname: boolean;
  parallel: boolean;
  directory: boolean;
  database: boolean;
  /** Walks over what has no order of its own. */
  hashed: boolean;
  /** Makes a digest of something. */
  digest: boolean;
  key: boolean;
}

const patterns: Record<keyof Hints, RegExp> = {
  clock:
    /(?:^|[\s;&|(`])date(?:$|[\s;&|)`])|time\.time|datetime|\.now\(|Date\(|SystemTime|time\.Now|current_timestamp|strftime|gmtime|localtime/im,
  random: /u?random|\$RANDOM|\bshuf\b|uuid|secrets|rand(?:Bytes|int)?\b|rand\.|getrandom|token_|nanoid|RandomState/i,
  network:
    /\bcurl\b|\bwget\b|https?:\/\/|\bfetch\(|http\.Get|urlopen|requests\.|npm (?:i|install|update)\b|go get\b|pip install/i,
  asks: /\bcurl\b|\bwget\b|\bfetch\(|http\.Get|urlopen|requests\.(?:get|post)|reqwest|http\.request|^ADD\s+https?:/im,
  installs:
    /npm (?:i|ci|install|update|add)\b|yarn\b|pnpm\b|pip\d? install|go get\b|cargo (?:add|update|install)|apk add|apt(?:-get)? install|gem install/i,
  fileTimes:
    /\bls -[a-zA-Z]*l|\bstat\b|mtime|getmtime|\bmodified\(\)|ModTime|find .*-(?:printf|newer)|\bcp -[a-z]*[ap]/i,
  hostname: /hostname|uname|HOSTNAME|gethostname|nodename/i,
  parallel:
    /xargs[^|\n]*\s-P|^\s*wait\b|[;&\n]\s*wait\b|make\s[^\n]*-j|\bparallel\b|go func|goroutine|ThreadPool|ProcessPool|as_completed|imap_unordered|multiprocessing|threading|Promise\.(?:all|race)|worker_threads|child_process|spawn\(|rayon|concurrent/im,
  directory: /\bls -[a-zA-Z]*U|\bfind\b|readdir|listdir|iterdir|scandir|os\.walk|\bglob\b|WalkDir|read_dir/i,
  database: /sqlite|psql|postgres|mysql|\bSELECT\b/i,
  hashed: /HashMap|HashSet|\bset\(|frozenset|map\[|hash\(|PYTHONHASHSEED|new Set|\bdict\b|= \{[^:}]*\}/i,
  digest: /(?:sha\d*|md5)(?:sum)?\b|createHash|hashlib|sha256|digest/i,
  key: /genrsa|genpkey|generateKey|GenerateKey|keygen|ecparam|x509|salt|scrypt|pbkdf|bcrypt|ed25519|jwk/i,
};

export function hintsOf(script: string, sources: string): Hints {
  const text = `${script}\n${sources}`.slice(0, 1 << 18);
  return Object.fromEntries(
    Object.entries(patterns).map(([name, pattern]) => [name, pattern.test(text)]),
  ) as unknown as Hints;
}
