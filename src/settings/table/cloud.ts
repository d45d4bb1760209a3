import { checkAwsId, checkInstanceType, checkRegion } from '../../caution/cloud.ts';
import type { Known, Setting } from '../setting.ts';
import { never } from './shared.ts';

const own = 'Your own AWS account';

/** The rest is asked for, and kept, only together with a region. */
const hasRegion = ({ answers, written }: Known) => (answers.awsRegion ?? written.awsRegion) !== undefined;

/** Bring your own cloud: enclaves on machines of the team's own account. */
export const cloudSettings: readonly Setting[] = [
  {
    key: 'awsRegion',
    flag: '--aws-region <region>',
    help: 'run on your own AWS account, in this region',
    repeatable: false,
    check: checkRegion,
    fallback: ({ written }) => written.awsRegion ?? null,
    required: never,
    carriers: { procfile: 'aws_region', hcl: 'caution.provider.region' },
    question: { message: 'AWS region', hint: 'eu-central-1', more: own },
  },
  {
    key: 'awsInstanceType',
    flag: '--aws-instance-type <type>',
    help: 'machine that the enclave runs on, such as m6i.xlarge',
    repeatable: false,
    check: checkInstanceType,
    fallback: ({ written }) => written.awsInstanceType ?? null,
    required: never,
    carriers: { procfile: 'aws_instance_type', hcl: 'caution.machine_type' },
    question: { message: 'Instance type', hint: 'leave empty for the default', more: own, when: hasRegion },
  },
  {
    key: 'awsVpcId',
    flag: '--aws-vpc-id <id>',
    help: 'network to run in: vpc-…',
    repeatable: false,
    check: checkAwsId('vpc'),
    fallback: ({ written }) => written.awsVpcId ?? null,
    required: never,
    carriers: { procfile: 'aws_vpc_id', hcl: 'caution.provider.vpc_id' },
    question: { message: 'VPC', hint: 'leave empty for one that Caution makes', more: own, when: hasRegion },
  },
  {
    key: 'awsSubnetId',
    flag: '--aws-subnet-id <id>',
    help: 'part of that network: subnet-… (repeatable; a Procfile carries one)',
    repeatable: true,
    check: checkAwsId('subnet'),
    fallback: ({ written }) => written.awsSubnetId ?? null,
    required: never,
    carriers: {
      procfile: 'aws_subnet_id',
      hcl: 'caution.provider.subnet_ids',
      procfileCarries: (values) => values.length < 2,
    },
    question: {
      message: 'Subnets',
      hint: 'leave empty for those of the VPC',
      more: own,
      when: hasRegion,
    },
  },
  {
    key: 'awsSecurityGroupId',
    flag: '--aws-security-group-id <id>',
    help: 'firewall rules to use: sg-…',
    repeatable: false,
    check: checkAwsId('sg'),
    fallback: ({ written }) => written.awsSecurityGroupId ?? null,
    required: never,
    carriers: { procfile: 'aws_security_group_id', hcl: 'caution.provider.security_group_id' },
    question: { message: 'Security group', hint: 'leave empty for one that Caution makes', more: own, when: hasRegion },
  },
];
