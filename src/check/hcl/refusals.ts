import type { HclRule } from '../../caution/hcl/read.ts';
import { reservedPorts } from '../../caution/limits.ts';
import type { Rule } from '../rule.ts';
import { sources } from '../sources.ts';

/** What each of the parser's rules is about. */
const texts: Record<HclRule, Pick<Rule, 'title' | 'why' | 'mend'>> = {
  'hcl-syntax': {
    title: 'A caution.hcl that is no HCL',
    why: 'The push is refused: nothing of the file can be read.',
    mend: 'Mend the syntax at this place; what comes behind it has not been looked at.',
  },
  'hcl-unknown-key': {
    title: 'A key or block that Caution does not know',
    why: 'Unknown keys of a caution.hcl are errors, and the push is refused.',
    mend: 'Use a key of Caution, or remove it.',
  },
  'hcl-twice': {
    title: 'A key or block that stands twice',
    why: 'But for ingress and egress, each block and key may stand once; the push is refused otherwise.',
    mend: 'Keep one of them.',
  },
  'hcl-wrong-type': {
    title: 'A value of another kind',
    why: 'Numbers, booleans, texts, lists and blocks do not stand for each other; the push is refused.',
    mend: 'Write a value of the kind that the key takes.',
  },
  'hcl-missing': {
    title: 'A key that is needed',
    why: 'A block without what it needs is refused.',
    mend: 'Add the key.',
  },
  'hcl-enclave': {
    title: 'Not one enclave',
    why: 'Caution deploys one enclave of a repository, which has a name; the push is refused otherwise.',
    mend: 'Keep one block: enclave "name" { … }',
  },
  'hcl-port': {
    title: 'A port that Caution keeps for itself',
    why: `Caution's own services listen on ports ${reservedPorts.first} to ${reservedPorts.last} of the enclave: an ingress that touches them is refused.`,
    mend: 'Let the service listen on another port.',
  },
  'hcl-http-port': {
    title: 'An HTTP front whose port is closed',
    why: 'The port of http has to be within an ingress; the push is refused otherwise.',
    mend: 'Add an ingress with this port.',
  },
  'hcl-domain': {
    title: 'A domain that Caution refuses',
    why: 'A domain is fully qualified, of at most 253 characters, its parts of letters, digits and inner hyphens.',
    mend: 'Write the name alone, such as api.example.com, without https:// and without a path.',
  },
  'hcl-encryption': {
    title: 'Encryption that Caution does not have',
    why: 'mode is steve or tls; key_exchange is x25519 or xwing-draft10, and for steve alone. Anything else is refused.',
    mend: 'Write one of these, or remove key_exchange.',
  },
  'hcl-unit': {
    title: 'A unit that cannot be started',
    why: 'Caution takes one unit, with a name and a program; a NUL, or nothing but assignments, is refused.',
    mend: 'Keep one block: unit "default" { command = "/app/server" }',
  },
  'hcl-variable': {
    title: 'A variable that Caution refuses',
    why: 'Names are made of letters, digits and "_"; values are plain texts or env::vault("NAME").',
    mend: 'Write NAME = "value"; for the characters ${ themselves, write $${.',
  },
  'hcl-provider': {
    title: 'A cloud of your own, half described',
    why: 'A provider is of type "aws", with a region; ids are vpc-, subnet- or sg- and 8 or 17 of 0-9a-f. Anything else is refused.',
    mend: 'Copy the ids from the AWS console.',
  },
};

/** Everything that the platform's parser refuses in a caution.hcl. */
export const refusalRules: readonly Rule[] = (Object.keys(texts) as HclRule[]).map((id) => ({
  id,
  level: 'error',
  ...texts[id],
  source: sources.parser,
  *look({ hcl }) {
    // What a symbolic link says is no HCL; that has a rule of its own.
    if (hcl === null || hcl.link !== undefined) return;
    for (const { rule, line, message, mend } of hcl.parsed.problems)
      if (rule === id) yield { path: hcl.path, line, message, ...(mend !== undefined && { mend }) };
  },
}));
