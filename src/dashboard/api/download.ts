/** An answer that is a file to keep. It is passed on as it is read, since it may be larger than the memory. */
export class Download {
  /**
   * @param fileName without characters that a header would have to escape
   * @param chunks read only when they are sent
   */
  constructor(
    readonly fileName: string,
    readonly contentType: string,
    readonly chunks: AsyncIterable<string | Uint8Array>,
  ) {}
}
