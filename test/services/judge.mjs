// What an answer of the tool about a real service is worth, held against what a careful person would want.

/**
 * @typedef {object} Service one of services.json
 * @property {string} name
 * @property {string} repository
 * @property {string} commit
 * @property {string} folder the service's folder within the repository; '' for its root
 * @property {string} language
 * @property {{ outcome: string, entries?: string[], port?: number | number[], manager?: string, missing?: string[],
 *   run?: string }} want
 * @property {string[]} [also] other outcomes that are right
 * @property {string} why
 */

/**
 * @typedef {object} Answer what `create --dry-run --json` prints
 * @property {string} outcome
 * @property {{ language: string, manager: string, entry: string, httpPort: number | null, run: string } | null} app
 * @property {{ setting: string, value: unknown, from: string }[]} evidence
 * @property {{ id: string, level: string, message: string }[]} findings
 * @property {string[]} missing
 * @property {{ message: string }} [error]
 */

/**
 * @param {Service} service
 * @param {Answer} answer
 * @returns {{ verdict: 'right' | 'wrong' | 'confidently wrong', why: string }} why: what differs; '' when right
 */
export function judge(service, answer) {
  const { want, also = [] } = service;
  const { outcome } = answer;
  if (outcome !== want.outcome && !also.includes(outcome)) {
    const confident = outcome === 'ready' || outcome === 'blocked';
    return { verdict: confident ? 'confidently wrong' : 'wrong', why: `said ${outcome}${missing(answer)}` };
  }
  if (outcome === 'ready') {
    const why = differing(service, answer);
    return why === '' ? right : { verdict: 'confidently wrong', why };
  }
  const unasked = (want.outcome === outcome ? (want.missing ?? []) : []).filter(
    (flag) => !answer.missing.includes(flag),
  );
  if (outcome === 'ask' && unasked.length > 0) {
    return { verdict: 'wrong', why: `did not ask for ${unasked.join(', ')}${missing(answer)}` };
  }
  return { ...right, why: outcome === 'ask' ? missing(answer).slice(2) : '' };
}

/** @type {{ verdict: 'right', why: string }} */
const right = { verdict: 'right', why: '' };

/** @param {Answer} answer */
const missing = ({ missing: flags, error }) =>
  flags.length > 0 ? `, ${flags.join(' ')} missing` : error ? `, ${error.message.split('\n', 1)[0]}` : '';

/** Which facts of a ready service differ. @param {Service} service @param {Answer} answer @returns {string} */
function differing({ language, want }, { app }) {
  if (app === null) return 'no app';
  const plain = (/** @type {string} */ entry) => entry.replace(/^\.\/(?=.)/, '');
  const ports = [want.port ?? []].flat();
  const wrong = [
    app.language === language ? '' : `language ${app.language}`,
    !want.entries || want.entries.map(plain).includes(plain(app.entry)) ? '' : `entry ${app.entry}`,
    ports.length === 0 || ports.includes(app.httpPort ?? 0) ? '' : `port ${app.httpPort}`,
    !want.manager || want.manager === app.manager ? '' : `manager ${app.manager}`,
    !want.run || app.run.includes(want.run) ? '' : `run without ${want.run}: ${app.run}`,
  ];
  return wrong.filter(Boolean).join(', ');
}
