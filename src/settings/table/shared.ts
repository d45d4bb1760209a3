/** Of a setting that nobody has to make. */
export const never = () => false;
/** Of a setting that each service needs. */
export const always = () => true;
/** Of a setting that is not made unless somebody says so. */
export const nothing = () => null;

/** @returns the check of a setting that has few values. */
export function oneOf(choices: readonly string[]): (value: string) => string | null {
  return (value) => (choices.includes(value) ? null : `Choose one of ${choices.join(', ')}.`);
}
