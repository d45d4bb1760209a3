import { checkAwsId } from '../cloud.ts';
import type { Aws } from '../configuration.ts';
import type { Decoder } from './decode.ts';
import type { Entry } from './shape.ts';
import type { Span } from './tree.ts';

const providerKeys = ['type', 'region', 'vpc_id', 'subnet_ids', 'security_group_id'];

/** Reads `caution`: of what it says, only `provider` and the machine are of interest here. */
export function readCaution(decoder: Decoder, entry: Entry | null): Aws | null {
  const key = 'caution.';
  const names = ['managed_credentials', 'machine_type', 'build_machine_type', 'provider'];
  const fields = entry && decoder.fields(entry.value, 'caution', key, names);
  const [, instanceType = null] = names.slice(0, 3).map((name) => decoder.optionalText(fields, name, key));
  const provider = decoder.given(fields, 'provider');
  const shape = provider && decoder.inside(provider.value);
  const parts = shape && decoder.fields(shape, 'provider', 'caution.provider.', providerKeys);
  return provider && parts && readProvider(decoder, provider.place, parts, instanceType);
}

function readProvider(decoder: Decoder, at: Span, fields: Map<string, Entry>, instanceType: string | null): Aws {
  const key = 'caution.provider.';
  const text = (name: string) => decoder.optionalText(fields, name, key, 'text');
  const type = fields.get('type');
  if (!type) decoder.missing(at, 'provider needs type = "aws".');
  else if (decoder.text(decoder.inside(type.value), `${key}type`, 'text') !== 'aws')
    decoder.problem('hcl-provider', type.value, 'The type of a provider is "aws".');
  const region = fields.get('region');
  if (!region) decoder.missing(at, 'provider needs region.');
  const aws = {
    region: (region && decoder.text(region.value, `${key}region`, 'text')) ?? '',
    ...{ instanceType, vpcId: text('vpc_id'), securityGroupId: text('security_group_id') },
    subnetIds: decoder.texts(fields, 'subnet_ids', key, { orNull: true, strictness: 'text' }),
  };
  const ids = [
    ['vpc', aws.vpcId, 'vpc_id'],
    ['sg', aws.securityGroupId, 'security_group_id'],
  ] as const;
  for (const [prefix, id, name] of [...ids, ...aws.subnetIds.map((id) => ['subnet', id, 'subnet_ids'] as const)]) {
    const reason = id === null ? null : checkAwsId(prefix)(id);
    if (reason !== null) decoder.problem('hcl-provider', fields.get(name)?.value ?? at, `${name}: ${reason}`);
  }
  return aws;
}
