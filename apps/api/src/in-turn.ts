/**
 * Lets one piece of work begin when the one before is over, whatever has become of that.
 * @returns a function that does its work in turn, and gives what the work gives
 */
export function inTurn(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const mine = last.then(work, work);
    // Who asked for it is told of its failure.
    last = mine.catch(() => {});
    return mine;
  };
}
