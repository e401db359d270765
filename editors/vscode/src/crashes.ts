// How often the daemon may end by itself before it is left alone.
const MOST = 5;
const WITHIN_MS = 3 * 60 * 1000;

export class Crashes {
  private times: number[] = [];

  /** One more, at this time in milliseconds. May it be started again? */
  add(now: number): boolean {
    this.times = [...this.times.filter((time) => now - time < WITHIN_MS), now];
    return this.times.length < MOST;
  }

  forget(): void {
    this.times = [];
  }
}
