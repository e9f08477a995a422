/** The most that is read of one answer, in bytes as they are after unpacking. What repeats its text at the end has room. */
export const MOST_OF_ANSWER = 64 * 1024 * 1024;
/** The most that is kept of one line, one event or one body of plain JSON, in characters. */
export const MOST_OF_PIECE = 16 * 1024 * 1024;
/** The most that is read of a list of models or any other answer that is no stream. */
export const MOST_OF_LIST = 16 * 1024 * 1024;
/** The most that is read of an answer that is told to people: an error, or a web page. */
export const MOST_OF_TEXT = 64 * 1024;
/** How long such an answer may take to come: what is there by then is told. */
export const TEXT_PATIENCE_MS = 2000;
