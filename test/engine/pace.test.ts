/** Where runs take place, by how long they take. */
import { expect } from 'chai';
import { Pace } from '../../src/engine/pace.js';

/** When a run of so many milliseconds began that has just ended. */
const ago = (milliseconds: number): number => performance.now() - milliseconds;

function note(way: 'noteHere' | 'noteThere', milliseconds: number, times: number): (pace: Pace) => boolean[] {
  return (pace) => Array.from({ length: times }, () => {
    pace[way](ago(milliseconds));
    return pace.isHere;
  });
}

describe('the thread of a run', () => {
  // What other runs have taken does not count any more.
  beforeEach(() => new Pace().noteThere(ago(1)));

  it('is another one until runs have been short for a while', () => {
    const pace = new Pace();
    expect(pace.isHere).to.equal(false);
    const seen = note('noteThere', 0.1, 40)(pace);
    expect(seen[0]).to.equal(false);
    expect(seen.at(-1)).to.equal(true);
  });

  it('stays ours when one run is long, and not when they are', () => {
    const pace = new Pace();
    note('noteThere', 0.1, 40)(pace);
    expect(note('noteThere', 100, 1)(pace)).to.deep.equal([true]);
    note('noteHere', 1, 20)(pace);
    new Pace().noteThere(ago(1));
    expect(pace.isHere).to.equal(false);
  });

  it('is another one now and then, for all programs, so that the event loop turns', () => {
    const [pace, other] = [new Pace(), new Pace()];
    for (const each of [pace, other]) note('noteThere', 0.1, 40)(each);
    const seen = note('noteHere', 0.2, 40)(pace);
    expect(seen[0]).to.equal(true);
    expect(seen.at(-1)).to.equal(false);
    expect(other.isHere).to.equal(false);
    note('noteThere', 0.1, 1)(other);
    expect(pace.isHere).to.equal(true);
  });
});
