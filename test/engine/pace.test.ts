/** Where runs take place, by how long they take. */
import { expect } from 'chai';
import { Pace } from '../../src/engine/pace.js';

/** When a run of so many milliseconds began that has just ended. */
const ago = (milliseconds: number): number => performance.now() - milliseconds;

function note(way: 'noteHere' | 'noteThere', milliseconds: number, times: number): (pace: Pace) => boolean[] {
  return (pace) => Array.from({ length: times }, () => {
    void pace[way](ago(milliseconds));
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
    note('noteHere', 4, 20)(pace);
    expect(pace.isHere).to.equal(false);
  });

  it('lets the event loop have its turn when runs of all programs have taken some milliseconds', async () => {
    const [pace, other] = [new Pace(), new Pace()];
    const due = (): (Promise<void> | undefined)[] => Array.from({ length: 6 }, (_, i) => (i % 2 ? pace : other).noteHere(ago(1)));
    let turns = 0;
    setImmediate(() => turns++);
    const asked = due();
    expect(asked[0]).to.equal(undefined);
    const turn = asked.find((promise) => promise !== undefined);
    expect(turn).to.be.a('promise');
    expect(turns).to.equal(0);
    await turn;
    expect(turns).to.equal(1);
    // What they took before does not count any more.
    expect(due()[0]).to.equal(undefined);
  });
});
