import { argumentRules } from './containerfile/arguments.ts';
import { contextRules } from './containerfile/context.ts';
import { finalRules } from './containerfile/final.ts';
import { imageRules } from './containerfile/images.ts';
import { networkStepRules } from './containerfile/network.ts';
import { shellRules } from './containerfile/shells.ts';
import { surroundingsRules } from './containerfile/surroundings.ts';
import { timeRules } from './containerfile/times.ts';
import { hclRules } from './hcl/index.ts';
import { procfileRules } from './procfile/index.ts';
import { repositoryRules } from './repository.ts';
import type { Rule } from './rule.ts';
import { secretRules } from './secrets.ts';
import { suppressionRules } from './suppress.ts';

/** All rules, by what they look at. */
export const ruleGroups: readonly { title: string; rules: readonly Rule[] }[] = [
  { title: 'Procfile, and what caution.hcl says as well', rules: procfileRules },
  { title: 'caution.hcl', rules: hclRules },
  { title: 'Images', rules: imageRules },
  { title: 'What a build fetches', rules: networkStepRules },
  { title: 'How steps run', rules: [...timeRules, ...shellRules, ...surroundingsRules, ...argumentRules] },
  { title: 'What a build takes from the repository', rules: contextRules },
  { title: 'The final image', rules: finalRules },
  { title: 'Secrets', rules: secretRules },
  { title: 'Repository', rules: repositoryRules },
  { title: 'Suppressions', rules: suppressionRules },
];

export const rules: readonly Rule[] = ruleGroups.flatMap((group) => group.rules);
