import { throwIfCancelled } from '../../errors.ts';
import type { ContainerCli } from '../engines/cli.ts';
import type { StartResult } from '../types.ts';
import { type Held, heldMemory, type Listener, listeners, udpPorts } from './procfs.ts';

/** What a look into a running service's namespaces found. */
export interface Probed {
  /** Whether the port that was waited for was listening in time. */
  ready: boolean;
  listening: Listener[];
  /** Ports that take UDP packets from anybody. */
  udp: number[];
  http: StartResult['http'];
  memory: Held;
  /** Seconds from `begin` until it listened, or until the end. */
  seconds: number;
}

const busybox = '/bin/busybox';
const mark = '== create-caution-app:';

/**
 * The script that runs beside the service, in its network and process namespaces: it waits for a listening socket, asks
 * for `/health` and `/`, and prints what it saw. One container for all of it: `docker exec` would need the engine's
 * mounts to be where runc looks for them, which nested engines do not have.
 */
export function probeScript(httpPort: number | null, timeoutSeconds: number): string {
  const port = httpPort === null ? '[0-9A-F]{4}' : httpPort.toString(16).toUpperCase().padStart(4, '0');
  const tables = '/proc/net/tcp /proc/net/tcp6';
  const pattern = `:(${port}) [0-9A-F]+:0000 0A `;
  return `
say() { ${busybox} echo; ${busybox} echo "${mark} $1"; }
tries=${Math.max(1, Math.round(timeoutSeconds * 5))}
while [ $tries -gt 0 ] && ! ${busybox} grep -qE '${pattern}' ${tables} 2>/dev/null; do
  tries=$((tries - 1)); ${busybox} usleep 200000
done
if [ $tries -gt 0 ]; then
  say listening
  line=$(${busybox} cat ${tables} 2>/dev/null | ${busybox} grep -E '${pattern}' | ${busybox} head -n 1)
  address=\${line#*: }; local=\${address%% *}; number=$((0x\${local##*:}))
  host=127.0.0.1
  case $local in 00000000000000000000000001000000:*) host='[::1]';; esac
  for path in /health /; do
    say "http $path"
    ${busybox} wget -S -T 5 -O /dev/null "http://$host:$number$path" 2>&1
  done
fi
say sockets
${busybox} cat ${tables} 2>/dev/null
say udp
${busybox} cat /proc/net/udp /proc/net/udp6 2>/dev/null
say memory
for folder in /proc/[0-9]*; do
  ${busybox} grep -hE '^(Pid|PPid|VmRSS|VmHWM|RssFile|Pss_Anon|Pss_File|Pss_Shmem):' $folder/status $folder/smaps_rollup 2>/dev/null
done
say end
`;
}

/** More than any probe prints; a service's answer cannot fill our memory. */
const maxOutput = 1 << 20;

/**
 * Runs the probe.
 * @param cli starts containers.
 * @param args what `docker run` needs to start busybox in the service's namespaces, before `sh -c <script>`.
 * @param begin `performance.now()` when the service was started.
 */
export async function probe(
  cli: ContainerCli,
  args: readonly string[],
  { httpPort, timeoutSeconds, signal }: { httpPort: number | null; timeoutSeconds: number; signal: AbortSignal },
  begin: number,
): Promise<Probed> {
  const running = cli.start(['run', '--rm', ...args, 'sh', '-c', probeScript(httpPort, timeoutSeconds)], {
    buffer: false,
    stderr: 'ignore',
    cancelSignal: signal,
    // The waiting, two requests of 5 s each, and the engine's own time.
    timeout: (timeoutSeconds + 60) * 1000,
  });
  const lines: string[] = [];
  let size = 0;
  let seconds: number | null = null;
  for await (const line of running.iterable({ from: 'stdout' })) {
    const text = String(line);
    size += text.length;
    if (size > maxOutput) continue;
    lines.push(text);
    if (text === `${mark} listening`) seconds = (performance.now() - begin) / 1000;
  }
  await running;
  throwIfCancelled(signal);
  return { ...readProbe(lines.join('\n')), seconds: seconds ?? (performance.now() - begin) / 1000 };
}

/** Takes the probe's output apart. */
export function readProbe(text: string): Omit<Probed, 'seconds'> {
  const sections = new Map<string, string>();
  for (const section of text.split(`${mark} `).slice(1)) {
    const end = section.indexOf('\n');
    sections.set(end < 0 ? section : section.slice(0, end), end < 0 ? '' : section.slice(end + 1));
  }
  return {
    ready: sections.has('listening'),
    listening: listeners(sections.get('sockets') ?? ''),
    udp: udpPorts(sections.get('udp') ?? ''),
    http: answer(sections),
    memory: heldMemory(sections.get('memory') ?? ''),
  };
}

/** `/health`, then `/`: the first that is served, else the first that answered at all. */
function answer(sections: ReadonlyMap<string, string>): StartResult['http'] {
  const answers = ['/health', '/'].flatMap((path) => {
    const status = /HTTP\/1\.[01] (\d{3})/.exec(sections.get(`http ${path}`) ?? '')?.[1];
    return status === undefined ? [] : [{ path, status: Number(status) }];
  });
  return answers.find(({ status }) => status < 400) ?? answers[0] ?? null;
}
