/** Keys that are right one by one and wrong together. */
export interface Contradiction {
  readonly message: string;
  /** What to do about it. */
  readonly mend: string;
}
