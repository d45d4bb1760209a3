import type { Rule } from '../rule.ts';
import { formatRules } from './formats.ts';
import { encryptionRules, trafficRules, valueRules } from './meaning.ts';
import { refusalRules } from './refusals.ts';

/** What is held against a caution.hcl alone; rules of both formats are among those of the Procfile. */
export const hclRules: readonly Rule[] = [
  ...formatRules,
  ...refusalRules,
  ...trafficRules,
  ...encryptionRules,
  ...valueRules,
];
