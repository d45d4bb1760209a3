import fc from 'fast-check';
import type { Verification, Verified } from '../../../src/verify/types.ts';
import { bad, fiveCauses, steps } from './verifications.ts';

/** Words that mean something in Markdown, in HTML or to a terminal, one after the other; never empty, nor a number. */
export function hostile(): fc.Arbitrary<string> {
  const words = [
    ...['<script>alert(1)</script>', '<img src=x onerror=y>', '"', "'", '`', '``', '```', '|', '\\', '\n', '\r\n'],
    ...['    ', '# ', '- ', '1. ', '> ', '[a](b)', '![a](b)', '**', '__', '~~', 'https://example.com', '@me'],
    ...['" onfocus="alert(1)" x="', "' onload='", '</style>', '</title>', '</code></pre>', '<a href=javascript:x>'],
    ...['www.example.com', 'a@example.com', '&lt;', '<!--', '-->', ']]>', '\u001b[31m', '\u202e', '\ufeff', '$x$'],
    ...['::error::', '##[error]', '***', '---', '\ud800', '\u0000', '\u2028', '{x}', '{{x}}'],
  ];
  const word = fc.oneof(fc.constantFrom(...words), fc.string({ unit: 'binary', maxLength: 6 }));
  return fc.array(word, { minLength: 1, maxLength: 6 }).map((parts) => `w${parts.join('')}w`);
}

/** A verification whose every text from outside is this one. */
export function filled(text: string): Verification {
  const difference = { path: `/${text}`, stage: text, instruction: text, evidence: text, mend: text, cause: text };
  return {
    ...bad,
    imageConditions: text,
    builds: bad.builds.map((build) => ({ ...build, builder: text, version: text, manifest: text })),
    varied: [{ what: 'path', how: text }],
    heldStill: [text],
    differences: fiveCauses
      .slice(0, 2)
      .map((each) => ({ ...each, ...difference, carrier: text, patch: `-${text.replace(/[\r\n]/g, '')}\n` })),
    findings: [{ id: text, level: 'warning', path: text, line: 3, message: text, why: text, source: text, mend: text }],
    start: {
      started: true,
      listening: [1],
      http: { path: `/${text}`, status: 200 },
      needs: [text],
      seconds: 1,
      log: text,
    },
    expected: { matches: false, differences: [{ ...difference, inEnclave: true, certain: false }] },
    standIns: [text],
    commit: text,
  };
}

/** As `filled`, with steps and files. */
export function filledVerified(text: string): Verified {
  const name = text.replaceAll('/', '');
  const file = { executable: false, size: 5, sha256: '' };
  return {
    verification: filled(text),
    steps: steps.slice(0, 1).map((step) => ({ ...step, stage: text, instruction: text })),
    files: [
      { path: `/${name}`, type: 'file', link: '', ...file },
      { path: `/d${name}/${name}`, type: 'link', link: text, ...file },
    ],
    mended: { path: text, before: text, after: text },
    diffIds: [text],
  };
}
