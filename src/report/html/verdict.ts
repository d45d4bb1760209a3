import { duration } from '../../output.ts';
import type { Comparison, Verification } from '../../verify/types.ts';
import { cut, html, type Markup } from './markup.ts';

type Outcome = 'good' | 'bad' | 'open';

interface Claim {
  outcome: Outcome;
  title: string;
  /** One sentence in plain words. */
  says: string;
  details?: Markup | null;
  decides?: boolean;
}

const signs: Record<Outcome, { sign: string; word: string }> = {
  good: { sign: '✔', word: 'Yes' },
  bad: { sign: '✘', word: 'No' },
  open: { sign: '!', word: 'Note' },
};

function card({ outcome, title, says, details, decides }: Claim): Markup {
  const { sign, word } = signs[outcome];
  return html`<li class="claim ${outcome}">
<p class="claim-title"><span class="sign" aria-hidden="true">${sign}</span><span class="hidden">${word}: </span>${title}${decides && html` <span class="tag">decides</span>`}</p>
<p>${says}</p>
${details}</li>`;
}

/** A digest that can be selected and breaks anywhere. */
export function digest(text: string): Markup {
  if (text === '') return html`<span class="none">none</span>`;
  return html`<code class="digest">${text}</code>`;
}

type Both = Pick<Verification, 'reproducible' | 'imageIdentical' | 'imageConditions' | 'enclave' | 'differences'>;

/** The claim that decides. */
function enclaveClaim({ reproducible, enclave, differences }: Both, sides: string): Claim {
  if (reproducible) {
    return {
      outcome: 'good',
      title: 'The same enclave',
      decides: true,
      says: `The file system as Caution measures it is the same in ${sides}.`,
      details: enclave && html`<p>${digest(`sha256:${enclave.sha256}`)}</p>`,
    };
  }
  const measured = differences.filter(({ inEnclave }) => inEnclave).length;
  const what = measured === 0 ? 'What' : `${measured} ${measured === 1 ? 'path' : 'paths'} of what`;
  return {
    outcome: 'bad',
    title: 'Not the same enclave',
    decides: true,
    says: `${what} Caution measures ${measured > 1 ? 'differ' : 'differs'} between ${sides}.`,
  };
}

/** The claim that does not decide. Without a manifest on each side there was nothing to hold against each other. */
function imageClaim(of: Both, manifests: readonly string[], sides: string): Claim {
  const conditions =
    of.imageConditions !== '' && html`<p class="small">Conditions: ${cut(of.imageConditions, 2000)}</p>`;
  if (of.imageIdentical) {
    return {
      outcome: 'good',
      title: 'The same image, bit for bit',
      says: `The manifests of ${sides} are one and the same.`,
      details: html`<p>${digest(manifests[0] ?? '')}</p>${conditions}`,
    };
  }
  if (manifests.length === 0 || manifests.includes('')) {
    return {
      outcome: 'open',
      title: 'Images not compared bit for bit',
      says: 'There is no manifest for each side to hold against the other.',
      details: html`${conditions}`,
    };
  }
  return {
    outcome: of.reproducible ? 'open' : 'bad',
    title: 'Not the same image, bit for bit',
    says: of.reproducible
      ? 'Only metadata differs, which Caution does not measure: this claim does not decide.'
      : 'The manifests differ as well. This claim does not decide.',
    details: html`${conditions}`,
  };
}

function claims(of: Both, manifests: readonly string[], sides: string): Claim[] {
  return [enclaveClaim(of, sides), imageClaim(of, manifests, sides)];
}

function provedClaim({ builds }: Verification): Claim {
  const proved = builds.length > 0 && builds.every(({ executionProved }) => executionProved);
  const steps = builds.reduce((sum, { stepsRun }) => sum + stepsRun, 0);
  return {
    outcome: proved ? 'good' : 'open',
    title: proved ? 'Every step ran in each build' : 'Not proved that every step ran',
    says: proved
      ? `The engine’s own progress shows ${steps} steps run, none taken from a cache or from another build.`
      : 'A step that nothing shows to have run was not compared. The findings name what is missing.',
  };
}

function startClaim({ start }: Verification): Claim {
  if (start === null) {
    return {
      outcome: 'open',
      title: 'The service was not started',
      says: 'This says nothing about whether it would.',
    };
  }
  if (!start.started) {
    const excused = start.needs.length > 0;
    return {
      outcome: excused ? 'open' : 'bad',
      title: excused ? 'The service needs what only the enclave has' : 'The service does not start',
      says: excused
        ? 'It did not start here; the reasons are listed below.'
        : 'It was started as the enclave starts it; its last output is below.',
    };
  }
  const ports = start.listening.join(', ');
  const answer = start.http ? ` GET ${start.http.path} gave ${start.http.status}.` : '';
  return {
    outcome: 'good',
    title: 'The service starts as in the enclave',
    says: `It listens ${ports === '' ? '' : `on ${ports} `}after ${duration(start.seconds)}.${answer}`,
  };
}

function expectedClaim({ expected }: Verification): Claim[] {
  if (expected === null) return [];
  const { matches, differences } = expected;
  return [
    {
      outcome: matches ? 'good' : 'bad',
      title: matches ? 'The enclave of the record' : 'Not the enclave of the record',
      says: matches
        ? 'What somebody else built and recorded was built again here.'
        : `What was built here is not what the record says: ${differences.length} ${differences.length === 1 ? 'path differs' : 'paths differ'}.`,
    },
  ];
}

function refusedClaim({ findings }: Verification): Claim[] {
  if (!findings.some(({ id, level }) => id === 'root-link' && level === 'error')) return [];
  return [
    {
      outcome: 'bad',
      title: 'Caution refuses this image',
      says: 'Its top folder holds a link where Caution must lay files of its own. See the findings.',
    },
  ];
}

/** The verdict of a verification in one glance. */
export function verificationVerdict(verification: Verification): Markup {
  const { builds } = verification;
  const sides = builds.length === 2 ? 'both builds' : `all ${builds.length} builds`;
  const all = [
    ...claims(
      verification,
      builds.map(({ manifest }) => manifest),
      sides,
    ),
    provedClaim(verification),
    startClaim(verification),
    ...expectedClaim(verification),
    ...refusedClaim(verification),
  ];
  return html`<ul class="claims">${all.map(card)}</ul>`;
}

/** The verdict of a comparison: the two claims. */
export function comparisonVerdict(comparison: Comparison): Markup {
  const manifests = comparison.images.map(({ manifest }) => manifest);
  return html`<ul class="claims">${claims(comparison, manifests, 'both images').map(card)}</ul>`;
}
