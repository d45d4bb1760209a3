import type { Finding } from '../../app.ts';
import type { Project } from '../../languages/language.ts';
import { placeOf } from '../../languages/place.ts';
import { looksSecret } from '../../secrets.ts';
import { type Command, type Part, portNumber, together, type Variable } from '../facts.ts';
import { dockerFinding, gpuFinding, isSocket, stateFinding } from '../rules.ts';
import { type Branch, readYaml } from '../tree.ts';

/** Where manifests are kept, by custom; templates of Helm are no YAML, and are left alone. */
const folders = /^(?:(?:k8s|kubernetes|kube|manifests|deploy(?:ment)?s?|infra|\.k8s)\/.*|[^/]*)\.ya?ml$/;
const names =
  /(^|\/)[^/]*(deploy|deployment|statefulset|daemonset|pod|app|service|manifest|k8s|kubernetes|base|api|server|web)[^/]*\.ya?ml$/i;
const mostFiles = 20;

/** What Kubernetes manifests say of the service, when they are about one workload with one container. */
export function kubernetesFacts(project: Project): Part {
  const files = project.files.filter((file) => folders.test(file) && names.test(file)).slice(0, mostFiles);
  const workloads = files.flatMap((file) => {
    const text = project.read(file);
    if (text === null || !/^kind:\s*["']?(Deployment|StatefulSet|DaemonSet|Pod)\b/m.test(text) || text.includes('{{'))
      return [];
    return readYaml(file, text).flatMap((document) => {
      const kind = document.at('kind').text ?? '';
      if (/^(Deployment|StatefulSet|DaemonSet)$/.test(kind)) return [document.at('spec', 'template', 'spec')];
      return kind === 'Pod' ? [document.at('spec')] : [];
    });
  });
  // Of several workloads none says which one this is.
  const [only] = workloads;
  return only !== undefined && workloads.length === 1 ? workloadFacts(only) : {};
}

function workloadFacts(pod: Branch): Part {
  const containers = pod.at('containers').items();
  const [main, ...sidecars] = containers;
  if (main === undefined) return {};
  const sockets = pod
    .at('volumes')
    .items()
    .filter((volume) => isSocket(volume.at('hostPath', 'path').text ?? ''));
  const claims = pod
    .at('volumes')
    .items()
    .filter((volume) => volume.at('persistentVolumeClaim').isMap);
  return together([
    containerFacts(main),
    {
      findings: [
        ...sidecars.slice(0, 1).map(sidecarFinding),
        ...claims.slice(0, 1).map(({ from }) => stateFinding(from)),
      ],
      blocking: sockets
        .slice(0, 1)
        .map(({ from }) => dockerFinding(from, "The service is given the container engine's socket")),
    },
  ]);
}

function containerFacts(container: Branch): Part {
  const ports = container
    .at('ports')
    .items()
    .map((item) => ({ item, port: portNumber(item.at('containerPort').text) }));
  const isUdp = (item: Branch) => item.at('protocol').text === 'UDP';
  const gpu = container
    .at('resources', 'limits')
    .members()
    .find(({ key }) => /^(nvidia|amd)\.com\/gpu/.test(key));
  const words = [...container.at('command').items(), ...container.at('args').items()].flatMap(({ text }) => text ?? []);
  const command: Command = { words, from: container.at('command').from, process: 'kubernetes' };
  return {
    ports: ports.flatMap(({ item, port }) => (port === null || isUdp(item) ? [] : [{ port, from: item.from }])),
    udp: ports.flatMap(({ item, port }) =>
      port !== null && isUdp(item) ? [{ value: String(port), from: item.from }] : [],
    ),
    variables: container.at('env').items().flatMap(variableOf),
    commands: container.at('command').items().length > 0 ? [command] : [],
    blocking: gpu ? [gpuFinding(gpu.from, gpu.key)] : [],
  };
}

function variableOf(item: Branch): Variable[] {
  const name = item.at('name').text;
  if (name === null || name === 'PORT') return [];
  const secret = item.at('valueFrom', 'secretKeyRef').isMap || looksSecret(name, item.at('value').text);
  return [{ name, value: null, secret, from: item.from }];
}

function sidecarFinding(sidecar: Branch): Finding {
  return {
    id: 'sidecar',
    level: 'warning',
    ...placeOf(sidecar.from),
    message: 'Another container runs in the same pod; it does not come along.',
    why: 'An enclave runs one command.',
    mend: 'See that the service does without it.',
  };
}
