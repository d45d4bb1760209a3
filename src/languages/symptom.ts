/** Where a build step stood when it failed. */
export interface StepState {
  /** True for a step that runs without a network. */
  offline: boolean;
}

/** Words of a build's log that tell why it failed. Tables are in each language's folder, the most telling first. */
export interface Symptom {
  /** The finding's id: detection's own, where detection can find the same before the build. */
  id: string;
  /** Matched against the log, its lines joined by line feeds; the first group names the thing. */
  pattern: RegExp;
  /** What is wrong, from what the first group matched. */
  message(thing: string): string;
  why: string;
  mend(thing: string, step: StepState): string;
  source?: string;
}

/** A mend that does not depend on what was matched. */
export const always = (text: string) => (): string => text;
