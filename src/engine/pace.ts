/**
 * Whether a program runs on the JavaScript thread: where it takes little longer than it takes to hand it to another thread and
 * to hear of its end, since a processor that rests between takes a while to wake up.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';

/** Milliseconds that a run may take there. */
const SHORT = 2.5;
/** Milliseconds of the way to another thread and back, about. */
const WAY = 0.2;
/** A run counts for so much of the mean ... */
const WEIGHT = 1 / 8;
/** ... and for this many milliseconds at most: now and then one meets another process. */
const LONGEST = 2 * SHORT;
/** Milliseconds of runs there after which the event loop has a turn. */
const BLOCK = 2;

/** What runs of all programs have taken of the JavaScript thread since the event loop had its last turn. */
let blocked = 0;

export class Pace {
  /** Mean time of a run. */
  #mean = LONGEST;
  #lastDone = 0;

  /** Whether the next run is to take place on the JavaScript thread. */
  get isHere(): boolean {
    return this.#mean < SHORT;
  }

  /** Takes the time of a run on the JavaScript thread that began at `called`. Has the event loop take a turn where it is due. */
  noteHere(called: number): Promise<void> | undefined {
    const time = performance.now() - called;
    blocked += time;
    this.#note(time);
    return blocked < BLOCK ? undefined : turn();
  }

  /** Takes that of a run on another thread. */
  noteThere(called: number): void {
    const now = performance.now();
    blocked = 0;
    this.#note(now - Math.max(called, this.#lastDone) - WAY);
    this.#lastDone = now;
  }

  #note(time: number): void {
    this.#mean += WEIGHT * (Math.min(time, LONGEST) - this.#mean);
  }
}

async function turn(): Promise<void> {
  await nextTurn();
  blocked = 0;
}
