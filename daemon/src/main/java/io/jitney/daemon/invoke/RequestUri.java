package io.jitney.daemon.invoke;

import io.jitney.components.spi.GoText;
import io.jitney.daemon.error.InvokeErrors;

/**
 * The URI of an outgoing request, checked before a connection is taken for it: a line end in it
 * would be the end of the request to the server, and the client's connection, which other callers
 * use next, does not survive what it cannot write.
 */
final class RequestUri {
  private RequestUri() {}

  /**
   * The URI as it is written: blanks escaped.
   *
   * @param url for the error
   * @throws InvokeException with Go's text when it holds a control character
   */
  static String of(String uri, String url) {
    boolean blanks = false;
    for (int i = 0; i < uri.length(); i++) {
      char c = uri.charAt(i);
      if (c < ' ' || c == 0x7f) {
        throw new InvokeException(InvokeErrors.controlCharacter(GoText.quote(url)));
      }
      blanks |= c == ' ';
    }
    return blanks ? uri.replace(" ", "%20") : uri;
  }
}
