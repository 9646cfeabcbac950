/**
 * Garbage collection of tensors. JavaScript's collector does not see device memory: a few small objects may hold
 * gigabytes. So their bytes are counted here, and a collection is asked for when they have grown.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { notice } from '../utils/notice.js';

/** Bytes waiting for the collector above which a collection is asked for. */
const FLOOR = 32 * 1024 * 1024;
/** Bytes left behind in one turn of the event loop, where no finalizer can run, that are worth a word. */
const MUCH = 1024 * 1024 * 1024;

/** Turns in which finalizers have run after a collection. */
const TURNS_TO_FREE = 4;

let waiting = 0;
/**
 * A collection that comes while V8 is marking only ends the marking, which spares what was made since it began. When
 * nothing has been freed some turns later, it is repeated.
 */
let repeat: { waiting: number; turns: number } | undefined;
let limit = FLOOR;
let inThisTurn = 0;
let turnWatched = false;
let collect: (() => void) | undefined;

/** The collector itself; Node shows it only when asked to, which works at run time too. */
function collector(): () => void {
  if (!collect) {
    setFlagsFromString('--expose-gc');
    collect = runInNewContext('gc') as () => void;
  }
  return collect;
}

/** Collects now; finalizers run in turns of the event loop that follow. */
export function collectGarbage(): void {
  collector()();
}

/** A tensor of this many bytes now depends on the collector to be freed. */
export function noteCollectable(bytes: number): void {
  waiting += bytes;
  inThisTurn += bytes;
  if (!turnWatched) {
    turnWatched = true;
    setImmediate(endOfTurn).unref();
  }
  if (inThisTurn > MUCH) {
    notice('One turn of the event loop has left over 1 GB of tensors behind. They can be freed only when the loop turns: ' +
      'wrap the body of the loop in keras.tidy(() => ...), declare tensors with `using`, or await something that takes a turn.');
  }
}

/** A tensor counted before has been freed. */
export function noteFreed(bytes: number): void {
  waiting -= bytes;
}

function endOfTurn(): void {
  turnWatched = false;
  inThisTurn = 0;
  // What finalizers have freed since brings the limit down again.
  if (2 * waiting < limit) limit = Math.max(FLOOR, 2 * waiting);
  if (repeat && --repeat.turns === 0) {
    const wasInVain = waiting >= repeat.waiting;
    repeat = undefined;
    if (wasInVain) collector()();
  }
  if (waiting < limit) return;
  collector()();
  repeat = { waiting, turns: TURNS_TO_FREE };
  // Finalizers run in later turns. What is then still in use must double before the next collection.
  limit = 2 * waiting;
}
