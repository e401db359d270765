/**
 * How much of a suggestion has been taken over, in UTF-16 units of its text. `taken` is what the document now holds
 * from the start of the suggestion's range to the cursor; it may have CRLF line ends, a suggestion has none. 0: not
 * part of it, or all of it, which its own command reports.
 */
export function acceptedLength(insertText: string, taken: string): number {
  const text = taken.replace(/\r\n/g, "\n");
  return text.length < insertText.length && insertText.startsWith(text) ? text.length : 0;
}
