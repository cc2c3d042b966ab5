/** What `JobContext.release()` throws: not an error, but the way out of the handler. Let it pass. */
export class JobReleased extends Error {
  override readonly name = "JobReleased";
  readonly checkpoint: Uint8Array | undefined;

  constructor(reason: string, checkpoint: Uint8Array | undefined) {
    super(reason);
    this.checkpoint = checkpoint;
  }
}
