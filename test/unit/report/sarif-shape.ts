/**
 * What SARIF 2.1.0 demands of the parts that are written here, and what code scanning demands beside it, in our own words.
 * Sources: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html and
 * https://docs.github.com/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning
 */
const text = { type: 'string', minLength: 1 };
const message = {
  type: 'object',
  required: ['text'],
  properties: { text, markdown: text },
  additionalProperties: false,
};
const level = { enum: ['none', 'note', 'warning', 'error'] };

const rule = {
  type: 'object',
  required: ['id', 'shortDescription', 'fullDescription', 'help'],
  properties: {
    id: text,
    shortDescription: message,
    fullDescription: message,
    help: message,
    helpUri: { type: 'string', pattern: '^https://[!-~]+$' },
    defaultConfiguration: { type: 'object', properties: { level }, additionalProperties: false },
  },
  additionalProperties: false,
};

const location = {
  type: 'object',
  required: ['physicalLocation'],
  properties: {
    physicalLocation: {
      type: 'object',
      required: ['artifactLocation'],
      properties: {
        artifactLocation: {
          type: 'object',
          required: ['uri'],
          // A relative reference of RFC 3986: neither a scheme, nor an absolute path, nor a way out.
          properties: {
            uri: {
              type: 'string',
              pattern: "^(?!/|\\.\\./|[A-Za-z][A-Za-z0-9+.-]*:)(?:[\\w.~!$&'()*+,;=@/-]|%[0-9A-F]{2})+$",
            },
            uriBaseId: text,
          },
          additionalProperties: false,
        },
        region: {
          type: 'object',
          properties: { startLine: { type: 'integer', minimum: 1 } },
          additionalProperties: false,
        },
      },
      additionalProperties: false,
    },
  },
  additionalProperties: false,
};

const result = {
  type: 'object',
  required: ['ruleId', 'message', 'locations'],
  properties: {
    ruleId: text,
    ruleIndex: { type: 'integer', minimum: 0 },
    level,
    message,
    locations: { type: 'array', minItems: 1, maxItems: 10, items: location },
    suppressions: {
      type: 'array',
      items: {
        type: 'object',
        required: ['kind'],
        properties: { kind: { enum: ['inSource', 'external'] }, justification: text },
        additionalProperties: false,
      },
    },
  },
  additionalProperties: false,
};

export const sarifShape = {
  type: 'object',
  required: ['version', 'runs'],
  properties: {
    $schema: { type: 'string', pattern: '^https://' },
    version: { const: '2.1.0' },
    runs: {
      type: 'array',
      minItems: 1,
      items: {
        type: 'object',
        required: ['tool', 'results'],
        properties: {
          tool: {
            type: 'object',
            required: ['driver'],
            properties: {
              driver: {
                type: 'object',
                required: ['name'],
                properties: {
                  name: text,
                  version: text,
                  informationUri: { type: 'string', pattern: '^https://' },
                  rules: { type: 'array', uniqueItems: true, items: rule },
                },
                additionalProperties: false,
              },
            },
            additionalProperties: false,
          },
          originalUriBaseIds: {
            type: 'object',
            additionalProperties: { type: 'object', properties: { description: message }, additionalProperties: false },
          },
          columnKind: { enum: ['utf16CodeUnits', 'unicodeCodePoints'] },
          results: { type: 'array', items: result },
        },
        additionalProperties: false,
      },
    },
  },
  additionalProperties: false,
};
